"""A table is taken in with a browser: every step accessible, what is typed kept, and undone."""

import pytest
from django.conf import settings

from koers.apps.people.models import Role
from koers.apps.plan.models import Measure
from tests.apps.documents import full_docx
from tests.apps.exchange import home_beside, xlsx
from tests.browser.conftest import assert_accessible, assert_accessible_at_each_width
from tests.browser.test_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [
    ("Uitvoeringsplan", None, None, None, None, None),
    ("Thema", "Maatregel", "Actie", "Deadline", "Trekker", "Kleur"),
    ("Jeugdoverlast", "Avondsport", "Zaal huren", "31-2-2026", "Piet Onbekend", "rood"),
    (None, None, "Flyers maken", "voor de zomer", None, None),
]


def test_a_table_is_taken_in_step_by_step_and_undone(
    page, plan, person, municipality, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    person(Role.ADVISER, Role.ADMINISTRATOR)
    file = tmp_path / "plan.xlsx"
    file.write_bytes(xlsx(ROWS, merge=("A1:F1", "A3:A4", "B3:B4")))
    sign_in(page)
    page.goto("/plan/inlezen/")
    assert_accessible(page)
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("heading", name="In welke kolom staat wat?").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Toon wat het wordt").click()
    page.get_by_role("heading", name="Klopt dit?").wait_for()
    assert_accessible(page)
    page.get_by_label("Trekker: 'Piet Onbekend'").select_option("afdeling")
    page.get_by_label("Deadline van rij 3").fill("15 december 2026")
    page.get_by_role("button", name="Kijk opnieuw").first.click()
    page.get_by_text("15 december 2026").wait_for()
    page.get_by_label("Wat Koers niet leest, hoeft niet mee").check()
    page.get_by_role("button", name="Lees in").click()
    page.get_by_text("1 maatregel en 2 acties toegevoegd").wait_for()
    assert Measure.objects.of(municipality).filter(title="Avondsport").count() == 1
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("Dat is ongedaan gemaakt").wait_for()
    assert not Measure.objects.of(municipality).filter(title="Avondsport").exists()


def test_a_whole_document_is_pointed_at_with_the_keyboard_and_without_javascript(
    browser, live_server, plan, person, municipality, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    person(Role.ADVISER, Role.ADMINISTRATOR)
    file = tmp_path / "plan.docx"
    file.write_bytes(full_docx())
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 320, "height": 800},
    )
    page = context.new_page()
    sign_in(page)
    page.goto("/plan/inlezen/")
    page.set_input_files("#id_file", file)
    page.get_by_label("Wat wilt u uit een Word").select_option("whole")
    page.get_by_role("button", name="Verder").press("Enter")
    page.get_by_role("heading", name="Wat is wat in dit document?").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    choice = page.get_by_label("Dit is: Evaluatie")
    choice.focus()
    page.keyboard.type("een prio")
    assert choice.input_value() == "prioriteit"
    page.get_by_role("button", name="Toon wat het wordt").press("Enter")
    page.get_by_role("heading", name="Klopt dit?").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Wat Koers niet leest, hoeft niet mee").check()
    page.get_by_role("button", name="Lees in").press("Enter")
    page.get_by_text("3 prioriteiten, 4 maatregelen en 3 doelen toegevoegd").wait_for()
    page.get_by_role("link", name="Lees de tekst van het uitvoeringsplan").press("Enter")
    page.get_by_role("heading", name="Evaluatie").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.go_back()
    context.close()


def test_each_step_of_a_whole_document_is_accessible_at_each_width(
    desk, plan, person, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    person(Role.ADVISER, Role.ADMINISTRATOR)
    file = tmp_path / "plan.docx"
    file.write_bytes(full_docx())
    sign_in(desk)
    desk.goto("/plan/inlezen/")
    desk.set_input_files("#id_file", file)
    desk.get_by_label("Wat wilt u uit een Word").select_option("whole")
    desk.get_by_role("button", name="Verder").click()
    desk.get_by_role("heading", name="Wat is wat in dit document?").wait_for()
    desk.get_by_text("Rij voor rij aanwijzen").click()
    assert_accessible_at_each_width(desk)
    desk.get_by_role("button", name="Toon wat het wordt").click()
    desk.get_by_role("heading", name="Klopt dit?").wait_for()
    assert_accessible_at_each_width(desk)
    desk.get_by_label("Wat Koers niet leest, hoeft niet mee").check()
    desk.get_by_role("button", name="Lees in").click()
    desk.get_by_role("link", name="Lees de tekst van het uitvoeringsplan").click()
    desk.get_by_role("heading", name="Evaluatie").wait_for()
    assert_accessible_at_each_width(desk)


def test_a_measure_is_taken_over_from_the_library_for_the_priority_at_hand(
    page, plan, person, municipality
):
    person(Role.ADVISER, Role.ADMINISTRATOR)
    sign_in(page)
    page.goto(f"/plan/prioriteit/{plan.priorities.first().pk}/")
    page.get_by_role("link", name="Kies uit de bibliotheek").click()
    assert_accessible(page)
    page.get_by_role("link", name="Buurtbemiddeling").click()
    assert_accessible(page)
    page.get_by_role("button", name="Neem over als voorbeeld").click()
    page.get_by_text("staat onder").first.wait_for()
    assert Measure.objects.of(municipality).filter(library="buurtbemiddeling").exists()
