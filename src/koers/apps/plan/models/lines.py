"""Plan → priority → goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from koers.apps.described import FROZEN, UNKEPT, Type, described, exempt
from koers.apps.people.bounds import within_time
from koers.apps.people.models import Municipality
from koers.apps.people.owned import Owned, Revised
from koers.apps.plan.models.adoptable import Adoptable, AdoptableQuerySet
from koers.apps.plan.models.frameworks import Framework
from koers.apps.recorded import RecordField, TextsField
from koers.records.decision import GivenTexts

if TYPE_CHECKING:
    from koers.apps.picture.models import Signal


class PlanState(models.TextChoices):
    DRAFT = "draft", "concept"
    ADOPTED = "adopted", "vastgesteld"


class Plan(Owned, Revised):
    """The implementation plan of a municipality for some years."""

    slug = exempt(models.SlugField("korte naam", max_length=80, unique=True), "part of its address")
    title = described(models.CharField("titel", max_length=200), FROZEN)
    start_year = described(
        models.PositiveSmallIntegerField("van", validators=[within_time]), FROZEN
    )
    end_year = described(
        models.PositiveSmallIntegerField("tot en met", validators=[within_time]), FROZEN
    )
    summary = described(models.TextField("in het kort", blank=True), FROZEN, lines=4)
    aims = described(
        models.TextField("doelen in woorden", blank=True),
        FROZEN,
        lines=4,
        help="Een doel op elke regel, zoals het in uw plan staat.",
    )
    frameworks = described(
        models.ManyToManyField(Framework, blank=True, verbose_name="kaders", related_name="plans"),
        FROZEN,
    )
    state = described(
        models.CharField("staat", max_length=8, choices=PlanState.choices, default=PlanState.DRAFT),
        UNKEPT,
        form=False,
    )
    shared_with = described(
        models.ManyToManyField(
            Municipality, blank=True, verbose_name="gedeeld met", related_name="shared_plans"
        ),
        UNKEPT,
        help="Deze gemeenten mogen het plan lezen, niet wijzigen.",
    )
    decision_texts = exempt(
        RecordField("teksten voor het besluit", record=GivenTexts, default=GivenTexts, blank=True),
        "a draft of the decision, which has its own versions",
    )

    class Meta:
        ordering = ["-start_year", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def priorities(self) -> AdoptableQuerySet[Priority]:
        return self.lines.filter(kind=PriorityKind.PRIORITY, archived_at=None)

    @property
    def attention_themes(self) -> AdoptableQuerySet[Priority]:
        return self.lines.filter(kind=PriorityKind.ATTENTION, archived_at=None)


class PriorityKind(models.TextChoices):
    PRIORITY = "priority", "prioriteit"
    ATTENTION = "attention", "aandachtsthema"


class Priority(Adoptable, Revised):
    """One of the themes chosen, or a theme that gets attention without being a priority."""

    plan: models.ForeignKey[Plan, Plan] = exempt(
        models.ForeignKey(Plan, models.CASCADE, related_name="lines", verbose_name="plan"),
        "where it stands",
    )
    slug = exempt(models.SlugField("korte naam", max_length=80), "part of its address")
    title = described(models.CharField("titel", max_length=200), FROZEN)
    kind = described(
        models.CharField(
            "soort", max_length=9, choices=PriorityKind.choices, default=PriorityKind.PRIORITY
        ),
        FROZEN,
    )
    number = described(models.PositiveSmallIntegerField("nummer"), FROZEN)
    description = described(models.TextField("toelichting", blank=True), FROZEN, lines=4)
    aims = described(
        models.TextField("doelen in woorden", blank=True),
        FROZEN,
        lines=4,
        help="Een doel op elke regel, zoals het in uw plan staat.",
    )
    indicators = described(
        TextsField("indicatoren", blank=True),
        FROZEN,
        type=Type.INDICATORS,
        help="De cijfers die laten zien hoe het gaat.",
    )
    themes = described(
        TextsField("veiligheidsthema's", blank=True),
        FROZEN,
        type=Type.THEMES,
        help="Waar deze prioriteit over gaat. Leeg: zoals de titel of de indicatoren zeggen.",
    )
    frameworks = described(
        models.ManyToManyField(
            Framework, blank=True, verbose_name="kaders", related_name="priorities"
        ),
        FROZEN,
    )
    without_framework = described(
        models.CharField(
            "waarom zonder kader",
            max_length=300,
            blank=True,
            help_text="Alleen als deze prioriteit bij geen kader hoort.",
        ),
        FROZEN,
    )
    signal: models.ForeignKey[Signal | None, Signal | None] = described(
        models.ForeignKey(
            "picture.Signal",
            models.SET_NULL,
            null=True,
            blank=True,
            related_name="priorities",
            verbose_name="signaal",
        ),
        UNKEPT,
        form=False,
    )

    class Meta:
        ordering = ["-kind", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="one_slug_a_plan")]

    def __str__(self) -> str:
        return self.title


class Goal(Adoptable, Revised):
    """An indicator, a start value, a target and a date; whether it is on course comes from the
    figures."""

    priority: models.ForeignKey[Priority, Priority] = exempt(
        models.ForeignKey(
            Priority, models.CASCADE, related_name="goals", verbose_name="prioriteit"
        ),
        "where it stands",
    )
    title = described(models.CharField("doel", max_length=200), FROZEN)
    indicator = described(
        models.CharField("indicator", max_length=80),
        FROZEN,
        type=Type.INDICATOR,
        help="Koers vult start, stand en kans in uit de cijfers.",
    )
    area_code = described(
        models.CharField("gebied", max_length=12, blank=True), FROZEN, type=Type.AREA
    )
    # Where it starts comes from the figures, on the day on which it is set.
    start_value = described(
        models.FloatField("startwaarde", null=True, blank=True), FROZEN, form=False
    )
    start_period = described(
        models.CharField("startperiode", max_length=7, blank=True),
        FROZEN,
        form=False,
        free_text=False,
    )
    start_snapshot = described(
        models.CharField("peilmoment", max_length=64, blank=True),
        FROZEN,
        form=False,
        free_text=False,
    )
    target = described(models.FloatField("streefwaarde"), FROZEN)
    due = described(models.DateField("streefdatum"), FROZEN)

    class Meta:
        ordering = ["priority", "due", "title"]

    def __str__(self) -> str:
        return self.title
