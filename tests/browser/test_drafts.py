"""Text that is being typed stays, in the real browser: another form on the page, signing out in
another tab, and it goes once it was saved."""

import pytest

from koers.apps.meetings.models import Meeting
from koers.apps.people.models import Role

PASSWORD = "geheim-genoeg-123"  # noqa: S105
TEXT = "Elke vrijdag een ronde langs het park"


@pytest.fixture
def desk(browser, live_server):
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def meeting(plan, municipality, person):
    person(Role.ADVISER)
    person(Role.POLICE)
    return Meeting.objects.create(municipality=municipality, date="2026-12-01")


def sign_in(page, name="adviser"):
    page.goto("/aanmelden/")
    send_password(page, name)


def send_password(page, name="adviser"):
    page.fill("#id_login", f"{name}@example.org")
    page.fill("#id_password", PASSWORD)
    page.click("main button")


NOTES, DECISION = "#id_notes-notes", "#id_decision-text"


def test_text_stays_until_it_is_saved(desk, meeting):
    sign_in(desk)
    address = f"/overleg/{meeting.pk}/"
    desk.goto(address)
    # A second form on the same page.
    desk.fill(NOTES, TEXT)
    desk.fill(DECISION, "Het park krijgt licht")
    desk.get_by_role("button", name="Besluit toevoegen").click()
    desk.get_by_text("Het besluit staat op de lijst").wait_for()
    assert desk.input_value(NOTES) == TEXT
    assert desk.input_value(DECISION) == ""
    assert desk.get_by_text("teruggezet en nog niet opgeslagen").count() == 1
    # Signed out in another tab: what is sent comes back after signing in.
    other = desk.context.new_page()
    other.goto("/plan/")
    other.get_by_role("button", name="Afmelden").click()
    other.wait_for_url("**/openbaar/**")
    desk.get_by_role("button", name="Aantekeningen bewaren").click()
    desk.wait_for_url("**/aanmelden/**")
    send_password(desk)
    desk.get_by_role("heading", name="Uw tekst is er nog").wait_for()
    assert desk.get_by_text(TEXT).is_visible()
    desk.get_by_role("button", name="Alsnog opslaan").click()
    desk.get_by_text("De aantekeningen zijn bewaard").wait_for()
    meeting.refresh_from_db()
    assert meeting.notes == TEXT
    # What was saved is no draft any more.
    desk.goto(address)
    assert desk.get_by_text("teruggezet en nog niet opgeslagen").count() == 0
    drafts = "Object.keys(localStorage).filter((k) => k.startsWith('koers:concept:')).length"
    assert desk.evaluate(drafts) == 0


def test_a_draft_is_of_one_person_and_can_be_thrown_away(desk, meeting):
    sign_in(desk)
    address = f"/overleg/{meeting.pk}/"
    desk.goto(address)
    desk.fill(NOTES, TEXT)
    desk.context.clear_cookies()
    sign_in(desk, "police")
    desk.goto(address)
    assert desk.input_value(NOTES) == ""
    desk.context.clear_cookies()
    sign_in(desk)
    desk.goto(address)
    assert desk.input_value(NOTES) == TEXT
    desk.get_by_role("button", name="Weggooien").click()
    assert desk.input_value(NOTES) == ""
    desk.goto(address)
    assert desk.input_value(NOTES) == ""
