"""A series plans its own next meeting: which rhythm, who takes part, on behalf of whom."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from koers.apps.people.models import User
from koers.apps.people.owned import Owned, Revised


class MeetingKind(models.TextChoices):
    OPERATIONAL = "operational", "operationeel overleg"
    STRATEGIC = "strategic", "strategisch overleg"


class Part(models.TextChoices):
    """On whose behalf somebody takes part."""

    SAFETY = "safety", "OOV"
    ENFORCEMENT = "enforcement", "T&H"
    POLICE = "police", "politie"
    PARTNER = "partner", "partner"


class Rhythm(models.TextChoices):
    MONTHS = "months", "per maand, op een vaste weekdag"
    WEEKS = "weeks", "om de zoveel weken"


class Nth(models.IntegerChoices):
    FIRST = 1, "eerste"
    SECOND = 2, "tweede"
    THIRD = 3, "derde"
    FOURTH = 4, "vierde"
    LAST = -1, "laatste"


class Weekday(models.IntegerChoices):
    MONDAY = 0, "maandag"
    TUESDAY = 1, "dinsdag"
    WEDNESDAY = 2, "woensdag"
    THURSDAY = 3, "donderdag"
    FRIDAY = 4, "vrijdag"


class SchoolRegion(models.TextChoices):
    NORTH = "noord", "noord"
    MIDDLE = "midden", "midden"
    SOUTH = "zuid", "zuid"


class MeetingSeries(Owned, Revised):
    """Meetings that return: every so many months on a weekday ("eerste dinsdag van de maand"), or
    every so many weeks.

    ``nth`` counts for a rhythm in months only. ``school_region`` says which school holidays lie
    ahead; without it those of every region are shown.
    """

    kind = models.CharField(
        "soort", max_length=11, choices=MeetingKind.choices, default=MeetingKind.OPERATIONAL
    )
    name = models.CharField("naam", max_length=80)
    rhythm = models.CharField("ritme", max_length=6, choices=Rhythm.choices, default=Rhythm.MONTHS)
    every = models.PositiveSmallIntegerField(
        "elke",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="1 is elke maand (of week), 2 om de maand (of week), 3 elk kwartaal.",
    )
    nth = models.SmallIntegerField("welke", choices=Nth.choices, default=Nth.FIRST)
    weekday = models.PositiveSmallIntegerField(
        "weekdag", choices=Weekday.choices, default=Weekday.TUESDAY
    )
    start = models.DateField("vanaf", default=date.today)
    school_region = models.CharField(
        "schoolvakanties van regio", max_length=6, choices=SchoolRegion.choices, blank=True
    )

    class Meta:
        ordering = ["kind", "name"]
        verbose_name_plural = "reeksen"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:series", args=[self.pk])

    def clean(self) -> None:
        if not self.every:
            raise ValidationError({"every": "Kies een getal vanaf 1."})

    @property
    def in_words(self) -> str:
        """'Eerste dinsdag van de maand'."""
        day = self.get_weekday_display()
        if self.rhythm == Rhythm.WEEKS:
            return f"Elke {day}" if self.every == 1 else f"Elke {self.every} weken op {day}"
        whole = "van de maand" if self.every == 1 else f"van elke {self.every} maanden"
        return f"{self.get_nth_display().capitalize()} {day} {whole}"

    def next_date(self, after: date) -> date:
        """The first day of the series after a day (and not before the series starts)."""
        after = max(after, self.start - timedelta(days=1))
        if self.rhythm == Rhythm.WEEKS:
            return self._next_by_weeks(after)
        month = 12 * self.start.year + self.start.month - 1
        while True:
            found = nth_weekday(month // 12, month % 12 + 1, self.nth, self.weekday)
            if found > after:
                return found
            month += max(1, self.every)

    def _next_by_weeks(self, after: date) -> date:
        first = self.start + timedelta(days=(self.weekday - self.start.weekday()) % 7)
        if first > after:
            return first
        step = 7 * max(1, self.every)
        return first + timedelta(days=step * ((after - first).days // step + 1))


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The first, second … or (-1) last such weekday of a month."""
    if nth == Nth.LAST:
        following = date(year + month // 12, month % 12 + 1, 1)
        last = following - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


class SeriesMember(Owned):
    """Who is asked to every meeting of a series: somebody with an account, or an organisation."""

    series = models.ForeignKey(
        MeetingSeries, models.CASCADE, related_name="members", verbose_name="reeks"
    )
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="persoon"
    )
    organisation = models.CharField("organisatie", max_length=120, blank=True)
    part = models.CharField("namens", max_length=11, choices=Part.choices)

    class Meta:
        ordering = ["part", "organisation", "pk"]

    def __str__(self) -> str:
        return str(self.user or self.organisation or self.get_part_display())
