"""The screen of a meeting in a real browser: keys, two people at once, without script, and on a
phone."""

import pytest

from koers.apps.meetings.models import Meeting, MeetingSeries
from koers.apps.meetings.services.agenda import rows
from koers.apps.people.models import Role
from koers.apps.picture.models import Signal
from koers.apps.picture.services.screening import screen_municipality
from tests.browser.conftest import assert_accessible, assert_accessible_at_each_width
from tests.browser.test_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def meeting(municipality, person):
    person(Role.ADVISER, Role.ADMINISTRATOR)
    found = Meeting.objects.create(municipality=municipality, date="2026-12-01")
    rows.add_own(found, "Overlast bij het station")
    rows.add_own(found, "Tweede punt")
    return found


def test_the_new_pages_are_accessible_and_fit_the_screen(desk, meeting, municipality):
    screen_municipality(municipality)
    series = MeetingSeries.objects.create(municipality=municipality, name="Operationeel")
    signal = Signal.objects.of(municipality).first()
    sign_in(desk)
    for path in (
        f"/overleg/{meeting.pk}/scherm/",
        "/overleg/reeksen/",
        f"/overleg/reeksen/{series.pk}/",
        "/overleg/evenementen/",
        "/overleg/weglaten/",
        "/overleg/signalen/",
        f"/overleg/signaal/{signal.pk}/prioriteit/",
        f"/overleg/signaal/{signal.pk}/afsluiten/",
    ):
        desk.goto(path)
        for fold in desk.locator("main details").all():
            fold.evaluate("e => { e.open = true }")
        assert_accessible_at_each_width(desk)


def test_keys_turn_the_items_and_open_the_forms_but_not_while_typing(page, meeting):
    sign_in(page)
    page.goto(f"/overleg/{meeting.pk}/scherm/")
    first = page.locator("h1").inner_text()
    page.keyboard.press("n")
    page.wait_for_url("**punt=*")
    assert page.locator("h1").inner_text() != first
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("t => document.querySelector('h1').textContent === t", arg=first)
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.name") == "action-title"
    page.keyboard.type("n en p en t")
    assert page.locator("#id_action-title").input_value() == "n en p en t"
    page.keyboard.press("Enter")
    page.get_by_text("De actie staat op de lijst").wait_for()
    assert page.locator("#stand li", has_text="n en p en t (nog geen eigenaar)").is_visible()


def test_lines_are_added_one_after_another_without_leaving_the_page(page, meeting):
    sign_in(page)
    page.goto(f"/overleg/{meeting.pk}/scherm/")
    page.keyboard.press("r")
    for text in ("Meer licht", "Vraag de politie"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.locator("#stand").get_by_text(text).wait_for()
        assert page.locator("#id_line-text").input_value() == ""
        assert page.evaluate("document.activeElement.name") == "line-text"
    assert page.get_by_text("De regel is toegevoegd.").is_visible()
    # What is refused is explained by the page, with what was typed still in it.
    page.keyboard.type("Bel mevrouw Jansen")
    page.keyboard.press("Enter")
    page.locator("#id_line-text_error").get_by_text("Dit lijkt op persoonsgegevens").wait_for()
    assert page.locator("#id_line-text").input_value() == "Bel mevrouw Jansen"
    assert meeting.items.get(title=page.locator("h1").inner_text()).note.count("\n") == 1


def test_two_people_who_type_at_once_lose_nothing(browser, live_server, meeting):
    pages = []
    for _ in range(2):
        context = browser.new_context(base_url=live_server.url)
        one = context.new_page()
        sign_in(one)
        one.goto(f"/overleg/{meeting.pk}/scherm/?punt={meeting.items.first().pk}")
        pages.append(one)
    mine, theirs = pages
    for one in pages:
        one.locator("summary", has_text="Hele notitie bewerken").click()
    mine.fill("#id_note-note", "Ik typ nog")
    theirs.fill("#id_note-note", "Al bewaard")
    theirs.get_by_role("button", name="Notitie bewaren").click()
    theirs.get_by_text("De notitie is bewaard").wait_for()
    # The other's text appears by itself; what is being typed stays.
    mine.locator("#stand").get_by_text("Al bewaard").wait_for(timeout=15_000)
    assert mine.locator("#id_note-note").input_value() == "Ik typ nog"
    mine.get_by_role("button", name="Notitie bewaren").click()
    mine.get_by_role("heading", name="Iemand anders heeft dit intussen ook gewijzigd").wait_for()
    assert_accessible(mine)
    assert mine.locator("#id_note-note").input_value() == "Al bewaard\nIk typ nog"
    mine.get_by_role("button", name="Notitie bewaren").click()
    mine.get_by_text("De notitie is bewaard").wait_for()
    assert meeting.items.get(title=mine.locator("h1").inner_text()).note == "Al bewaard\nIk typ nog"
    for one in pages:
        one.context.close()


def test_what_was_typed_is_still_there_after_turning_to_another_item(page, meeting):
    sign_in(page)
    page.goto(f"/overleg/{meeting.pk}/scherm/")
    page.keyboard.press("b")
    page.fill("#id_note-note", "Nog niet bewaard")
    page.get_by_role("link", name="Volgende").click()
    page.wait_for_url("**punt=*")
    assert page.locator("#id_note-note").input_value() != "Nog niet bewaard"
    page.get_by_role("link", name="Vorige").click()
    page.wait_for_function(
        "() => document.querySelector('#id_note-note').value === 'Nog niet bewaard'"
    )


def test_the_screen_works_without_script(browser, live_server, meeting):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/overleg/{meeting.pk}/scherm/")
    page.get_by_role("button", name="Begin het overleg").click()
    page.get_by_label("Regel bij de notitie").fill("Zonder script")
    page.get_by_role("button", name="Regel toevoegen").click()
    assert page.locator("#stand").get_by_text("Zonder script").is_visible()
    page.locator("summary", has_text="Besluit vastleggen").click()
    page.get_by_label("Wat is besloten?").fill("Meer licht")
    page.get_by_role("button", name="Besluit vastleggen").click()
    assert page.locator("#stand").get_by_text("Meer licht").is_visible()
    context.close()
