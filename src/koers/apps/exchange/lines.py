"""What an import would do: a line for each row, what is wrong with it, and what a person has still
to say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from koers.apps.exchange.columns import MEASURE, FileColumn
from koers.apps.exchange.known import NewPriority
from koers.apps.exchange.rows import Source
from koers.apps.plan.models import Action, Measure, Priority


@dataclass(frozen=True)
class Problem:
    """``typed`` is the name of the field in which the cell can be typed anew; '' where that does
    not help.

    ``asked`` where a question is put instead.
    """

    row: int
    column: str
    reason: str
    text: str = ""
    typed: str = ""
    asked: bool = False


@dataclass(frozen=True)
class CellChange:
    """A field of a line that is there already: its old and new value, as they are shown."""

    header: str
    old: str
    new: str


@dataclass
class Line:
    """A row as it will become. ``values`` are the fields that are set; ``above`` is where it
    belongs."""

    of: str
    source: Source
    existing: Measure | Action | None = None
    values: dict[str, Any] = field(default_factory=dict)
    above: Line | Measure | Priority | NewPriority | None = None
    shown: list[tuple[str, str]] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    left_out: bool = False
    uses: Measure | None = None

    @property
    def is_measure(self) -> bool:
        return self.of == MEASURE

    @property
    def title(self) -> str:
        return (
            self.values.get("title")
            or (self.existing.title if self.existing else "")
            or self.source.text(f"{self.of}.title")
        )

    @property
    def outcome(self) -> str:
        if self.left_out:
            return "left_out"
        if self.problems:
            return "wrong"
        if self.uses is not None:
            return "uses"
        if self.existing is None:
            return "new"
        return "changed" if self.changes else "same"

    def wrong(
        self, column: FileColumn | None, reason: str, typed: bool = True, asked: bool = False
    ) -> None:
        """Note a problem with a cell; one of each cell is enough."""
        header = self.source.headers.get(column.key, column.header) if column else ""
        if any(p.column == header and header for p in self.problems):
            return
        name = self.source.correction(column.key) if column and typed else ""
        text = self.source.text(column.key)[:200] if column else ""
        self.problems.append(
            Problem(self.source.row, header, reason, "" if text == "=" else text, name, asked)
        )


@dataclass
class Question:
    """A name or word that Koers does not know, and what it can mean; ``rows`` is where it
    stands."""

    name: str
    column: str
    text: str
    choices: Sequence[tuple[str, str]]
    answer: str = ""
    rows: list[int] = field(default_factory=list)


def question_name(kind: str, text: str) -> str:
    return "v-" + hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]


@dataclass
class Preview:
    lines: list[Line]
    questions: list[Question]
    notes: list[str] = field(default_factory=list)

    def with_outcome(self, *outcomes: str) -> list[Line]:
        return [line for line in self.lines if line.outcome in outcomes]

    @property
    def problems(self) -> list[tuple[Line, Problem]]:
        return [(line, p) for line in self.lines if not line.left_out for p in line.problems]

    @property
    def personal(self) -> list[tuple[Line, str]]:
        return [
            (line, words) for line in self.with_outcome("new", "changed") for words in line.personal
        ]

    def leave_out_wrong(self) -> None:
        """Without the rows that have a problem, and without what falls under them."""
        for line in self.lines:
            line.left_out = line.left_out or bool(line.problems)
        self.follow()

    def follow(self) -> None:
        """What falls under a line that is left out is left out as well."""
        for line in self.lines:
            if isinstance(line.above, Line) and line.above.left_out and not line.left_out:
                line.left_out = True
                line.notes.append("blijft weg, omdat de maatregel erboven wegblijft")

    @property
    def mark(self) -> str:
        """What tells one outcome from another: what was seen is what is done."""
        seen = [
            (
                x.of,
                x.source.row,
                x.outcome,
                x.title,
                x.shown,
                [(c.header, c.old, c.new) for c in x.changes],
            )
            for x in self.lines
        ]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
