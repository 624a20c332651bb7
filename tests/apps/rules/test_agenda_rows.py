"""The rows of an agenda: kept in step until the meeting starts, and what people did stays."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import AgendaItem, Event, ItemKind, ItemState, Meeting
from koers.apps.meetings.services.agenda import rows
from koers.apps.picture.models import Signal
from tests.apps.rules.conftest import new_signal


def refresh(meeting):
    rows.refresh(public_shelf(), meeting)


def standing(meeting, kind):
    return list(meeting.items.filter(archived_at=None, kind=kind))


@pytest.fixture
def event(ours):
    return Event.objects.create(
        municipality=ours.municipality, name="Kermis", start=ours.meeting.date, area="Plein"
    )


def test_a_row_follows_its_subject_and_returns_with_it(ours, event):
    refresh(ours.meeting)
    (row,) = standing(ours.meeting, ItemKind.EVENT)
    assert row.detail == "1 december 2026; Plein."
    event.area = "Haven"
    event.save()
    refresh(ours.meeting)
    (same,) = standing(ours.meeting, ItemKind.EVENT)
    assert (same.pk, same.detail) == (row.pk, "1 december 2026; Haven.")
    event.archive()
    refresh(ours.meeting)
    assert standing(ours.meeting, ItemKind.EVENT) == []
    event.restore()
    refresh(ours.meeting)
    assert standing(ours.meeting, ItemKind.EVENT) == [row]


def test_screens_are_told_when_the_agenda_changed_and_only_then(ours, event):
    refresh(ours.meeting)

    def changes():
        refresh(ours.meeting)
        return Meeting.objects.get(pk=ours.meeting.pk).changes

    before = changes()
    assert changes() == before
    event.archive()
    assert changes() == before + 1


@pytest.mark.parametrize("how", ["started", "held"])
def test_an_agenda_stands_once_the_meeting_started(ours, event, how):
    refresh(ours.meeting)
    if how == "started":
        ours.meeting.started_at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    else:
        ours.meeting.state = "held"
    ours.meeting.save()
    event.archive()
    new = new_signal(ours.municipality, area_code="VB010102")
    refresh(ours.meeting)
    assert len(standing(ours.meeting, ItemKind.EVENT)) == 1
    assert new.pk not in [row.ref_id for row in standing(ours.meeting, ItemKind.SIGNAL)]


def test_a_new_row_comes_behind_its_kind_and_what_somebody_moved_stays(ours, event):
    own = rows.add_own(ours.meeting, "Overlast", "Bij het station")
    assert (own.position, own.detail) == (rows.STEP, "Bij het station")
    second = rows.add_own(ours.meeting, "Hekwerk")
    assert second.position == 2 * rows.STEP
    AgendaItem.objects.create(
        municipality=ours.municipality,
        meeting=ours.meeting,
        position=5,
        kind=ItemKind.ACTION,
        title="Met de hand vooraan gezet",
        note="Eerst",
        key="moved",
    )
    refresh(ours.meeting)
    kinds = [row.kind for row in ours.meeting.items.filter(archived_at=None)]
    assert kinds.index(ItemKind.SIGNAL) < kinds.index(ItemKind.EVENT)
    (row,) = standing(ours.meeting, ItemKind.EVENT)
    earlier = [i for i in ours.meeting.items.all() if i.kind != ItemKind.OWN]
    assert row.position == rows.STEP + max(
        i.position
        for i in earlier
        if list(ItemKind).index(i.kind) < list(ItemKind).index(ItemKind.EVENT)
    )
    assert ours.meeting.items.get(key="moved").position == 5


def test_a_postponed_subject_that_is_on_the_agenda_already_comes_once(ours, theirs):
    for each in (ours, theirs):
        before = Meeting.objects.create(
            municipality=each.municipality, date=dt.date(2026, 11, 3), state="held"
        )
        before.items.create(
            municipality=each.municipality,
            position=10,
            kind=ItemKind.SIGNAL,
            key=str(each.signal.pk),
            ref_id=each.signal.pk,
            title="Van toen",
            state=ItemState.POSTPONED,
        )
    ours.meeting.items.create(
        municipality=ours.municipality,
        position=10,
        kind=ItemKind.SIGNAL,
        key=str(ours.signal.pk),
        ref_id=ours.signal.pk,
        title="Van nu",
    )
    refresh(ours.meeting)
    signals = [i.ref_id for i in standing(ours.meeting, ItemKind.SIGNAL)]
    assert signals.count(ours.signal.pk) == 1 and theirs.signal.pk not in signals


def test_a_signal_that_was_handled_elsewhere_is_handled_on_this_agenda_where_it_was_open(
    ours, theirs
):
    refresh(ours.meeting)
    refresh(theirs.meeting)
    other = new_signal(ours.municipality, area_code="VB010102")
    refresh(ours.meeting)

    def states(meeting):
        return {i.ref_id: i.state for i in standing(meeting, ItemKind.SIGNAL)}

    rows.follow(ours.meeting, ours.signal, ItemState.TAKEN_UP)
    rows.follow(ours.meeting, theirs.signal, ItemState.TAKEN_UP)
    found = states(ours.meeting)
    assert (found[ours.signal.pk], found[other.pk]) == (ItemState.TAKEN_UP, ItemState.OPEN)
    assert states(theirs.meeting)[theirs.signal.pk] == ItemState.OPEN
    rows.follow(ours.meeting, ours.signal, ItemState.SET_ASIDE)
    assert states(ours.meeting)[ours.signal.pk] == ItemState.TAKEN_UP, "what was settled stays so"
    assert Signal.objects.get(pk=ours.signal.pk).state == "new"


def test_what_left_the_agenda_does_not_move(ours):
    first, gone = rows.add_own(ours.meeting, "Eerst"), rows.add_own(ours.meeting, "Weg")
    gone.archive()
    rows.move(gone, up=True)
    first.refresh_from_db()
    gone.refresh_from_db()
    assert (first.position, gone.position) == (10, 20)


def test_only_what_changes_place_is_written(ours):
    first, second, third = (rows.add_own(ours.meeting, title) for title in ("a", "b", "c"))
    with CaptureQueriesContext(connection) as asked:
        rows.move(third, up=True)
    written = [q for q in asked if q["sql"].startswith('UPDATE "meetings_agendaitem"')]
    assert len(written) == 2
    assert list(ours.meeting.items.all()) == [first, third, second]
