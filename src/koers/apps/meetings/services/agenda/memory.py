"""What a meeting remembers at its close, so that the next one can say what changed since."""

from __future__ import annotations

from koers.apps.meetings.models import Meeting, MeetingState
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Cluster, Screening
from koers.apps.plan.models import Goal
from koers.apps.plan.services.outlook import course_of
from koers.figures.manifest import Manifest
from koers.figures.shelf import Shelf
from koers.records.paper import Memory


def remember(shelf: Shelf, municipality: Municipality) -> Memory:
    """Chances of goals, clusters and snapshots as they are now."""
    goals = Goal.objects.of(municipality).adopted().select_related("priority", "municipality")
    screening = Screening.objects.of(municipality).first()
    return Memory(
        chances={
            str(goal.pk): chance
            for goal in goals
            if (chance := course_of(shelf, goal).chance) is not None
        },
        clusters=tuple(cluster_key(c) for c in Cluster.objects.of(municipality)),
        snapshots={table_key(m): m.id for m in shelf.manifests},
        until=screening.period if screening else "",
    )


def cluster_key(cluster: Cluster) -> str:
    """The same group of neighbourhoods with the same kind is the same cluster, also when it was
    found again."""
    return f"{cluster.indicator}:{cluster.first}:{'+'.join(sorted(cluster.areas))}"[:200]


def table_key(found: Manifest) -> str:
    return f"{found.source}/{found.table}"


def last_held(meeting: Meeting, number: int = 1) -> Meeting | None:
    """The last meeting of this kind that was closed before this one, or the one ``number``
    before."""
    held = Meeting.objects.of(meeting.municipality).filter(
        kind=meeting.kind, state=MeetingState.HELD, date__lt=meeting.date
    )
    found = list(held.order_by("-date")[:number])
    return found[-1] if len(found) == number else None


def memory_of(meeting: Meeting | None) -> Memory:
    """What a meeting remembered; nothing where it was closed by an earlier Koers, or is none."""
    return meeting.paper.memory if meeting and meeting.paper else Memory()
