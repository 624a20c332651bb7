"""Who a pseudonym of the history is, as long as that person is here."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from koers.apps.people.models import User

GONE = "iemand die hier niet meer werkt"
NOBODY = "Koers"


def names_of(pseudonyms: Iterable[UUID | None]) -> dict[UUID, str]:
    """The name of each pseudonym that still belongs to somebody."""
    wanted = {p for p in pseudonyms if p}
    return {u.pseudonym: str(u) for u in User.objects.filter(pseudonym__in=wanted)}


def name_of(pseudonym: UUID | None, names: dict[UUID, str] | None = None) -> str:
    """The name behind a pseudonym; what Koers did itself has none."""
    if pseudonym is None:
        return NOBODY
    return (names_of([pseudonym]) if names is None else names).get(pseudonym, GONE)
