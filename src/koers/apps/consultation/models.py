"""What residents and the committee say: suggestions with an answer each, and the results of
surveys."""

from django.db import models

from koers.apps.decisions.models import Decision
from koers.apps.people.owned import Owned
from koers.apps.plan.models import Plan
from koers.apps.texts.models import TextVersion
from koers.records.text import said, shown


class SuggestionState(models.TextChoices):
    RECEIVED = "received", "ontvangen"
    ADOPTED = "adopted", "overgenomen"
    PARTLY = "partly", "deels overgenomen"
    DECLINED = "declined", "niet overgenomen"


class Suggestion(Owned):
    """A suggestion of a committee member on an intended decision, with the answer to it.

    ``block`` is the id of the passage in that version of the text, '' for the decision as a whole.
    """

    decision = models.ForeignKey(
        Decision, models.CASCADE, related_name="suggestions", verbose_name="besluit"
    )
    version = models.ForeignKey(
        TextVersion,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="versie van de tekst",
    )
    block = models.CharField("passage", max_length=40, blank=True)
    party = models.CharField("fractie of rol", max_length=100, blank=True)
    text = models.TextField("suggestie")
    answer = models.TextField("antwoord", blank=True)
    state = models.CharField(
        "staat", max_length=8, choices=SuggestionState.choices, default=SuggestionState.RECEIVED
    )

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def passage(self) -> str:
        """The words that it is about, as they stood in that version; '' where it is about the
        whole."""
        found = self.version.content.block(self.block) if self.version and self.block else None
        return said(shown(found)) if found else ""

    @property
    def heading(self) -> str:
        """Under which heading those words stood."""
        return self.version.content.heading_of(self.block) if self.version and self.block else ""


class Survey(Owned):
    """The counted result of a survey: how many of each group named which theme; no single
    answers."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="surveys", verbose_name="plan")
    title = models.CharField("titel", max_length=200)
    held = models.CharField("gehouden in", max_length=60, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class SurveyCount(Owned):
    """How many of a group named a theme, as the survey called it; ``safety_theme`` is the theme of
    Koers that it is about, "" where nobody said so."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="counts", verbose_name="enquête"
    )
    theme = models.CharField("thema", max_length=200)
    safety_theme = models.CharField("veiligheidsthema", max_length=60, blank=True)
    group = models.CharField("groep", max_length=100)
    count = models.PositiveIntegerField("aantal")
    respondents = models.PositiveIntegerField("deelnemers in de groep", null=True, blank=True)

    class Meta:
        ordering = ["survey", "theme", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "theme", "group"], name="one_count_a_theme_and_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.theme}, {self.group}: {self.count}"
