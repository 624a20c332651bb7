"""One month of the loop: signal, meeting, action, decision, suggestion, adoption."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.models import DecisionState
from koers.apps.decisions.services.document import latest_decision, move, to_pdf
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import ItemKind, Meeting, MeetingDecision
from koers.apps.meetings.services import paper, triage
from koers.apps.meetings.services.agenda.candidates import candidates
from koers.apps.picture.models import Screening, Signal, SignalState
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action, Goal, Measure
from tests.apps.confirming import confirm_all
from tests.apps.publishing import make_public

pytestmark = pytest.mark.postgres


@pytest.fixture
def signals(municipality):
    screen_municipality(municipality)
    return list(Signal.objects.of(municipality).filter(main=True))


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))


def test_the_rises_that_were_planted_in_the_example_are_found(signals):
    found = {(s.area_code, s.topic, s.kind) for s in signals}
    assert ("VB010103", "1.1.1", "rise") in found
    assert ("VB010202", "2.2.1", "rise") in found


def test_a_signal_of_a_group_of_kinds_names_them_and_not_their_code(signals, municipality):
    titles = {s.topic: s.topic_title for s in Signal.objects.of(municipality)}
    assert titles["1.1"].startswith("Diefstal/inbraak woning en ")
    assert not any(title.replace(".", "").isdigit() for title in titles.values())


def test_screening_twice_keeps_what_people_did(signals, municipality, meeting):
    triage.set_aside(signals[0], meeting, reason="bekend geval")
    Screening.objects.all().update(snapshots=["ouder"])
    screen_municipality(municipality)
    signals[0].refresh_from_db()
    assert (signals[0].state, signals[0].reason) == (SignalState.SET_ASIDE, "bekend geval")
    assert Signal.objects.of(municipality).filter(main=True).count() == len(signals)


def test_a_signal_taken_up_becomes_an_action_that_the_next_meeting_sees(signals, meeting):
    action = triage.take_up_as_action(
        signals[0], meeting, title="Bezoek de buurt", due=dt.date(2026, 12, 20)
    )
    following = paper.close(public_shelf(), meeting)
    assert following.date == dt.date(2027, 1, 5)
    assert action in paper.action_list(following).soon
    assert signals[0] not in paper.new_signals(following)


def test_a_signal_can_become_a_measure_and_be_put_back(signals, meeting, plan):
    measure = triage.take_up_as_measure(
        signals[0], meeting, priority=plan.priorities.first(), title="Extra toezicht"
    )
    assert measure.areas == [signals[0].area_code]
    triage.put_back(signals[0])
    signals[0].refresh_from_db()
    assert signals[0].state == SignalState.NEW
    assert not Measure.objects.of(plan.municipality).filter(pk=measure.pk).exists()


def test_a_signal_that_somebody_else_handled_is_not_handled_twice(signals, meeting):
    triage.set_aside(signals[0], meeting, reason="al bekend")
    with pytest.raises(ValidationError, match="intussen al terzijde gelegd"):
        triage.take_up_as_action(signals[0], meeting, title="Toch oppakken")


def test_open_decisions_are_carried_and_settled_ones_are_not(meeting, municipality):
    for text, settled in (("Vraag cijfers op", False), ("Gedaan werk", True)):
        MeetingDecision.objects.create(
            municipality=municipality, meeting=meeting, text=text, settled=settled
        )
    following = paper.close(public_shelf(), meeting)
    carried = [
        c.title for c in candidates(public_shelf(), following) if c.kind == ItemKind.DECISION
    ]
    assert carried == ["Vraag cijfers op"]


def test_the_meeting_is_held_through_its_pages(adviser, signals, meeting):
    page = adviser.get(f"/overleg/{meeting.pk}/").content.decode()
    assert signals[0].area_name in page
    adviser.post(
        f"/overleg/signaal/{signals[0].pk}/",
        {
            "choice": "take_up",
            "meeting": meeting.pk,
            "title": "Bel de wijkagent",
            "due": "2026-12-15",
        },
    )
    assert Action.objects.get(signal=signals[0]).title == "Bel de wijkagent"
    adviser.post(
        f"/overleg/signaal/{signals[1].pk}/",
        {"choice": "set_aside", "meeting": meeting.pk, "reason": "eenmalig"},
    )
    adviser.post(f"/overleg/{meeting.pk}/sluiten/", {"zeker": "ja"})
    meeting.refresh_from_db()
    assert meeting.state == "held"
    assert "Bel de wijkagent" in adviser.get(f"/overleg/{meeting.pk}/").content.decode()


def test_a_note_with_a_phone_number_is_pointed_out_before_it_is_saved(adviser, meeting):
    url = f"/overleg/{meeting.pk}/aantekeningen/"
    response = adviser.post(url, {"notes-notes": "Bel mevrouw Voorbeeld op 06-12345678"})
    assert "Dit lijkt op persoonsgegevens" in response.content.decode()
    meeting.refresh_from_db()
    assert meeting.notes == ""
    adviser.post(
        url, {"notes-notes": "Bel mevrouw Voorbeeld op 06-12345678", "notes-keep_personal": "on"}
    )
    meeting.refresh_from_db()
    assert "06-12345678" in meeting.notes


def test_a_decision_passes_its_states_and_is_then_frozen(plan):
    decision = confirm_all(latest_decision(plan))
    with pytest.raises(ValueError, match="kan dit besluit niet"):
        move(decision, DecisionState.ADOPTED)
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE, DecisionState.ADOPTED):
        move(decision, state)
    before = to_pdf(decision)
    decision.texts = decision.texts.with_typed({"subject": "iets anders"})
    with pytest.raises(ValidationError, match="vastgesteld"):
        decision.save()
    decision.refresh_from_db()
    assert to_pdf(decision) == before


def test_examples_stay_out_of_the_public_page_until_adopted(client, plan):
    Measure.objects.of(plan.municipality).update(adoption="example")
    Goal.objects.of(plan.municipality).update(adoption="example")
    title = Measure.objects.of(plan.municipality).first().title
    make_public(plan)
    url = f"/openbaar/voorbeeldrecht/{plan.priorities.first().slug}/"
    assert title not in client.get(url).content.decode()
    Measure.objects.of(plan.municipality).update(adoption="adopted")
    make_public(plan)
    assert title in client.get(url).content.decode()


def test_a_suggestion_gets_an_answer(adviser, client, plan, person):
    decision = latest_decision(plan)
    move(decision, DecisionState.INTENDED)
    adviser.post(
        f"/raadpleging/suggestie/{decision.pk}/",
        {"party": "Fractie A", "text": "Meer aandacht voor fietsers"},
    )
    suggestion = Suggestion.objects.get()
    adviser.post(f"/raadpleging/antwoord/{suggestion.pk}/", {"state": "adopted", "answer": ""})
    suggestion.refresh_from_db()
    assert suggestion.state == "received"
    adviser.post(
        f"/raadpleging/antwoord/{suggestion.pk}/",
        {"state": "adopted", "answer": "Staat nu in het plan."},
    )
    assert "Staat nu in het plan." in adviser.get(f"/besluiten/{decision.pk}/").content.decode()


def test_a_survey_is_shown_with_margins_beside_its_priority(adviser, plan, tmp_path):
    file = tmp_path / "enquete.csv"
    file.write_bytes(
        "thema;groep;aantal;deelnemers\r\nCybercrime;inwoners;120;400\r\n".encode("latin-1")
    )
    with file.open("rb") as handle:
        adviser.post("/raadpleging/enquete/", {"title": "Enquête", "held": "2023", "file": handle})
    priority = plan.priorities.get(slug="cybercrime")
    page = adviser.get(f"/plan/prioriteit/{priority.pk}/").content.decode()
    assert "30 % (95 %-marge 26 tot 35 %)" in page


def test_a_survey_with_a_wrong_row_is_refused_with_row_and_column(adviser, plan, tmp_path):
    file = tmp_path / "enquete.csv"
    file.write_text("thema,groep,aantal\nCybercrime,inwoners,veel\n")
    with file.open("rb") as handle:
        response = adviser.post(
            "/raadpleging/enquete/", {"title": "Enquête", "held": "2023", "file": handle}
        )
    assert (
        "Rij 2, kolom aantal: &#x27;veel&#x27; is geen geheel getal." in response.content.decode()
    )
    assert not Survey.objects.exists()
