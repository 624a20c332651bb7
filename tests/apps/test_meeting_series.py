"""Series plan their own meetings, with the people whom they are for; and what lies ahead is
known."""

import datetime as dt

import pytest

from koers.apps.meetings.models import Attendance, Event, Meeting, MeetingSeries
from koers.apps.meetings.services import ahead
from koers.apps.meetings.services.minutes import document_of
from koers.apps.people.models import Role


def series(**given):
    return MeetingSeries(**{"name": "Overleg", "start": dt.date(2026, 1, 1), **given})


@pytest.mark.parametrize(
    ("given", "after", "following"),
    [
        ({}, dt.date(2026, 12, 1), dt.date(2027, 1, 5)),
        ({"nth": -1, "weekday": 3}, dt.date(2026, 2, 1), dt.date(2026, 2, 26)),
        ({"nth": -1, "weekday": 3}, dt.date(2026, 11, 1), dt.date(2026, 11, 26)),
        ({"nth": -1, "weekday": 3}, dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        ({"nth": 4, "weekday": 0}, dt.date(2026, 12, 28), dt.date(2027, 1, 25)),
        ({"every": 3}, dt.date(2026, 1, 6), dt.date(2026, 4, 7)),
        ({"rhythm": "weeks", "every": 2, "weekday": 0}, dt.date(2026, 1, 5), dt.date(2026, 1, 19)),
        ({"rhythm": "weeks", "every": 1, "weekday": 3}, dt.date(2025, 6, 1), dt.date(2026, 1, 1)),
    ],
)
def test_a_series_knows_its_next_day(given, after, following):
    assert series(**given).next_date(after) == following


def test_a_series_is_named_in_words():
    assert series().in_words == "Eerste dinsdag van de maand"
    assert series(rhythm="weeks", every=2).in_words == "Elke 2 weken op dinsdag"


def test_a_series_plans_its_next_meeting_at_closing_and_asks_its_people(
    adviser, municipality, person
):
    adviser.post(
        "/overleg/reeksen/",
        {
            "name": "Operationeel",
            "kind": "operational",
            "rhythm": "months",
            "every": "1",
            "nth": "1",
            "weekday": "1",
            "start": "2026-12-01",
            "school_region": "noord",
        },
    )
    made = MeetingSeries.objects.get()
    officer = person(Role.POLICE)
    adviser.post(
        f"/overleg/reeksen/{made.pk}/deelnemer/",
        {"member-user": officer.pk, "member-part": "police"},
    )
    adviser.post(
        f"/overleg/reeksen/{made.pk}/deelnemer/",
        {"member-organisation": "Woonstichting", "member-part": "partner"},
    )
    assert (
        "Kies een persoon"
        in adviser.post(
            f"/overleg/reeksen/{made.pk}/deelnemer/", {"member-part": "partner"}
        ).content.decode()
    )
    named = {"member-organisation": "Wijkteam, mevrouw Jansen", "member-part": "partner"}
    assert (
        "Dit lijkt op persoonsgegevens"
        in adviser.post(f"/overleg/reeksen/{made.pk}/deelnemer/", named).content.decode()
    )
    adviser.post(f"/overleg/reeksen/{made.pk}/plannen/")
    meeting = Meeting.objects.get()
    adviser.post(f"/overleg/{meeting.pk}/sluiten/", {"zeker": "ja"})
    following = Meeting.objects.get(state="planned")
    assert following.series == made and following.date == made.next_date(meeting.date)
    assert {str(a) for a in following.attendances.all()} == {str(officer), "Woonstichting"}


def test_who_was_there_stands_in_the_minutes(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    there, away = (
        Attendance.objects.create(
            municipality=municipality, meeting=meeting, organisation=name, part="partner"
        )
        for name in ("Woonstichting", "Jongerenwerk")
    )
    adviser.post(f"/overleg/{meeting.pk}/aanwezig/", {"present": [there.pk]})
    away.refresh_from_db()
    assert away.present is False
    said = str(document_of(meeting))
    assert "Aanwezig: Woonstichting." in said and "Jongerenwerk" not in said


def test_an_event_is_added_changed_archived_and_put_back(adviser, municipality):
    adviser.post(
        "/overleg/evenementen/", {"name": "Jaarmarkt", "start": "2030-06-01", "visitors": "2000"}
    )
    event = Event.objects.get()
    page = adviser.post(
        f"/overleg/evenementen/{event.pk}/",
        {"name": "Jaarmarkt", "start": "2030-06-02", "end": "2030-06-01"},
    )
    assert "Het einde ligt vóór het begin" in page.content.decode()
    adviser.post(f"/overleg/evenementen/{event.pk}/archiveren/")
    assert not Event.objects.of(municipality).exists()
    adviser.post(f"/overleg/evenementen/{event.pk}/terugzetten/")
    assert "Jaarmarkt" in adviser.get("/overleg/evenementen/").content.decode()


def names(first, last, region=""):
    return [s.name for s in ahead.seasons_between(first, last, region)]


def test_periods_that_return_every_year_go_over_new_year():
    december = names(dt.date(2026, 12, 28), dt.date(2027, 1, 3), "noord")
    assert december == [
        "Donkere dagen: meer kans op woninginbraak",
        "Kerstvakantie",
        "Vuurwerk en de jaarwisseling",
    ]
    assert "Vuurwerk en de jaarwisseling" in names(dt.date(2027, 1, 1), dt.date(2027, 1, 1))
    assert names(dt.date(2026, 9, 10), dt.date(2026, 9, 20)) == []


def test_school_holidays_are_those_of_the_region():
    def summer(region):
        found = ahead.seasons_between(dt.date(2028, 7, 1), dt.date(2028, 7, 31), region)
        return next(s.start for s in found if s.name == "Zomervakantie")

    assert (summer("noord"), summer("midden"), summer("zuid")) == (
        dt.date(2028, 7, 15),
        dt.date(2028, 7, 8),
        dt.date(2028, 7, 22),
    )
    assert "Zomervakantie" not in names(dt.date(2027, 7, 1), dt.date(2027, 8, 31), "zuid")


def test_kings_day_is_a_day_earlier_when_it_falls_on_a_sunday():
    assert "Koningsdag" in names(dt.date(2025, 4, 26), dt.date(2025, 4, 26))
    assert "Koningsdag" not in names(dt.date(2025, 4, 27), dt.date(2025, 4, 27))
