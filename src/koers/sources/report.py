"""What came of loading figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from koers.figures.held import HeldState
from koers.figures.manifest import Snapshot
from koers.figures.store import FigureStore


class FigureFileError(Exception):
    """A file that is refused: where the problem is, what it is, and what to do."""

    def __init__(
        self,
        file: str,
        problem: str,
        advice: str,
        *,
        row: int | None = None,
        column: str | None = None,
    ):
        self.file, self.problem, self.advice, self.row, self.column = (
            file,
            problem,
            advice,
            row,
            column,
        )
        super().__init__(file, problem, advice)

    def __str__(self) -> str:
        row = f", rij {self.row}" if self.row is not None else ""
        column = f", kolom {self.column}" if self.column is not None else ""
        return f"{self.file}{row}{column}: {self.problem} {self.advice}"


@dataclass
class LoadReport:
    """Snapshots that are new, those that were there already, those that are held for a person, what
    was refused, and remarks in plain Dutch. ``newly_held`` are those that nobody was told of.
    ``have`` are the ids of what is there: the archive is listed once a load, not once a table."""

    loaded: list[Snapshot] = field(default_factory=list)
    unchanged: list[Snapshot] = field(default_factory=list)
    held: list[Snapshot] = field(default_factory=list)
    newly_held: list[Snapshot] = field(default_factory=list)
    refused: list[FigureFileError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    have: set[str] = field(default_factory=set)

    def take(self, store: FigureStore, snapshot: Snapshot, new: bool) -> None:
        """Put a snapshot where it belongs: in use, held for a person, or rejected by one."""
        if not store.held.holds(snapshot):
            (self.loaded if new else self.unchanged).append(snapshot)
            store.held.overtaken_by(snapshot)
        elif store.held.get(snapshot.manifest.id).state is HeldState.REJECTED:
            self.notes.append(
                f"{snapshot.manifest.table}: dezelfde cijfers als die waarvan iemand besloot ze"
                " niet te gebruiken; de eerdere blijven in gebruik."
            )
        else:
            self.held.append(snapshot)
            if new:
                self.newly_held.append(snapshot)
