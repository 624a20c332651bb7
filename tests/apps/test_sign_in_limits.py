"""What signing in gives away, whom it keeps out, and what stays in no cache."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from koers.apps.meetings.models import CalendarFeed
from koers.apps.people import invitations, services
from koers.apps.people.models import Role
from tests.apps.test_sign_in import WORD, adviser_user, code_of, secret, sign_in  # noqa: F401


def test_who_guesses_keeps_nobody_else_out(client, person, adviser_user):  # noqa: F811
    """All come from one address, as behind a proxy that nobody told Koers of."""
    for number in range(40):
        client.post("/aanmelden/", {"login": f"a{number}@example.org", "password": "verkeerd"})
    assert "Vandaag in" in sign_in(client, adviser_user).content.decode()


def test_guessing_one_account_from_one_address_does_not_close_it_for_another(
    adviser_user,  # noqa: F811
    settings,
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guesser = Client(headers={"X-Forwarded-For": "203.0.113.7"})
    for _ in range(6):
        page = sign_in(guesser, adviser_user, "verkeerd-wachtwoord").content.decode()
    assert "Dit ging te vaak mis" in page
    own = Client(headers={"X-Forwarded-For": "203.0.113.8"})
    assert "Vandaag in" in sign_in(own, adviser_user).content.decode()


def test_a_visitor_does_not_choose_the_address_that_counts(adviser_user, settings):  # noqa: F811
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(6):
        liar = Client(headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
        page = sign_in(liar, adviser_user, "verkeerd-wachtwoord").content.decode()
    assert "Dit ging te vaak mis" in page


@pytest.mark.parametrize("again", ["{}{}", "{} {}", "{}-{}", " {}{} "])
def test_a_code_is_taken_once_in_all_the_time_that_it_is_right(
    client,
    adviser_user,  # noqa: F811
    secret,  # noqa: F811
    again,
):
    code = code_of(secret)
    sign_in(client, adviser_user)
    client.post("/aanmelden/code/", {"code": code}, follow=True)
    client.post("/afmelden/")
    # What allauth remembers is gone after 30 seconds, while the code is right for longer.
    cache.delete(f"allauth.mfa.totp.used?user={adviser_user.pk}&code={code}")
    sign_in(client, adviser_user)
    written = again.format(code[:3], code[3:])
    page = client.post("/aanmelden/code/", {"code": written}).content.decode()
    assert "Deze code klopt niet" in page


@pytest.mark.parametrize(
    "path", ["/", "/plan/", "/beheer/", "/account/tweede-stap/", "/bestaat-niet/"]
)
def test_what_is_private_stays_in_no_cache(adviser, path):
    response = adviser.get(path)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_a_page_behind_a_token_stays_in_no_cache_of_a_visitor_either(
    client,
    municipality,
    adviser_user,  # noqa: F811
):
    paths = [
        invitations.invite(municipality, "a@example.org", Role.PARTNER),
        services.one_time_path(adviser_user),
        CalendarFeed.objects.create(user=adviser_user).path,
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 302)
        assert "no-store" in answer["Cache-Control"], path


def test_links_in_mail_are_those_of_the_site_whatever_name_was_asked(adviser, settings, mailbox):
    settings.KOERS_ADDRESS = "https://koers.example.org/"
    settings.ALLOWED_HOSTS = ["*"]
    data = {"name": "A", "email": "a@example.org", "role": Role.POLICE}
    adviser.post("/beheer/uitnodigen/", data, headers={"Host": "kwaad.example.org"})
    (mail,) = mailbox.to("a@example.org")
    assert re.findall(r"https?://[^/\s]+", mail.get_content()) == ["https://koers.example.org"]


def test_a_forgotten_password_is_answered_before_anything_is_looked_up(
    adviser_user,  # noqa: F811
    mailbox,
    monkeypatch,
):
    """So the time of the answer is the same for an address that is known and one that is not."""
    order = []
    from koers.apps.people import sign_in as views

    real = views.services.mail_new_link
    monkeypatch.setattr(
        views.services,
        "mail_new_link",
        lambda email, request: (order.append("looked up"), real(email, request)),
    )
    monkeypatch.setattr(
        views, "render_to_string", lambda *args: order.append("answered") or "Als dit adres"
    )
    Client().post("/aanmelden/wachtwoord-vergeten/", {"email": adviser_user.email})
    assert order == ["answered", "looked up"]
    assert [m["To"] for m in mailbox.messages] == [adviser_user.email]


@pytest.mark.parametrize("path", ["/aanmelden/OTk5/abc-def/", "/aanmelden/x/y/"])
def test_a_link_of_an_account_that_is_not_there_is_a_page(client, db, path):
    page = client.get(path, follow=True)
    assert page.status_code == 200 and "werkt niet meer" in page.content.decode()
    data = {"new_password1": WORD, "new_password2": WORD}
    assert client.post(path, data, follow=True).status_code == 200
