"""The plans of others that the local plan follows, and those with whom it is carried out."""

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned


class FrameworkLevel(models.TextChoices):
    NATIONAL = "national", "landelijk"
    UNIT = "unit", "politie-eenheid"
    MUNICIPAL = "municipal", "gemeentelijk"


class Framework(Owned):
    """A national, regional or municipal plan that the local plan follows."""

    title = models.CharField("titel", max_length=200)
    level = models.CharField("niveau", max_length=10, choices=FrameworkLevel.choices)
    start_year = models.PositiveSmallIntegerField("van")
    end_year = models.PositiveSmallIntegerField("tot en met")
    themes = models.JSONField("thema's", default=list, blank=True)
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, verbose_name="volgt uit", related_name="followed_by"
    )

    class Meta:
        ordering = ["level", "title"]

    def __str__(self):
        return self.title

    def clean(self):
        above, seen = self.follows, set()
        while above is not None and above.pk not in seen:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError({"follows": "Dit kader zou uit zichzelf volgen. Kies een ander kader."})
            seen.add(above.pk)
            above = above.follows


class Partner(Owned):
    name = models.CharField("naam", max_length=120)
    description = models.CharField("rol", max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
