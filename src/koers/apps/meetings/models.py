"""The monthly meetings: when, what was on the paper, and what was decided."""

import secrets

from django.db import models
from django.urls import reverse

from koers.apps.people.models import User
from koers.apps.people.owned import Owned
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action


class MeetingKind(models.TextChoices):
    OPERATIONAL = "operational", "operationeel overleg"
    STRATEGIC = "strategic", "strategisch overleg"


class MeetingState(models.TextChoices):
    PLANNED = "planned", "gepland"
    HELD = "held", "gehouden"


class Meeting(Owned):
    """A monthly meeting of public order and safety, enforcement and police.

    ``paper`` is the paper as it was when the meeting was closed; before that it makes itself from what is new.
    """

    kind = models.CharField("soort", max_length=11, choices=MeetingKind.choices, default=MeetingKind.OPERATIONAL)
    date = models.DateField("datum")
    state = models.CharField("staat", max_length=7, choices=MeetingState.choices, default=MeetingState.PLANNED)
    notes = models.TextField("aantekeningen", blank=True)
    paper = models.JSONField("vergaderstuk", null=True, blank=True)
    actions = models.ManyToManyField(Action, blank=True, related_name="meetings", verbose_name="acties")
    minutes_mailed_at = models.DateTimeField("verslag gemaild op", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "kind", "date"], name="one_meeting_a_day_and_kind")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} van {self.date:%d-%m-%Y}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])


class MeetingDecision(Owned):
    """What a meeting decided; carried to the next one as long as it is open."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name="overleg")
    signal = models.ForeignKey(
        Signal, models.SET_NULL, null=True, blank=True, related_name="meeting_decisions", verbose_name="signaal"
    )
    text = models.CharField("besluit", max_length=500)
    settled = models.BooleanField("afgehandeld", default=False)

    class Meta:
        ordering = ["created_at"]

    def __str__(self):
        return self.text


def new_token() -> str:
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """The secret address of a person's calendar; without a row there is none."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)

    def __str__(self):
        return f"agenda van {self.user}"

    @property
    def path(self) -> str:
        return reverse("meetings:feed", args=[self.token])


class Reminders(models.Model):
    """Whether a person wants the weekly mail, and when it last went out."""

    user = models.OneToOneField(User, models.CASCADE, related_name="reminders")
    weekly = models.BooleanField("elke week", default=True)
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)

    def __str__(self):
        return f"herinneringen van {self.user}"
