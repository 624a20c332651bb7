"""Every object of the loop belongs to a municipality, keeps its history and is archived rather than deleted."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from koers.apps.people.models import Municipality


def history() -> HistoricalRecords:
    """Who, when and what of each change; people by their pseudonymous id."""
    return HistoricalRecords(
        history_user_id_field=models.UUIDField(null=True, blank=True),
        history_user_getter=_history_user,
        history_user_setter=_set_history_user,
        get_user=_acting_pseudonym,
        excluded_fields=["revision"],
        inherit=True,
    )


def _acting_pseudonym(request=None, **kwargs):
    user = getattr(request, "user", None)
    return user.pseudonym if user is not None and user.is_authenticated else None


def _history_user(historical_instance):
    return historical_instance.history_user_id


def _set_history_user(historical_instance, pseudonym):
    historical_instance.history_user_id = pseudonym


class OwnedQuerySet(models.QuerySet):
    def of(self, municipality):
        """What belongs to this municipality and is not archived."""
        return self.filter(municipality=municipality, archived_at=None)


class Owned(models.Model):
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+", verbose_name="gemeente")
    created_at = models.DateTimeField("gemaakt op", default=timezone.now, editable=False)
    archived_at = models.DateTimeField("gearchiveerd op", null=True, blank=True, editable=False)

    objects = OwnedQuerySet.as_manager()
    history = history()

    class Meta:
        abstract = True

    def archive(self):
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at"])

    def restore(self):
        self.archived_at = None
        self.save(update_fields=["archived_at"])


class ChangedMeanwhileError(ValidationError):
    """Somebody else saved this line after it was opened; nothing was overwritten."""


class Revised(models.Model):
    """Counts its changes, so that two people who change a line at once lose nothing."""

    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
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
                raise ChangedMeanwhileError("Iemand anders heeft dit intussen gewijzigd. Uw tekst is niet opgeslagen.")
            self.revision = revision
            self.save()
