"""A municipality with invented figures, its plan, and a person in each role."""

import pytest
from django.conf import settings

from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.plan.services.bundled import load_bundled_plan
from koers.figures.store import FigureStore
from koers.sources.example import write_example


@pytest.fixture(scope="session")
def example_home(tmp_path_factory):
    """A home with the invented figures, made once."""
    home = tmp_path_factory.mktemp("home")
    write_example(FigureStore(home))
    return home


@pytest.fixture
def figures(example_home, monkeypatch):
    monkeypatch.setattr(settings, "HOME", example_home)
    return FigureStore(example_home)


@pytest.fixture
def plan(db, figures):
    return load_bundled_plan("voorbeeldrecht-2025-2027")


@pytest.fixture
def municipality(plan):
    return plan.municipality


@pytest.fixture
def other(db):
    return Municipality.objects.create(code="VB02", name="Fictiedam", fictitious=True)


@pytest.fixture
def person(municipality):
    """Makes somebody with these roles in the municipality (or in another)."""

    def make(*roles, where=None):
        user = User.objects.create_user(f"{'-'.join(roles) or 'nobody'}@example.org", "geheim-genoeg-123")
        for role in roles:
            Membership.objects.create(user=user, municipality=where or municipality, role=role)
        return user

    return make


@pytest.fixture
def adviser(client, person):
    """A client in which an adviser is signed in."""
    client.force_login(person(Role.ADVISER, Role.ADMINISTRATOR))
    return client
