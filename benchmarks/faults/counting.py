"""What became of writes: each has a mark of its own, and stands in every part of what it writes
once, or in none."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

Parts = Mapping[str, Counter[str]]
"""Of each part of a write (its row, its history, …) how often each mark stands there."""


@dataclass(frozen=True)
class Found:
    """Marks that are not as they should be; ``in_vain`` were refused and are there, whole."""

    lost: list[str]
    doubled: list[str]
    half: list[str]
    in_vain: list[str]


def count(acknowledged: Collection[str], refused: Collection[str], parts: Parts) -> Found:
    """Hold what was acknowledged and refused against what is there. Of a write without an answer
    nobody knows: it may be there or not, but not twice and not half."""
    found: Found = Found([], [], [], [])
    for mark in sorted({*acknowledged, *(m for part in parts.values() for m in part)}):
        times = [part[mark] for part in parts.values()]
        if max(times) > 1:
            found.doubled.append(mark)
        if min(times) == 0 < max(times):
            found.half.append(mark)
        if mark in acknowledged and max(times) == 0:
            found.lost.append(mark)
        if mark in refused and min(times) == 1:
            found.in_vain.append(mark)
    return found


@dataclass
class Row:
    """One line of the table. ``wrong`` is what went otherwise than promised, in words: it counts
    as lost, doubled and half do. What was refused and is there all the same is only said: who
    commits when the connection breaks cannot know."""

    fault: str
    where: str = ""
    times: int = 1
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    half: int = 0
    in_vain: int = 0
    seconds: list[float] = field(default_factory=list)
    said: str = ""
    wrong: list[str] = field(default_factory=list)
    apart: bool = True
    """Whether it was counted by itself; else another row has it."""

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.half or self.wrong)

    def add(self, acknowledged: int, found: Found) -> None:
        self.acknowledged = acknowledged
        self.lost, self.doubled = len(found.lost), len(found.doubled)
        self.half, self.in_vain = len(found.half), len(found.in_vain)

    @property
    def recovery(self) -> str:
        if not self.seconds:
            return ""
        if len(self.seconds) == 1:
            return f"{self.seconds[0]:.1f}"
        return f"{median(self.seconds):.1f}, at most {max(self.seconds):.1f}"

    def cells(self) -> list[str]:
        counted = (self.acknowledged, self.lost, self.doubled, self.half)
        numbers = (self.times, *(counted if self.apart else ("",) * 4))
        kept = f"refused and yet there: {self.in_vain}" if self.in_vain else ""
        words = (self.said, kept, *(f"WRONG: {one}" for one in self.wrong))
        said = "; ".join(filter(None, words))
        return [self.fault, self.where, *map(str, numbers), self.recovery, said]


HEAD = ["fault", "where", "times", "acknowledged", "lost", "doubled", "half", "s", "what was said"]


def table(rows: Sequence[Row]) -> str:
    """Aligned, numbers to the right."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 2 <= n <= 6 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def write_csv(rows: Iterable[Row], file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEAD, *(row.cells() for row in rows)])


def as_line(row: Row) -> str:
    """For the process that asked for it."""
    return "ROW " + json.dumps(asdict(row))


def from_lines(text: str) -> list[Row]:
    return [Row(**json.loads(line[4:])) for line in text.splitlines() if line.startswith("ROW ")]
