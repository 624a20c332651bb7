"""The figure archive of this installation, and which of its figures may be seen by whom: the one
place where that is decided.

Own figures are internal: they stand only on the shelf of a request in which somebody of the owning
municipality, with a role that may see them, opens a page that is not public. On every other shelf,
whoever makes it, they do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from koers.apps.intake.models import OwnTable
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.people.models import Municipality
from koers.figures.shelf import Shelf, ShelfCache
from koers.figures.store import FigureStore
from koers.indicators.reader import own_now
from koers.sources.own import OWN

_shelves = ShelfCache()
_found: ContextVar[dict[tuple[tuple[str, str], ...], Shelf] | None] = ContextVar(
    "found", default=None
)


@contextmanager
def one_moment() -> Iterator[None]:
    """Meanwhile the figures are as they are when they are first asked for: what comes in is for the
    next page, and the disk is asked once."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


@lru_cache(maxsize=8)
def _store(home: Path) -> FigureStore:
    return FigureStore(home)


def store() -> FigureStore:
    """Every snapshot of this installation: for whoever writes or checks them. What is shown comes
    from a shelf."""
    return _store(settings.HOME)


def public_shelf(snapshots: Sequence[str] | None = None) -> Shelf:
    """The published figures as they are now, or as these snapshots have them, as far as those are
    still here and whole. Own figures are never among them."""
    if snapshots is None:
        return _current({})
    archive = store()
    known = {s.manifest.id: s for s in archive.everything()}
    ids = [
        i
        for i in snapshots
        if i in known and known[i].manifest.source != OWN and archive.is_whole(known[i])
    ]
    return _shelves.shelf(archive, ids)


def is_internal(snapshot: str) -> bool:
    """Whether a number of this snapshot is an own figure, and so internal wherever it stands. Of a
    snapshot that is not there (any more) nobody knows, so it is."""
    if not snapshot:
        return False
    try:
        return store().get(snapshot).manifest.source == OWN
    except KeyError:
        return True


def sees_internal(request: HttpRequest, municipality: Municipality) -> bool:
    """Whether whoever asks may see the own figures of this municipality."""
    return request.user.has_perm("intake.view_internal", municipality)


def shelf_for(request, view) -> Shelf:
    """What whoever asks may see in this view; read when something is asked of it."""
    if permission_of(view) in (PUBLIC, None) or not request.user.has_perm(
        "intake.view_internal", request.municipality
    ):
        return lazily_public()
    return SimpleLazyObject(partial(internal_shelf, request.municipality.code))


def lazily_public() -> Shelf:
    return SimpleLazyObject(public_shelf)


def internal_shelf(municipality: str) -> Shelf:
    """The published figures with the own figures of one municipality: for ``shelf_for`` only."""
    mine = OwnTable.objects.filter(municipality__code=municipality, archived_at=None)
    return _current(dict(mine.values_list("table", "snapshot")))


def _current(own: Mapping[str, str]) -> Shelf:
    """The newest snapshot of each published table, and of these own ones the snapshot that they
    name."""
    known, key = _found.get(), tuple(sorted(own.items()))
    if known is None:
        return _looked_up(own)
    if key not in known:
        known[key] = _looked_up(own)
    return known[key]


def _looked_up(own: Mapping[str, str]) -> Shelf:
    archive = store()
    found = [s.manifest for s in archive.current()]
    ids = [
        _counted(archive, own[m.table], m.id) if m.source == OWN else m.id
        for m in found
        if m.source != OWN or m.table in own
    ]
    damaged = [d for d in archive.damaged() if d.source != OWN or d.table in own]
    return _shelves.shelf(archive, ids, damaged, own_now())


def _counted(archive: FigureStore, named: str, newest: str) -> str:
    """What the row of an own table names: a newer snapshot was not counted to its end. Where that
    one is gone or damaged, the newest that is whole."""
    try:
        return named if archive.is_whole(archive.get(named)) else newest
    except KeyError:
        return newest
