"""Plan → priority → goal → measure → action."""

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.models import Municipality, User
from koers.apps.people.owned import Owned, Revised
from koers.apps.plan.models.adoptable import Adoptable
from koers.apps.plan.models.frameworks import Framework, Partner


class PlanState(models.TextChoices):
    DRAFT = "draft", "concept"
    ADOPTED = "adopted", "vastgesteld"


class Plan(Owned, Revised):
    """The implementation plan of a municipality for some years."""

    slug = models.SlugField("korte naam", max_length=80, unique=True)
    title = models.CharField("titel", max_length=200)
    start_year = models.PositiveSmallIntegerField("van")
    end_year = models.PositiveSmallIntegerField("tot en met")
    summary = models.TextField("in het kort", blank=True)
    frameworks = models.ManyToManyField(Framework, blank=True, verbose_name="kaders", related_name="plans")
    state = models.CharField("staat", max_length=8, choices=PlanState.choices, default=PlanState.DRAFT)
    shared_with = models.ManyToManyField(
        Municipality, blank=True, verbose_name="gedeeld met", related_name="shared_plans"
    )
    decision_texts = models.JSONField("teksten voor het besluit", default=dict, blank=True)
    # What the history of a line keeps beside its own fields.
    _history_m2m_fields = ("frameworks", "shared_with")

    class Meta:
        ordering = ["-start_year", "title"]

    def __str__(self):
        return self.title

    @property
    def priorities(self):
        return self.lines.filter(kind=PriorityKind.PRIORITY, archived_at=None)

    @property
    def attention_themes(self):
        return self.lines.filter(kind=PriorityKind.ATTENTION, archived_at=None)


class PriorityKind(models.TextChoices):
    PRIORITY = "priority", "prioriteit"
    ATTENTION = "attention", "aandachtsthema"


class Priority(Owned, Revised):
    """One of the themes chosen, or a theme that gets attention without being a priority."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines", verbose_name="plan")
    kind = models.CharField("soort", max_length=9, choices=PriorityKind.choices, default=PriorityKind.PRIORITY)
    number = models.PositiveSmallIntegerField("nummer")
    slug = models.SlugField("korte naam", max_length=80)
    title = models.CharField("titel", max_length=200)
    description = models.TextField("toelichting", blank=True)
    indicators = models.JSONField("indicatoren", default=list, blank=True)
    frameworks = models.ManyToManyField(Framework, blank=True, verbose_name="kaders", related_name="priorities")
    without_framework = models.CharField(
        "waarom zonder kader", max_length=300, blank=True, help_text="Alleen als deze prioriteit bij geen kader hoort."
    )
    signal = models.ForeignKey(
        "picture.Signal", models.SET_NULL, null=True, blank=True, related_name="priorities", verbose_name="signaal"
    )
    _history_m2m_fields = ("frameworks",)

    class Meta:
        ordering = ["-kind", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="one_slug_a_plan")]

    def __str__(self):
        return self.title


class Goal(Adoptable, Revised):
    """An indicator, a start value, a target and a date; whether it is on course comes from the figures."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="goals", verbose_name="prioriteit")
    title = models.CharField("doel", max_length=200)
    indicator = models.CharField("indicator", max_length=80)
    area_code = models.CharField("gebied", max_length=12, blank=True)
    start_value = models.FloatField("startwaarde", null=True, blank=True)
    start_period = models.CharField("startperiode", max_length=7, blank=True)
    start_snapshot = models.CharField("peilmoment", max_length=64, blank=True)
    target = models.FloatField("streefwaarde")
    due = models.DateField("streefdatum")

    class Meta:
        ordering = ["priority", "due", "title"]

    def __str__(self):
        return self.title


class MeasureKind(models.TextChoices):
    PREVENTION = "prevention", "preventie"
    EARLY_SIGNALLING = "early_signalling", "vroegsignalering"
    ENFORCEMENT = "enforcement", "handhaving"
    CARE = "care", "zorg"
    COHESION = "cohesion", "sociale cohesie"


class MeasureState(models.TextChoices):
    PLANNED = "planned", "gepland"
    RUNNING = "running", "loopt"
    AT_RISK = "at_risk", "loopt gevaar"
    STOPPED = "stopped", "gestopt"
    DONE = "done", "klaar"


NEEDS_A_REASON = (MeasureState.AT_RISK, MeasureState.STOPPED)


class Measure(Adoptable, Revised):
    """What is done towards the goals of a priority."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="measures", verbose_name="prioriteit")
    title = models.CharField("maatregel", max_length=200)
    description = models.TextField("toelichting", blank=True)
    kind = models.CharField("soort", max_length=20, choices=MeasureKind.choices, default=MeasureKind.PREVENTION)
    state = models.CharField("staat", max_length=8, choices=MeasureState.choices, default=MeasureState.PLANNED)
    start = models.DateField("begin", null=True, blank=True)
    end = models.DateField("einde", null=True, blank=True)
    state_reason = models.CharField("reden van de staat", max_length=300, blank=True)
    areas = models.JSONField("gebieden", default=list, blank=True)
    topics = models.JSONField("indicatoren", default=list, blank=True)
    budget = models.DecimalField("budget in euro's", max_digits=11, decimal_places=2, null=True, blank=True)
    hours = models.PositiveIntegerField("uren", null=True, blank=True)
    evidence = models.TextField("wat bekend is over de werking", blank=True)
    evidence_source = models.CharField("bron daarvan", max_length=300, blank=True)
    library = models.SlugField("uit de bibliotheek", max_length=80, blank=True, editable=False)
    shared_with = models.ManyToManyField(
        Municipality, blank=True, verbose_name="gedeeld met", related_name="shared_measures"
    )
    partners = models.ManyToManyField(Partner, blank=True, verbose_name="partners", related_name="measures")
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name="eigenaar", related_name="measures"
    )
    owner_department = models.CharField("afdeling", max_length=100, blank=True)
    deputy = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name="vervanger", related_name="deputy_measures"
    )
    deputy_department = models.CharField("afdeling van de vervanger", max_length=100, blank=True)
    _history_m2m_fields = ("partners", "shared_with")

    class Meta:
        ordering = ["priority", "title"]

    def __str__(self):
        return self.title

    def clean(self):
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": "Het einde ligt vóór het begin. Kies een latere datum."})
        if self.state in NEEDS_A_REASON and not self.state_reason.strip():
            label = self.get_state_display()
            raise ValidationError(
                {"state_reason": f"Bij de staat '{label}' hoort een reden. Schrijf op wat er speelt."}
            )


class ActionState(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "gedaan"
    DROPPED = "dropped", "vervallen"


class Action(Adoptable, Revised):
    """One step of a measure, or of a signal that was taken up: owner, due date, state."""

    measure = models.ForeignKey(
        Measure, models.CASCADE, null=True, blank=True, related_name="actions", verbose_name="maatregel"
    )
    signal = models.ForeignKey(
        "picture.Signal", models.SET_NULL, null=True, blank=True, related_name="actions", verbose_name="signaal"
    )
    title = models.CharField("actie", max_length=200)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name="eigenaar", related_name="actions"
    )
    owner_department = models.CharField("afdeling", max_length=100, blank=True)
    deputy = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name="vervanger", related_name="deputy_actions"
    )
    due = models.DateField("uiterlijk", null=True, blank=True)
    state = models.CharField("staat", max_length=7, choices=ActionState.choices, default=ActionState.OPEN)
    note = models.TextField("opmerking", blank=True)

    class Meta:
        ordering = ["state", "due", "title"]

    def __str__(self):
        return self.title

    @property
    def owner_label(self) -> str:
        return str(self.owner or "") or self.owner_department
