"""What is done to an item in the meeting, so that two people who type at once lose nothing.

Every save says what it had read. The row is locked while it is compared (PostgreSQL: ``FOR
UPDATE``; SQLite: the whole transaction writes alone), so that of two who read the same text one is
told what the other wrote. ``no_key``: PostgreSQL looks at foreign keys at the commit, when another
may hold the item and wait for the meeting; a full lock is a deadlock then.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from koers.apps.meetings.models import AgendaItem, ItemKind, ItemState, MeetingDecision
from koers.apps.meetings.services import triage
from koers.apps.people.models import User
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action

TEXT_FIELDS = ("note",)
# As add_line writes them.
ADDED_LINE = re.compile(r"\d\d:\d\d \S.*: ")
OWNER_FIELDS = ("owner_id", "owner_department", "due")


class ConflictError(Exception):
    """Somebody else wrote something else meanwhile; ``current`` is the row as they left it. Nothing
    was overwritten."""

    def __init__(self, current: AgendaItem) -> None:
        super().__init__("Iemand anders heeft dit intussen gewijzigd.")
        self.current = current


@dataclass(frozen=True)
class Read:
    """What somebody had before them: the revision of the row, and a digest of the fields that they
    change."""

    revision: int
    digest: str

    @classmethod
    def of(cls, row: AgendaItem, fields: tuple[str, ...]) -> Read:
        return cls(row.revision, digest_of(row, fields))


def digest_of(row: AgendaItem, fields: tuple[str, ...]) -> str:
    return _digest(
        [str(value if value is not None else "") for value in (getattr(row, f) for f in fields)]
    )


def _digest(plain: list[str]) -> str:
    return hashlib.sha256("\x1f".join(plain).replace("\r\n", "\n").encode()).hexdigest()[:16]


def both(theirs: str, mine: str) -> str:
    """A first merge of two texts: theirs, followed by the lines of mine that it does not hold
    yet."""
    there = set(theirs.splitlines())
    return "\n".join(
        [*theirs.splitlines(), *(line for line in mine.splitlines() if line not in there)]
    ).strip()


@transaction.atomic
def save_as_read(item: AgendaItem, values: Mapping[str, Any], read: Read) -> None:
    """Save these fields if they still hold what was read; other fields of the item may have changed
    meanwhile.

    Raises
    ------
    ConflictError
        When one of them holds something else by now (and not just the same as is saved here).
    """
    current = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    fields = tuple(values)
    if current.revision != read.revision and digest_of(current, fields) != read.digest:
        if any(getattr(current, name) != value for name, value in values.items()):
            raise ConflictError(current)
        return
    for name, value in values.items():
        setattr(current, name, value)
    current.save()
    current.meeting.touch()


@transaction.atomic
def add_line(item: AgendaItem, text: str, who: str) -> None:
    """A line under the note, with when and who: whatever others write at the same moment, both
    stay."""
    current = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    line = f"{timezone.localtime():%H:%M} {who}: {' '.join(text.split())}"
    current.note = "\n".join(filter(None, [current.note, line]))
    current.save()
    current.meeting.touch()


@transaction.atomic
def save_note(item: AgendaItem, text: str, read: Read) -> None:
    """Save the whole note as ``save_as_read`` does; lines that others only added under it meanwhile
    stay under it.

    Raises
    ------
    ConflictError
        When somebody wrote something else in the text itself.
    """
    current = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    added = _lines_added_since(current.note, read.digest)
    if added:
        text, read = "\n".join(filter(None, [text, *added])), Read.of(current, TEXT_FIELDS)
    save_as_read(item, {"note": text}, read)


def _lines_added_since(note: str, digest: str) -> list[str]:
    """The lines of ``add_line`` at the end of a note, when what stands above them is what was read;
    else none."""
    lines = note.split("\n")
    for n in range(len(lines) - 1, -1, -1):
        if not ADDED_LINE.match(lines[n]):
            return []
        if _digest(["\n".join(lines[:n])]) == digest:
            return lines[n:]
    return []


@transaction.atomic
def assign(
    item: AgendaItem, owner: User | None, department: str, due: date | None, read: Read
) -> None:
    """Who has it, and until when; of an action that is on the agenda the action itself says so."""
    values = {"owner_id": owner.pk if owner else None, "owner_department": department, "due": due}
    save_as_read(item, values, read)
    if item.kind == ItemKind.ACTION and item.ref_id:
        action = Action.objects.select_for_update(no_key=True).filter(pk=item.ref_id).first()
        if action is not None:
            action.owner, action.owner_department, action.due = owner, department, due or action.due
            action.save()


@transaction.atomic
def add_action(
    item: AgendaItem, title: str, owner: User | None, department: str, due: date | None
) -> Action:
    signal = _signal_of(item, Signal.objects.all())
    action = Action.objects.create(
        municipality=item.municipality,
        title=title,
        owner=owner,
        owner_department=department,
        due=due,
        signal=signal,
    )
    _attach(item, action)
    return action


def _attach(item: AgendaItem, action: Action) -> None:
    item.meeting.actions.add(action)
    item.actions.add(action)
    item.meeting.touch()


@transaction.atomic
def add_decision(item: AgendaItem, text: str) -> MeetingDecision:
    signal = item.ref_id if item.kind == ItemKind.SIGNAL else None
    made = MeetingDecision.objects.create(
        municipality=item.municipality, meeting=item.meeting, item=item, signal_id=signal, text=text
    )
    item.meeting.touch()
    return made


@transaction.atomic
def take_up(
    item: AgendaItem, title: str, owner: User | None, department: str, due: date | None
) -> Action:
    """An action comes of it; a signal is taken up with it.

    Raises
    ------
    ValidationError
        When somebody else handled the signal, or this item, in the meantime.
    """
    current = _claim(item)
    signal = _signal_of(current, Signal.objects.of(current.municipality))
    if signal is not None:
        action = triage.take_up_as_action(
            signal, current.meeting, title=title, owner_department=department, due=due
        )
        if owner is not None:
            action.owner = owner
            action.save()
        current.meeting.decisions.filter(signal=signal, item=None).update(item=current)
    else:
        action = Action.objects.create(
            municipality=current.municipality,
            title=title,
            owner=owner,
            owner_department=department,
            due=due,
        )
    _attach(current, action)
    _settle(current, ItemState.TAKEN_UP, "")
    return action


@transaction.atomic
def set_aside(item: AgendaItem, reason: str) -> None:
    """With a reason; raises as ``take_up``."""
    current = _claim(item)
    signal = _signal_of(current, Signal.objects.of(current.municipality))
    if signal is not None:
        triage.set_aside(signal, current.meeting, reason=reason)
        current.meeting.decisions.filter(signal=signal, item=None).update(item=current)
    _settle(current, ItemState.SET_ASIDE, reason)


@transaction.atomic
def put(item: AgendaItem, state: ItemState) -> None:
    """Discussed, left for the next meeting, or open again; raises when somebody else settled it in
    the meantime."""
    current = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if state != ItemState.OPEN and current.state != ItemState.OPEN:
        raise ValidationError(_settled(current))
    if state == ItemState.OPEN and current.state in (ItemState.TAKEN_UP, ItemState.SET_ASIDE):
        signal = _signal_of(current, Signal.objects.all())
        if signal is not None:
            triage.put_back(signal)
    _settle(current, state, "")


def _claim(item: AgendaItem) -> AgendaItem:
    current = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if current.state != ItemState.OPEN:
        raise ValidationError(_settled(current))
    return current


def _settled(item: AgendaItem) -> str:
    return f"Dit punt is intussen al: {item.get_state_display()}. Zet het eerst weer open."


def _signal_of(item: AgendaItem, among: QuerySet[Signal]) -> Signal | None:
    """The signal that an item is about, where it is among these."""
    if item.kind != ItemKind.SIGNAL or item.ref_id is None:
        return None
    return among.filter(pk=item.ref_id).first()


def _settle(item: AgendaItem, state: ItemState, reason: str) -> None:
    item.state, item.reason = state, reason
    item.save()
    item.meeting.touch()
