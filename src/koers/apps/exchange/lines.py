"""What an import would do: a line for each row, what is wrong with it, and what a person has still
to say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from koers.apps.exchange.columns import (
    ACTION,
    GOAL,
    JUDGEMENT,
    MEASURE,
    OF_PLAN,
    OF_PRIORITY,
    FileColumn,
)
from koers.apps.exchange.known import NewPriority
from koers.apps.exchange.rows import Source
from koers.apps.plan.models import Action, Goal, Measure, Plan, Priority
from koers.records.text import Section


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
    """A field of a line that is there already: its old and new value, as they are shown;
    ``proposed`` where somebody has still to decide on it."""

    header: str
    old: str
    new: str
    proposed: bool = False


@dataclass
class Line:
    """A row as it will become. ``values`` are the fields that are set; ``above`` is where it
    belongs; ``kept`` are texts that are no day or amount and stay as they are written: column, text
    and why. ``written`` are the texts of days, ``words`` what cells say of other fields than their
    own. ``as_text`` is a goal that stays a text of the plan; ``is_there`` is what the plan has in
    these words; ``proposed`` are the fields that were decided on with the plan.
    """

    of: str
    source: Source
    existing: Measure | Action | Goal | Priority | Plan | None = None
    values: dict[str, Any] = field(default_factory=dict)
    above: Line | Measure | Goal | Priority | NewPriority | Plan | None = None
    shown: list[tuple[str, str]] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    left_out: bool = False
    uses: Measure | None = None
    made: Measure | Action | Goal | Priority | None = None
    proposed: dict[str, Any] = field(default_factory=dict)
    as_text: bool = False
    is_there: bool = False

    def add_words(self, name: str, text: str) -> None:
        """Keep a text in a field that holds several."""
        self.words[name] = "\n".join(t for t in (self.words.get(name, ""), text) if t)

    @property
    def is_measure(self) -> bool:
        return self.of == MEASURE

    @property
    def is_action(self) -> bool:
        return self.of == ACTION

    @property
    def is_goal(self) -> bool:
        return self.of == GOAL

    @property
    def label(self) -> str:
        """What it is."""
        return {
            MEASURE: "Maatregel",
            ACTION: "Actie",
            GOAL: "Doel",
            JUDGEMENT: "Oordeel",
            OF_PRIORITY: "Prioriteit",
            OF_PLAN: "Plan",
        }[self.of]

    @property
    def is_judgement(self) -> bool:
        return self.of == JUDGEMENT

    @property
    def is_decided_on(self) -> bool:
        """Whether it is a line that is decided on with the plan: an action is the work of every
        day."""
        return not self.is_action and not self.is_judgement

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
        if self.is_there:
            return "same"
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
    """A name or word that Koers does not know, and what it can mean; ``rows`` is where it stands,
    ``offered`` what holds until a person says something else."""

    name: str
    column: str
    text: str
    choices: Sequence[tuple[str, str]]
    answer: str = ""
    rows: list[int] = field(default_factory=list)
    offered: str = ""


def question_name(kind: str, text: str) -> str:
    return "v-" + hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Unread:
    """What of a file is not read: a column, rows, a table or texts outside tables. ``choice`` is
    the name of the field on the screen in which a column can be taken along after all, ``choices``
    are the fields where it can go. ``must`` is what a person must have seen, also where its texts
    are shown."""

    table: str
    what: str
    reason: str = ""
    texts: tuple[str, ...] = ()
    number: int = 0
    whole: bool = False
    choice: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    must: bool = False


@dataclass(frozen=True)
class Alike:
    """Problems that are one: the same cell text in the same column, however often it stands
    there."""

    first: Problem
    line: Line
    rows: tuple[int, ...]
    typed: tuple[str, ...]


@dataclass(frozen=True)
class TakenText:
    """The text of a document as it will stand in the draft of the plan; ``said`` sums it up."""

    sections: tuple[Section, ...]
    said: str
    personal: tuple[str, ...] = ()


@dataclass
class Preview:
    """``priorities`` are made also where nothing stands under them."""

    lines: list[Line]
    questions: list[Question]
    notes: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    in_adopted: bool = False
    priorities: list[NewPriority] = field(default_factory=list)
    text: TakenText | None = None

    def with_outcome(self, *outcomes: str) -> list[Line]:
        return [line for line in self.lines if line.outcome in outcomes]

    @property
    def problems(self) -> list[tuple[Line, Problem]]:
        return [(line, p) for line in self.lines if not line.left_out for p in line.problems]

    @property
    def proposing(self) -> list[Line]:
        """The lines of which something must be decided on."""
        return [
            line
            for line in self.with_outcome("new", "changed")
            if line.proposed or (self.in_adopted and line.existing is None and line.is_decided_on)
        ]

    @property
    def asks_why(self) -> bool:
        """Whether something of it is an adjustment of an adopted plan, which has a reason."""
        return bool(self.proposing or (self.in_adopted and self.priorities))

    @property
    def to_say(self) -> list[Unread]:
        """What a person must say that it may stay behind: all that is not read but titles."""
        return [one for one in self.unread if one.choice or one.must or not one.texts]

    @property
    def offers_columns(self) -> bool:
        """Whether a column that is not read can be taken along after all."""
        return any(one.choice for one in self.unread)

    @property
    def alike(self) -> list[Alike]:
        """Every problem once, with where it stands."""
        found: dict[tuple, list[tuple[Line, Problem]]] = {}
        for line, problem in self.problems:
            if not problem.asked:
                key = (line.source.part, problem.column, problem.reason, problem.text)
                found.setdefault(key, []).append((line, problem))
        return [
            Alike(
                several[0][1],
                several[0][0],
                tuple(p.row for _, p in several),
                tuple(p.typed for _, p in several if p.typed),
            )
            for several in found.values()
        ]

    @property
    def kept(self) -> list[tuple[str, str, str, list[int]]]:
        """Every text that stays as it is written, once: column, text, why, and its rows."""
        found: dict[tuple[str, str, str], list[int]] = {}
        for line in self.with_outcome("new", "changed"):
            for one in line.kept:
                found.setdefault(one, []).append(line.source.row)
        return [(*one, rows) for one, rows in found.items()]

    @property
    def personal(self) -> list[str]:
        """What looks like personal data, in lines and in the text."""
        of_lines = (words for x in self.with_outcome("new", "changed") for words in x.personal)
        return [*of_lines, *(self.text.personal if self.text else ())]

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
                [(c.header, c.old, c.new, c.proposed) for c in x.changes],
            )
            for x in self.lines
        ]
        seen += [("priority", 0, "new", p.title, [], []) for p in self.priorities]
        if self.text:
            texts = [(s.heading, text) for s in self.text.sections for text in s.texts()]
            seen.append(("text", 0, self.text.said, "", texts, []))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
