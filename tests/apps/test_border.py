"""What comes in is bounded and can be kept, wherever it comes in."""

import datetime as dt
import io

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client

from koers.apps.decisions.services.document import latest_decision
from koers.apps.meetings.models import Meeting, MeetingSeries
from koers.apps.people.bounds import Text, too_long, within_time
from koers.apps.people.models import Municipality, User
from koers.apps.plan.models import Framework, Plan
from koers.limited import DiedError
from koers.plain_text import LONGEST_TEXT, cleaned, cleaned_deep, is_clean, whole_number

pytestmark = pytest.mark.postgres

NUL, BELL, BULLET, HALF = "\x00", "\x07", "\uf0b7", "\ud800"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("gewoon", "gewoon"),
        ("Zoë 😀 عربي\t\r\n", "Zoë 😀 عربي\t\r\n"),
        (f"a{NUL}b{BELL}c", "abc"),
        (f"{BULLET} punt", "• punt"),
        ("regel\x0bregel", "regel\nregel"),
        (f"half {HALF} paar", "half  paar"),
        ("l\x92eau \x80 5", "l’eau € 5"),
        ("om\u202ekeer", "omkeer"),
        ("\U0010ffff\ufdd0\ufffe", ""),
    ],
)
def test_a_text_keeps_what_can_be_kept(written, kept):
    assert cleaned(written) == kept
    assert is_clean(written) == (written == kept)
    assert cleaned_deep({"a": [written, 1], "b": (written,)}) == {"a": [kept, 1], "b": [kept]}


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12), ("0", 0), ("²", None), ("٣", None), ("9" * 5000, None), ("-1", None), ("", None)],
)
def test_a_number_of_an_address(written, number):
    assert whole_number(written) == number
    assert whole_number(None) is None


def test_control_characters_are_taken_out_of_a_form_with_a_message(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    sent = {"notes-notes": f"Besproken:{NUL}\n{BULLET} hek{BELL}", "notes-revision": 0}
    page = adviser.post(f"/overleg/{meeting.pk}/aantekeningen/", sent, follow=True)
    assert page.status_code == 200
    meeting.refresh_from_db()
    assert meeting.notes.splitlines() == ["Besproken:", "• hek"]
    assert "tekens weggehaald die niet te bewaren zijn" in page.content.decode()


def test_of_a_text_that_can_be_kept_nothing_is_said(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    sent = {"notes-notes": "Besproken 😀", "notes-revision": 0}
    page = adviser.post(f"/overleg/{meeting.pk}/aantekeningen/", sent, follow=True)
    assert "tekens weggehaald" not in page.content.decode()


@pytest.mark.parametrize("letter", [NUL, BELL, HALF, BULLET])
def test_a_form_that_is_asked_past_the_border_refuses_the_letter(letter):
    field = forms.CharField()
    with pytest.raises(ValidationError, match="tekens|characters|Null"):
        field.clean(f"a{letter}b")


def test_every_text_field_of_every_form_and_model_has_an_end():
    assert Text() in forms.CharField(widget=forms.Textarea).validators
    with pytest.raises(ValidationError, match="te lang"):
        forms.CharField().clean("a" * (LONGEST_TEXT + 1))
    with pytest.raises(ValidationError, match="te lang"):
        Meeting(notes="a" * (LONGEST_TEXT + 1)).clean_fields()
    assert "20000" in too_long(1, LONGEST_TEXT)


def test_a_text_that_is_too_long_stays_in_its_field(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    long = "woord " * 5000
    page = adviser.post(
        f"/overleg/{meeting.pk}/aantekeningen/", {"notes-notes": long, "notes-revision": 0}
    ).content.decode()
    assert "Deze tekst is te lang" in page
    assert long.strip() in page


@pytest.mark.parametrize("year", [1000, 1989, 2101, 9999])
def test_a_day_lies_within_what_a_plan_can_mean(adviser, municipality, year):
    page = adviser.post("/overleg/", {"kind": "operational", "date": f"{year}-01-01"})
    assert "van 1990 tot en met 2100" in page.content.decode()
    assert not Meeting.objects.exists()
    for model in (Plan, Framework):
        with pytest.raises(ValidationError) as refused:
            model(start_year=year, end_year=year).clean_fields()
        assert {"start_year", "end_year"} <= set(refused.value.message_dict)
    with pytest.raises(ValidationError):
        within_time(dt.datetime(year, 1, 1))


def test_a_series_of_every_zero_months_is_refused_and_cannot_hang(adviser, municipality):
    sent = {
        "name": "Reeks",
        "kind": "operational",
        "rhythm": "months",
        "every": "0",
        "nth": "1",
        "weekday": "1",
        "start": "2026-12-01",
    }
    page = adviser.post("/overleg/reeksen/", sent)
    assert page.status_code == 200
    assert not MeetingSeries.objects.exists()
    # As an older version could have kept it.
    for rhythm in ("months", "weeks"):
        kept = MeetingSeries(rhythm=rhythm, every=0, nth=1, weekday=1, start=dt.date(2026, 1, 6))
        assert kept.next_date(dt.date(2026, 12, 1)) > dt.date(2026, 12, 1)


class Unread(io.RawIOBase):
    """A body of which not a byte may be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("path", ["/aanmelden/", "/cijfers/eigen/nieuw/", "/bestaat-niet/"])
def test_300_mb_without_sign_in_is_refused_before_it_is_read(db, path):
    page = Client(raise_request_exception=True).generic(
        "POST",
        path,
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH="300000000",
        **{"wsgi.input": Unread()},
    )
    assert page.status_code == 413
    assert "te groot om te versturen" in page.content.decode()


@pytest.mark.parametrize("length", ["250000", "9" * 400])
def test_a_visitor_sends_no_more_than_a_form_of_a_visitor_holds(db, length):
    page = Client().generic(
        "POST", "/aanmelden/", CONTENT_LENGTH=length, **{"wsgi.input": Unread()}
    )
    assert page.status_code == 413


def test_more_text_or_fields_than_a_form_has_is_a_page(adviser):
    assert adviser.post("/overleg/", {"date": "x" * 3_500_000}).status_code == 413
    assert adviser.post("/overleg/", {f"f{n}": "" for n in range(6000)}).status_code == 413
    assert adviser.get("/overleg/?" + "&".join(f"f{n}=" for n in range(6000))).status_code == 413


def test_a_cookie_that_cannot_be_kept_is_not_there(client, municipality):
    client.cookies["sessionid"] = "abcdefgh"
    client.cookies["sessionid"].set("sessionid", "x", '"\\000abcdefgh"')
    assert client.get("/aanmelden/").status_code == 200


def test_an_address_with_a_control_character_is_no_page(adviser):
    for path in (
        "/overleg/antwoord/a%00b/",
        "/aanmelden/uitnodiging/%07/",
        "/openbaar/a%ee%80%80/",
    ):
        assert adviser.get(path).status_code == 404, path


def test_who_is_no_person_cannot_be_kept_either(db):
    with pytest.raises(ValidationError):
        User(email="a@example.org", name=f"Jan{BELL}", password="x").clean_fields()


def test_a_document_that_cannot_be_made_is_a_page_in_plain_words(adviser, plan, monkeypatch):
    found = latest_decision(plan)

    def dies(_: object) -> bytes:
        raise DiedError("Dit kostte te veel geheugen.")

    monkeypatch.setattr("koers.apps.decisions.views.services.to_pdf", dies)
    page = adviser.get(f"/besluiten/{found.pk}/collegebesluit.pdf")
    assert page.status_code == 503
    assert "Dit kostte te veel geheugen." in page.content.decode()
    assert "Naar de voorpagina" in page.content.decode()


@pytest.mark.parametrize("code", ["' OR 1=1 --", "a/b", "²", "x" * 300])
def test_an_area_that_cannot_be_one_is_no_fault(adviser, municipality, code):
    answer = adviser.get("/beeld/", {"gebied": code}, follow=True)
    assert answer.status_code in (200, 404)


def test_a_draft_with_a_key_that_cannot_be_one_is_not_there(adviser, plan):
    for key in ("x" * 300, "a-b", "0" * 32):
        assert adviser.get(f"/plan/inlezen/{key}/", follow=True).status_code == 200, key


@pytest.mark.parametrize("key", ["9" * 30, "-" + "9" * 20, "1_0" + "0" * 20, "٣" * 25, "x", "²"])
def test_a_key_that_no_database_holds_is_no_choice(adviser, plan, key):
    """Among several choices: the first form that a fuzz stopped, and every form with some."""
    answer = adviser.post(
        "/plan/nieuw/",
        {"title": "T", "start_year": 2026, "end_year": 2027, "frameworks": [key], "zeker": "ja"},
    )
    assert answer.status_code in (200, 422)
    field = forms.ModelMultipleChoiceField(Municipality.objects.all())
    with pytest.raises(ValidationError):
        field.clean([key])
