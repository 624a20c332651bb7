"""The tables of this installation with their snapshots, and what was revised between the newest two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from koers import dutch
from koers.apps.picture import figures
from koers.figures.manifest import Manifest
from koers.figures.queries.differences import Differences, differences

LEVELS = {
    "country": "Nederland", "municipality": "gemeenten", "district": "wijken", "neighbourhood": "buurten",
    "": "andere gebieden",
}  # fmt: skip
COLUMNS = (
    "Niveau",
    "Periode",
    "Was",
    "Werd",
    "Verschil",
    "Verschil in %",
    "Herziene tellingen",
    "Bijgekomen",
    "Vervallen",
)
OLD_AFTER_DAYS = 62


@dataclass(frozen=True)
class TableState:
    """One table: its newest snapshot, the one before (None for the first), how many there are and how old it is."""

    newest: Manifest
    before: Manifest | None
    number: int
    days: int

    @property
    def old(self) -> bool:
        return self.days > OLD_AFTER_DAYS and not self.newest.fictitious


def tables() -> list[TableState]:
    """Every table that may be seen here, by source and name: own figures of another municipality do not exist."""
    found: dict[tuple[str, str], list[Manifest]] = {_name(figures.manifest(i)): [] for i in figures.current_ids()}
    for snapshot in figures.store().snapshots():
        if _name(snapshot.manifest) in found:
            found[_name(snapshot.manifest)].append(snapshot.manifest)
    now = datetime.now(UTC)
    return [
        TableState(group[-1], group[-2] if len(group) > 1 else None, len(group), (now - group[-1].retrieved).days)
        for _, group in sorted(found.items())
    ]


def _name(manifest: Manifest) -> tuple[str, str]:
    return manifest.source, manifest.table


def table_state(source: str, table: str) -> TableState | None:
    return next((t for t in tables() if (t.newest.source, t.newest.table) == (source, table)), None)


def revision(state: TableState) -> Differences | None:
    """What changed since the snapshot before; None for areas and for a first snapshot."""
    if state.before is None or state.newest.content != "observations" or state.before.content != "observations":
        return None
    return _differences(state.before.id, state.newest.id)


@lru_cache(maxsize=32)
def _differences(before: str, after: str) -> Differences:
    """Two snapshots never change, so neither does what lies between them."""
    return differences(figures.store(), before, after)


def revision_rows(found: Differences) -> list[tuple]:
    """Level by level from the country down, the newest period first (as the differences are)."""
    order = list(LEVELS)
    return [
        (LEVELS.get(p.level, p.level), dutch.period(p.period), _whole(p.before), _whole(p.after), _whole(p.change),
         None if p.ratio != p.ratio else round(100 * (p.ratio - 1), 1), p.revised, p.added, p.removed)
        for p in sorted(found.periods, key=lambda p: order.index(p.level) if p.level in order else len(order))
    ]  # fmt: skip


def _whole(value: float) -> float | int:
    """Counts are written whole; what has a fraction keeps it."""
    return int(value) if value.is_integer() else round(value, 2)
