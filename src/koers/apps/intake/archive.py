"""The figure archive of this installation, and which of its figures the page at hand may show.

Own figures are internal: they are seen only where somebody of the owning municipality, with a role that may see them,
opens a page that is not public. Everywhere else, and wherever nobody said anything, they do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache
from pathlib import Path

from django.conf import settings

from koers.figures.store import FigureStore
from koers.sources.own import OWN

Ids = tuple[str, ...]


class _Inside:
    """The own tables of one municipality, looked up once."""

    def __init__(self, municipality: str) -> None:
        self.municipality = municipality

    @cached_property
    def tables(self) -> frozenset[str]:
        from koers.apps.intake.models import OwnTable

        mine = OwnTable.objects.filter(municipality__code=self.municipality, archived_at=None)
        return frozenset(mine.values_list("table", flat=True))


_inside: ContextVar[_Inside | None] = ContextVar("koers_internal_figures", default=None)


@contextmanager
def internal_figures(municipality: str) -> Iterator[None]:
    """Within this block the own figures of a municipality are seen beside the published ones."""
    token = _inside.set(_Inside(municipality))
    try:
        yield
    finally:
        _inside.reset(token)


@contextmanager
def public_figures() -> Iterator[None]:
    """Within this block only published figures are seen: for public pages and for documents that leave the house."""
    token = _inside.set(None)
    try:
        yield
    finally:
        _inside.reset(token)


@lru_cache(maxsize=8)
def _store(home: Path) -> FigureStore:
    return FigureStore(home)


def store() -> FigureStore:
    return _store(settings.HOME)


def current_ids() -> Ids:
    """The newest snapshot of each table that may be seen here."""
    inside = _inside.get()
    own = inside.tables if inside is not None else frozenset()
    return tuple(
        s.manifest.id for s in store().current() if s.manifest.source != OWN or s.manifest.table in own
    )  # fmt: skip
