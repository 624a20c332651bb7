"""Under a path of its own (`KOERS_ADDRESS=https://voorbeeld.nl/koers`) every address that a page
names begins with that path: one page of each kind is opened, found by following links."""

import html
import re
from urllib.parse import urlsplit

import pytest
from django.urls import clear_script_prefix, resolve, set_script_prefix

from koers.apps.people.models import Role
from koers.apps.plan.overviews.html import link

PREFIX = "/koers"
NAMED = re.compile(r'[\w-]+="(/[^"]*)"')


@pytest.fixture
def served_below(settings):
    """As the site's own settings and its server have it from the address."""
    settings.FORCE_SCRIPT_NAME = PREFIX
    set_script_prefix(f"{PREFIX}/")
    yield
    clear_script_prefix()


def crawl(client):
    """What is asked, one address of each view, with the addresses that its answer names."""
    todo, seen = ["/", "/openbaar/", "/aanmelden/"], set()
    while todo:
        path = todo.pop(0)
        view = resolve(urlsplit(path).path).view_name
        if view in seen or view == "account_logout":
            continue
        seen.add(view)
        answer = client.get(path)
        named = [answer["Location"]] if answer.has_header("Location") else []
        if answer.headers["Content-Type"].startswith("text/html"):
            text = (
                b"".join(answer.streaming_content) if answer.streaming else answer.content
            ).decode()
            named += map(html.unescape, NAMED.findall(text))
        yield view, named
        for address in named:
            inside = address.removeprefix(PREFIX)
            if address != inside and not inside.startswith("/static/"):
                todo.append(inside)


def test_every_address_on_every_kind_of_page_lies_below_the_prefix(
    served_below, client, person, plan
):
    client.force_login(person(Role.ADVISER))
    set_script_prefix("/")
    link("plan:measure", 1)
    set_script_prefix(f"{PREFIX}/")
    asked = dict(crawl(client))
    outside = {
        (view, address)
        for view, named in asked.items()
        for address in named
        # Where the static files lie is read once in a process; the wheel's test asks for them.
        if address.startswith("/") and not address.startswith((f"{PREFIX}/", "/static/"))
    }
    assert outside == set()
    assert len(asked) > 60 and {"home", "plan:index", "publication:index"} <= set(asked)
