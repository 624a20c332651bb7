"""Each page in a real browser: accessible, within the screen, and usable."""

import datetime as dt

import pytest

from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.meetings.models import Meeting
from koers.apps.people import own_address
from koers.apps.people.models import Role, User
from koers.apps.picture.models import Signal
from koers.apps.picture.services.clusters import search_clusters
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Goal, Measure
from koers.apps.plan.services import versions
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.publication.services.publishing import publish
from tests.apps.publishing import public_addresses
from tests.browser.conftest import assert_accessible, assert_accessible_at_each_width

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(municipality, plan, person):
    """A signed-in adviser's surroundings: signals and clusters, a meeting, an intended decision."""
    person(Role.ADVISER, Role.ADMINISTRATOR)
    screen_municipality(municipality)
    search_clusters(municipality)
    meeting = Meeting.objects.create(municipality=municipality, date="2026-12-01")
    decision = latest_decision(plan)
    move(decision, "intended")
    signal = Signal.objects.of(municipality).first()
    measure = Measure.objects.of(municipality).first()
    Measure.objects.filter(pk=measure.pk).update(areas=["VB010104"], topics=["woninginbraak"])
    versions.adopt(plan, dt.date(2026, 10, 1), "het college")
    measure.refresh_from_db()
    measure.title = "Anders gezegd"
    measure.save()
    version = versions.adopt(plan, dt.date(2026, 11, 1), "het college")
    public = publish(version, None, with_progress=True)
    adjustment = propose_change(measure, {"title": "Nog anders"}, "Duidelijker", None)
    return {
        "meeting": meeting,
        "decision": decision,
        "signal": signal,
        "priority": plan.priorities.first(),
        "measure": measure,
        "adjustment": adjustment,
        "public": public,
        "goal": Goal.objects.of(municipality).first(),
    }


def adopted_plan(scene):
    """The pages of a plan that was adopted and adjusted, a goal, a measure, what is shared."""
    plan, measure = scene["priority"].plan, scene["measure"]
    return (
        "/plan/kaders/",
        "/plan/archief/",
        "/plan/gedeeld/",
        "/plan/aanpassingen/",
        "/plan/aanpassingen/samen/",
        "/plan/toevoegen/kader/",
        f"/plan/versies/{plan.pk}/",
        f"/plan/versies/{plan.pk}/1/",
        f"/plan/versies/{plan.pk}/verschil/?van=1&naar=2",
        f"/plan/versies/{plan.pk}/vaststellen/",
        f"/plan/aanpassing/{scene['adjustment'].pk}/",
        f"/plan/doel/{scene['goal'].pk}/",
        f"/plan/maatregel/{measure.pk}/",
        f"/plan/bewerken/maatregel/{measure.pk}/",
        f"/plan/voorstel/weghalen/maatregel/{measure.pk}/",
        f"/plan/toevoegen/maatregel/{scene['priority'].pk}/",
        f"/plan/lijst/maatregel/{scene['priority'].pk}/",
        f"/plan/lijst/doel/{scene['priority'].pk}/",
        f"/plan/lijst/actie/{measure.pk}/",
        f"/plan/geschiedenis/maatregel/{measure.pk}/{measure.history.last().pk}/",
    )


def sign_in(page):
    page.goto("/aanmelden/")
    page.fill("#id_login", "adviser-administrator@example.org")
    page.fill("#id_password", "geheim-genoeg-123")
    page.click("main button")


def test_every_page_is_accessible_and_fits_the_screen(desk, scene):
    for path in (
        *(address for address in public_addresses() if address.endswith("/")),
        "/aanmelden/",
        "/aanmelden/wachtwoord-vergeten/",
    ):
        desk.goto(path)
        assert_accessible_at_each_width(desk)
    sign_in(desk)
    for path in (
        "/",
        "/beeld/",
        "/beeld/VB010101/",
        "/beeld/VB01/woninginbraak/",
        "/beeld/signalen/",
        "/cijfers/apart/",
        "/beeld/peilmomenten/",
        "/beeld/peilmomenten/voorbeeld/voorbeeld-crime/",
        f"/beeld/signaal/{scene['signal'].pk}/",
        "/plan/",
        f"/plan/prioriteit/{scene['priority'].pk}/",
        "/plan/acties/",
        "/plan/boom/?open=alles",
        "/plan/bord/",
        "/plan/maatregelen/",
        "/plan/mijn-werk/",
        "/plan/buurt/VB010101/",
        "/plan/bibliotheek/",
        "/plan/bibliotheek/halt-verwijzing/",
        "/plan/inlezen/",
        f"/plan/toevoegen/doel/{scene['priority'].pk}/",
        f"/plan/bewerken/prioriteit/{scene['priority'].pk}/",
        f"/plan/geschiedenis/prioriteit/{scene['priority'].pk}/",
        *adopted_plan(scene),
        f"/plan/tekst/{scene['decision'].plan_id}/",
        "/overleg/",
        f"/overleg/{scene['meeting'].pk}/",
        f"/overleg/signaal/{scene['signal'].pk}/",
        "/publiceren/",
        f"/publiceren/versie/{scene['public'].version_id}/",
        f"/publiceren/{scene['public'].pk}/intrekken/",
        "/besluiten/",
        f"/besluiten/{scene['decision'].pk}/",
        f"/besluiten/{scene['decision'].pk}/bewerken/",
        f"/besluiten/{scene['decision'].pk}/opnieuw-vullen/",
        f"/besluiten/{scene['decision'].pk}/versies/",
        "/raadpleging/",
        "/raadpleging/enquete/",
        f"/raadpleging/suggestie/{scene['decision'].pk}/",
        "/beheer/",
        "/beheer/geschiedenis/",
        "/beheer/werking/",
        f"/beheer/account/{scene['decision'].plan.municipality.memberships.first().user_id}/",
        "/account/",
        "/account/wachtwoord/",
        "/account/tweede-stap/",
        "/bestaat-niet/",
    ):
        desk.goto(path)
        assert_accessible_at_each_width(desk)


def test_a_signal_is_taken_up_from_the_paper_with_the_keyboard(page, scene):
    sign_in(page)
    page.goto(f"/overleg/{scene['meeting'].pk}/")
    page.get_by_role("link", name="Behandelen").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Wat gaan we doen?").fill("Bezoek de buurt")
    page.get_by_label("Wat gaan we doen?").press("Enter")
    page.get_by_text("Het signaal is verwerkt").wait_for()
    assert page.get_by_text("Bezoek de buurt").first.is_visible()


def test_a_branch_of_the_tree_comes_when_it_is_opened_with_the_keyboard(page, scene):
    sign_in(page)
    page.goto("/plan/boom/")
    branch = page.locator(f"#prioriteit-{scene['priority'].pk}")
    assert branch.get_by_text("Naar de pagina van deze prioriteit").count() == 0
    branch.locator("summary").first.focus()
    page.keyboard.press("Enter")
    branch.get_by_text("Naar de pagina van deze prioriteit").wait_for()
    assert_accessible(page)


def test_the_first_tab_skips_to_the_content(page, scene):
    page.goto("/openbaar/voorbeeldrecht/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"


def test_pages_work_without_javascript(browser, live_server, scene):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    page.goto("/plan/boom/")
    page.locator("main summary").first.click()
    page.get_by_role("link", name="Toon de doelen en maatregelen").first.click()
    assert page.get_by_text("Naar de pagina van deze prioriteit").first.is_visible()
    page.goto("/beeld/")
    assert page.locator("svg[role=img]").count() >= 5
    page.locator("#kaart").select_option("fietsdiefstal")
    page.get_by_role("button", name="Toon op de kaart").click()
    assert page.get_by_text("per buurt in Voorbeeldrecht").first.is_visible()
    context.close()


def test_the_pages_of_who_has_to_confirm_an_address_are_accessible(
    desk, plan, municipality, person, settings
):
    settings.EMAIL_HOST = "localhost"
    user = person(Role.ADVISER, Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(unconfirmed=True)
    sign_in(desk)
    for path in ("/", "/account/", own_address.path(user), "/account/adres/x/"):
        desk.goto(path)
        assert_accessible_at_each_width(desk)
