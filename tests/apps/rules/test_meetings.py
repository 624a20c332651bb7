"""What stands on an agenda, what undoing takes along, and when a signal is closed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Event, ItemKind, Meeting, MeetingDecision, SignalOutcome
from koers.apps.meetings.services import ahead, life, minutes, paper, triage
from koers.apps.meetings.services.agenda.candidates import candidates
from koers.apps.meetings.services.agenda.memory import Before
from koers.apps.meetings.services.agenda.memory import before as held_before
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import Action, Goal, Measure
from koers.apps.plan.services.outlook import course_of
from koers.apps.texts.models import TextKind
from koers.apps.texts.services.versions import versions_of
from tests.apps.rules.conftest import new_signal

FIRST, SECOND = dt.date(2026, 10, 6), dt.date(2026, 11, 3)


def on_agenda(meeting, kind):
    return [c for c in candidates(public_shelf(), meeting) if c.kind == kind]


@pytest.fixture
def before(ours):
    """The meeting before the one of ``ours``, held."""
    return Meeting.objects.create(municipality=ours.municipality, date=SECOND, state="held")


# What undoing takes along


def test_undo_archives_a_measure_that_came_of_the_signal_alone(ours):
    made = triage.take_up_as_measure(ours.signal, None, priority=ours.priority, title="Nieuw")
    triage.put_back(ours.signal)
    made.refresh_from_db()
    ours.signal.refresh_from_db()
    assert made.archived_at is not None
    assert ours.signal.state == SignalState.NEW


def test_undo_leaves_a_measure_that_has_other_actions(ours):
    made = triage.take_up_as_measure(ours.signal, None, priority=ours.priority, title="Nieuw")
    other = Action.objects.create(
        municipality=ours.municipality, measure=made, title="Van iemand anders"
    )
    triage.put_back(ours.signal)
    made.refresh_from_db()
    other.refresh_from_db()
    assert made.archived_at is None and other.archived_at is None
    assert ours.signal.actions.get().archived_at is not None


def test_a_decision_holds_as_much_of_a_long_reason_as_fits(ours):
    triage.set_aside(ours.signal, ours.meeting, reason="d" * 600)
    decided = MeetingDecision.objects.get(signal=ours.signal)
    assert len(decided.text) == MeetingDecision._meta.get_field("text").max_length
    assert decided.text.startswith(f"Terzijde gelegd: {ours.signal}. Reden: d")


def test_undo_takes_back_what_the_meeting_decided_on_this_signal_only(ours):
    other = new_signal(ours.municipality, area_code="VB010102")
    for signal in (ours.signal, other):
        triage.set_aside(signal, ours.meeting, reason="Bekend")
    triage.put_back(ours.signal)
    live = MeetingDecision.objects.of(ours.municipality)
    assert [d.signal for d in live] == [other]
    other.refresh_from_db()
    assert (other.state, other.reason) == (SignalState.SET_ASIDE, "Bekend")
    ours.signal.refresh_from_db()
    assert (ours.signal.state, ours.signal.reason) == (SignalState.NEW, "")


@pytest.mark.parametrize("state", ["taken_up", "set_aside", "closed"])
def test_a_handled_signal_is_not_handled_again(ours, state):
    Signal.objects.filter(pk=ours.signal.pk).update(state=state)
    with pytest.raises(ValidationError, match="intussen al"):
        triage.take_up_as_action(ours.signal, None, title="Bel")
    with pytest.raises(ValidationError, match="intussen al"):
        triage.set_aside(ours.signal, None, reason="Bekend")
    assert not ours.signal.actions.exists()


def test_what_comes_of_a_signal_is_of_its_municipality_and_area(ours):
    made = triage.take_up_as_measure(
        ours.signal, ours.meeting, priority=ours.priority, title="Nieuw"
    )
    action = made.actions.get()
    assert (made.municipality, made.areas) == (ours.municipality, [ours.signal.area_code])
    assert (action.municipality, action.signal) == (ours.municipality, ours.signal)
    assert list(ours.meeting.actions.all()) == [action]


# What stands on the agenda


@pytest.mark.parametrize(
    ("fell", "told"), [(0.11, True), (0.15, True), (0.09, False), (-0.2, False)]
)
def test_a_goal_is_news_when_its_chance_fell_by_a_tenth(ours, before, fell, told):
    Goal.objects.exclude(pk=ours.goal.pk).update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    chance = course_of(public_shelf(), ours.goal).chance
    before.paper = {"memory": {"chances": {str(ours.goal.pk): chance + fell}}}
    before.save()
    assert bool(on_agenda(ours.meeting, ItemKind.GOAL)) == told


def test_a_goal_of_which_nothing_was_remembered_is_no_news(ours, before):
    before.paper = {"memory": {"chances": {}}}
    before.save()
    assert not on_agenda(ours.meeting, ItemKind.GOAL)


def test_an_example_goal_is_on_no_agenda(ours, before):
    Goal.objects.filter(pk=ours.goal.pk).update(adoption="example")
    before.paper = {"memory": {"chances": {str(ours.goal.pk): 2.0}}}
    before.save()
    assert not [c for c in on_agenda(ours.meeting, ItemKind.GOAL) if c.ref_id == ours.goal.pk]


def test_an_agenda_names_what_is_new_here_and_nothing_of_the_neighbours(ours, theirs):
    handled = new_signal(ours.municipality, area_code="VB010102", state="set_aside")
    beside = new_signal(ours.municipality, area_code="VB010103", main=False)
    for each in (ours, theirs):
        Action.objects.filter(pk=each.action.pk).update(due=ours.meeting.date)
        Event.objects.create(
            municipality=each.municipality, name="Kermis", start=ours.meeting.date, area="Centrum"
        )
    found = candidates(public_shelf(), ours.meeting)
    signals = {c.ref_id for c in found if c.kind == ItemKind.SIGNAL}
    assert ours.signal.pk in signals
    assert not {theirs.signal.pk, handled.pk, beside.pk} & signals
    actions = {c.ref_id for c in found if c.kind == ItemKind.ACTION}
    assert ours.action.pk in actions and theirs.action.pk not in actions
    assert len([c for c in found if c.kind == ItemKind.EVENT]) == 1
    still = {c.key for c in found if c.kind == ItemKind.STILL}
    assert f"owner:measure:{theirs.measure.pk}" not in still


@pytest.mark.parametrize(
    ("due", "named", "words"),
    [
        (dt.date(2026, 11, 30), True, "had klaar moeten zijn op"),
        (dt.date(2026, 12, 1), True, "uiterlijk"),
        (dt.date(2027, 1, 5), True, "uiterlijk"),
        (dt.date(2027, 1, 6), False, ""),
        (None, False, ""),
    ],
)
def test_an_agenda_names_actions_due_up_to_and_with_the_following_meeting(ours, due, named, words):
    assert paper.following_date(ours.meeting) == dt.date(2027, 1, 5)
    Action.objects.filter(pk=ours.action.pk).update(due=due)
    found = [c for c in on_agenda(ours.meeting, ItemKind.ACTION) if c.ref_id == ours.action.pk]
    assert bool(found) == named
    if named:
        assert words in found[0].detail


@pytest.mark.parametrize("change", [{"state": "done"}, {"adoption": "example"}])
def test_what_is_done_or_an_example_is_nobodys_action(ours, change):
    Action.objects.filter(pk=ours.action.pk).update(due=ours.meeting.date, **change)
    assert ours.action not in paper.open_actions(ours.meeting)
    assert ours.action not in paper.due_actions(ours.meeting)


def test_an_open_decision_is_carried_to_the_next_meeting_of_its_kind(ours, theirs, before):
    strategic = Meeting.objects.create(
        municipality=ours.municipality, date=SECOND, kind="strategic", state="held"
    )
    say = MeetingDecision.objects.create
    open_one = say(municipality=ours.municipality, meeting=before, text="Nog te doen")
    say(municipality=ours.municipality, meeting=before, text="Gedaan", settled=True)
    say(municipality=ours.municipality, meeting=strategic, text="Elders besloten")
    say(municipality=ours.municipality, meeting=ours.meeting, text="Vandaag besloten")
    say(municipality=theirs.municipality, meeting=theirs.meeting, text="Van de buren")
    say(municipality=ours.municipality, meeting=before, text="Vervallen").archive()
    assert [c.ref_id for c in on_agenda(ours.meeting, ItemKind.DECISION)] == [open_one.pk]


def test_a_strategic_agenda_holds_measures_at_risk_and_no_signals(ours, theirs):
    Measure.objects.filter(pk__in=[ours.measure.pk, theirs.measure.pk]).update(
        state="at_risk", state_reason="Te weinig mensen"
    )
    strategic = Meeting.objects.create(
        municipality=ours.municipality, date=ours.meeting.date, kind="strategic"
    )
    found = candidates(public_shelf(), strategic)
    assert [c.ref_id for c in found if c.kind == ItemKind.MEASURE] == [ours.measure.pk]
    assert not [c for c in found if c.kind == ItemKind.SIGNAL]
    Measure.objects.filter(pk=ours.measure.pk).update(adoption="example")
    assert not on_agenda(strategic, ItemKind.MEASURE)


def test_the_last_meeting_is_of_the_same_kind_held_here_and_earlier(ours, theirs, before):
    make = Meeting.objects.create
    here = {"municipality": ours.municipality}
    make(**here, date=dt.date(2026, 11, 10))
    make(**here, date=dt.date(2026, 11, 11), kind="strategic", state="held")
    make(municipality=theirs.municipality, date=dt.date(2026, 11, 12), state="held")
    make(**here, date=dt.date(2026, 12, 2), state="held")
    make(**here, date=dt.date(2026, 11, 13), state="held").archive()
    assert held_before(ours.meeting) == Before(before)
    first = make(**here, date=FIRST, state="held")
    assert held_before(ours.meeting) == Before(before, first)
    assert paper.previous_meeting(ours.meeting).date == dt.date(2026, 11, 10)


def test_an_event_is_ahead_from_its_first_to_its_last_day(ours, theirs):
    event = Event.objects.create(
        municipality=ours.municipality,
        name="Kermis",
        start=dt.date(2026, 12, 10),
        end=dt.date(2026, 12, 12),
    )

    def seen(first, last, where=ours.municipality):
        days = (dt.date(2026, 12, first), dt.date(2026, 12, last))
        return ahead.events_between(where, *days) == [event]

    assert seen(12, 20) and seen(1, 10) and seen(11, 11)
    assert not seen(13, 20) and not seen(1, 9)
    assert not seen(1, 31, theirs.municipality)


def test_a_season_that_returns_each_year_ends_within_half_a_year():
    found = ahead.seasons_between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert found
    assert all(0 <= (s.end - s.start).days < 183 for s in found)


@pytest.mark.parametrize(
    ("days", "right"),
    [
        ({"yearly": {"start": "12-27", "end": "01-01"}}, True),
        ({"start": "2026-02-14", "end": "2026-02-14"}, True),
        ({"start": "2026-02-14", "end": "2026-02-13"}, False),
        ({"start": "2026-02-14"}, False),
        ({"end": "2026-02-14"}, False),
        ({}, False),
    ],
)
def test_a_period_has_days_or_returns_each_year(days, right):
    if right:
        assert ahead.Period(name="Carnaval", **days).name == "Carnaval"
    else:
        with pytest.raises(ValueError, match="een begin en een later einde, of 'yearly'"):
            ahead.Period(name="Carnaval", **days)


# The life of a signal


def test_a_signal_is_closed_when_none_of_its_actions_is_open(ours):
    action = triage.take_up_as_action(ours.signal, None, title="Bel")
    with pytest.raises(ValidationError, match="nog acties open"):
        life.close(ours.signal, "useful", "")
    Action.objects.filter(pk=action.pk).update(state="dropped")
    life.close(ours.signal, "useful", "")
    ours.signal.refresh_from_db()
    assert ours.signal.state == SignalState.CLOSED
    assert not life.led_somewhere(ours.signal)


def test_an_archived_action_does_not_keep_a_signal_open(ours):
    triage.take_up_as_action(ours.signal, None, title="Bel").archive()
    life.close(ours.signal, "useful", "")
    ours.signal.refresh_from_db()
    assert ours.signal.state == SignalState.CLOSED
    assert not life.was_useful(ours.signal)


def test_the_share_of_useful_signals_is_of_those_that_were_handled(ours, theirs):
    done = triage.take_up_as_action(ours.signal, None, title="Bel")
    Action.objects.filter(pk=done.pk).update(state="done")
    for number, state in enumerate(("set_aside", "set_aside", "new")):
        new_signal(ours.municipality, area_code=f"VB01020{number + 1}", state=state)
    found = life.tally("", life.signals_of(ours.municipality))
    assert (found.number, found.handled, found.useful) == (4, 3, 1)
    assert found.share == 33.3
    assert life.tally("", []).share is None


def test_only_what_was_closed_is_taken_up_again(ours, theirs):
    for each in (ours, theirs):
        triage.take_up_as_action(each.signal, None, title="Bel").archive()
        life.close(each.signal, "useful", "")
    life.reopen(ours.signal)
    life.reopen(ours.signal)
    outcomes = SignalOutcome.objects.all()
    for each, state, archived in ((ours, "taken_up", True), (theirs, "closed", False)):
        each.signal.refresh_from_db()
        assert each.signal.state == state
        assert (outcomes.get(signal=each.signal).archived_at is not None) == archived
    waiting = new_signal(ours.municipality, area_code="VB010102")
    life.reopen(waiting)
    waiting.refresh_from_db()
    assert waiting.state == SignalState.NEW


# Minutes


def test_minutes_get_a_next_version_once_the_meeting_is_closed(ours, before):
    def decide(meeting, text):
        MeetingDecision.objects.create(municipality=ours.municipality, meeting=meeting, text=text)
        minutes.correct(meeting, f"Erbij: {text}")
        return [v.note for v in versions_of(TextKind.MINUTES, meeting.pk)]

    assert decide(ours.meeting, "Zo") == [], "it is not closed yet"
    assert decide(before, "Zo") == ["Erbij: Zo"]
    assert decide(before, "Ook") == ["Erbij: Ook", "Erbij: Zo"]
    minutes.correct(before, "Niets")
    assert len(versions_of(TextKind.MINUTES, before.pk)) == 2
    assert "Ook" in str(minutes.text_of(before).section("decisions"))
