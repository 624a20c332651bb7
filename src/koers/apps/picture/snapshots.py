"""The tables of this installation with their snapshots, and what was revised between the newest
two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from koers import dutch
from koers.figures.manifest import Manifest, Snapshot
from koers.figures.queries.differences import Differences, PeriodRevision, differences
from koers.figures.shelf import Shelf, kept
from koers.tables import NUMBER, Column

LEVELS = {
    "country": "Nederland",
    "municipality": "gemeenten",
    "district": "wijken",
    "neighbourhood": "buurten",
    "": "andere gebieden",
}


@dataclass(frozen=True)
class TableState:
    """One table: its newest snapshot, the one before (None for the first), how many there are and
    how many days old it is."""

    newest: Manifest
    before: Manifest | None
    number: int
    days: int
    old: bool


def tables(shelf: Shelf) -> list[TableState]:
    """Every table that may be seen here, by source and name: own figures of another municipality do
    not exist."""
    newest = {_name(m): m for m in shelf.manifests}
    found: dict[tuple[str, str], list[Snapshot]] = {name: [] for name in newest}
    for snapshot in shelf.store.snapshots():
        if _name(snapshot.manifest) in found:
            found[_name(snapshot.manifest)].append(snapshot)
    now = datetime.now(UTC)
    return [
        TableState(
            newest[name],
            _before(shelf, group, newest[name]),
            len(group),
            max(0, (now - newest[name].retrieved).days),
            newest[name].is_old(now),
        )
        for name, group in sorted(found.items())
    ]


def _before(shelf: Shelf, group: list[Snapshot], newest: Manifest) -> Manifest | None:
    """The whole one that came in before the newest."""
    at = next((n for n, s in enumerate(group) if s.manifest.id == newest.id), 0)
    return next((s.manifest for s in reversed(group[:at]) if shelf.store.is_whole(s)), None)


def _name(manifest: Manifest) -> tuple[str, str]:
    return manifest.source, manifest.table


def table_state(shelf: Shelf, source: str, table: str) -> TableState | None:
    return next(
        (t for t in tables(shelf) if (t.newest.source, t.newest.table) == (source, table)), None
    )


def revision(shelf: Shelf, state: TableState) -> Differences | None:
    """What changed since the snapshot before; None for areas and for a first snapshot."""
    if (
        state.before is None
        or state.newest.content != "observations"
        or state.before.content != "observations"
    ):
        return None
    return _differences(shelf, state.before.id, state.newest.id)


@kept(32)
def _differences(shelf: Shelf, before: str, after: str) -> Differences:
    return differences(shelf.store, before, after)


def in_order(found: Differences) -> list[PeriodRevision]:
    """Level by level from the country down, the newest period first (as the differences are)."""
    order = list(LEVELS)
    return sorted(
        found.periods, key=lambda p: order.index(p.level) if p.level in order else len(order)
    )


def _whole(value: float) -> float | int:
    """Counts are written whole; what has a fraction keeps it."""
    return int(value) if value.is_integer() else round(value, 2)


def _percent(found: PeriodRevision) -> float | None:
    return None if found.ratio != found.ratio else round(100 * (found.ratio - 1), 1)


COLUMNS = (
    Column("level", "Niveau", lambda p: LEVELS.get(p.level, p.level)),
    Column("period", "Periode", lambda p: dutch.period(p.period)),
    Column("before", "Was", lambda p: _whole(p.before), NUMBER),
    Column("after", "Werd", lambda p: _whole(p.after), NUMBER),
    Column("change", "Verschil", lambda p: _whole(p.change), NUMBER),
    Column("percent", "Verschil in %", _percent, NUMBER, unit="%"),
    Column("revised", "Herziene tellingen", kind=NUMBER),
    Column("added", "Bijgekomen", kind=NUMBER),
    Column("removed", "Vervallen", kind=NUMBER),
)
