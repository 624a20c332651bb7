"""Who does it: an owner or a department, and who takes over; in one way for whatever is owned."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.described import DAILY, UNKEPT, Stands, described
from koers.apps.people.colleagues import colleagues, works_in
from koers.apps.people.models import Municipality, User

_WHO = (
    "trekker, wie, verantwoordelijke, verantwoordelijk, actiehouder, behandelaar, uitvoerder,"
    " contactpersoon, regie, door wie, projectleider, trekkers, trekker gemeente, eigenaar,"
    " coordinatie, uitvoering door, portefeuille, regisseur, aanspreekpunt, initiatief,"
    " wie doet het, wie doet wat, wie trekt, wie is verantwoordelijk, coordinator, kartrekker,"
    " portefeuillehouder, regievoerder, regiehouder, penvoerder, initiatiefnemer, eerste trekker,"
    " ambtelijk trekker, ambtelijk verantwoordelijke, projecttrekker, programmaleider,"
    " ambtelijk opdrachtnemer, opdrachtnemer, gemeentelijke trekker"
)
_DEPARTMENT = "afdeling, team, organisatie, cluster, domein, afdeling eigenaar, eigenaar afdeling"


class WithOwner(models.Model):
    """Has an owner: a colleague, a department, or both."""

    # What has an owner is ``Owned`` as well.
    municipality: models.ForeignKey[Municipality, Municipality]

    owner: models.ForeignKey[User | None, User | None] = described(
        models.ForeignKey(
            User,
            models.SET_NULL,
            null=True,
            blank=True,
            verbose_name="eigenaar",
            related_name="%(class)ss",
        ),
        UNKEPT,
        part="Wie",
        help="Wie zorgt dat het gebeurt.",
        filter="eigenaar",
        search=True,
        words=_WHO,
        stands=Stands.WITH_OWNER,
    )
    owner_department = described(
        models.CharField("afdeling", max_length=100, blank=True),
        DAILY,
        filter="afdeling",
        search=True,
        words=_DEPARTMENT,
        stands=Stands.WITH_OWNER,
    )

    class Meta:
        abstract = True

    @property
    def owner_label(self) -> str:
        return str(self.owner or "") or self.owner_department

    def clean(self) -> None:
        """Nobody becomes an owner or deputy who does not work here; who left stands until somebody
        edits the line."""
        super().clean()
        for name in ("owner", "deputy"):
            if (somebody := getattr(self, name, None)) is not None:
                self._demand_colleague(name, somebody)

    def _demand_colleague(self, name: str, somebody: User) -> None:
        stood = type(self)._default_manager.filter(pk=self.pk, **{name: somebody})
        if not works_in(somebody, self.municipality) and not stood.exists():
            raise ValidationError({name: not_here(somebody)})


class WithDeputy(WithOwner):
    """Has somebody who takes over where the owner is not there."""

    deputy: models.ForeignKey[User | None, User | None] = described(
        models.ForeignKey(
            User,
            models.SET_NULL,
            null=True,
            blank=True,
            verbose_name="vervanger",
            related_name="deputy_%(class)ss",
        ),
        UNKEPT,
        folded=True,
        help="Wie het overneemt als de eigenaar er niet is.",
        words="plaatsvervanger, tweede trekker, achtervang, backup",
        stands=Stands.WITH_OWNER,
    )
    deputy_department = described(
        models.CharField("afdeling van de vervanger", max_length=100, blank=True),
        DAILY,
        folded=True,
        words="afdeling vervanger",
        stands=Stands.WITH_OWNER,
    )

    class Meta:
        abstract = True


def not_here(somebody: User) -> str:
    return (
        f"{somebody} werkt hier niet meer. Kies een collega, of maak dit leeg en noem de afdeling."
    )


def offer_colleagues(
    field: forms.ModelChoiceField[User], municipality: Municipality, now: int | None = None
) -> None:
    """Let a field choose from who works here, and who stands there ``now``: somebody who left is
    named, not silently dropped."""
    here = colleagues(municipality)
    gone = now if now and not here.filter(pk=now).exists() else None
    field.queryset = here | User.objects.filter(pk=gone) if gone else here
    # Django's documentation has a subclass for this; a form has made its fields by now.
    field.label_from_instance = lambda obj: (  # type: ignore[method-assign]
        f"{obj} (werkt hier niet meer)" if obj.pk == gone else str(obj)
    )
    field.error_messages["invalid_choice"] = (
        "Deze persoon werkt hier niet (meer). Kies een collega, of noem alleen de afdeling."
    )
