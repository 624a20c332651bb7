"""Two municipalities, each with one of everything, so that a rule without its scope is seen."""

import datetime as dt
from types import SimpleNamespace

import pytest

from koers.apps.meetings.models import Meeting
from koers.apps.people.models import Membership, User
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan, Priority

TODAY = dt.date.today()
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)


def new_signal(municipality, **more):
    """A signal that somebody could have found in this municipality."""
    found = {
        "area_code": f"{municipality.code}0101",
        "area_name": "Centrum",
        "level": "neighbourhood",
        "topic": "1.1.1",
        "topic_title": "Diefstal/inbraak woning",
        "period": "2020-01",
        "kind": "rise",
        "observed": 9,
        "expected": 2.0,
        "lower": 0,
        "upper": 5,
        "p_value": 0.001,
        "q_value": 0.01,
        "snapshots": [],
    }
    return Signal.objects.create(municipality=municipality, **found | more)


def furnish(municipality, plan=None):
    """One of everything under a plan of this municipality."""
    mine = {"municipality": municipality}
    plan = plan or Plan.objects.create(
        **mine, slug=f"plan-{municipality.code}", title="Plan", start_year=2025, end_year=2028
    )
    priority = Priority.objects.create(
        **mine, plan=plan, title="Wonen", slug="wonen", number=9, indicators=["woninginbraak"]
    )
    goal = Goal.objects.create(
        **mine,
        priority=priority,
        title="Minder inbraken",
        indicator="woninginbraak",
        target=1,
        due=dt.date(2028, 12, 31),
    )
    measure = Measure.objects.create(**mine, priority=priority, title="Avondronde")
    action = Action.objects.create(**mine, measure=measure, title="Maak een rooster")
    return SimpleNamespace(
        municipality=municipality,
        plan=plan,
        priority=priority,
        goal=goal,
        measure=measure,
        action=action,
        partner=Partner.objects.create(**mine, name=f"Buurtvereniging {municipality}"),
        framework=Framework.objects.create(
            **mine, title=f"Kader {municipality}", level="municipal", start_year=2024, end_year=2028
        ),
        signal=new_signal(municipality),
        meeting=Meeting.objects.create(**mine, date=dt.date(2026, 12, 1)),
    )


@pytest.fixture
def ours(municipality, plan):
    return furnish(municipality, plan)


@pytest.fixture
def theirs(other, figures):
    return furnish(other)


@pytest.fixture
def worker(municipality):
    """Makes somebody with these roles who never signs in with a password."""

    def make(name, *roles, where=None, **more):
        user = User.objects.create(email=f"{name}@example.org", name=name, **more)
        for role in roles:
            Membership.objects.create(user=user, municipality=where or municipality, role=role)
        return user

    return make
