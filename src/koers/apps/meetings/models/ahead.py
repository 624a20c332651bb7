"""What lies ahead: events that a municipality knows of."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned, Revised


class Event(Owned, Revised):
    name = models.CharField("naam", max_length=120)
    start = models.DateField("begin")
    end = models.DateField("einde", null=True, blank=True)
    area = models.CharField("waar", max_length=120, blank=True)
    visitors = models.PositiveIntegerField("bezoekers, naar verwachting", null=True, blank=True)
    remark = models.TextField("opmerking", blank=True)

    class Meta:
        ordering = ["start", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": "Het einde ligt vóór het begin. Kies een latere datum."})

    @property
    def last(self) -> date:
        return self.end or self.start
