"""What no source gives is an example ("voorbeeld, niet vastgesteld") until a person adopts it."""

from django.db import models

from koers.apps.people.owned import Owned, OwnedQuerySet


class Adoption(models.TextChoices):
    EXAMPLE = "example", "voorbeeld, niet vastgesteld"
    ADOPTED = "adopted", "vastgesteld"


class AdoptableQuerySet(OwnedQuerySet):
    def adopted(self):
        """What may appear in decisions and on public pages."""
        return self.filter(adoption=Adoption.ADOPTED)


class Adoptable(Owned):
    """A line of the plan that is an example until a person adopts it."""

    adoption = models.CharField("vaststelling", max_length=8, choices=Adoption.choices, default=Adoption.ADOPTED)

    objects = AdoptableQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_example(self) -> bool:
        return self.adoption == Adoption.EXAMPLE
