"""What becomes of a signal: closed with an outcome and counted, or a priority that goes to the
college."""

import datetime as dt

import pytest

from koers.apps.decisions.models import Decision
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting, PriorityProposal
from koers.apps.meetings.places import PRIORITY_DECIDED
from koers.apps.meetings.services import life, priorities
from koers.apps.meetings.services.agenda import rows
from koers.apps.people.registry import Enrolled
from koers.apps.picture.models import Signal, SignalState
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action, Adjustment

pytestmark = pytest.mark.postgres


@pytest.fixture
def signal(municipality):
    screen_municipality(municipality)
    return Signal.objects.of(municipality).filter(main=True).first()


@pytest.fixture
def strategic(municipality):
    return Meeting.objects.create(
        municipality=municipality, kind="strategic", date=dt.date(2026, 12, 8)
    )


def take_up(adviser, signal):
    adviser.post(f"/overleg/signaal/{signal.pk}/", {"choice": "take_up", "title": "Ga langs"})
    return Action.objects.get(title="Ga langs")


def close(adviser, signal, usefulness="useful"):
    return adviser.post(
        f"/overleg/signaal/{signal.pk}/afsluiten/", {"usefulness": usefulness}, follow=True
    )


def test_a_signal_is_closed_when_its_actions_are_done(adviser, signal):
    action = take_up(adviser, signal)
    assert "Er staan nog acties open" in close(adviser, signal).content.decode()
    Action.objects.filter(pk=action.pk).update(state="done")
    assert "het signaal was nuttig" in close(adviser, signal).content.decode()
    signal.refresh_from_db()
    assert signal.state == SignalState.CLOSED
    adviser.post(f"/overleg/signaal/{signal.pk}/heropenen/")
    signal.refresh_from_db()
    assert signal.state == SignalState.TAKEN_UP


def test_a_new_signal_is_not_closed(adviser, signal):
    assert "Alleen een opgepakt signaal" in close(adviser, signal).content.decode()


@pytest.mark.parametrize(("said", "useful"), [("useful", 1), ("unclear", 1), ("not_useful", 0)])
def test_useful_is_what_led_somewhere_and_was_not_said_to_be_useless(
    adviser, signal, municipality, said, useful
):
    action = take_up(adviser, signal)
    assert life.tally("", life.signals_of(municipality)).useful == 0
    Action.objects.filter(pk=action.pk).update(state="done")
    close(adviser, signal, said)
    found = life.tally("", life.signals_of(municipality))
    assert (found.useful, found.closed, found.led_somewhere) == (useful, 1, 1)
    assert found.number == found.rest + found.taken_up + found.set_aside + found.closed


def test_the_page_counts_per_month_and_kind_and_says_what_useful_is(adviser, signal):
    page = adviser.get("/overleg/signalen/").content.decode()
    assert signal.topic_title in page and "Een signaal telt als nuttig als" in page
    assert adviser.get("/overleg/signalen/?csv=per-maand").status_code == 200


def test_a_priority_is_proposed_from_a_signal_in_two_clicks(adviser, signal, strategic):
    address = f"/overleg/signaal/{signal.pk}/prioriteit/"
    assert address in adviser.get(f"/beeld/signaal/{signal.pk}/").content.decode()
    first = adviser.get(address)
    filled = dict(first.context["form"].initial)
    page = adviser.post(address, filled, follow=True).content.decode()
    assert "De prioriteit is voorgesteld" in page
    assert PriorityProposal.objects.get().title == filled["title"]
    rows.refresh(public_shelf(), strategic)
    assert strategic.items.get(kind="priority").ref_id == PriorityProposal.objects.get().pk
    assert "voorgesteld" in adviser.get(f"/beeld/signaal/{signal.pk}/").content.decode()


def propose(adviser, signal, **more):
    data = {"title": "Inbraak in het centrum", "reason": "Het neemt toe", **more}
    adviser.post(f"/overleg/signaal/{signal.pk}/prioriteit/", data)
    return PriorityProposal.objects.get()


def test_what_the_meeting_accepts_becomes_an_adjustment_and_a_draft_to_the_college(
    adviser, signal, strategic, plan
):
    proposal = propose(adviser, signal)
    adviser.post(f"/overleg/prioriteit/{proposal.pk}/", {"choice": "accept", "because": "Eens"})
    adjustment = Adjustment.objects.get()
    assert (adjustment.kind, adjustment.line, adjustment.parent, adjustment.state) == (
        "prioriteit",
        None,
        plan.pk,
        "proposed",
    )
    assert adjustment.new.values["title"] == "Inbraak in het centrum"
    draft = Decision.objects.get()
    assert draft.state == "draft" and "Inbraak in het centrum" in draft.texts.plain("reasons")
    page = adviser.get(f"/overleg/prioriteit/{proposal.pk}/").content.decode()
    assert "Naar het college" in page and "overgenomen" in page
    again = adviser.post(f"/overleg/prioriteit/{proposal.pk}/", {"choice": "reject"}, follow=True)
    assert "intussen al overgenomen" in again.content.decode()
    assert "Inbraak in het centrum" in strategic.decisions.get().text


def test_a_priority_is_decided_and_drafted_together_or_not_at_all(
    adviser, signal, strategic, monkeypatch
):
    def fails(news):
        raise RuntimeError("the later app stumbles")

    proposal = propose(adviser, signal)
    monkeypatch.setattr(PRIORITY_DECIDED, "enrolled", {"it": Enrolled("it", fails)})
    with pytest.raises(RuntimeError):
        priorities.decide(proposal, strategic, True, "Eens")
    proposal.refresh_from_db()
    assert proposal.state == "proposed" and not Adjustment.objects.exists()


def test_a_changed_priority_holds_only_what_differs(adviser, signal, strategic, plan):
    line = plan.priorities.first()
    proposal = propose(adviser, signal, priority=line.pk)
    adviser.post(f"/overleg/prioriteit/{proposal.pk}/", {"choice": "accept"})
    adjustment = Adjustment.objects.get()
    assert adjustment.line == line.pk
    assert (adjustment.old.values, adjustment.new.values) == (
        {"title": line.title},
        {"title": "Inbraak in het centrum"},
    )


def test_what_is_rejected_changes_nothing(adviser, signal, strategic):
    proposal = propose(adviser, signal)
    adviser.post(f"/overleg/prioriteit/{proposal.pk}/", {"choice": "reject", "because": "Eenmalig"})
    assert not Adjustment.objects.exists() and not Decision.objects.exists()
    assert "Reden: Eenmalig" in adviser.get(f"/overleg/prioriteit/{proposal.pk}/").content.decode()
