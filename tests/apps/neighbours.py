"""A second municipality at work, Fictiedam: one of everything that a municipality has, with a name
that may be seen nowhere else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.hashers import make_password

from koers.apps.consultation.models import Suggestion, Survey, SurveyCount
from koers.apps.decisions.models import Decision
from koers.apps.decisions.services.document import latest_decision
from koers.apps.intake.models import LoadRun
from koers.apps.meetings.models import Meeting
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.picture.models import Signal, SignalState
from koers.apps.plan.models import (
    Action,
    Adjustment,
    Framework,
    Goal,
    Measure,
    Partner,
    Plan,
    Priority,
)
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.plan.services.versions import adopt

SECRET = "Alleen-van-de-buren"
PASSWORD = "geheim-genoeg-123"  # noqa: S105


@dataclass(frozen=True)
class Neighbour:
    """Fictiedam and what it has; every title holds ``SECRET``.

    ``plan`` is adopted once (``adopt``), with a proposal (``adjustment``) that waits; ``signal`` is
    new, ``taken_up`` has been dealt with and has the action ``follow_up``.
    """

    SECRET: ClassVar[str] = SECRET
    municipality: Municipality
    adviser: User
    enforcement: User
    framework: Framework
    partner: Partner
    plan: Plan
    priority: Priority
    goal: Goal
    measure: Measure
    action: Action
    adjustment: Adjustment
    signal: Signal
    taken_up: Signal
    follow_up: Action
    meeting: Meeting
    decision: Decision
    survey: Survey
    suggestion: Suggestion
    run: LoadRun


def settle(other: Municipality) -> dict:
    """Gives the municipality the fields of ``Neighbour``."""
    people = {
        "adviser": _person(other, "adviseur", Role.ADVISER, Role.ADMINISTRATOR),
        "enforcement": _person(other, "boa", Role.ENFORCEMENT),
    }
    return {**people, **_plan(other, people["enforcement"]), **_loop(other)}


def _person(other: Municipality, name: str, *roles: str) -> User:
    user = User.objects.create(
        email=f"{name}@fictiedam.example",
        name=f"{name} {SECRET}",
        password=make_password(PASSWORD),
    )
    for role in roles:
        Membership.objects.create(user=user, municipality=other, role=role)
    return user


def _plan(other: Municipality, owner: User) -> dict:
    own = {"municipality": other}
    framework = Framework.objects.create(
        **own, title=f"Kader {SECRET}", level="municipal", start_year=2025, end_year=2028
    )
    partner = Partner.objects.create(**own, name=f"Partner {SECRET}")
    plan = Plan.objects.create(
        **own, slug="fictiedam-2026-2028", title=f"Plan {SECRET}", start_year=2026, end_year=2028
    )
    plan.frameworks.add(framework)
    priority = Priority.objects.create(
        **own,
        plan=plan,
        title=f"Prioriteit {SECRET}",
        slug="inbraak",
        number=1,
        indicators=["woninginbraak"],
    )
    goal = Goal.objects.create(
        **own,
        priority=priority,
        title=f"Doel {SECRET}",
        indicator="woninginbraak",
        target=1,
        due=dt.date(2028, 12, 31),
        adoption="adopted",
    )
    measure = Measure.objects.create(
        **own,
        priority=priority,
        title=f"Maatregel {SECRET}",
        topics=["woninginbraak"],
        areas=["VB020101"],
        owner=owner,
        owner_department=f"T&H {SECRET}",
        budget=1000,
        adoption="adopted",
    )
    measure.partners.add(partner)
    action = Action.objects.create(
        **own,
        measure=measure,
        title=f"Actie {SECRET}",
        due=dt.date(2026, 6, 1),
        owner=owner,
        adoption="adopted",
    )
    adopt(plan, dt.date(2026, 1, 15), "het college")
    return {
        "framework": framework,
        "partner": partner,
        "plan": plan,
        "priority": priority,
        "goal": goal,
        "measure": measure,
        "action": action,
        "adjustment": propose_change(
            measure, {"title": f"Voorstel {SECRET}"}, f"Reden {SECRET}", None
        ),
    }


def _loop(other: Municipality) -> dict:
    own = {"municipality": other}
    plan = Plan.objects.get(municipality=other)
    taken_up = _signal(other, "2026-08", SignalState.TAKEN_UP)
    decision = latest_decision(plan)
    survey = Survey.objects.create(**own, plan=plan, title=f"Peiling {SECRET}")
    SurveyCount.objects.create(
        **own, survey=survey, theme=f"Thema {SECRET}", group="inwoners", count=40, respondents=90
    )
    return {
        "signal": _signal(other, "2026-09", SignalState.NEW),
        "taken_up": taken_up,
        "follow_up": Action.objects.create(
            **own, signal=taken_up, title=f"Vervolg {SECRET}", adoption="adopted"
        ),
        "meeting": Meeting.objects.create(**own, date=dt.date(2026, 12, 1), notes=SECRET),
        "decision": decision,
        "survey": survey,
        "suggestion": Suggestion.objects.create(**own, decision=decision, text=SECRET),
        "run": LoadRun.objects.create(**own),
    }


def _signal(other: Municipality, period: str, state: str) -> Signal:
    return Signal.objects.create(
        municipality=other,
        area_code="VB020101",
        area_name=f"Buurt {SECRET}",
        level="neighbourhood",
        topic="1.1.1",
        topic_title=f"Onderwerp {SECRET}",
        period=period,
        kind="rise",
        observed=9,
        expected=2.0,
        lower=0,
        upper=5,
        p_value=0.001,
        q_value=0.01,
        state=state,
        reason="" if state == SignalState.NEW else f"Reden {SECRET}",
        snapshots=[],
    )
