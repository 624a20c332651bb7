"""Signing in for the first time, inviting others, and switching municipality."""

import re

from koers.apps.people.invitations import set_up, somebody_administers
from koers.apps.people.models import Membership, Municipality, Role, User


def test_the_link_of_set_up_opens_a_page_and_works_once(client, municipality):
    link = set_up()
    page = client.get(link, follow=True)
    assert page.status_code == 200
    assert not User.objects.exists()
    form = {
        "name": "Beheer",
        "email": "b@example.org",
        "new_password1": "een lange zin 123",
        "new_password2": "een lange zin 123",
    }
    response = client.post(page.request["PATH_INFO"], form, follow=True)
    assert "Vandaag in Voorbeeldrecht" in response.content.decode()
    client.logout()
    assert "werkt niet meer" in client.get(link, follow=True).content.decode()
    assert somebody_administers()


def test_somebody_is_invited_with_a_role_and_it_can_be_withdrawn(adviser, client, municipality):
    page = adviser.post(
        "/beheer/uitnodigen/", {"name": "Agent", "email": "agent@example.org", "role": "police"}
    ).content.decode()
    link = re.search(r"http://testserver(/aanmelden/[^<\s]+)", page)[1]
    administrator = User.objects.get()
    client.logout()
    word = "een lange zin 123"
    client.post(link, {"name": "Agent", "new_password1": word, "new_password2": word})
    membership = Membership.objects.get(user__email="agent@example.org")
    assert membership.role == Role.POLICE
    client.force_login(administrator)
    client.post(f"/beheer/{membership.pk}/intrekken/", {"zeker": "ja"})
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_only_a_municipality_of_ones_own_can_be_chosen(adviser, municipality, other):
    adviser.post("/gemeente-kiezen/", {"municipality": other.code})
    assert "Vandaag in Voorbeeldrecht" in adviser.get("/").content.decode()
    Membership.objects.create(user=User.objects.first(), municipality=other, role=Role.ADVISER)
    adviser.post("/gemeente-kiezen/", {"municipality": other.code})
    assert "Vandaag in Fictiedam" in adviser.get("/").content.decode()


def test_signing_in_never_leads_to_another_site(adviser, municipality):
    response = adviser.post(
        "/gemeente-kiezen/", {"municipality": municipality.code, "next": "https://example.org/"}
    )
    assert response.url == "/"


def test_a_municipality_makes_its_own_slug(db):
    assert Municipality.objects.create(code="X1", name="Ergens aan Zee").slug == "ergens-aan-zee"
