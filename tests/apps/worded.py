"""A goal in words, and what people said of it."""

import datetime as dt

from koers.apps.plan.models import Goal, Judgement


def goal_in_words(plan) -> Goal:
    return Goal.objects.create(
        municipality=plan.municipality,
        priority=plan.priorities.first(),
        title="Buren kennen elkaar",
        kind="words",
        question="Kennen buren elkaar beter?",
        judges="het strategisch overleg",
        due=dt.date(2027, 12, 31),
    )


def judged(goal: Goal, reason: str) -> Judgement:
    return Judgement.objects.create(
        municipality=goal.municipality,
        goal=goal,
        on=dt.date(2026, 10, 1),
        answer="gaat goed",
        reason=reason,
        judges="het overleg",
    )
