"""The shelves of one process: the last few sets of snapshots, with what was worked out of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path

from koers.figures.health import Damage
from koers.figures.shelf.kept import Answers
from koers.figures.shelf.shelf import Shelf
from koers.figures.store import FigureStore

SHELVES = 6
"""Public, with the own figures of a few municipalities, and what an evaluation rests on."""
_Key = tuple[Path, tuple[str, ...], tuple[str, ...], Hashable]


class ShelfCache:
    """Gives the same answers to every shelf of the same snapshots.

    When new snapshots come, what was worked out of the former ones is let go; so is that of the set
    that was asked for longest ago, beyond ``most`` of them.
    """

    def __init__(self, most: int = SHELVES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[_Key, Answers] = OrderedDict()

    def shelf(
        self,
        store: FigureStore,
        ids: Sequence[str],
        damaged: Sequence[Damage] = (),
        asked_by: Hashable = (),
    ) -> Shelf:
        """A shelf of these snapshots; ``asked_by`` is by which definitions it is asked, so that
        what was answered by others is none of it."""
        seals = {s.manifest.id: s.manifest.seal for s in store.snapshots()}
        key = (store.root, tuple(ids), tuple(seals.get(i, "") for i in ids), asked_by)
        with self._lock:
            if key not in self._answers:
                self._release(store)
                self._answers[key] = Answers()
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
            return Shelf(store, key[1], self._answers[key], damaged=damaged)

    def _release(self, store: FigureStore) -> None:
        current = {snapshot.manifest.id for snapshot in store.current()}
        for key in list(self._answers):
            if key[0] == store.root and not current.issuperset(key[1]):
                del self._answers[key]

    def __len__(self) -> int:
        return len(self._answers)
