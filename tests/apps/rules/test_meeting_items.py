"""What is done to an item, a series and a proposal: whose it is and how long it holds."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import (
    AgendaItem,
    Attendance,
    ItemKind,
    ItemState,
    Meeting,
    MeetingDecision,
    MeetingSeries,
    PriorityProposal,
    SeriesMember,
)
from koers.apps.meetings.services import (
    paper,
    priorities,
    screen,
    series,
)
from koers.apps.meetings.services.agenda import rows
from koers.apps.people.models import Role
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, Adjustment
from tests.apps.rules.conftest import TODAY, TOMORROW
from tests.apps.tables import read_csv

SECRET = "Alleen-voor-de-buren"
ADDRESS = "https://koers.example.org"


def item(meeting, **more):
    made = {"position": 10, "title": "Een punt"} | more
    return AgendaItem.objects.create(municipality=meeting.municipality, meeting=meeting, **made)


def of_signal(each):
    """The signal of ``ours`` on the agenda of its meeting."""
    return item(each.meeting, kind=ItemKind.SIGNAL, ref_id=each.signal.pk, key=str(each.signal.pk))


# Items


def test_the_table_of_an_agenda_has_what_was_noted_of_each_item(adviser, ours):
    item(ours.meeting, title="Een punt", detail="Waarom", note="Wat er is gezegd")
    found = adviser.get(f"/overleg/{ours.meeting.pk}/?csv=agenda")
    row = next(r for r in read_csv(found.content) if r["Onderwerp"] == "Een punt")
    assert (row["Toelichting"], row["Notitie"]) == ("Waarom", "Wat er is gezegd")


def test_a_signal_on_the_agenda_is_taken_up_with_its_item(ours):
    row = of_signal(ours)
    action = screen.take_up(row, "Ga langs", None, "Handhaving", TOMORROW)
    row.refresh_from_db()
    ours.signal.refresh_from_db()
    assert (row.state, ours.signal.state) == (ItemState.TAKEN_UP, SignalState.TAKEN_UP)
    assert (action.signal, action.owner_department, action.due) == (
        ours.signal,
        "Handhaving",
        TOMORROW,
    )
    assert list(row.actions.all()) == [action] == list(ours.meeting.actions.all())
    assert ours.meeting.decisions.get().item == row


def test_the_owner_of_what_comes_of_a_signal_is_kept(ours, worker):
    police = worker("agent", Role.POLICE)
    action = screen.take_up(of_signal(ours), "Ga langs", police, "", None)
    assert Action.objects.get(pk=action.pk).owner == police


def test_what_comes_of_another_item_has_its_owner_too(ours, worker):
    police = worker("agent", Role.POLICE)
    row = item(ours.meeting)
    action = screen.take_up(row, "Ga langs", police, "", TOMORROW)
    row.refresh_from_db()
    assert (row.state, row.actions.get()) == (ItemState.TAKEN_UP, action)
    assert (action.owner, action.due, action.signal) == (police, TOMORROW, None)


def test_a_signal_of_the_neighbours_is_not_handled_through_an_item_here(ours, theirs):
    row = item(ours.meeting, kind=ItemKind.SIGNAL, ref_id=theirs.signal.pk)
    screen.set_aside(row, "Bekend")
    theirs.signal.refresh_from_db()
    assert theirs.signal.state == SignalState.NEW


def test_an_item_that_is_settled_is_opened_before_it_is_settled_otherwise(ours):
    row = of_signal(ours)
    screen.set_aside(row, "Bekend")
    for again in (
        lambda: screen.take_up(row, "Toch", None, "", None),
        lambda: screen.set_aside(row, "Nog eens"),
        lambda: screen.put(row, ItemState.DISCUSSED),
    ):
        with pytest.raises(ValidationError, match="Zet het eerst weer open"):
            again()
    screen.put(row, ItemState.OPEN)
    row.refresh_from_db()
    ours.signal.refresh_from_db()
    assert (row.state, row.reason, ours.signal.state) == ("open", "", SignalState.NEW)
    screen.put(row, ItemState.DISCUSSED)
    screen.put(row, ItemState.OPEN)
    ours.signal.refresh_from_db()
    assert ours.signal.state == SignalState.NEW


def test_of_two_who_write_the_second_is_told_and_nothing_is_lost(ours):
    row = item(ours.meeting, note="Eerst")
    read = screen.Read.of(row, ("note",))
    screen.save_as_read(row, {"note": "Van mij"}, read)
    with pytest.raises(screen.ConflictError) as told:
        screen.save_as_read(row, {"note": "Van jou"}, read)
    assert told.value.current.note == "Van mij"
    screen.save_as_read(row, {"note": "Van mij"}, read)
    screen.save_as_read(row, {"due": TOMORROW}, screen.Read.of(row, ("due",)))
    row.refresh_from_db()
    assert (row.note, row.due) == ("Van mij", TOMORROW)


def test_a_line_added_meanwhile_stays_under_the_note(ours):
    row = item(ours.meeting, note="Eerst")
    read = screen.Read.of(row, ("note",))
    screen.add_line(row, "Nog iets", "Sam")
    screen.save_note(row, "Anders", read)
    row.refresh_from_db()
    first, second = row.note.split("\n")
    assert first == "Anders" and second.endswith("Sam: Nog iets")


def test_lines_under_a_text_that_another_took_away_do_not_hide_that(ours):
    row = item(ours.meeting, note="Eerst")
    read = screen.Read.of(row, ("note",))
    AgendaItem.objects.filter(pk=row.pk).update(note="", revision=9)
    screen.add_line(row, "Nog iets", "Sam")
    with pytest.raises(screen.ConflictError) as told:
        screen.save_note(row, "Eerst en meer", read)
    assert told.value.current.note.endswith("Sam: Nog iets")


def test_both_texts_hold_each_line_once():
    assert screen.both("a\nb", "b\nc") == "a\nb\nc"


def test_an_action_on_the_agenda_gets_its_owner_and_date_and_keeps_a_date_that_is_not_given(
    ours, worker
):
    police = worker("agent", Role.POLICE)
    Action.objects.filter(pk=ours.action.pk).update(due=TODAY)
    row = item(ours.meeting, kind=ItemKind.ACTION, ref_id=ours.action.pk)

    def give(due):
        row.refresh_from_db()
        read = screen.Read.of(row, screen.OWNER_FIELDS)
        screen.assign(row, police, "", due, read)
        ours.action.refresh_from_db()
        return ours.action.owner, ours.action.due

    assert give(None) == (police, TODAY)
    assert give(TOMORROW) == (police, TOMORROW)


def test_who_has_another_item_is_nobodys_action(ours, worker):
    police = worker("agent", Role.POLICE)
    own = item(ours.meeting, ref_id=ours.action.pk)
    gone = item(ours.meeting, kind=ItemKind.ACTION, ref_id=10**9)
    for row in (own, gone):
        screen.assign(row, police, "", TOMORROW, screen.Read.of(row, screen.OWNER_FIELDS))
        row.refresh_from_db()
        assert (row.owner, row.due) == (police, TOMORROW)
    ours.action.refresh_from_db()
    assert (ours.action.owner, ours.action.due) == (None, None)


def test_an_item_without_a_signal_is_opened_again_and_its_action_stays(ours):
    row = item(ours.meeting)
    action = screen.take_up(row, "Ga langs", None, "Handhaving", None)
    screen.put(row, ItemState.OPEN)
    row.refresh_from_db()
    action.refresh_from_db()
    assert (row.state, action.archived_at) == (ItemState.OPEN, None)


def test_an_item_moves_among_those_that_stand_there_and_stays_at_the_ends(ours):
    first, gone, last = (item(ours.meeting, position=n, title=str(n)) for n in (10, 20, 30))
    gone.archive()

    def order():
        return [i.title for i in ours.meeting.items.filter(archived_at=None)]

    rows.move(last, up=True)
    assert order() == ["30", "10"]
    rows.move(last, up=True)
    assert order() == ["30", "10"]
    rows.move(first, up=False)
    assert order() == ["30", "10"]
    rows.move(last, up=False)
    assert order() == ["10", "30"]


def test_what_was_left_for_the_next_meeting_comes_once_with_its_owner(ours):
    before = Meeting.objects.create(
        municipality=ours.municipality, date=dt.date(2026, 11, 3), state="held"
    )
    item(before, title="Later", state=ItemState.POSTPONED, owner_department="Handhaving")
    item(before, title="Met tekst", state=ItemState.POSTPONED, note="Vraag het na")
    item(before, title="Klaar", state=ItemState.DISCUSSED)
    item(before, title="Weg", state=ItemState.POSTPONED).archive()
    rows.refresh(public_shelf(), ours.meeting)
    rows.refresh(public_shelf(), ours.meeting)
    taken = {i.title: i for i in ours.meeting.items.filter(note__startswith="Van de vorige keer")}
    assert set(taken) == {"Later", "Met tekst"}
    assert taken["Later"].owner_department == "Handhaving"
    assert taken["Met tekst"].note == "Van de vorige keer: Vraag het na"


def test_closing_keeps_the_paper_and_plans_the_next_meeting(ours, theirs):
    Action.objects.filter(pk=ours.action.pk).update(due=TODAY, owner_department="Handhaving")
    Action.objects.filter(pk=theirs.action.pk).update(title=SECRET)
    Signal.objects.filter(pk=theirs.signal.pk).update(area_name=SECRET)
    say = MeetingDecision.objects.create
    say(municipality=ours.municipality, meeting=ours.meeting, text="Zo doen wij het")
    say(municipality=ours.municipality, meeting=ours.meeting, text="Vervallen").archive()
    following = paper.close(public_shelf(), ours.meeting)
    held = Meeting.objects.get(pk=ours.meeting.pk)
    assert held.state == "held" and not held.is_open
    assert held.closed_at is not None and held.started_at == held.closed_at
    assert held.paper.decisions == ("Zo doen wij het",)
    assert str(ours.signal) in held.paper.signals
    assert len(held.paper.signals) == Signal.objects.of(ours.municipality).count()
    assert (ours.action.title, "Handhaving", TODAY) in [
        (a.title, a.owner, a.due) for a in held.paper.actions
    ]
    assert SECRET not in str(held.paper)
    assert (following.kind, following.date, following.is_open) == (
        "operational",
        dt.date(2027, 1, 5),
        True,
    )


# Series


def test_a_series_asks_its_members_once_and_not_those_who_left(ours, worker):
    found = MeetingSeries.objects.create(municipality=ours.municipality, name="Maandelijks")
    member = {"municipality": ours.municipality, "series": found, "part": "police"}
    there = SeriesMember.objects.create(user=worker("agent", Role.POLICE), **member)
    SeriesMember.objects.create(organisation="Woningcorporatie", **member).archive()
    for _ in range(2):
        made = series.plan_meeting(
            ours.municipality, "operational", ours.meeting.date + dt.timedelta(days=7), found
        )
    asked = Attendance.objects.get(meeting=made)
    assert (asked.user, asked.part, asked.present) == (there.user, "police", None)
    assert made.series == found


def test_a_meeting_of_the_neighbours_on_the_same_day_is_another(ours, theirs):
    assert series.plan_meeting(
        theirs.municipality, "strategic", TOMORROW, None
    ) != series.plan_meeting(ours.municipality, "strategic", TOMORROW, None)


# A priority from a signal


def proposed(each, **more):
    given = {"title": "Wonen", "description": "", "reason": "Het neemt toe", "priority": None}
    return priorities.propose(each.signal, each.plan, by=None, **given | more)


def test_an_accepted_priority_becomes_an_adjustment_and_a_rejected_one_nothing(ours):
    number = ours.plan.priorities.count()
    rejected = priorities.decide(proposed(ours), ours.meeting, False, "Eenmalig")
    assert rejected.state == "rejected" and not Adjustment.objects.exists()
    accepted = priorities.decide(proposed(ours), ours.meeting, True, "")
    made = Adjustment.objects.get()
    assert accepted.adjustment == made
    assert (made.line, made.parent, made.municipality) == (None, ours.plan.pk, ours.municipality)
    assert made.new.values == {
        "title": "Wonen",
        "description": "",
        "kind": "priority",
        "number": number + 1,
    }
    with pytest.raises(ValidationError, match="intussen al"):
        priorities.decide(accepted, ours.meeting, True, "")
    assert [d.text for d in ours.meeting.decisions.all()] == [
        "Prioriteit 'Wonen' afgewezen. Reden: Eenmalig",
        "Prioriteit 'Wonen' overgenomen.",
    ]


def test_another_title_for_a_priority_keeps_what_it_was(ours):
    found = proposed(ours, title="Anders", priority=ours.priority)
    priorities.decide(found, ours.meeting, True, "")
    made = Adjustment.objects.get()
    assert (made.line, made.old.values, made.new.values) == (
        ours.priority.pk,
        {"title": "Wonen"},
        {"title": "Anders"},
    )


def test_a_proposal_comes_on_the_first_strategic_meeting_that_is_planned_here(ours, theirs):
    make = Meeting.objects.create
    here = {"municipality": ours.municipality, "kind": "strategic"}
    make(**here, date=dt.date(2026, 10, 1), state="held")
    make(municipality=theirs.municipality, kind="strategic", date=dt.date(2026, 10, 2))
    make(**here, date=dt.date(2027, 1, 1))
    first = make(**here, date=dt.date(2026, 12, 1))
    assert priorities.next_strategic(ours.municipality) == first
    assert PriorityProposal.objects.count() == 0
