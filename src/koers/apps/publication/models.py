"""What is public: one version of an adopted plan, by whom and since when."""

from __future__ import annotations

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned, OwnedQuerySet
from koers.apps.plan.models import PlanVersion
from koers.apps.recorded import RecordField
from koers.records.published import PublishedPlan


class PublicationQuerySet(OwnedQuerySet["Publication"]):
    def public(self) -> Self:
        """What everyone may read now."""
        return self.filter(until=None, archived_at=None)


class Publication(Owned):
    """A version of a plan as everyone may read it; public pages and files know nothing else.

    ``content`` is made of the version once, and never changes. At most one is public in a
    municipality: the next one ends the former.
    """

    version = models.ForeignKey(
        PlanVersion, models.PROTECT, related_name="publications", verbose_name="versie"
    )
    content = RecordField("inhoud", record=PublishedPlan)
    by = models.UUIDField("geplaatst door", null=True, blank=True, editable=False)
    since = models.DateTimeField("openbaar sinds")
    ended_by = models.UUIDField("ingetrokken door", null=True, blank=True, editable=False)
    until = models.DateTimeField("openbaar tot", null=True, blank=True)

    # The plugin calls the manager of a base class a class variable, and this one not.
    objects = PublicationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=models.Q(until=None, archived_at=None),
                name="one_publication_a_municipality",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a change to what was published: only its end is filled in."""
        if not self._state.adding:
            kept = type(self)._default_manager.get(pk=self.pk)
            if (kept.content, kept.version_id, kept.since) != (
                self.content,
                self.version_id,
                self.since,
            ):
                raise ValidationError("Wat openbaar is gemaakt, verandert niet meer.")
        super().save(*args, **kwargs)
