"""A meeting through its pages: planned, held, closed, and what is taken along."""

import csv
import datetime as dt
import io

import pytest

from koers.apps.meetings.models import Meeting, MeetingDecision, MeetingState
from koers.apps.meetings.services.paper import following_date
from koers.apps.people.models import Role
from koers.apps.picture.models import Signal, SignalState
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))


@pytest.fixture
def signal(municipality):
    screen_municipality(municipality)
    return Signal.objects.of(municipality).filter(main=True).first()


def test_a_meeting_is_planned_once_a_day_and_kind(adviser, municipality):
    data = {"kind": "operational", "date": "2026-12-08"}
    assert adviser.post("/overleg/", data).status_code == 302
    assert (
        "Op deze dag is er al zo&#x27;n overleg" in adviser.post("/overleg/", data).content.decode()
    )
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (dt.date(2026, 12, 1), dt.date(2027, 1, 5)),
        (dt.date(2026, 1, 6), dt.date(2026, 2, 3)),
        (dt.date(2026, 2, 3), dt.date(2026, 3, 3)),
        (dt.date(2026, 3, 10), dt.date(2026, 4, 14)),
        (dt.date(2026, 1, 29), dt.date(2026, 2, 26)),
    ],
)
def test_the_following_meeting_is_on_the_same_weekday_of_the_next_month(day, following):
    found = following_date(Meeting(date=day))
    assert found == following
    assert found.weekday() == day.weekday()


def test_decisions_and_actions_are_added_and_settled(adviser, meeting):
    url = f"/overleg/{meeting.pk}/"
    adviser.post(f"{url}besluit/", {"decision-text": "Vraag de cijfers op"})
    adviser.post(f"{url}actie/", {"action-title": "Bel de wijkagent", "action-due": "2026-12-15"})
    page = adviser.get(url).content.decode()
    assert "Vraag de cijfers op" in page
    assert "Bel de wijkagent" in page
    adviser.post(
        f"/overleg/besluit/{MeetingDecision.objects.get().pk}/afgehandeld/", {"meeting": meeting.pk}
    )
    adviser.post(
        f"/overleg/actie/{Action.objects.get(title='Bel de wijkagent').pk}/gedaan/",
        {"meeting": meeting.pk},
    )
    assert MeetingDecision.objects.get().settled
    assert Action.objects.get(title="Bel de wijkagent").state == "done"


def test_a_decision_that_names_a_person_is_pointed_out(adviser, meeting):
    page = adviser.post(
        f"/overleg/{meeting.pk}/besluit/", {"decision-text": "Bezoek mevrouw Jansen"}
    ).content.decode()
    assert "Dit lijkt op persoonsgegevens" in page
    assert not MeetingDecision.objects.exists()


def test_the_actions_are_taken_along_as_csv_without_examples(adviser, meeting, municipality, plan):
    Action.objects.create(municipality=municipality, title="Van ons", due=dt.date(2026, 11, 1))
    Action.objects.create(municipality=municipality, title="Een voorbeeld", adoption="example")
    response = adviser.get(f"/overleg/{meeting.pk}/acties.csv")
    assert "acties-2026-12-01.csv" in response["Content-Disposition"]
    table = list(
        csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";")
    )
    titles = [row["Actie"] for row in table]
    assert titles[0] == "Van ons"
    assert "Een voorbeeld" not in titles


def test_a_closed_meeting_shows_what_was_on_the_table_and_is_not_closed_again(
    adviser, meeting, municipality
):
    action = Action.objects.create(
        municipality=municipality, title="Nog open", due=dt.date(2026, 12, 20)
    )
    adviser.post(f"/overleg/{meeting.pk}/sluiten/", {"zeker": "ja"})
    action.title = "Later veranderd"
    action.save()
    page = adviser.get(f"/overleg/{meeting.pk}/").content.decode()
    assert "Nog open" in page
    assert "Later veranderd" not in page
    assert adviser.post(f"/overleg/{meeting.pk}/sluiten/", {"zeker": "ja"}).status_code == 404
    assert Meeting.objects.filter(state=MeetingState.PLANNED).count() == 1


def test_a_signal_is_put_back_from_its_own_page(adviser, signal):
    adviser.post(f"/overleg/signaal/{signal.pk}/", {"choice": "take_up", "title": "Bespreek"})
    signal.refresh_from_db()
    assert signal.state == SignalState.TAKEN_UP
    assert "Ongedaan maken" in adviser.get(f"/beeld/signaal/{signal.pk}/").content.decode()
    adviser.post(f"/overleg/signaal/{signal.pk}/terug/")
    signal.refresh_from_db()
    assert signal.state == SignalState.NEW
    assert not Action.objects.of(signal.municipality).filter(signal=signal).exists()


def test_setting_a_signal_aside_asks_for_a_reason(adviser, signal):
    adviser.post(f"/overleg/signaal/{signal.pk}/", {"choice": "set_aside", "reason": " "})
    signal.refresh_from_db()
    assert signal.state == SignalState.NEW


def test_a_second_hand_on_the_same_signal_is_told_so(adviser, signal):
    for title in ("Eerst", "Daarna"):
        page = adviser.post(
            f"/overleg/signaal/{signal.pk}/", {"choice": "take_up", "title": title}, follow=True
        )
    assert "intussen al opgepakt" in page.content.decode()
    assert not Action.objects.filter(title="Daarna").exists()


def test_what_a_partner_may_not_see_stays_closed(client, person, meeting, signal):
    client.force_login(person(Role.PARTNER))
    for path in (
        f"/overleg/{meeting.pk}/",
        f"/overleg/{meeting.pk}/acties.csv",
        f"/overleg/signaal/{signal.pk}/",
    ):
        assert client.get(path).status_code == 403
