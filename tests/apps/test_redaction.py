"""Words that are taken out are nowhere in the database afterwards, history included."""

import datetime as dt

import pytest
from django.db import connection

from koers.apps.meetings.models import Meeting, MeetingDecision, Redaction
from koers.apps.meetings.services import redaction, screen
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.paper import close
from koers.apps.people.models import Role
from koers.apps.plan.models import Action

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
    """The name in notes, a decision, an action with its note, an item, a reason, and in what a closed meeting kept."""
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1), notes=f"Gebeld met {NAME}.")
    item = rows.add_own(meeting, f"Huis van {NAME}")
    screen.save_as_read(item, {"note": f"{NAME} klaagt"}, screen.Read.of(item, ("note",)))
    action = screen.add_action(item, f"Bezoek {NAME}", None, "", dt.date(2026, 12, 5))
    action.note = f"{NAME}\ndeed niet open"
    action.save()
    action.note = "Alleen nog in de geschiedenis"
    action.save()
    screen.add_decision(item, f"Brief aan {NAME.upper()}")
    screen.set_aside(item, f"{NAME} is verhuisd")
    close(meeting)
    return meeting


def test_the_words_are_nowhere_in_the_database_and_the_record_does_not_hold_them(adviser, written):
    assert {"meetings_meeting", "meetings_historicalmeeting", "meetings_agendaitem", "plan_action", "plan_historicalaction",
            "meetings_meetingdecision"} <= set(where(NAME))  # fmt: skip
    data = {"words": NAME, "why": "Naam van een inwoner"}
    shown = adviser.post("/overleg/weglaten/", data).content.decode()
    assert "overleg" in shown and where(NAME)
    adviser.post("/overleg/weglaten/", {**data, "choice": "confirm"})
    assert where(NAME) == [] and where("Karel") == []
    written.refresh_from_db()
    assert written.notes == "Gebeld met [weggelaten]."
    assert any(line["title"] == "Bezoek [weggelaten]" for line in written.paper["actions"])
    assert Action.objects.get(title="Bezoek [weggelaten]").note == "Alleen nog in de geschiedenis"
    record = Redaction.objects.filter(model="meetings.meeting", field="notes").get()
    assert record.why == "Naam van een inwoner" and record.by is not None
    assert "Naam van een inwoner" in adviser.get("/overleg/weglaten/").content.decode()


def test_a_part_of_another_word_stays(municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1), notes="Janssen en Jan")
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
    decision = MeetingDecision.objects.create(municipality=municipality, meeting=meeting, text=("Bo " * 166).strip())
    redaction.redact(municipality, "Bo", "naam", None)
    decision.refresh_from_db()
    assert len(decision.text) == 500 and "Bo" not in decision.text


def test_the_reason_may_not_hold_the_words(adviser, written):
    page = adviser.post("/overleg/weglaten/", {"words": NAME, "why": f"{NAME} vroeg erom", "choice": "confirm"})
    assert "Hier staan de woorden die weg moeten" in page.content.decode()
    assert where(NAME)


def test_a_reason_that_names_somebody_is_pointed_out_and_goes_on_when_it_must(adviser, written):
    data = {"words": NAME, "why": "Verzoek van mevrouw Pietersen"}
    assert "Dit lijkt op persoonsgegevens" in adviser.post("/overleg/weglaten/", data).content.decode()
    shown = adviser.post("/overleg/weglaten/", {**data, "keep_personal": "on"}).content.decode()
    assert '<input type="hidden" name="keep_personal" value="on">' in shown
    adviser.post("/overleg/weglaten/", {**data, "keep_personal": "on", "choice": "confirm"})
    assert where(NAME) == []


def test_only_an_administrator_redacts(client, person, written):
    client.force_login(person(Role.ADVISER))
    assert client.get("/overleg/weglaten/").status_code == 403
    assert client.post("/overleg/weglaten/", {"words": NAME, "why": "x", "choice": "confirm"}).status_code == 403
    assert where(NAME)
