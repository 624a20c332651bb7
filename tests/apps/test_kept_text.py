"""What was typed is not lost: by signing out elsewhere, a session that ended, a page that was too
old; and a refusal is a page with the way back."""

import html
import re
import time

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from koers.apps.meetings.models import Meeting
from koers.apps.people.access import takes_get
from koers.apps.people.idle import SEEN
from koers.apps.people.models import Role, User

PASSWORD = "geheim-genoeg-123"  # noqa: S105
TEXT = "Afgesproken: elke vrijdag een ronde <langs> het park."


@pytest.fixture
def writer(person, municipality):
    person(Role.ADVISER)
    return User.objects.get(email="adviser@example.org")


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(municipality=municipality, date="2026-12-01")


def browser(writer):
    """A browser that keeps the rules of CSRF, signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    return client


def fields(page: str, about: str) -> dict[str, str]:
    """The hidden fields of the form on a page that goes to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(about)}"[^>]*>.*?</form>', page, re.S)
    assert form is not None, about
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: html.unescape(value) for name, value in found}


def sign_in(client, answer):
    """Sign in where one was sent to, and follow."""
    page = client.get(answer.url).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    then = re.search(r'name="next" value="([^"]*)"', page)
    data = {"login": "adviser@example.org", "password": PASSWORD, "csrfmiddlewaretoken": token}
    if then:
        data["next"] = html.unescape(then[1])
    return client.post("/aanmelden/", data, follow=True)


def typed(client, meeting):
    """The form of the notes, filled in."""
    page = client.get(f"/overleg/{meeting.pk}/").content.decode()
    address = f"/overleg/{meeting.pk}/aantekeningen/"
    return address, {**fields(page, address), "notes-notes": TEXT}


def test_who_was_signed_out_signs_in_and_saves_after_all(writer, meeting):
    client = browser(writer)
    address, data = typed(client, meeting)
    client.post("/afmelden/", {"csrfmiddlewaretoken": data["csrfmiddlewaretoken"]})
    answer = client.post(address, data)
    assert answer.status_code == 302 and answer.url == "/aanmelden/?next=/aanmelden/verder/"
    page = sign_in(client, answer).content.decode()
    assert html.escape(TEXT) in page and "Er is nog niets opgeslagen" in page
    again = fields(page, address)
    assert again["notes-notes"] == TEXT
    assert client.post(address, again).status_code == 302
    meeting.refresh_from_db()
    assert meeting.notes == TEXT
    assert "koers.kept" not in client.session


def test_another_person_on_the_same_computer_does_not_get_the_text(writer, meeting, person):
    client = browser(writer)
    address, data = typed(client, meeting)
    client.logout()
    token = client.get("/aanmelden/").cookies["csrftoken"].value
    client.post(address, {**data, "csrfmiddlewaretoken": token})
    person(Role.POLICE)
    client.force_login(User.objects.get(email="police@example.org"))
    answer = client.get("/aanmelden/verder/", follow=True)
    assert html.escape(TEXT) not in answer.content.decode()


def test_a_form_whose_token_is_too_old_is_shown_again(writer, meeting):
    client = browser(writer)
    address, data = typed(client, meeting)
    answer = client.post(address, {**data, "csrfmiddlewaretoken": "x" * 64})
    page = answer.content.decode()
    assert answer.status_code == 403 and "Uw tekst is er nog" in page and html.escape(TEXT) in page
    assert client.post(address, fields(page, address)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.notes == TEXT


def test_a_form_from_elsewhere_is_a_plain_refusal_that_offers_nothing(writer, meeting):
    client = browser(writer)
    client.get("/")
    address = f"/overleg/{meeting.pk}/aantekeningen/"
    for mark in ({}, {"koers_wie": "x" * 32}):
        answer = client.post(address, {"notes-notes": TEXT, **mark})
        page = answer.content.decode()
        assert answer.status_code == 403 and "Er is niets opgeslagen" in page
        assert html.escape(TEXT) not in page and "Alsnog opslaan" not in page
    assert "koers.kept" not in client.session
    visitor = Client()
    visitor.post(address, {"notes-notes": TEXT, "koers_wie": "x" * 32})
    assert "koers.kept" not in visitor.session, "that is the mark of nobody"


def test_who_did_nothing_for_long_is_signed_out_with_the_text(writer, meeting, settings):
    client = browser(writer)
    address, data = typed(client, meeting)
    session = client.session
    session[SEEN] = time.time() - 60 * settings.KOERS_IDLE_MINUTES - 1
    session.save()
    answer = client.post(address, data)
    assert "_auth_user_id" not in client.session
    assert html.escape(TEXT) in sign_in(client, answer).content.decode()


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(writer, settings):
    client = browser(writer)
    client.get("/plan/")
    session = client.session
    session[SEEN] = then = time.time() - 600
    session.save()
    client.get("/plan/", headers={"HX-Request": "true"})
    assert client.session[SEEN] == then
    client.get("/plan/")
    assert client.session[SEEN] > then


def test_what_was_saved_says_so_to_the_draft_and_what_was_not_does_not(writer, meeting):
    client = browser(writer)
    address, data = typed(client, meeting)
    answer = client.post(address, {**data, "koers_concept": "abc1"})
    assert answer.status_code == 302 and answer.cookies["koers_bewaard"].value == "abc1"
    wrong = client.post("/overleg/weglaten/", {**data, "koers_concept": "abc2"})
    assert "koers_bewaard" not in wrong.cookies


def test_an_address_that_only_takes_forms_says_so_and_leads_back(adviser):
    answer = adviser.get("/beheer/uitnodigen/", headers={"Referer": "http://testserver/beheer/"})
    page = answer.content.decode()
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "alleen voor een knop" in page and 'href="/beheer/"' in page


def routes(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry.callback
        else:
            yield from routes(entry, path)


def test_signing_in_never_leads_to_an_address_that_only_takes_forms(client, db):
    closed = [path for path, view in routes() if not takes_get(view)]
    assert len(closed) > 30
    for path in closed:
        address = "/" + re.sub(r"<[^>]+>", "1", path)
        for answer in (client.get(address), client.post(address)):
            if answer.status_code == 302 and "/aanmelden/?" in answer.url:
                assert answer.url == "/aanmelden/?next=/", address
    # Where one came from is where one goes back to.
    answer = client.get("/beheer/uitnodigen/", headers={"Referer": "http://testserver/plan/"})
    assert answer.url == "/aanmelden/?next=/plan/"


def test_every_refusal_is_a_page_in_dutch(adviser, client, db):
    for answer, status in (
        (adviser.get("/bestaat-niet/"), 404),
        (adviser.get("/afmelden/"), 405),
        (adviser.post("/plan/"), 405),
        (Client(enforce_csrf_checks=True).post("/afmelden/"), 403),
    ):
        page = answer.content.decode()
        assert answer.status_code == status and 'lang="nl"' in page and "<h1>" in page
