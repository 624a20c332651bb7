"""What residents and the committee say: suggestions with an answer each, and the results of surveys."""

from django.db import models

from koers.apps.decisions.models import Decision
from koers.apps.people.owned import Owned
from koers.apps.plan.models import Plan


class SuggestionState(models.TextChoices):
    RECEIVED = "received", "ontvangen"
    ADOPTED = "adopted", "overgenomen"
    PARTLY = "partly", "deels overgenomen"
    DECLINED = "declined", "niet overgenomen"


class Suggestion(Owned):
    """A suggestion of a committee member on an intended decision, with the answer to it."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="suggestions", verbose_name="besluit")
    party = models.CharField("fractie of rol", max_length=100, blank=True)
    text = models.TextField("suggestie")
    answer = models.TextField("antwoord", blank=True)
    state = models.CharField("staat", max_length=8, choices=SuggestionState.choices, default=SuggestionState.RECEIVED)

    class Meta:
        ordering = ["created_at"]

    def __str__(self):
        return self.text[:60]


class Survey(Owned):
    """The counted result of a survey: how many of each group named which theme; no single answers."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="surveys", verbose_name="plan")
    title = models.CharField("titel", max_length=200)
    held = models.CharField("gehouden in", max_length=60, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return self.title


class SurveyCount(Owned):
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="counts", verbose_name="enquête")
    theme = models.CharField("thema", max_length=200)
    group = models.CharField("groep", max_length=100)
    count = models.PositiveIntegerField("aantal")
    respondents = models.PositiveIntegerField("deelnemers in de groep", null=True, blank=True)

    class Meta:
        ordering = ["survey", "theme", "group"]
        constraints = [models.UniqueConstraint(fields=["survey", "theme", "group"], name="one_count_a_theme_and_group")]

    def __str__(self):
        return f"{self.theme}, {self.group}: {self.count}"
