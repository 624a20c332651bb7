"""Plan → priority → goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from koers import dutch
from koers.apps.described import FROZEN, UNKEPT, Type, described, exempt
from koers.apps.people.bounds import within_time
from koers.apps.people.models import Municipality
from koers.apps.people.owned import Owned, Revised
from koers.apps.plan.models.adoptable import Adoptable, AdoptableQuerySet
from koers.apps.plan.models.frameworks import Framework
from koers.apps.recorded import RecordField, TextsField
from koers.indicators.units import GOAL_UNITS
from koers.records.aim import Aim, AimKind, Direction, known_steps
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
        folded=True,
        lines=4,
        help="Een doel op elke regel, zoals het in uw plan staat.",
    )
    frameworks = described(
        models.ManyToManyField(Framework, blank=True, verbose_name="kaders", related_name="plans"),
        FROZEN,
        folded=True,
    )
    state = described(
        models.CharField("staat", max_length=8, choices=PlanState.choices, default=PlanState.DRAFT),
        UNKEPT,
        form=False,
        in_files=False,
    )
    shared_with = described(
        models.ManyToManyField(
            Municipality, blank=True, verbose_name="gedeeld met", related_name="shared_plans"
        ),
        UNKEPT,
        folded=True,
        help=(
            "Deze gemeenten mogen het plan lezen, niet wijzigen. Evaluaties van de maatregelen"
            " tellen dan mee in wat gemeenten samen maten."
        ),
    )
    joint: models.ForeignKey[Plan | None, Plan | None] = described(
        models.ForeignKey(
            "self",
            models.SET_NULL,
            null=True,
            blank=True,
            verbose_name="gezamenlijk deel",
            related_name="joined_by",
        ),
        FROZEN,
        help="Een plan dat een andere gemeente voor u samen bijhoudt en met u deelt. U leest het"
        " als deel van uw eigen plan; wijzigen kan alleen die gemeente.",
        in_files=False,
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

    @property
    def other_themes(self) -> AdoptableQuerySet[Priority]:
        return self.lines.filter(kind=PriorityKind.ASIDE, archived_at=None)


class PriorityKind(models.TextChoices):
    PRIORITY = "priority", "prioriteit"
    ATTENTION = "attention", "aandachtsthema"
    # Pages show the kinds by these values, from the last in the alphabet to the first.
    ASIDE = "aside", "overig thema"


class Priority(Adoptable, Revised):
    """One of the themes chosen, a theme that gets attention without being a priority, or any other
    theme of the plan: what the municipality does about it anyway."""

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
    safety_field = described(
        models.CharField("veiligheidsveld", max_length=200, blank=True),
        FROZEN,
        folded=True,
        help="Het veld waaronder de prioriteit in uw plan staat: een van de vijf van het Kernbeleid"
        " Veiligheid, of een eigen veld. Leeg: uw plan heeft geen velden.",
        words="veld, veiligheidsdomein, domein, pijler, veiligheidsvelden",
    )
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
        folded=True,
        type=Type.THEMES,
        help="Waar deze prioriteit over gaat. Leeg: zoals de titel of de indicatoren zeggen.",
    )
    sub_themes = described(
        TextsField("subthema's", blank=True),
        FROZEN,
        folded=True,
        type=Type.TEXTS,
        help="De delen van deze prioriteit, elk op een eigen regel en in de volgorde van uw plan."
        " Maatregelen en doelen staan eronder.",
        words="deelthema's, onderdelen",
    )
    frameworks = described(
        models.ManyToManyField(
            Framework, blank=True, verbose_name="kaders", related_name="priorities"
        ),
        FROZEN,
        folded=True,
    )
    without_framework = described(
        models.CharField(
            "waarom zonder kader",
            max_length=300,
            blank=True,
            help_text="Alleen als deze prioriteit bij geen kader hoort.",
        ),
        FROZEN,
        folded=True,
    )
    begins = described(
        models.DateField("vanaf", null=True, blank=True),
        FROZEN,
        folded=True,
        help="Alleen als de prioriteit pas tijdens het plan begint.",
    )
    ends = described(models.DateField("tot", null=True, blank=True), FROZEN, form=False, until=True)
    end_reason = described(
        models.CharField("waarom beëindigd", max_length=300, blank=True), FROZEN, folded=True
    )
    elaborates: models.ForeignKey[Priority | None, Priority | None] = described(
        models.ForeignKey(
            "self",
            models.SET_NULL,
            null=True,
            blank=True,
            verbose_name="uitwerking van",
            related_name="elaborated_by",
        ),
        FROZEN,
        help="De prioriteit uit het gezamenlijke deel die u hier uitwerkt.",
        in_files=False,
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
        in_files=False,
    )

    class Meta:
        ordering = ["-kind", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="one_slug_a_plan")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.begins and self.ends and self.ends <= self.begins:
            raise ValidationError(
                {"begins": "De prioriteit zou eindigen voordat zij begint. Kies een eerdere datum."}
            )

    @property
    def period(self) -> str:
        """Since and until when it is one, where that is not the whole plan."""
        said = (("vanaf", self.begins), ("tot", self.ends))
        return " ".join(f"{word} {dutch.day(on)}" for word, on in said if on)


class GoalKind(models.TextChoices):
    VALUE = "value", "een getal"
    KEEP = "keep", "het niveau van een eerder jaar houden"
    EARLIER = "earlier", "beter dan het jaar ervoor"
    PEERS = "peers", "beter dan vergelijkbare gemeenten"
    WORDS = "words", "in woorden, door mensen beoordeeld"


class GoalDirection(models.TextChoices):
    MOST = "most", "hoogstens: lager is beter"
    LEAST = "least", "ten minste: hoger is beter"


SCALE = ("gaat goed", "gaat deels goed", "gaat niet goed", "nog niet te zeggen")
"""How a goal in words is judged, where it has no scale of its own."""


class Goal(Adoptable, Revised):
    """What is to be reached and when: by a figure, of which the course comes from the figures, or
    in words, of which people say each quarter how it goes."""

    priority: models.ForeignKey[Priority, Priority] = exempt(
        models.ForeignKey(
            Priority, models.CASCADE, related_name="goals", verbose_name="prioriteit"
        ),
        "where it stands",
    )
    title = described(models.CharField("doel", max_length=200), FROZEN)
    kind = described(
        models.CharField(
            "soort doel", max_length=7, choices=GoalKind.choices, default=GoalKind.VALUE
        ),
        FROZEN,
        filter="",
    )
    sub_theme = described(
        models.CharField("subthema", max_length=200, blank=True),
        FROZEN,
        folded=True,
        help="Het deel van de prioriteit waaronder het doel valt.",
        words="deelthema, subonderwerp, onderdeel, sub-thema",
    )
    indicator = described(
        models.CharField("indicator", max_length=80, blank=True),
        FROZEN,
        type=Type.INDICATOR,
        help="Koers vult stand en kans in uit de cijfers.",
        words="cijfer, bron van het doel",
    )
    area_code = described(
        models.CharField("gebied", max_length=12, blank=True), FROZEN, type=Type.AREA
    )
    unit = described(
        models.CharField(
            "eenheid", max_length=24, blank=True, choices=list(GOAL_UNITS.items()), default=""
        ),
        FROZEN,
        folded=True,
        filter="",
    )
    direction = described(
        models.CharField(
            "richting", max_length=5, blank=True, choices=GoalDirection.choices, default=""
        ),
        FROZEN,
        folded=True,
        filter="",
        help="Leeg: zoals bij de indicator staat wat beter is.",
    )
    target = described(
        models.FloatField("streefwaarde", null=True, blank=True),
        FROZEN,
        words="doel, norm, ambitie",
    )
    due = described(
        models.DateField("streefdatum"),
        FROZEN,
        help="Bij een doel voor de hele looptijd: 31 december van het laatste jaar.",
    )
    path = described(
        TextsField("streefwaarden per jaar", blank=True),
        FROZEN,
        folded=True,
        type=Type.TEXTS,
        free_text=False,
        help="Een jaar op een regel, bijvoorbeeld: 2026: 5,6",
    )
    # Where it starts comes from the figures on the day on which it is set, or is what the plan says
    # of a base period; what nobody counted is typed, and has no snapshot.
    start_value = described(
        models.FloatField("nulmeting", null=True, blank=True),
        FROZEN,
        folded=True,
        help="Leeg: zoals het in de cijfers staat.",
        words="startwaarde, nulsituatie, uitgangswaarde",
    )
    start_period = described(
        models.CharField("periode van de nulmeting", max_length=7, blank=True),
        FROZEN,
        folded=True,
        type=Type.PERIOD,
        help="Een jaar (2016) of een maand (2016-12). Leeg: de nieuwste cijfers.",
        words="startperiode, jaar nulmeting",
    )
    start_snapshot = described(
        models.CharField("peilmoment", max_length=64, blank=True),
        FROZEN,
        form=False,
        free_text=False,
    )
    # Fixed with the goal: with others it would be another goal.
    peers = described(
        TextsField("vergelijkbare gemeenten", blank=True), FROZEN, type=Type.AREAS, form=False
    )
    question = described(
        models.CharField("vraag", max_length=300, blank=True),
        FROZEN,
        help="Elk kwartaal beantwoorden mensen deze vraag, bijvoorbeeld in het overleg.",
        words="beoordelingsvraag",
    )
    scale = described(
        TextsField("antwoorden", blank=True),
        FROZEN,
        folded=True,
        type=Type.TEXTS,
        help="Elk op een regel. Leeg: gaat goed, gaat deels goed, gaat niet goed, nog niet te"
        " zeggen.",
    )
    judges = described(
        models.CharField("wie beoordeelt", max_length=200, blank=True),
        FROZEN,
        folded=True,
        help="Bijvoorbeeld: het strategisch overleg.",
        words="beoordelaar",
    )
    written = described(
        models.TextField("zoals het in uw plan staat", blank=True),
        FROZEN,
        lines=3,
        help="Het doel in de woorden van uw plan, met wat daar over meten en bron bij staat.",
    )
    ended = described(
        models.DateField("beëindigd op", null=True, blank=True), FROZEN, form=False, until=True
    )
    end_reason = described(
        models.CharField("waarom beëindigd", max_length=300, blank=True), FROZEN, folded=True
    )

    class Meta:
        ordering = ["priority", "due", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def in_words(self) -> bool:
        """Whether people judge it, and no figure."""
        return self.kind == GoalKind.WORDS

    @property
    def is_ended(self) -> bool:
        """Whether it was closed before its date."""
        return self.ended is not None and self.ended <= timezone.localdate()

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(self.scale) or SCALE

    @property
    def aim(self) -> Aim:
        """What it asks of the figures."""
        return Aim(
            kind=cast("AimKind", self.kind),
            indicator=self.indicator,
            area=self.area_code or self.municipality.code,
            unit=self.unit,
            direction=cast("Direction", self.direction),
            target=self.target,
            due=self.due,
            path=known_steps(self.path),
            base=self.start_value,
            base_period=self.start_period,
            peers=tuple(self.peers),
        )
