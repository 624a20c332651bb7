"""The monthly meetings: when, what was on the paper, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse

from koers import dutch
from koers.apps.meetings.models.series import MeetingKind, MeetingSeries, Part
from koers.apps.people.models import User
from koers.apps.people.owned import Owned, Revised
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action
from koers.apps.recorded import RecordField
from koers.apps.texts.models import TextVersion
from koers.records.paper import Paper


class MeetingState(models.TextChoices):
    PLANNED = "planned", "gepland"
    HELD = "held", "gehouden"


class Meeting(Owned, Revised):
    """A meeting of public order and safety, enforcement and police.

    ``paper`` is the paper as it was when the meeting was closed; before that it makes itself from
    what is new. ``changes`` counts what happened on the meeting's screen, so that a screen asks
    cheaply whether there is anything to show.
    """

    series = models.ForeignKey(
        MeetingSeries,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name="reeks",
    )
    kind = models.CharField(
        "soort", max_length=11, choices=MeetingKind.choices, default=MeetingKind.OPERATIONAL
    )
    date = models.DateField("datum")
    state = models.CharField(
        "staat", max_length=7, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    notes = models.TextField("aantekeningen", blank=True)
    paper = RecordField("vergaderstuk", record=Paper, null=True, blank=True)
    actions = models.ManyToManyField(
        Action, blank=True, related_name="meetings", verbose_name="acties"
    )
    started_at = models.DateTimeField("begonnen op", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("gesloten op", null=True, blank=True, editable=False)
    closed_by = models.UUIDField("gesloten door", null=True, blank=True, editable=False)
    changes = models.PositiveIntegerField(default=0, editable=False)
    minutes_mailed_at = models.DateTimeField(
        "verslag gemaild op", null=True, blank=True, editable=False
    )
    minutes_mailed = models.ForeignKey(
        TextVersion,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="versie die gemaild is",
    )

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "date"], name="one_meeting_a_day_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} van {dutch.day(self.date)}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == MeetingState.PLANNED

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """``changes`` only goes up, by ``touch``: whoever read the meeting a while ago does not
        turn it back."""
        if not self._state.adding and update_fields is None:
            update_fields = [
                f.name
                for f in self._meta.concrete_fields
                if not f.primary_key and f.name != "changes"
            ]
        super().save(*args, update_fields=update_fields, **kwargs)

    def may_be_reopened_by(self, user: User) -> bool:
        """Whoever closed it, as long as its minutes were mailed to nobody."""
        closed = not self.is_open and self.minutes_mailed_at is None
        return closed and self.closed_by is not None and self.closed_by == user.pseudonym

    def touch(self) -> None:
        """Something changed that the screens of this meeting show."""
        type(self).objects.filter(pk=self.pk).update(changes=models.F("changes") + 1)


class Attendance(Owned):
    """Somebody who is asked to a meeting, and whether they were there (None: not noted yet)."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="attendances", verbose_name="overleg"
    )
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="persoon"
    )
    organisation = models.CharField("organisatie", max_length=120, blank=True)
    part = models.CharField("namens", max_length=11, choices=Part.choices)
    present = models.BooleanField("aanwezig", null=True, blank=True)

    class Meta:
        ordering = ["part", "organisation", "pk"]

    def __str__(self) -> str:
        return str(self.user or self.organisation or self.get_part_display())


class MeetingDecision(Owned):
    """What a meeting decided; carried to the next one as long as it is open."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="decisions", verbose_name="overleg"
    )
    signal = models.ForeignKey(
        Signal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="meeting_decisions",
        verbose_name="signaal",
    )
    item = models.ForeignKey(
        "meetings.AgendaItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name="agendapunt",
    )
    text = models.CharField("besluit", max_length=500)
    settled = models.BooleanField("afgehandeld", default=False)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text
