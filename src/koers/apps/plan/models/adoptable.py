"""What no source gives is an example ("voorbeeld, niet vastgesteld") until a person adopts it."""

from __future__ import annotations

from typing import Self

from django.db import models

from koers.apps.described import FROZEN, Stands, described
from koers.apps.people.owned import AnyModel, Owned, OwnedQuerySet


class Adoption(models.TextChoices):
    EXAMPLE = "example", "voorbeeld, niet vastgesteld"
    ADOPTED = "adopted", "vastgesteld"


class AdoptableQuerySet(OwnedQuerySet[AnyModel]):
    def adopted(self) -> Self:
        """What may appear in decisions and on public pages."""
        return self.filter(adoption=Adoption.ADOPTED)


class Adoptable(Owned):
    """A line of the plan that is an example until a person adopts it."""

    adoption = described(
        models.CharField(
            "vaststelling", max_length=8, choices=Adoption.choices, default=Adoption.ADOPTED
        ),
        FROZEN,
        form=False,
        words="vastgesteld",
        stands=Stands.LAST,
    )

    # The plugin calls the manager of a base class a class variable, and this one not.
    objects = AdoptableQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @property
    def is_example(self) -> bool:
        return self.adoption == Adoption.EXAMPLE
