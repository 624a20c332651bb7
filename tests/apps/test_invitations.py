"""An account belongs to a verified address, a link to one invitation of one municipality, a role to
one municipality."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from koers.apps.people import invitations, services
from koers.apps.people.models import Invitation, Membership, PeopleEvent, Role, User

WORD = "een lange zin 123"


def join(client, path, **more):
    data = {"name": "Nieuw", "new_password1": WORD, "new_password2": WORD, **more}
    return client.post(path, data, follow=True)


def roles(email):
    found = Membership.objects.filter(user__email=email)
    return {(m.municipality.code, m.role) for m in found}


@pytest.mark.postgres
def test_an_invitation_gives_nothing_until_it_is_taken_up(client, municipality):
    path = invitations.invite(municipality, "Agent@Example.org", Role.POLICE)
    assert not User.objects.filter(email="agent@example.org").exists()
    assert client.get(path).status_code == 200
    assert not Membership.objects.filter(role=Role.POLICE).exists()
    assert "Vandaag in" in join(client, path).content.decode()
    assert roles("agent@example.org") == {(municipality.code, "police")}
    client.logout()
    assert "werkt niet meer" in client.get(path).content.decode()


def test_the_link_of_one_municipality_gives_no_role_in_another(client, municipality, other):
    ours = invitations.invite(municipality, "a@example.org", Role.PARTNER)
    theirs = invitations.invite(other, "a@example.org", Role.ADVISER)
    join(client, ours)
    assert roles("a@example.org") == {(municipality.code, "partner")}
    client.logout()
    # Somebody else who has the other link is asked to sign in, and gets no password to choose.
    page = client.get(theirs).content.decode()
    assert "Er is al een account" in page and "new_password1" not in page
    assert "Er is al een account" in join(client, theirs).content.decode()
    client.force_login(User.objects.get(email="a@example.org"))
    client.post(theirs, {"municipality": other.code, "koers_gemeente": municipality.code})
    assert roles("a@example.org") == {(municipality.code, "partner"), (other.code, "adviser")}


def test_a_one_time_link_dies_when_its_person_comes_to_work_elsewhere(
    client, person, municipality, other
):
    """Else the administrator who made it gets in there: the person is signed in all the while."""
    somebody = person(Role.PARTNER)
    client.force_login(somebody)
    link = services.one_time_path(somebody)
    path = invitations.invite(other, somebody.email, Role.ADVISER)
    assert Client().get(link, follow=True).context["validlink"]
    client.post(path, {"municipality": other.code, "koers_gemeente": municipality.code})
    assert (other.code, "adviser") in roles(somebody.email)
    assert not Client().get(link, follow=True).context["validlink"]


def test_inviting_an_address_tells_nothing_of_who_has_it_elsewhere(
    adviser, municipality, other, person
):
    stranger = person(Role.POLICE, where=other)
    stranger.name = "Vreemde Vogel"
    stranger.save()
    adviser.post(
        "/beheer/uitnodigen/", {"name": "A", "email": stranger.email, "role": Role.PARTNER}
    )
    stranger.memberships.all().delete()
    for page in ("/beheer/", "/beheer/geschiedenis/"):
        assert "Vreemde Vogel" not in adviser.get(page).content.decode()
    assert adviser.get(f"/beheer/account/{stranger.pk}/").status_code == 404
    adviser.post(f"/beheer/account/{stranger.pk}/wissen/", {"zeker": "ja"})
    stranger.refresh_from_db()
    assert stranger.name == "Vreemde Vogel" and stranger.is_active


def test_the_address_is_that_of_the_invitation(client, municipality):
    path = invitations.invite(municipality, "a@example.org", Role.PARTNER)
    assert 'name="email"' not in client.get(path).content.decode()
    join(client, path, email="somebody.else@example.org")
    assert not User.objects.filter(email="somebody.else@example.org").exists()
    assert User.objects.filter(email="a@example.org").exists()


def test_an_invitation_of_another_address_is_not_taken_up(client, municipality, other, person):
    path = invitations.invite(other, "a@example.org", Role.ADMINISTRATOR)
    user = person(Role.ADVISER)
    client.force_login(user)
    assert "voor een ander adres" in client.get(path).content.decode()
    client.post(path, {"municipality": other.code})
    assert roles(user.email) == {(municipality.code, "adviser")}


@pytest.mark.parametrize("days", [6, 8])
def test_an_invitation_is_valid_for_seven_days(client, municipality, days):
    path = invitations.invite(municipality, "a@example.org", Role.PARTNER)
    Invitation.objects.update(made_at=timezone.now() - timezone.timedelta(days=days))
    assert ("werkt niet meer" in client.get(path).content.decode()) == (days > 7)


def test_a_new_invitation_to_the_same_role_replaces_the_former(client, municipality):
    first = invitations.invite(municipality, "a@example.org", Role.PARTNER)
    second = invitations.invite(municipality, "a@example.org", Role.PARTNER)
    assert "werkt niet meer" in client.get(first).content.decode()
    assert "Welkom bij Koers" in client.get(second).content.decode()


def test_the_first_administrator_chooses_a_municipality_and_gets_roles_there_only(
    client, municipality, other
):
    path = invitations.set_up()
    page = client.get(path).content.decode()
    assert municipality.name in page and other.name in page
    join(client, path, email="b@example.org", municipality=other.pk)
    assert roles("b@example.org") == {(other.code, "administrator"), (other.code, "adviser")}


def test_a_new_municipality_gets_no_administrator_by_itself(municipality, other, person):
    person(Role.ADMINISTRATOR)
    assert invitations.somebody_administers()
    assert invitations.without_administrator() == [other]


def test_set_up_of_a_municipality_ends_when_it_has_an_administrator(client, other, person):
    path = invitations.set_up(other)
    assert "eerste beheerder" in client.get(path).content.decode()
    person(Role.ADMINISTRATOR, where=other)
    assert "werkt niet meer" in client.get(path).content.decode()


def test_set_up_does_not_take_over_an_address_that_has_an_account(client, municipality, person):
    known = person(Role.POLICE)
    path = invitations.set_up()
    page = join(client, path, email=known.email.upper(), municipality=municipality.pk)
    assert "Er is al een account" in page.content.decode()
    assert roles(known.email) == {(municipality.code, "police")}


def test_an_invitation_has_no_preselected_role(adviser):
    page = adviser.get("/beheer/").content.decode()
    (choice,) = re.findall(r'<select name="role".*?</select>', page, re.DOTALL)
    assert re.search(r'<option value=""[^>]*selected', choice)
    data = {"name": "A", "email": "a@example.org", "role": ""}
    adviser.post("/beheer/uitnodigen/", data)
    assert not Invitation.objects.exists()


def test_making_somebody_administrator_asks_first_and_tells_the_others(
    adviser, municipality, person, mailbox
):
    fellow = person(Role.ADMINISTRATOR)
    data = {"name": "A", "email": "a@example.org", "role": "administrator"}
    page = adviser.post("/beheer/uitnodigen/", data).content.decode()
    assert "Iemand beheerder maken?" in page
    assert not Invitation.objects.exists() and mailbox.messages == []
    adviser.post("/beheer/uitnodigen/", {**data, "zeker": "ja"})
    assert Invitation.objects.get().role == Role.ADMINISTRATOR
    (told,) = mailbox.to(fellow.email)
    assert "uitgenodigd als beheerder" in told.get_content()


def test_withdrawing_a_role_asks_first_and_tells_the_others(adviser, municipality, person, mailbox):
    fellow, agent = person(Role.ADMINISTRATOR), person(Role.POLICE)
    address = f"/beheer/{agent.memberships.get().pk}/intrekken/"
    assert "Deze rol intrekken?" in adviser.post(address).content.decode()
    assert agent.memberships.exists()
    adviser.post(address, {"zeker": "ja"})
    assert not agent.memberships.exists()
    (told,) = mailbox.to(fellow.email)
    assert "ingetrokken" in told.get_content()
    page = adviser.get("/beheer/geschiedenis/").content.decode()
    assert "rol ingetrokken: politie" in page and str(agent) in page


def test_the_history_shows_signing_in_of_ones_own_people_only(adviser, municipality, other, person):
    ours, theirs = person(Role.POLICE), person(Role.COLLEGE, where=other)
    for user in (ours, theirs):
        Client().post("/aanmelden/", {"login": user.email, "password": "fout"})
    found = PeopleEvent.objects.filter(kind="refused").values_list("about", flat=True)
    assert set(found) == {ours.pseudonym, theirs.pseudonym}
    page = adviser.get("/beheer/geschiedenis/").content.decode()
    assert "aanmelden mislukte" in page
    assert theirs.email not in page
