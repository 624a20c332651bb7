"""The figures of an archive that are held: which wait for a person, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from koers.figures.folders import one_at_a_time
from koers.figures.held import Decision, Held, HeldState, write_decision
from koers.figures.listing import Archive
from koers.figures.manifest import Snapshot


class HeldFigures:
    """``current`` gives what is in use of each table."""

    def __init__(
        self, root: Path, archive: Archive, current: Callable[[], tuple[Snapshot, ...]]
    ) -> None:
        self._root, self._archive, self._current = root, archive, current

    def all(self) -> tuple[Held, ...]:
        """What came in with doubts, whatever was decided on it, in the order of that."""
        in_use = {_table(s): s for s in self._current()}
        return tuple(
            held.beside(in_use.get(_table(held.snapshot)))
            for held in self._archive.listing().doubted
        )

    def waiting(self) -> tuple[Held, ...]:
        """What waits for a person."""
        return tuple(held for held in self.all() if self.waits(held))

    def waits(self, held: Held) -> bool:
        """Whether a person must decide on it; not after good figures came in later."""
        if held.state is not HeldState.WAITING:
            return False
        return held.instead is None or held.order > self._archive.listing().order_of(held.instead)

    def holds(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot has doubts and nobody decided to use it."""
        return any(h.snapshot == snapshot and not h.used for h in self._archive.listing().doubted)

    def with_figures(self, source: str, table: str, fingerprint: str) -> Snapshot | None:
        """What is held of a table and has these very figures. What waits for a person, waits again
        from now on, whatever came in between; what was rejected stays it."""
        for held in reversed(self.all()):
            m = held.snapshot.manifest
            if held.used or (m.source, m.table, m.same_figures) != (source, table, fingerprint):
                continue
            if held.state is HeldState.WAITING and not self.waits(held):
                self._write(held, HeldState.WAITING)
            return held.snapshot
        return None

    def overtaken_by(self, snapshot: Snapshot) -> None:
        """The source gives these figures, which are in use, (again): nobody need decide on others
        that it gave in between."""
        order = self._archive.listing().order_of(snapshot)
        for held in self.waiting():
            if _table(held.snapshot) == _table(snapshot):
                write_decision(held.snapshot.path, Decision(HeldState.WAITING, order))
                self._archive.forget()

    def decide(self, identity: str, state: HeldState) -> Held:
        """Use these figures from now on, or not, or let them wait (again).

        Raises
        ------
        KeyError
            When no figures with doubts have this id.
        """
        with one_at_a_time(self._root):
            self._archive.forget()
            held = self.get(identity)
            if held.state is not state:
                self._write(held, state)
        return self.get(identity)

    def get(self, identity: str) -> Held:
        """Figures that came in with doubts, by their id.

        Raises
        ------
        KeyError
            When none have it.
        """
        for held in self.all():
            if held.id == identity:
                return held
        raise KeyError(identity)

    def _write(self, held: Held, state: HeldState) -> None:
        """What is used or waits stands behind all that came in before; what is rejected stays where
        it was."""
        rejected = state is HeldState.REJECTED
        order = held.order if rejected else self._archive.listing().next_order
        write_decision(held.snapshot.path, Decision(state, order))
        self._archive.forget()


def _table(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.manifest.source, snapshot.manifest.table
