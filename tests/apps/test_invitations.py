"""An account belongs to a verified address, a link to one invitation of one municipality, a role to
one municipality."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from koers.apps.meetings.services.minutes import participants
from koers.apps.people import invitations, mail, services
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
    invitations.note_mailed(ours)
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
    assert "mag leeg blijven" not in page, "the list has no empty line"
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


def links_to(mailbox, address):
    found = [re.search(r"https?://[^/]+(/\S+)", m.get_content()) for m in mailbox.to(address)]
    return [link.group(1) for link in found if link]


@pytest.fixture
def first(client, municipality, mailbox):
    """The first administrator, signed in, whose address nobody has shown to be theirs."""
    path = invitations.set_up()
    join(client, path, email="a@example.org", municipality=municipality.pk)
    return User.objects.get(email="a@example.org")


def test_to_an_address_that_somebody_typed_at_set_up_goes_the_mail_to_confirm_it_and_no_other(
    client, first, municipality, mailbox
):
    assert first.unconfirmed and len(mailbox.to(first.email)) == 1
    assert "Dit adres staat bij een account" in mailbox.to(first.email)[0].get_content()
    for page in ("/", "/account/"):
        assert "Uw e-mailadres is niet bevestigd" in client.get(page).content.decode()
    Client().post("/aanmelden/wachtwoord-vergeten/", {"email": first.email})
    with pytest.raises(mail.MailError, match="niet bevestigd"):
        mail.send("people/mail/new_link.txt", {"user": first}, first.email.upper())
    assert first not in participants(municipality)
    assert len(mailbox.to(first.email)) == 1


def test_who_opens_the_mailed_link_signed_in_confirms_the_address_by_its_button(
    client, first, mailbox
):
    client.post("/account/adres/")
    *_, link = links_to(mailbox, first.email)
    assert Client().get(link).url.startswith("/aanmelden/"), "nobody confirms for another"
    assert "Is a@example.org uw adres?" in client.get(link).content.decode()
    first.refresh_from_db()
    assert first.unconfirmed, "a link in a mail only opens a page"
    assert "Uw e-mailadres is bevestigd" in client.post(link, follow=True).content.decode()
    first.refresh_from_db()
    assert not first.unconfirmed
    assert "bevestigde het e-mailadres" in client.get("/beheer/geschiedenis/").content.decode()
    assert "niet bevestigd" not in client.get("/").content.decode()


def test_the_link_of_one_address_confirms_no_other_account(client, first, person, mailbox):
    (link,) = links_to(mailbox, first.email)
    other = person(Role.POLICE)
    User.objects.filter(pk=other.pk).update(unconfirmed=True)
    client.force_login(other)
    assert "Deze link werkt niet" in client.get(link).content.decode()
    client.post(link)
    assert User.objects.filter(unconfirmed=True).count() == 2
    # Nor that of an address which the account no longer has.
    User.objects.filter(pk=first.pk).update(email="b@example.org")
    client.force_login(first)
    client.post(link)
    assert User.objects.filter(unconfirmed=True).count() == 2


@pytest.mark.postgres
def test_an_invitation_of_an_address_never_reaches_who_only_says_it_is_theirs(
    client, first, other, municipality
):
    """Where no mail goes, its link is read from a screen and passed on."""
    path = invitations.invite(other, first.email, Role.ADMINISTRATOR)
    data = {"municipality": other.code, "koers_gemeente": municipality.code}
    page = client.post(path, data, follow=True).content.decode()
    assert "nog niet bevestigd" in page
    assert (other.code, "administrator") not in roles(first.email)
    # Where they work already, the administrators know them.
    here = invitations.invite(municipality, first.email, Role.POLICE)
    client.post(here, {"municipality": municipality.code})
    assert (municipality.code, "police") in roles(first.email)
    User.objects.update(unconfirmed=False)
    client.post(path, data)
    assert (other.code, "administrator") in roles(first.email)


def test_a_mailed_invitation_shows_whose_address_it_is(client, adviser, mailbox):
    data = {"name": "N", "email": "n@example.org", "role": "police"}
    adviser.post("/beheer/uitnodigen/", data)
    (link,) = links_to(mailbox, "n@example.org")
    join(Client(), link)
    assert not User.objects.get(email="n@example.org").unconfirmed


def test_an_invitation_that_was_read_from_a_screen_does_not(
    client, adviser, settings, municipality
):
    assert not mail.configured()
    data = {"name": "N", "email": "n@example.org", "role": "police"}
    page = adviser.post("/beheer/uitnodigen/", data).content.decode()
    link = re.search(r"(/aanmelden/uitnodiging/[^/]+/)", page).group(1)
    assert "Vandaag in" in join(Client(), link).content.decode()
    assert User.objects.get(email="n@example.org").unconfirmed


def test_a_new_password_of_an_unconfirmed_address_is_handed_over_by_the_administrator(
    adviser, municipality, mailbox, person
):
    agent = person(Role.POLICE)
    User.objects.filter(pk=agent.pk).update(unconfirmed=True)
    address = f"/beheer/{agent.memberships.get().pk}/nieuwe-link/"
    page = adviser.post(address).content.decode()
    assert "is niet bevestigd. Geef de link zelf door" in page and "/aanmelden/" in page
    assert mailbox.to(agent.email) == []
    assert "niet bevestigd" in adviser.get(f"/beheer/account/{agent.pk}/").content.decode()
