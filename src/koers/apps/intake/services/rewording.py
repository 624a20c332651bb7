"""Words that were taken out go from the figures archive too: from the names of own tables and of
what they count, in every snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction

from koers.apps.intake.archive import store
from koers.apps.intake.models import OwnTable
from koers.apps.people.models import Municipality
from koers.apps.people.places import OnDisk
from koers.figures.manifest import Snapshot
from koers.figures.rewording import Reworded, reword, reworded, sweep_empty
from koers.records.base import slug_reworded
from koers.sources.own import OWN
from koers.sources.own.counting import own_topic

IN_ARCHIVE = "cijferarchief"


def places(municipality: Municipality, change: Callable[[str], str]) -> list[OnDisk]:
    """Each own table of which a snapshot holds the words; no row (0) where that is gone."""
    rows = {table.table: table.pk for table in _tables(municipality)}
    found = {rows.get(snapshot.manifest.table, 0) for snapshot, _ in _changes(municipality, change)}
    return [OnDisk(OwnTable, pk, IN_ARCHIVE) for pk in sorted(found)]


def take_out(municipality: Municipality, change: Callable[[str], str]) -> None:
    """Change what the snapshots say, as soon as the rest of it is sure. The row of a table follows
    the name of its folder; broken off in between, the words still stand in ``places``."""
    transaction.on_commit(lambda: _take_out(municipality, change))


def _take_out(municipality: Municipality, change: Callable[[str], str]) -> None:
    archive = store()
    for snapshot, said in list(_changes(municipality, change)):
        former = snapshot.manifest.table
        reword(archive, snapshot, said)
        if said.table != former:
            for rows in (OwnTable, OwnTable.history.model):
                rows._base_manager.filter(table=former).update(table=said.table)
            sweep_empty(archive, OWN, former)


def _changes(
    municipality: Municipality, change: Callable[[str], str]
) -> Iterator[tuple[Snapshot, Reworded]]:
    mark = f"{municipality.code.lower()}-"
    names: dict[str, str] = {}
    ours = [
        snapshot
        for snapshot in store().snapshots()
        if snapshot.manifest.source == OWN and snapshot.manifest.table.startswith(mark)
    ]
    taken = {snapshot.manifest.table for snapshot in ours}
    for snapshot in ours:
        table = snapshot.manifest.table
        if table not in names:
            names[table] = _name(table, change, taken)
            taken.add(names[table])
        said = reworded(snapshot, names[table], change, own_topic)
        if said is not None:
            yield snapshot, said


def _name(table: str, change: Callable[[str], str], taken: set[str]) -> str:
    """No two tables become one."""
    new = slug_reworded(table, change)
    number, found = 1, new
    while found != table and found in taken:
        number += 1
        found = f"{new}-{number}"
    return found


def _tables(municipality: Municipality) -> Iterator[OwnTable]:
    return OwnTable._base_manager.filter(municipality=municipality).iterator()
