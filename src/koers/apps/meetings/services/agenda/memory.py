"""What a meeting remembers at its close, so that the next one can say what changed since."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Before:
    """The meetings of this kind that were closed before a meeting, as far as there are any."""

    last: Meeting | None = None
    last_but_one: Meeting | None = None

    @property
    def memory(self) -> Memory:
        """What the last one remembered; nothing where it was closed by an earlier Koers."""
        kept = self.last.paper if self.last else None
        return kept.memory if kept else Memory()


def before(meeting: Meeting) -> Before:
    """Looked up once for all that asks what changed since."""
    held = Meeting.objects.of(meeting.municipality).filter(
        kind=meeting.kind, state=MeetingState.HELD, date__lt=meeting.date
    )
    return Before(*held.order_by("-date")[:2])
