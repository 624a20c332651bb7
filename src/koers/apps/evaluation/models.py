"""What is fixed before a measure is judged, each judgement as it was made, and what was decided on
it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from koers.apps.intake.background import BackgroundRun, RunState
from koers.apps.meetings.models import Meeting
from koers.apps.people.owned import Owned
from koers.apps.plan.models import Action, Measure
from koers.apps.recorded import RecordField, TextsField
from koers.records.evaluation import Former, Parameters, Power, Result


class Method(models.TextChoices):
    EB = "eb", "wat vooraf te verwachten was (empirisch Bayes)"
    WDD = "wdd", "verschil met vergelijkbare gebieden"
    SYNTHETIC = "synthetic", "gewogen vergelijkingsgebieden"
    ITS = "its", "breuk in de eigen reeks"


class Horizon(models.IntegerChoices):
    HALF_YEAR = 6, "6 maanden"
    YEAR = 12, "12 maanden"
    TWO_YEARS = 24, "24 maanden"


MOST_SECONDARY = 3
"""So many outcomes may be looked at beside that of the verdict: the more, the wider each margin."""
FIXED = (
    "method",
    "indicator",
    "secondary",
    "areas",
    "ring",
    "comparison",
    "start",
    "expected_change",
    "horizon",
)


class EffectDesign(Owned):
    """How the effect of a measure is judged, fixed when it is planned.

    After the start nothing of ``FIXED`` changes without a reason, which is kept (``DesignChange``).
    The verdict rests on ``indicator`` alone; ``secondary`` are indicators that are shown beside it.
    ``power`` holds what could be shown after 6, 12 and 24 months, by the figures of ``snapshots``.
    """

    measure = models.OneToOneField(
        Measure,
        models.CASCADE,
        related_name="effect_design",
        verbose_name="maatregel",
        editable=False,
    )
    method = models.CharField("methode", max_length=9, choices=Method.choices, default=Method.EB)
    indicator = models.CharField("uitkomst", max_length=80)
    secondary = TextsField("nevenuitkomsten", blank=True)
    areas = TextsField("gebieden")
    ring = TextsField("ring", blank=True)
    comparison = TextsField("vergelijkingsgebieden", blank=True)
    start = models.DateField("begin")
    expected_change = models.FloatField("verwachte verandering")
    horizon = models.PositiveSmallIntegerField(
        "termijn", choices=Horizon.choices, default=Horizon.YEAR
    )
    fixed_at = models.DateTimeField("vastgelegd op", default=timezone.now, editable=False)
    power = RecordField("wat is aan te tonen", record=Power, default=Power, editable=False)
    snapshots = TextsField("peilmomenten", editable=False)

    class Meta:
        ordering = ["measure"]

    def __str__(self) -> str:
        return f"opzet voor {self.measure}"

    @property
    def started(self) -> bool:
        return self.start <= date.today()

    @property
    def fixed_late(self) -> bool:
        """Whether it was first fixed when the measure was already under way."""
        return timezone.localdate(self.fixed_at) > self.start

    @property
    def late_changes(self) -> models.QuerySet[DesignChange]:
        return self.changes.filter(archived_at=None)

    @transaction.atomic
    def save(self, *args: Any, reason: str = "", **kwargs: Any) -> None:
        """Keep it; a change after the start asks for a ``reason``."""
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        changed = [
            name for name in FIXED if before and getattr(before, name) != getattr(self, name)
        ]
        # What was fixed counts: moving the start ahead opens nothing.
        late = before is not None and bool(changed) and before.started
        if late and not reason.strip():
            raise ValidationError(
                "De maatregel is al begonnen. Schrijf op waarom de opzet verandert."
            )
        super().save(*args, **kwargs)
        if late:
            was = Former.model_validate({name: getattr(before, name) for name in changed})
            DesignChange.objects.create(
                municipality=self.municipality, design=self, reason=reason.strip(), was=was
            )


class DesignChange(Owned):
    """A change of a design after the start, with its reason and what it was before."""

    design = models.ForeignKey(
        EffectDesign, models.CASCADE, related_name="changes", verbose_name="opzet"
    )
    reason = models.TextField("reden")
    was = RecordField("was", record=Former)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"wijziging van {self.design} op {self.created_at:%d-%m-%Y}"

    @property
    def what(self) -> str:
        """The fields that changed, in words."""
        fields = {field.name: field for field in EffectDesign._meta.concrete_fields}
        return ", ".join(str(fields[name].verbose_name) for name in self.was.changed)


class Evaluation(BackgroundRun, Owned):
    """One judgement of a measure: what went in, the figures, and what came out. Once done it never
    changes.

    ``claim`` is unique while it is busy, so that a measure is evaluated once at a time.
    """

    measure = models.ForeignKey(
        Measure, models.CASCADE, related_name="evaluations", verbose_name="maatregel"
    )
    claim = models.CharField(max_length=20, null=True, unique=True, editable=False)
    parameters = RecordField("opzet", record=Parameters)
    snapshots = TextsField("peilmomenten")
    result = RecordField("uitkomst", record=Result, null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"evaluatie van {self.measure} op {self.created_at:%d-%m-%Y}"

    def own_claim(self) -> str:
        return f"maatregel {self.measure_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        archiving = kwargs.get("update_fields") == ["archived_at"]
        if (
            self.pk
            and not archiving
            and type(self).objects.filter(pk=self.pk, state=RunState.DONE).exists()
        ):
            raise ValidationError(
                "Een evaluatie die klaar is, verandert niet meer. Evalueer opnieuw."
            )
        super().save(*args, **kwargs)


class Course(models.TextChoices):
    KEEP = "keep", "doorgaan"
    ADJUST = "adjust", "bijstellen"
    STOP = "stop", "stoppen"
    WAIT = "wait", "wachten"
    LOOK = "look", "nader bekijken"


class Proposal(Owned):
    """What an evaluation proposes to the strategic meeting, and what that decided.

    A decision can be taken back: then it is open again, and ``taken_back`` says what it was and why
    that was not to stay. ``state_before`` and ``action`` are what the decision changed.
    """

    evaluation = models.OneToOneField(
        Evaluation,
        models.CASCADE,
        related_name="proposal",
        verbose_name="evaluatie",
        editable=False,
    )
    course = models.CharField("voorstel", max_length=6, choices=Course.choices)
    why = models.CharField("waarom", max_length=500)
    decision = models.CharField("besluit", max_length=6, choices=Course.choices, blank=True)
    reason = models.TextField("reden", blank=True)
    meeting = models.ForeignKey(
        Meeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="overleg",
    )
    decided_at = models.DateTimeField("besloten op", null=True, blank=True)
    state_before = models.CharField("staat ervoor", max_length=8, blank=True, editable=False)
    action = models.ForeignKey(
        Action,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="actie",
        editable=False,
    )
    taken_back = models.TextField("teruggenomen", blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.get_course_display()}: {self.evaluation.measure}"
