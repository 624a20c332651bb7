"""What belongs to a person: the secret address of a calendar, and whether a weekly mail is
wanted."""

import secrets

from django.db import models
from django.urls import reverse

from koers.apps.people.models import User


def new_token() -> str:
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """The secret address of a person's calendar; without a row there is none."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)

    def __str__(self) -> str:
        return f"agenda van {self.user}"

    @property
    def path(self) -> str:
        return reverse("meetings:feed", args=[self.token])


class Reminders(models.Model):
    """Whether a person wants the weekly mail, and when it last went out."""

    user = models.OneToOneField(User, models.CASCADE, related_name="reminders")
    weekly = models.BooleanField("elke week", default=True)
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)

    def __str__(self) -> str:
        return f"herinneringen van {self.user}"
