"""What a page shows is what it writes: its forms name its municipality, whatever was chosen in
another tab meanwhile."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import reverse

from koers.apps.meetings.models import Meeting
from koers.apps.people.middleware import FORM_FIELD, HEADER, SESSION_KEY
from koers.apps.people.models import Membership, Role

FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)
LINK = re.compile(r'href="([^"#?]+)"')


@pytest.fixture
def both(client, person, municipality, other):
    """A client in which somebody is signed in who works in two municipalities."""
    user = person(Role.ADVISER, Role.ADMINISTRATOR)
    for role in (Role.ADVISER, Role.ADMINISTRATOR):
        Membership.objects.create(user=user, municipality=other, role=role)
    client.force_login(user)
    return client


def choose(client, municipality):
    session = client.session
    session[SESSION_KEY] = municipality.code
    session.save()


def crawl(client, start="/", most=250):
    """Every page that is reached by links from a start: (address, text)."""
    waiting, seen = [start], {start}
    while waiting and len(seen) <= most:
        address = waiting.pop(0)
        response = client.get(address)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        text = response.content.decode()
        yield address, text
        for link in LINK.findall(text):
            found = urlsplit(urljoin(address, link)).path
            if link.startswith(("/", ".")) and found not in seen and "/static/" not in found:
                seen.add(found)
                waiting.append(found)


def test_every_form_of_every_page_names_the_municipality_of_the_page(adviser, municipality):
    field = f'<input type="hidden" name="{FORM_FIELD}" value="{municipality.code}">'
    forms = [(address, form) for address, text in crawl(adviser) for form in FORM.findall(text)]
    assert len({address for address, _ in forms}) > 25
    assert [address for address, form in forms if form.count(field) != 1] == []


def test_a_meeting_is_made_where_its_page_was_of(both, municipality, other):
    choose(both, other)
    page = both.get(reverse("meetings:index")).content.decode()
    (form,) = [f for f in FORM.findall(page) if 'name="date"' in f]
    named = re.search(rf'name="{FORM_FIELD}" value="([^"]+)"', form)[1]
    choose(both, municipality)
    both.post(
        reverse("meetings:index"),
        {FORM_FIELD: named, "kind": "operational", "date": "2027-02-02"},
    )
    assert [m.municipality for m in Meeting.objects.filter(date="2027-02-02")] == [other]
    assert both.get("/").context["municipality"] == other


@pytest.mark.parametrize("named", [None, "GM9999", ""])
def test_a_form_that_does_not_say_where_writes_nothing(both, named):
    before = Meeting.objects.count()
    data = {"kind": "operational", "date": "2027-02-02"}
    response = both.post(
        reverse("meetings:index"), data if named is None else {**data, FORM_FIELD: named}
    )
    assert response.status_code == 409
    assert "Er is niets opgeslagen" in response.content.decode()
    assert Meeting.objects.count() == before


def test_a_form_of_where_one_no_longer_works_writes_nothing(adviser, other):
    data = {FORM_FIELD: other.code, "kind": "operational", "date": "2027-02-02"}
    response = adviser.post(reverse("meetings:index"), data)
    assert response.status_code == 409
    assert not Meeting.objects.filter(date="2027-02-02").exists()


def test_a_part_that_refreshes_itself_stays_of_its_page(both, municipality, other):
    theirs = Meeting.objects.create(municipality=other, kind="operational", date="2027-02-02")
    choose(both, municipality)
    address = reverse("meetings:meeting", args=[theirs.pk])
    assert both.get(address).status_code == 404
    assert both.get(address, headers={HEADER: other.code}).status_code == 200
    assert both.session[SESSION_KEY] == municipality.code
