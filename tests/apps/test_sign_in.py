"""Signing in: password, second step, forgotten passwords and invitations, with a real SMTP
server."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.cache import cache

from koers.apps.people.models import Membership, Role, User

WORD = "geheim-genoeg-123"


@pytest.fixture
def adviser_user(person):
    return person(Role.ADVISER)


def sign_in(client, user, word=WORD, **more):
    return client.post("/aanmelden/", {"login": user.email, "password": word, **more}, follow=True)


def code_of(secret, step=0):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1 + step]))


@pytest.fixture
def secret(client, adviser_user):
    """The key of a second step that the adviser has set; the client is signed out after it."""
    sign_in(client, adviser_user)
    page = client.get("/account/tweede-stap/").content.decode()
    key = re.search(r"<code class=\"k-break\">([A-Z2-7]+)</code>", page).group(1)
    wrong = client.post("/account/tweede-stap/", {"code": "000000"}).content.decode()
    assert "Deze code klopt niet" in wrong
    done = client.post(
        "/account/tweede-stap/", {"code": code_of(key)}, follow=True
    ).content.decode()
    assert "De tweede stap staat aan" in done
    client.post("/afmelden/")
    cache.clear()
    return key


def test_the_password_opens_koers_and_a_wrong_one_says_so_in_dutch(client, adviser_user):
    assert (
        "horen niet bij elkaar"
        in sign_in(client, adviser_user, "verkeerd-wachtwoord").content.decode()
    )
    assert (
        "horen niet bij elkaar"
        in sign_in(client, User(email="niemand@example.org")).content.decode()
    )
    assert "Vandaag in" in sign_in(client, adviser_user).content.decode()


def test_after_signing_in_one_is_where_one_wanted_to_be_but_never_on_another_site(
    client, adviser_user
):
    assert client.get("/plan/").url == "/aanmelden/?next=/plan/"
    assert sign_in(client, adviser_user, next="/plan/").redirect_chain[-1][0] == "/plan/"
    client.post("/afmelden/")
    assert sign_in(client, adviser_user, next="https://example.org/").redirect_chain[-1][0] == "/"


def test_guessing_is_stopped(client, adviser_user):
    for _ in range(6):
        page = sign_in(client, adviser_user, "verkeerd-wachtwoord").content.decode()
    assert "Dit ging te vaak mis" in page
    assert "Dit ging te vaak mis" in sign_in(client, adviser_user).content.decode()


def test_the_second_step_asks_a_code_that_works_once(client, adviser_user, secret):
    page = sign_in(client, adviser_user)
    assert page.redirect_chain[-1][0] == "/aanmelden/code/"
    assert client.get("/plan/").url == "/aanmelden/?next=/plan/"
    assert (
        "Deze code klopt niet"
        in client.post("/aanmelden/code/", {"code": "000000"}).content.decode()
    )
    code = code_of(secret)
    assert (
        "Vandaag in"
        in client.post("/aanmelden/code/", {"code": code}, follow=True).content.decode()
    )
    client.post("/afmelden/")
    sign_in(client, adviser_user)
    assert (
        "Deze code klopt niet" in client.post("/aanmelden/code/", {"code": code}).content.decode()
    )


def test_the_key_is_not_readable_in_the_database(secret):
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_a_recovery_code_lets_in_once(client, adviser_user, secret):
    sign_in(client, adviser_user)
    client.post("/aanmelden/code/", {"code": code_of(secret)})
    codes = re.findall(
        r"<li><code>(\d+)</code></li>", client.get("/account/noodcodes/").content.decode()
    )
    assert len(codes) == 10
    text = client.get("/account/noodcodes/bestand/").content.decode()
    assert codes[0] in text
    for expected in (True, False):
        client.post("/afmelden/")
        sign_in(client, adviser_user)
        inside = (
            "Vandaag in"
            in client.post("/aanmelden/code/", {"code": codes[0]}, follow=True).content.decode()
        )
        assert inside is expected


def test_where_the_second_step_is_asked_of_everybody_nothing_opens_before_it(
    client, adviser_user, monkeypatch
):
    monkeypatch.setattr(settings, "KOERS_SECOND_STEP", True)
    assert sign_in(client, adviser_user).redirect_chain[-1][0] == "/account/tweede-stap/"
    for path in ("/", "/plan/", "/beeld/", "/account/noodcodes/"):
        assert client.get(path).url == "/account/tweede-stap/"
    assert client.get("/account/").status_code == 200
    page = client.get("/account/tweede-stap/").content.decode()
    key = re.search(r"<code class=\"k-break\">([A-Z2-7]+)</code>", page).group(1)
    client.post("/account/tweede-stap/", {"code": code_of(key)})
    assert client.get("/plan/").status_code == 200
    assert "verplicht" in client.post("/account/tweede-stap/uit/", follow=True).content.decode()


def test_the_second_step_is_put_off_by_oneself_or_taken_away_by_an_administrator(
    client, person, adviser_user, secret
):
    client.force_login(person(Role.ADMINISTRATOR))
    membership = adviser_user.memberships.get()
    page = client.post(f"/beheer/{membership.pk}/tweede-stap-weg/", follow=True).content.decode()
    assert "weggehaald" in page
    client.post("/afmelden/")
    assert "Vandaag in" in sign_in(client, adviser_user).content.decode()


def test_an_administrator_gets_nobody_into_another_municipality(
    client, person, adviser_user, other, secret
):
    Membership.objects.create(user=adviser_user, municipality=other, role=Role.ADVISER)
    client.force_login(person(Role.ADMINISTRATOR))
    membership = adviser_user.memberships.exclude(municipality=other).get()
    for button in ("tweede-stap-weg", "nieuwe-link"):
        page = client.post(f"/beheer/{membership.pk}/{button}/", follow=True).content.decode()
        assert "die u niet beheert" in page
        assert "eenmalige" not in page
    assert Authenticator.objects.filter(user=adviser_user, type="totp").exists()


def test_an_important_change_long_after_signing_in_asks_the_password_again(
    client, adviser_user, secret
):
    sign_in(client, adviser_user)
    client.post("/aanmelden/code/", {"code": code_of(secret)})
    User.objects.update(last_login="2020-01-01T00:00Z")
    page = client.get("/account/tweede-stap/uit/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/bevestigen/")
    assert (
        "klopt niet"
        in client.post(
            page.redirect_chain[-1][0], {"password": "anders-dan-het-is"}
        ).content.decode()
    )
    client.post(page.redirect_chain[-1][0], {"password": WORD}, follow=True)
    client.post("/account/tweede-stap/uit/")
    assert not Authenticator.objects.filter(user=adviser_user).exists()


def test_a_new_link_by_an_administrator_still_asks_the_second_step(
    client, person, adviser_user, secret
):
    client.force_login(person(Role.ADMINISTRATOR))
    page = client.post(f"/beheer/{adviser_user.memberships.get().pk}/nieuwe-link/").content.decode()
    link = re.search(r"http://testserver(/aanmelden/[^<\s]+/)", page).group(1)
    client.post("/afmelden/")
    form = client.get(link, follow=True)
    word = "een heel andere zin"
    data = {"name": "A", "email": adviser_user.email, "new_password1": word, "new_password2": word}
    assert (
        client.post(form.request["PATH_INFO"], data, follow=True).redirect_chain[-1][0]
        == "/aanmelden/code/"
    )


def test_a_password_is_changed_and_the_old_one_no_longer_works(client, adviser_user):
    sign_in(client, adviser_user)
    data = {
        "old_password": WORD,
        "new_password1": "een heel andere zin",
        "new_password2": "een heel andere zin",
    }
    assert "gewijzigd" in client.post("/account/wachtwoord/", data, follow=True).content.decode()
    client.post("/afmelden/")
    assert "horen niet bij elkaar" in sign_in(client, adviser_user).content.decode()


def test_an_invitation_is_mailed_and_its_link_opens_koers(adviser, client, municipality, mailbox):
    data = {"name": "Agent", "email": "agent@example.org", "role": "police"}
    assert (
        "krijgt een mail" in adviser.post("/beheer/uitnodigen/", data, follow=True).content.decode()
    )
    (mail,) = mailbox.to("agent@example.org")
    assert mail["Subject"] == "U doet mee in Koers van gemeente Voorbeeldrecht"
    link = re.search(r"http://testserver(/aanmelden/\S+/)", mail.get_content()).group(1)
    client.post("/afmelden/")
    assert "Welkom bij Koers" in client.get(link, follow=True).content.decode()


def test_a_mail_server_that_refuses_is_said_and_the_link_is_shown(adviser, municipality, mailbox):
    mailbox.refuse = "554 no"
    data = {"name": "Agent", "email": "agent@example.org", "role": "police"}
    adviser.post("/beheer/uitnodigen/", data)
    assert mailbox.messages == []
    assert "weigert deze mail (554)" in adviser.get("/beheer/werking/").content.decode()
    page = adviser.post("/beheer/uitnodigen/", data).content.decode()
    assert "De vorige mail aan agent@example.org kwam niet aan" in page
    assert "http://testserver/aanmelden/" in page


def test_a_mail_server_that_is_gone_is_said(adviser, municipality, mailbox, monkeypatch):  # noqa: F811
    monkeypatch.setattr(settings, "EMAIL_PORT", 1)
    data = {"name": "Agent", "email": "agent@example.org", "role": "police"}
    adviser.post("/beheer/uitnodigen/", data)
    assert mailbox.messages == []
    assert "De mailserver antwoordt niet" in adviser.get("/beheer/werking/").content.decode()


def test_a_forgotten_password_is_mailed_without_telling_who_is_known(client, adviser_user, mailbox):
    pages = [
        client.post("/aanmelden/wachtwoord-vergeten/", {"email": email}).content.decode()
        for email in (adviser_user.email.upper(), "niemand@example.org")
    ]
    assert all("Als dit adres hier bekend is" in page for page in pages)
    (mail,) = mailbox.messages
    assert mail["To"] == adviser_user.email
    assert "/aanmelden/" in mail.get_content()


def test_without_a_mail_server_the_page_says_whom_to_ask(client, db):
    assert "Vraag de beheerder" in client.get("/aanmelden/wachtwoord-vergeten/").content.decode()


def test_nobody_is_flooded_with_links(client, adviser_user, mailbox):
    pages = [
        client.post("/aanmelden/wachtwoord-vergeten/", {"email": adviser_user.email})
        for _ in range(7)
    ]
    assert pages[-1].status_code == 429
    assert "Dit gaat te snel" in pages[-1].content.decode()
    assert len(mailbox.messages) == 5
