"""Lists are typed as in a spreadsheet, by keyboard alone, and without script as well; what is wrong
with a form takes the focus."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from koers.apps.people.models import Role
from koers.apps.plan.models import Measure
from tests.apps.exchange import home_beside
from tests.browser.conftest import assert_accessible, assert_accessible_at_each_width
from tests.browser.test_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
}"""
FOCUS = "document.activeElement.id"


@pytest.fixture
def line(plan, person, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    person(Role.ADVISER, Role.ADMINISTRATOR)
    return plan.priorities.first()


def look(page, name):
    """A picture for whoever asks for one."""
    if folder := os.environ.get("KOERS_LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_list_is_typed_pasted_saved_and_undone_by_keyboard(desk, line):
    sign_in(desk)
    desk.goto(f"/plan/prioriteit/{line.pk}/")
    desk.get_by_role("link", name="Maatregelen als lijst").click()
    there = line.measures.filter(archived_at=None).count()
    first = there + 1
    desk.locator(f"#c{first}-title").focus()
    desk.keyboard.type("Lampen")
    desk.keyboard.press("Tab")
    assert desk.evaluate(FOCUS) == f"c{first}-kind"
    desk.keyboard.type("zorg")
    desk.keyboard.press("Escape")
    assert desk.input_value(f"#c{first}-kind") == ""
    desk.keyboard.press("ArrowRight")
    assert desk.evaluate(FOCUS) == f"c{first}-state"
    desk.keyboard.press("Enter")
    assert desk.evaluate(FOCUS) == f"c{first + 1}-state"
    desk.keyboard.press("ArrowUp")
    assert desk.evaluate(FOCUS) == f"c{first}-state"
    # On the last row Enter makes the next one.
    desk.locator(f"#c{there + 5}-title").click()
    desk.keyboard.press("Enter")
    assert desk.evaluate(FOCUS) == f"c{there + 6}-title"
    desk.evaluate(
        PASTE, 'Maatregel\tStaat\tBegin\nPraten\tloopt\t1-2-2027\n"Twee\nregels"\t\tooit\n'
    )
    desk.get_by_text("3 rijen zijn nog niet opgeslagen.").wait_for()
    desk.get_by_role("button", name="Plakken ongedaan maken").click()
    desk.get_by_text("1 rij is nog niet opgeslagen.").wait_for()
    desk.locator(f"#c{there + 6}-title").focus()
    desk.evaluate(PASTE, "Praten\t\tloopt\n" + "\n".join(f"Rij {n}" for n in range(200)))
    desk.get_by_text("202 rijen zijn nog niet opgeslagen.").wait_for()
    desk.locator(f"#c{there + 6}-start").fill("ooit")
    desk.keyboard.press("Control+Enter")
    summary = desk.locator(".k-errors")
    summary.wait_for()
    assert "k-errors" in desk.evaluate("document.activeElement.className")
    assert not Measure.objects.filter(title="Praten").exists()
    assert_accessible_at_each_width(desk)
    desk.set_viewport_size({"width": 390, "height": 844})
    look(desk, "list-wrong-390")
    desk.set_viewport_size({"width": 1280, "height": 900})
    look(desk, "list-wrong-1280")
    summary.get_by_role("link").first.click()
    assert desk.evaluate(FOCUS).endswith("-start")
    desk.locator(":focus").fill("2-1-2027")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("Opgeslagen: 202 rijen toegevoegd.").wait_for()
    desk.get_by_role("button", name="Ongedaan maken").click()
    desk.get_by_text("Dat is ongedaan gemaakt").wait_for()
    assert line.measures.filter(archived_at=None).count() == there


def test_a_list_works_without_script(browser, live_server, line):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/plan/lijst/maatregel/{line.pk}/")
    page.get_by_text("Plak rijen uit Excel").click()
    page.get_by_label("Gekopieerde cellen").fill("Lampen\tpreventie\nPraten\tpaars")
    page.get_by_role("button", name="Zet in de lijst").click()
    page.get_by_text("2 rijen zijn nog niet opgeslagen.").wait_for()
    page.get_by_role("button", name="Meer rijen").click()
    page.get_by_role("button", name="Opslaan").click()
    page.locator(".k-errors").get_by_role("link").first.click()
    page.get_by_label("Soort, rij").nth(line.measures.filter(archived_at=None).count() + 1).fill("")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_text("Opgeslagen: 2 rijen toegevoegd.").wait_for()
    context.close()


def test_a_form_folds_what_most_leave_empty_and_sums_up_what_is_wrong(desk, line):
    sign_in(desk)
    desk.goto(f"/plan/toevoegen/maatregel/{line.pk}/")
    for width in (1280, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        look(desk, f"measure-{width}")
    assert not desk.get_by_label("Budget in euro's").is_visible()
    desk.get_by_label("Maatregel", exact=True).fill("Lampen")
    desk.get_by_text("Middelen", exact=True).click()
    desk.get_by_label("Budget in euro's").fill("10")
    desk.get_by_label("Staat", exact=True).select_option("stopped")
    desk.get_by_role("button", name="Opslaan").click()
    desk.locator(".k-errors").wait_for()
    assert "k-errors" in desk.evaluate("document.activeElement.className")
    assert desk.get_by_label("Budget in euro's").is_visible()
    assert_accessible(desk)
    for width in (1280, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        look(desk, f"measure-wrong-{width}")
    desk.locator(".k-errors").get_by_role("link").click()
    assert desk.evaluate(FOCUS) == "id_state_reason"
