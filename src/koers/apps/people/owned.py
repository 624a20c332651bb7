"""Every object of the loop belongs to a municipality, keeps its history and is archived rather than
deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from simple_history.models import HistoricalRecords

from koers.apps.described import exempt, said_of
from koers.apps.people.models import Municipality

AnyModel = TypeVar("AnyModel", bound=models.Model)


class _History(HistoricalRecords):  # type: ignore[misc]  # comes without types
    """Keeps the lists of others (partners, frameworks) that are described as content along."""

    def get_m2m_fields_from_model(self, model: models.Model) -> list[Any]:
        described = [f for f in model._meta.local_many_to_many if said_of(f) is not None]
        return [*super().get_m2m_fields_from_model(model), *described]


def history() -> HistoricalRecords:
    """Who, when and what of each change; people by their pseudonymous id."""
    return _History(
        history_user_id_field=models.UUIDField(null=True, blank=True),
        history_user_getter=_history_user,
        history_user_setter=_set_history_user,
        get_user=_acting_pseudonym,
        excluded_fields=["revision"],
        inherit=True,
    )


def _acting_pseudonym(request: HttpRequest | None = None, **kwargs: Any) -> UUID | None:
    user = getattr(request, "user", None)
    return user.pseudonym if user is not None and user.is_authenticated else None


def _history_user(historical_instance: Any) -> Any:
    return historical_instance.history_user_id


def _set_history_user(historical_instance: Any, pseudonym: UUID | None) -> None:
    historical_instance.history_user_id = pseudonym


class OwnedQuerySet(models.QuerySet[AnyModel]):
    def of(self, municipality: Municipality) -> Self:
        """What belongs to this municipality and is not archived."""
        return self.filter(municipality=municipality, archived_at=None)


class Owned(models.Model):
    municipality: models.ForeignKey[Municipality, Municipality] = exempt(
        models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name="gemeente"),
        "whose it is",
    )
    created_at = exempt(
        models.DateTimeField("gemaakt op", default=timezone.now, editable=False), "when it was made"
    )
    archived_at = exempt(
        models.DateTimeField("gearchiveerd op", null=True, blank=True, editable=False),
        "whether it counts; an adjustment of its own",
    )

    # Who changes it where nobody is signed in; simple-history reads it when a line is saved.
    _history_user: UUID | None

    objects = OwnedQuerySet.as_manager()
    history = history()

    class Meta:
        abstract = True

    def archive(self) -> None:
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at"])

    def restore(self) -> None:
        self.archived_at = None
        self.save(update_fields=["archived_at"])


class ChangedMeanwhileError(ValidationError):
    """Somebody else saved this line after it was opened; nothing was overwritten."""


class Revised(models.Model):
    """Counts its changes, so that two people who change a line at once lose nothing."""

    revision = exempt(
        models.PositiveIntegerField(default=0, editable=False), "how often it changed"
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding:
            self.revision += 1
            update_fields = None if update_fields is None else [*update_fields, "revision"]
        super().save(*args, update_fields=update_fields, **kwargs)

    def save_as_read(self, revision: int) -> None:
        """Save, if nobody saved this line since it was read at this revision.

        Raises
        ------
        ChangedMeanwhileError
            With the line left as the other person made it.
        """
        unchanged = type(self)._default_manager.filter(pk=self.pk, revision=revision)
        with transaction.atomic():
            if not unchanged.update(revision=revision + 1):
                raise ChangedMeanwhileError(
                    "Iemand anders heeft dit intussen gewijzigd. Uw tekst is niet opgeslagen."
                )
            self.revision = revision
            self.save()
