"""Signing in for the first time, inviting others, and switching municipality."""

from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.people.services import first_administrator, one_time_path


def test_the_one_time_link_opens_a_page_and_works_once(client, municipality):
    user = first_administrator([municipality])
    link = one_time_path(user)
    page = client.get(link, follow=True)
    assert page.status_code == 200
    assert not User.objects.get(pk=user.pk).has_usable_password() or User.objects.get(pk=user.pk).last_login is None
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
    assert first_administrator([municipality]) is None


def test_somebody_is_invited_with_a_role_and_it_can_be_withdrawn(adviser, municipality):
    page = adviser.post("/beheer/uitnodigen/", {"name": "Agent", "email": "agent@example.org", "role": "police"})
    assert "/aanmelden/" in page.content.decode()
    membership = Membership.objects.get(user__email="agent@example.org")
    assert membership.role == Role.POLICE
    adviser.post(f"/beheer/{membership.pk}/intrekken/")
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_only_a_municipality_of_ones_own_can_be_chosen(adviser, municipality, other):
    adviser.post("/gemeente-kiezen/", {"municipality": other.code})
    assert "Vandaag in Voorbeeldrecht" in adviser.get("/").content.decode()
    Membership.objects.create(user=User.objects.first(), municipality=other, role=Role.ADVISER)
    adviser.post("/gemeente-kiezen/", {"municipality": other.code})
    assert "Vandaag in Fictiedam" in adviser.get("/").content.decode()


def test_signing_in_never_leads_to_another_site(adviser, municipality):
    response = adviser.post("/gemeente-kiezen/", {"municipality": municipality.code, "next": "https://example.org/"})
    assert response.url == "/"


def test_a_municipality_makes_its_own_slug(db):
    assert Municipality.objects.create(code="X1", name="Ergens aan Zee").slug == "ergens-aan-zee"
