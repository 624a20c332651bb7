"""How people judged a goal in words."""

from __future__ import annotations

from datetime import date

from django.db import models

from koers.apps.people.owned import Owned
from koers.apps.plan.models.lines import Goal


class Judgement(Owned):
    """An answer to the question of a goal, with its reason and by whom; never changed, the next one
    stands beside it."""

    goal: models.ForeignKey[Goal, Goal] = models.ForeignKey(
        Goal, models.CASCADE, related_name="judgements", verbose_name="doel"
    )
    on = models.DateField("beoordeeld op")
    answer = models.CharField("antwoord", max_length=200)
    reason = models.TextField("reden")
    judges = models.CharField("beoordeeld door", max_length=200)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.answer} ({self.quarter})"

    @property
    def quarter(self) -> str:
        return quarter_of(self.on)


def quarter_of(day: date) -> str:
    """As it is said: 3e kwartaal 2026."""
    return f"{(day.month + 2) // 3}e kwartaal {day.year}"
