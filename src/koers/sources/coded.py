"""Pieces with numbers of codes to rows of the archive, batch after batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from koers.figures.queries.writes.writing import Coded
from koers.sources.reading import Received

WANTED_ROWS = 200_000


@dataclass(frozen=True)
class Labels:
    """Of area, topic and period the column in which it stands and the archive's code of each number
    ('': left out).

    ``status`` goes with the period.
    """

    area: tuple[str, Sequence[str]]
    topic: tuple[str, Sequence[str]]
    period: tuple[str, Sequence[str]]
    status: Sequence[str]


@dataclass(frozen=True)
class CodedRows:
    """The rows of a table with one column of values."""

    received: Received
    labels: Labels
    value: str

    @cached_property
    def rows(self) -> int:
        return sum(int(keep.sum()) for _, keep in self._pieces())

    def _pieces(self) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
        used = [self._used(labels) for _, labels in self._axes]
        for piece in self.received:
            keep = np.ones(piece.rows, dtype=bool)
            for (column, _), good in zip(self._axes, used, strict=True):
                keep &= good[piece.columns[column]]
            yield piece.columns, keep

    @property
    def _axes(self) -> tuple[tuple[str, Sequence[str]], ...]:
        return (self.labels.area, self.labels.topic, self.labels.period)

    @staticmethod
    def _used(labels: Sequence[str]) -> np.ndarray:
        return np.array([bool(label) for label in labels], dtype=bool)

    def batches(self) -> Iterator[dict[str, np.ndarray | Coded]]:
        """Columns of the archive: area, topic, period, value, status."""
        held: list[dict[str, np.ndarray]] = []
        for columns, keep in self._pieces():
            held.append({name: values[keep] for name, values in columns.items()})
            if sum(len(part[self.value]) for part in held) >= WANTED_ROWS:
                yield self._labelled(held)
                held = []
        if held and any(len(part[self.value]) for part in held):
            yield self._labelled(held)

    def _labelled(self, parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray | Coded]:
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        names = self._names
        return {
            "area": Coded(names[0], joined[self.labels.area[0]]),
            "topic": Coded(names[1], joined[self.labels.topic[0]]),
            "period": Coded(names[2], joined[self.labels.period[0]]),
            "value": joined[self.value],
            "status": Coded(names[3], joined[self.labels.period[0]]),
        }

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], ...]:
        return tuple(
            tuple(labels) for labels in (*(labels for _, labels in self._axes), self.labels.status)
        )

    def digest(self) -> str:
        """SHA-256 of the rows, whatever the size of the pages in which they came."""
        kinds = [("a", "S10"), ("t", "S24"), ("p", "S8"), ("s", "S1"), ("v", "f8")]
        (area, topic, period), status = (
            [
                np.array(list(labels), dtype=f"S{size}")
                for (_, labels), size in zip(self._axes, (10, 24, 8), strict=True)
            ],
            np.array([text[:1] for text in self.labels.status], dtype="S1"),
        )
        text = hashlib.sha256()
        for columns, keep in self._pieces():
            rows = np.zeros(int(keep.sum()), dtype=kinds)
            when = columns[self.labels.period[0]][keep]
            rows["a"] = area[columns[self.labels.area[0]][keep]]
            rows["t"] = topic[columns[self.labels.topic[0]][keep]]
            rows["p"], rows["s"] = period[when], status[when]
            rows["v"] = columns[self.value][keep]
            text.update(rows.tobytes())
        return text.hexdigest()
