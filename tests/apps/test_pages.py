"""Every page opens for whom it is meant, and for nobody else."""

import pytest
from django.conf import settings
from django.urls import reverse

from koers.apps.decisions.services.document import latest_decision
from koers.apps.meetings.models import Meeting
from koers.apps.people.models import Role
from koers.apps.picture.models import Signal
from koers.apps.picture.services.screening import screen_municipality
from tests.apps.publishing import make_public, public_addresses

pytestmark = pytest.mark.postgres

PAGES = [
    "/",
    "/beeld/VB01/",
    "/beeld/VB010101/",
    "/beeld/VB01/woninginbraak/",
    "/beeld/VB010103/woninginbraak/",
    "/beeld/VB01/uren-in-de-wijk/",
    "/beeld/VB01/woninginbraak/trend.svg",
    "/beeld/VB01/woninginbraak/trend.csv",
    "/beeld/VB01/woninginbraak/kaart.svg",
    "/beeld/VB01/woninginbraak/vergelijking.csv",
    "/cijfers/apart/",
    "/beeld/signalen/",
    "/beeld/signalen.csv",
    "/beeld/peilmomenten/",
    "/beeld/peilmomenten/voorbeeld/voorbeeld-crime/",
    "/plan/",
    "/plan/acties/",
    "/plan/acties.csv",
    "/plan/maatregelen.csv",
    "/plan/nieuw/",
    "/plan/kaders/",
    "/plan/gedeeld/",
    "/plan/aanpassingen/",
    "/plan/aanpassingen/samen/",
    "/plan/archief/",
    "/plan/toevoegen/kader/",
    "/plan/",
    "/plan/boom/",
    "/plan/boom/?open=alles",
    "/plan/maatregelen/",
    "/plan/tijdlijn/",
    "/plan/tijdlijn.svg",
    "/plan/bord/",
    "/plan/bord/?naar=datum",
    "/plan/mijn-werk/",
    "/plan/buurt/",
    "/plan/buurt/VB010101/",
    "/plan/partner/",
    "/overleg/",
    "/besluiten/",
    "/raadpleging/",
    "/raadpleging/enquete/",
    "/raadpleging/suggesties.csv",
    "/publiceren/",
    *public_addresses(),
    "/beheer/",
    "/beheer/geschiedenis/",
    "/beheer/werking/",
    "/beeld/indicatoren/",
    "/beeld/indicatoren.csv",
    "/beeld/indicatoren/woninginbraak/",
    "/beeld/vergelijken/",
    "/cijfers/",
    "/cijfers/eigen/nieuw/",
    "/cijfers/eigen/indicator/nieuw/",
]


@pytest.mark.parametrize("path", PAGES)
def test_an_adviser_who_administers_opens_every_page(adviser, plan, path):
    make_public(plan)
    response = adviser.get(path, follow=True)
    assert response.status_code == 200
    if response["Content-Type"].startswith("text/html"):
        # Whatever a view calls its own things, the page wears the house style.
        assert (
            f'class="utrecht-document utrecht-html {settings.KOERS_THEMES[0].css_class}"'
            in response.content.decode()
        )


@pytest.mark.parametrize("path", [p for p in PAGES if not p.startswith("/openbaar")])
def test_a_visitor_is_asked_to_sign_in_or_sees_the_public_page(client, municipality, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url.startswith(("/aanmelden/", "/openbaar/"))


def test_the_public_page_opens_without_signing_in(client, plan):
    make_public(plan)
    response = client.get("/openbaar/voorbeeldrecht/")
    assert response.status_code == 200
    assert "Veiligheid in de wijken" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.COMMITTEE, "/plan/", 200),
        (Role.COMMITTEE, "/plan/nieuw/", 403),
        (Role.COMMITTEE, "/overleg/", 403),
        (Role.COMMITTEE, "/beeld/signalen/", 403),
        (Role.COMMITTEE, "/raadpleging/", 200),
        (Role.COMMITTEE, "/besluiten/", 200),
        (Role.POLICE, "/overleg/", 200),
        (Role.POLICE, "/beeld/signalen/", 200),
        (Role.POLICE, "/besluiten/", 403),
        (Role.ENFORCEMENT, "/overleg/", 200),
        (Role.ENFORCEMENT, "/plan/nieuw/", 403),
        (Role.PARTNER, "/overleg/", 403),
        (Role.PARTNER, "/plan/", 200),
        (Role.COLLEGE, "/besluiten/", 200),
        (Role.COLLEGE, "/beheer/", 403),
        (Role.PUBLIC, "/plan/", 403),
        (Role.PUBLIC, "/openbaar/", 302),
        (Role.ADMINISTRATOR, "/beheer/", 200),
        (Role.ADMINISTRATOR, "/plan/nieuw/", 403),
        (Role.ADMINISTRATOR, "/publiceren/", 403),
        (Role.ADVISER, "/publiceren/", 200),
    ],
)
def test_a_role_opens_what_its_rule_allows(client, person, plan, role, path, status):
    make_public(plan)
    client.force_login(person(role))
    assert client.get(path).status_code == status


def test_objects_of_another_municipality_do_not_exist_here(
    client, person, plan, municipality, other
):
    screen_municipality(municipality)
    signal = Signal.objects.of(municipality).first()
    meeting = Meeting.objects.create(municipality=municipality, date="2026-12-01")
    decision = latest_decision(plan)
    client.force_login(person(Role.ADVISER, where=other))
    for path in (
        reverse("picture:signal", args=[signal.pk]),
        reverse("meetings:triage", args=[signal.pk]),
        reverse("meetings:meeting", args=[meeting.pk]),
        reverse("decisions:decision", args=[decision.pk]),
        reverse("decisions:pdf", args=[decision.pk]),
        reverse("plan:priority", args=[plan.priorities.first().pk]),
        reverse("plan:edit", args=["plan", plan.pk]),
        reverse("exchange:list", args=["maatregel", plan.priorities.first().pk]),
        reverse("plan:history", args=["plan", plan.pk]),
    ):
        assert client.get(path).status_code == 404, path


def test_an_unknown_page_says_so_in_plain_dutch(adviser):
    response = adviser.get("/bestaat-niet/")
    assert response.status_code == 404
    assert "Deze pagina is er niet" in response.content.decode()
