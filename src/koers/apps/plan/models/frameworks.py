"""The plans of others that the local plan follows, and those with whom it is carried out."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.described import UNKEPT, Type, described
from koers.apps.people.bounds import within_time
from koers.apps.people.owned import Owned
from koers.apps.recorded import TextsField


class FrameworkLevel(models.TextChoices):
    NATIONAL = "national", "landelijk"
    UNIT = "unit", "politie-eenheid"
    MUNICIPAL = "municipal", "gemeentelijk"


class Framework(Owned):
    """A national, regional or municipal plan that the local plan follows."""

    title = described(models.CharField("titel", max_length=200), UNKEPT)
    level = described(
        models.CharField("niveau", max_length=10, choices=FrameworkLevel.choices), UNKEPT
    )
    start_year = described(
        models.PositiveSmallIntegerField("van", validators=[within_time]), UNKEPT
    )
    end_year = described(
        models.PositiveSmallIntegerField("tot en met", validators=[within_time]), UNKEPT
    )
    follows: models.ForeignKey[Framework | None, Framework | None] = described(
        models.ForeignKey(
            "self",
            models.SET_NULL,
            null=True,
            blank=True,
            verbose_name="volgt uit",
            related_name="followed_by",
        ),
        UNKEPT,
    )
    themes = described(
        TextsField("thema's", blank=True),
        UNKEPT,
        type=Type.TEXTS,
        help="Elk thema op een eigen regel.",
    )

    class Meta:
        ordering = ["level", "title"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        above, seen = self.follows, set()
        while above is not None and above.pk not in seen:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError(
                    {"follows": "Dit kader zou uit zichzelf volgen. Kies een ander kader."}
                )
            seen.add(above.pk)
            above = above.follows


class Partner(Owned):
    name = described(models.CharField("naam", max_length=120), UNKEPT)
    description = described(models.CharField("rol", max_length=300, blank=True), UNKEPT)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
