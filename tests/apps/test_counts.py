"""What signing in counts and the codes that are spent hold for all web processes, and whatever
comes of the request that counted."""

import base64
import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account import adapter as allauth_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from koers.apps.people.models import Role, SignInCount
from koers.apps.people.second_step import spend
from tests.processes import alone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PROCESS = """
import json
import django
django.setup()
from django.test import RequestFactory
from koers.apps.people.models import User
from koers.apps.people.second_step import AccountAdapter, spend
user = User.objects.get()
print(json.dumps([spend(user, "123456"), spend(user, "123 456")]))
for _ in range(5):
    request = RequestFactory().post("/aanmelden/")
    AccountAdapter(request).pre_authenticate(request, email=user.email)
"""


@pytest.fixture
def user(person, on_disk):
    made = person(Role.ADVISER)
    on_disk()
    return made


def address():
    """The database of this test, for another process."""
    held = connections.databases["default"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    who = f"{held['USER']}:{held['PASSWORD']}".rstrip(":")
    return f"postgres://{who}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


def guess(login):
    try:
        page = Client().post("/aanmelden/", {"login": login, "password": "verkeerd"})
        return page.content.decode()
    finally:
        connection.close()


def test_a_code_is_spent_and_an_attempt_counted_in_every_web_process(user, tmp_path):
    environment = {**alone(tmp_path / "home"), "DATABASE_URL": address()}
    environment |= {"DJANGO_SETTINGS_MODULE": "koers.web.settings", "KOERS_HOSTS": "testserver"}
    environment["KOERS_SECRET_KEY"] = settings.SECRET_KEY
    done = subprocess.run(
        [sys.executable, "-c", PROCESS], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, False]
    assert not spend(user, "123456") and spend(user, "654321")
    assert "Dit ging te vaak mis" in guess(user.email)


def test_of_a_code_that_comes_in_twice_at_the_same_moment_one_is_taken(user):
    def take(_):
        try:
            return spend(user, "123456")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_of_guesses_at_the_same_moment_no_more_are_looked_at_than_one_after_the_other(user):
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(guess, [user.email] * 8))
    assert sum("horen niet bij elkaar" in page for page in pages) <= 5
    assert "Dit ging te vaak mis" in guess(user.email)


def test_a_guess_counts_whatever_comes_of_the_request(user, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(allauth_adapter, "authenticate", fails)
    browser = Client(raise_request_exception=False)
    for _ in range(5):
        answer = browser.post("/aanmelden/", {"login": user.email, "password": "verkeerd"})
        assert answer.status_code == 500
    monkeypatch.undo()
    assert "Dit ging te vaak mis" in guess(user.email)


def test_while_a_password_is_checked_another_is_counted(user, monkeypatch):
    """Checking takes half a second, and many sign in at nine from one address."""
    check, inside = allauth_adapter.authenticate, []

    def slow(*args, **kwargs):
        monkeypatch.setattr(allauth_adapter, "authenticate", check)
        with ThreadPoolExecutor(1) as pool:
            inside.append(pool.submit(guess, "a@example.org").result(timeout=8))
        return check(*args, **kwargs)

    monkeypatch.setattr(allauth_adapter, "authenticate", slow)
    guess(user.email)
    assert "horen niet bij elkaar" in inside[0]


def test_nobody_reads_who_signed_in_where_in_what_is_counted(user):
    guess(user.email)
    spend(user, "123456")
    kept = SignInCount.objects.values_list("cache_key", "value")
    # Sign-ins of an address, wrong ones of it, wrong ones of the account, and the code.
    assert len(kept) == 4
    for key, value in kept:
        assert len(key) == 64 and int(key, 16)
        held = pickle.loads(base64.b64decode(value))
        assert held is True or [type(moment) for moment in held] == [float]


def test_what_still_counts_is_not_pushed_out_by_a_flood_of_guesses(user, monkeypatch):
    monkeypatch.setattr(cache, "_max_entries", 3)
    codes = [f"{number:06d}" for number in range(10)]
    assert all(spend(user, code) for code in codes)
    assert not any(spend(user, code) for code in codes)
    SignInCount.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert spend(user, "123456") and SignInCount.objects.count() == 1, "what is over goes"
