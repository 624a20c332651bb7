"""Does the measure work, in a real browser: fixed, evaluated, decided on; accessible and within the
screen."""

import pytest

from koers.apps.evaluation.models import Evaluation, Proposal
from koers.apps.evaluation.services import running
from koers.apps.meetings.models import Meeting
from koers.apps.people.models import Role
from koers.apps.plan.models import Measure
from tests.browser.conftest import assert_accessible
from tests.browser.test_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def measure(municipality, plan, person):
    person(Role.ADVISER, Role.ADMINISTRATOR)
    Meeting.objects.create(municipality=municipality, kind="strategic", date="2026-12-08")
    return Measure.objects.of(municipality).filter(adoption="adopted").first()


def fix(page, measure):
    page.goto(f"/plan/prioriteit/{measure.priority_id}/")
    page.get_by_role("link", name="Leg vast hoe we het effect meten").filter(
        has_text=measure.title
    ).click()
    page.get_by_role("link", name="Leg vast hoe we het effect meten").click()
    assert_accessible(page)
    page.get_by_label("Waaraan moet het te zien zijn?").select_option("misdrijven-totaal")
    page.get_by_label("Mishandeling", exact=True).check()
    page.get_by_label("Vernieling", exact=True).check()
    page.get_by_label("Centrum", exact=True).check()
    page.get_by_label("Wanneer begint de maatregel?").fill("2025-09-01")
    page.get_by_label("Na welke tijd oordelen we?").select_option("6")
    page.get_by_label("Methode").select_option("wdd")
    page.get_by_role("button", name="Vastleggen").click()
    page.get_by_text("Wat is er aan te tonen?").first.wait_for()


def test_a_measure_is_fixed_evaluated_and_decided_on(page, measure):
    sign_in(page)
    page.goto(f"/effect/maatregel/{measure.pk}/")
    assert_accessible(page)
    fix(page, measure)
    assert_accessible(page)
    page.get_by_role("link", name="Ring en vergelijking wijzigen").click()
    assert_accessible(page)
    page.go_back()
    page.get_by_role("button", name="Evalueer nu").click()
    page.get_by_text("Koers begint zo").wait_for()
    assert_accessible(page)
    # Once the worker is done the page that waits shows the verdict by itself.
    running.carry_out(Evaluation.objects.get().pk)
    page.get_by_text("Zo is het berekend").wait_for()
    page.get_by_text("nevenuitkomst, geen oordeel").first.wait_for()
    assert_accessible(page)
    assert page.locator("svg[role=img]").count() == 2
    page.get_by_role("link", name="Besluit vastleggen").click()
    assert_accessible(page)
    page.get_by_label("bijstellen").check()
    page.get_by_label("Waarom?").fill("Het gebied is te klein")
    page.get_by_role("button", name="Besluit vastleggen").click()
    page.get_by_text("Het besluit is vastgelegd").wait_for()
    assert_accessible(page)
    assert Proposal.objects.get().decision == "adjust"
    page.goto(f"/effect/maatregel/{measure.pk}/")
    assert page.get_by_text("Het gebied is te klein").is_visible()
    assert_accessible(page)


def test_a_measure_is_fixed_and_read_without_javascript(browser, live_server, measure):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/effect/maatregel/{measure.pk}/vastleggen/")
    page.get_by_label("De maatregel geldt in de hele gemeente").check()
    page.get_by_label("Wanneer begint de maatregel?").fill("2025-09-01")
    page.get_by_role("button", name="Vastleggen").click()
    page.get_by_role("button", name="Evalueer nu").click()
    running.carry_out(Evaluation.objects.get().pk)
    page.get_by_role("link", name="Ververs").click()
    page.get_by_text("Zo is het berekend").wait_for()
    context.close()
