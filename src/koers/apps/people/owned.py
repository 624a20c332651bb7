"""Every object of the loop belongs to a municipality, keeps its history and is archived rather than deleted."""

from django.db import models
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
