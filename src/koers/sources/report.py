"""What came of loading figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from koers.figures.manifest import Snapshot


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
    """Snapshots that are new, those that were there already, what was refused, and remarks in plain
    Dutch."""

    loaded: list[Snapshot] = field(default_factory=list)
    unchanged: list[Snapshot] = field(default_factory=list)
    refused: list[FigureFileError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
