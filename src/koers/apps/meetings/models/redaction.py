"""That words were taken out of a text: who, when, why and where; never which words."""

from django.db import models

from koers.apps.people.owned import Owned


class Redaction(Owned):
    by = models.UUIDField("door", null=True, blank=True, editable=False)
    why = models.CharField("waarom", max_length=300)
    model = models.CharField("soort", max_length=80)
    object_id = models.PositiveBigIntegerField("nummer")
    field = models.CharField("veld", max_length=80)

    class Meta:
        ordering = ["-created_at", "model", "object_id"]

    def __str__(self) -> str:
        return f"weglating in {self.model} {self.object_id}, {self.field}"
