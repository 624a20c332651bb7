"""Which old snapshots may go: everything of two years stays, then one a quarter for ten years, then
one a year.

The newest of each table, whatever a document cites and whatever waits for a person always stay;
what a person did not want goes after those two years. The rule is explained in
docs/cijferarchief.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from koers.figures.manifest import Snapshot
from koers.figures.store import FigureStore

MONTHS_WHOLE = 24
MONTHS_BY_QUARTER = 120


@dataclass(frozen=True)
class Thinning:
    """What stays, what goes (or went), and which of those that stay do so only because a document
    cites them."""

    kept: tuple[Snapshot, ...]
    removed: tuple[Snapshot, ...]
    kept_for_citation: tuple[Snapshot, ...]


def thin(
    store: FigureStore, cited: Collection[str], now: datetime, dry_run: bool = False
) -> Thinning:
    """Remove the snapshots that the rule does not keep; ``cited`` are the ids that documents refer
    to."""
    tables: dict[tuple[str, str], list[Snapshot]] = {}
    for snapshot in store.snapshots():
        tables.setdefault((snapshot.manifest.source, snapshot.manifest.table), []).append(snapshot)
    by_rule = {s.manifest.id for group in tables.values() for s in _kept_by_rule(group, now)}
    everything = [snapshot for group in tables.values() for snapshot in group]
    everything += [s for s in _decided(store) if _months(s.manifest.retrieved, now) > MONTHS_WHOLE]
    removed = [s for s in everything if s.manifest.id not in by_rule and s.manifest.id not in cited]
    if not dry_run:
        for snapshot in removed:
            store.remove(snapshot)
    gone = {s.manifest.id for s in removed}
    kept = tuple(s for s in everything if s.manifest.id not in gone)
    return Thinning(kept, tuple(removed), tuple(s for s in kept if s.manifest.id not in by_rule))


def _decided(store: FigureStore) -> list[Snapshot]:
    """What was held and is wanted by nobody."""
    return [h.snapshot for h in store.held.all() if not h.used and not store.held.waits(h)]


def _months(moment: datetime, now: datetime) -> int:
    return 12 * (now.year - moment.year) + now.month - moment.month


def _kept_by_rule(snapshots: Sequence[Snapshot], now: datetime) -> list[Snapshot]:
    """Of one table, oldest first: the last of each term to which it belongs."""
    last = {
        _term(snapshot.manifest.retrieved, now, snapshot.manifest.id): snapshot
        for snapshot in snapshots
    }
    return [*last.values(), snapshots[-1]]


def _term(moment: datetime, now: datetime, identity: str) -> str:
    """Snapshots of one term are thinned to the last of them; a recent one is a term of its own."""
    months = _months(moment, now)
    if months <= MONTHS_WHOLE:
        return identity
    if months <= MONTHS_BY_QUARTER:
        return f"{moment.year} Q{(moment.month - 1) // 3 + 1}"
    return str(moment.year)
