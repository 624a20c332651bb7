"""The rows of an agenda, kept in step with what there is until the meeting starts."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, QuerySet

from koers.apps.meetings.models import AgendaItem, ItemKind, ItemState, Meeting
from koers.apps.meetings.places import Candidate
from koers.apps.meetings.services.agenda.candidates import candidates
from koers.apps.meetings.services.agenda.memory import before
from koers.apps.meetings.services.paper import ActionList
from koers.apps.picture.models import Signal
from koers.figures.shelf import Shelf

STEP = 10
# The note of an item that the last meeting left, where nobody had written anything.
FROM_LAST_TIME = "Van de vorige keer."


def refresh(shelf: Shelf, meeting: Meeting, due: ActionList | None = None) -> None:
    """New subjects come on the agenda and what went away leaves it; what somebody touched stays, in
    its place. ``due`` are the actions of an operational meeting, from who looked them up
    already."""
    # Looking for them takes longest and only reads, and mostly all of it stands there: nobody who
    # saves at this moment waits for it.
    earlier = before(meeting)
    found = candidates(shelf, meeting, earlier, due)
    if not _is_in_step(meeting, found, earlier.last):
        _keep_in_step(meeting, found, earlier.last)


def _is_in_step(meeting: Meeting, found: list[Candidate], last: Meeting | None) -> bool:
    rows = _by_subject(meeting.items.all())
    return (
        all(_says(rows.get((c.kind, c.key)), c) for c in found)
        and not _gone(rows, found)
        and not _postponed(meeting, last)
    )


@transaction.atomic
def _keep_in_step(meeting: Meeting, found: list[Candidate], last: Meeting | None) -> None:
    current = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if not current.is_open or current.started_at is not None:
        return
    # Locked, so that a note saved at this moment is not saved over.
    rows = _by_subject(current.items.select_for_update(no_key=True))
    changed = _take_over(current, _postponed(current, last))
    for candidate in found:
        changed |= _keep(current, rows.get((candidate.kind, candidate.key)), candidate)
    for row in _gone(rows, found):
        row.archive()
        changed = True
    if changed:
        current.touch()


Rows = dict[tuple[str, str], AgendaItem]
"""What stands on an agenda, by what it is about."""


def _by_subject(items: QuerySet[AgendaItem]) -> Rows:
    return {(i.kind, i.key): i for i in items.exclude(key="")}


def _says(row: AgendaItem | None, c: Candidate) -> bool:
    """Whether a row stands on the agenda, as it should be."""
    kept = (c.title, c.detail, c.ref_id, None)
    return row is not None and (row.title, row.detail, row.ref_id, row.archived_at) == kept


def _gone(rows: Rows, found: list[Candidate]) -> list[AgendaItem]:
    """Rows of what is no subject any more, which nobody touched."""
    wanted = {(c.kind, c.key) for c in found}
    return [
        row
        for subject, row in rows.items()
        if subject not in wanted and row.untouched and row.archived_at is None
    ]


def _keep(meeting: Meeting, row: AgendaItem | None, c: Candidate) -> bool:
    if _says(row, c):
        return False
    if row is None:
        AgendaItem.objects.create(
            municipality=meeting.municipality,
            meeting=meeting,
            position=_place(meeting, c.kind),
            kind=c.kind,
            key=c.key,
            ref_id=c.ref_id,
            url=c.url,
            title=c.title,
            detail=c.detail,
        )
        return True
    row.title, row.detail, row.ref_id, row.url, row.archived_at = (
        c.title,
        c.detail,
        c.ref_id,
        c.url,
        None,
    )
    row.save()
    return True


def _place(meeting: Meeting, kind: str) -> int:
    """Behind the last of its kind or an earlier kind, so that what somebody moved stays where it
    is."""
    order = list(ItemKind)
    earlier = order[: order.index(ItemKind(kind)) + 1]
    last = meeting.items.filter(archived_at=None, kind__in=earlier).aggregate(last=Max("position"))[
        "last"
    ]
    return (last or 0) + STEP


def _postponed(meeting: Meeting, last: Meeting | None) -> list[AgendaItem]:
    """What the last meeting left for the next and was not taken over yet: once, also when it is no
    news any more."""
    if last is None:
        return []
    left = last.items.filter(archived_at=None, state=ItemState.POSTPONED)
    there = set(meeting.items.values_list("kind", "key")) if left else set()
    return [item for item in left if (item.kind, _subject_of(item)) not in there]


def _subject_of(item: AgendaItem) -> str:
    """What an item of an earlier meeting is about, also where somebody put it on by hand."""
    return item.key or f"from:{item.pk}"


def _take_over(meeting: Meeting, left: list[AgendaItem]) -> bool:
    for item in left:
        AgendaItem.objects.create(
            municipality=meeting.municipality,
            meeting=meeting,
            position=_place(meeting, item.kind),
            kind=item.kind,
            key=_subject_of(item),
            ref_id=item.ref_id,
            url=item.url,
            title=item.title,
            detail=item.detail,
            owner=item.owner,
            owner_department=item.owner_department,
            due=item.due,
            note=f"Van de vorige keer: {item.note}" if item.note else FROM_LAST_TIME,
        )
    return bool(left)


def add_own(meeting: Meeting, title: str, detail: str = "") -> AgendaItem:
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        municipality=meeting.municipality,
        meeting=meeting,
        position=last + STEP,
        title=title,
        detail=detail,
    )
    meeting.touch()
    return item


def follow(meeting: Meeting, signal: Signal, state: ItemState) -> None:
    """A signal that was handled outside the screen is handled on the agenda too."""
    for row in meeting.items.filter(
        kind=ItemKind.SIGNAL, ref_id=signal.pk, archived_at=None, state=ItemState.OPEN
    ):
        row.state = state
        row.save()
        meeting.touch()


@transaction.atomic
def move(item: AgendaItem, up: bool) -> None:
    """Change places with the item above or below."""
    Meeting.objects.select_for_update(no_key=True).get(pk=item.meeting_id)
    items = list(item.meeting.items.filter(archived_at=None))
    here = next((n for n, i in enumerate(items) if i.pk == item.pk), None)
    if here is None:
        return
    there = here + (-1 if up else 1)
    if not 0 <= there < len(items):
        return
    items[here], items[there] = items[there], items[here]
    for number, row in enumerate(items, 1):
        if row.position != STEP * number:
            # Only the place: whoever types in this item at this moment is not disturbed.
            AgendaItem.objects.filter(pk=row.pk).update(position=STEP * number)
    item.meeting.touch()
