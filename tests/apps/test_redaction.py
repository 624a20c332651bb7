"""Words that are taken out are nowhere in the database afterwards, history included."""

import datetime as dt
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting, MeetingDecision, Redaction
from koers.apps.meetings.services import redaction, screen
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.paper import close
from koers.apps.people.models import Role
from koers.apps.plan.models import Action, SavedView

pytestmark = pytest.mark.postgres

NAME = "Karel van Dalen"


def everything():
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from ((table, str(value)) for value in row)


def where(words):
    return sorted({table for table, text in everything() if words.lower() in text.lower()})


@pytest.fixture
def written(municipality):
    """The name in notes, a decision, an action with its note, an item, a reason, and in what a
    closed meeting kept."""
    meeting = Meeting.objects.create(
        municipality=municipality, date=dt.date(2026, 12, 1), notes=f"Gebeld met {NAME}."
    )
    item = rows.add_own(meeting, f"Huis van {NAME}")
    screen.save_as_read(item, {"note": f"{NAME} klaagt"}, screen.Read.of(item, ("note",)))
    action = screen.add_action(item, f"Bezoek {NAME}", None, "", dt.date(2026, 12, 5))
    action.note = f"{NAME}\ndeed niet open"
    action.save()
    action.note = "Alleen nog in de geschiedenis"
    action.save()
    screen.add_decision(item, f"Brief aan {NAME.upper()}")
    screen.set_aside(item, f"{NAME} is verhuisd")
    close(public_shelf(), meeting)
    return meeting


def test_the_words_are_nowhere_in_the_database_and_the_record_does_not_hold_them(adviser, written):
    assert {
        "meetings_meeting",
        "meetings_historicalmeeting",
        "meetings_agendaitem",
        "plan_action",
        "plan_historicalaction",
        "meetings_meetingdecision",
    } <= set(where(NAME))
    data = {"words": NAME, "why": "Naam van een inwoner"}
    shown = adviser.post("/overleg/weglaten/", data).content.decode()
    assert "overleg" in shown and where(NAME)
    adviser.post("/overleg/weglaten/", {**data, "choice": "confirm"})
    assert where(NAME) == [] and where("Karel") == []
    written.refresh_from_db()
    assert written.notes == "Gebeld met [weggelaten]."
    assert any(line.title == "Bezoek [weggelaten]" for line in written.paper.actions)
    assert Action.objects.get(title="Bezoek [weggelaten]").note == "Alleen nog in de geschiedenis"
    record = Redaction.objects.filter(model="meetings.meeting", field="notes").get()
    assert record.why == "Naam van een inwoner" and record.by is not None
    assert "Naam van een inwoner" in adviser.get("/overleg/weglaten/").content.decode()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("J. van 't Hof", "Gebeld met j. van \u2019t HOF vandaag"),
        ("J. van \u2019t Hof", "Gebeld met J. van 't Hof vandaag"),
        ("Renee Coene", "Gebeld met Ren\u00e9e\n Co\u00ebne vandaag"),
        ("Ren\u00e9e", "Gebeld met Rene\u0301e vandaag"),
        ("Vermeer-Smit", "Gebeld met Vermeer\u2011Smit vandaag"),
    ],
)
def test_words_go_however_they_are_written(municipality, asked, text):
    meeting = Meeting.objects.create(
        municipality=municipality, date=dt.date(2026, 12, 1), notes=text
    )
    redaction.redact(municipality, asked, "naam", None)
    meeting.refresh_from_db()
    assert meeting.notes == "Gebeld met [weggelaten] vandaag"


def test_a_part_of_another_word_stays(municipality):
    meeting = Meeting.objects.create(
        municipality=municipality, date=dt.date(2026, 12, 1), notes="Janssen en Jan"
    )
    redaction.redact(municipality, "jan", "naam", None)
    meeting.refresh_from_db()
    assert meeting.notes == "Janssen en [weggelaten]"


def test_another_municipality_keeps_its_texts(municipality, other):
    theirs = Meeting.objects.create(municipality=other, date=dt.date(2026, 12, 1), notes=NAME)
    assert redaction.redact(municipality, NAME, "naam", None) == []
    theirs.refresh_from_db()
    assert theirs.notes == NAME


def test_a_full_field_stays_within_its_length(municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    decision = MeetingDecision.objects.create(
        municipality=municipality, meeting=meeting, text=("Bo " * 166).strip()
    )
    redaction.redact(municipality, "Bo", "naam", None)
    decision.refresh_from_db()
    assert len(decision.text) == 500 and "Bo" not in decision.text


def test_a_kept_choice_is_still_an_address_without_the_words(municipality, person):
    user = person(Role.ADVISER)
    asked = {"zoek": f"bij {NAME}", "soort": "care", "owner": "3"}
    rest = urlencode({"soort": "zorg & hulp"})
    for name, query in (("Zijn werk", urlencode(asked)), ("Rest", rest)):
        SavedView.objects.create(
            user=user, municipality=municipality, page="plan:actions", name=name, query=query
        )
    (found,) = redaction.redact(municipality, NAME, "naam", None)
    assert (found.model, found.field) == (SavedView, "query")
    kept = {v.name: v.query for v in SavedView.objects.all()}
    assert dict(parse_qsl(kept["Zijn werk"])) == asked | {"zoek": "bij [weggelaten]"}
    assert kept["Rest"] == rest


def test_where_no_two_may_be_the_same_each_gets_its_own_name(municipality, person):
    user = person(Role.ADVISER)
    views = [
        SavedView.objects.create(
            user=user, municipality=municipality, page="plan:actions", name=name
        )
        for name in (NAME, NAME.upper())
    ]
    redaction.redact(municipality, NAME, "naam", None)
    for view in views:
        view.refresh_from_db()
        assert view.name == f"[weggelaten] {view.pk}"


def test_a_place_is_named_in_words_also_when_it_is_of_a_kind_that_is_gone():
    assert redaction.in_words("meetings.meeting", 12, "notes") == "overleg 12: aantekeningen"
    assert redaction.in_words("meetings.meeting", 12, "old") == "overleg 12: old"
    assert redaction.in_words("past.thing", 3, "text") == "past.thing 3: text"


def test_the_reason_may_not_hold_the_words(adviser, written):
    page = adviser.post(
        "/overleg/weglaten/", {"words": NAME, "why": f"{NAME} vroeg erom", "choice": "confirm"}
    )
    assert "Hier staan de woorden die weg moeten" in page.content.decode()
    assert where(NAME)


def test_a_reason_that_names_somebody_is_pointed_out_and_goes_on_when_it_must(adviser, written):
    data = {"words": NAME, "why": "Verzoek van mevrouw Pietersen"}
    assert (
        "Dit lijkt op persoonsgegevens" in adviser.post("/overleg/weglaten/", data).content.decode()
    )
    shown = adviser.post("/overleg/weglaten/", {**data, "keep_personal": "on"}).content.decode()
    assert '<input type="hidden" name="keep_personal" value="on">' in shown
    adviser.post("/overleg/weglaten/", {**data, "keep_personal": "on", "choice": "confirm"})
    assert where(NAME) == []


def test_only_an_administrator_redacts(client, person, written):
    client.force_login(person(Role.ADVISER))
    assert client.get("/overleg/weglaten/").status_code == 403
    assert (
        client.post(
            "/overleg/weglaten/", {"words": NAME, "why": "x", "choice": "confirm"}
        ).status_code
        == 403
    )
    assert where(NAME)
