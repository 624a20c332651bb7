"""What is kept of figures that come in: what a load came to, what the columns of an own file mean,
and how near its points lie together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, PlainSerializer

from koers.analysis.clusters import PairsCell
from koers.records.base import Code, Part, Record
from koers.records.evaluation import plain


class Lines(Record):
    """What is told of a run, a line each; before records it was a bare list."""

    lines: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any] | Sequence[str]) -> Self:
        return super().read(data if isinstance(data, Mapping) else {"lines": data})

    def __len__(self) -> int:
        return len(self.lines)


class Roles(Record):
    """Which column of a file has a role, by its header; before records it was the bare mapping."""

    columns: dict[str, str] = {}

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        return data if version else {"columns": data}


class CategoryTopic(Part):
    """What a file calls a category, and as what it is counted."""

    category: str
    topic: Code


class Categories(Record):
    """How each category of a file is counted; before records it was a mapping by category."""

    counted: tuple[CategoryTopic, ...] = ()

    @classmethod
    def of(cls, topics: Mapping[str, str]) -> Self:
        return cls(counted=tuple(CategoryTopic(category=c, topic=t) for c, t in topics.items()))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Of a file with a category that is called "schema" the mapping holds a text there."""
        kept = isinstance(data.get("schema"), int)
        return super().read(data) if kept else cls.of(data)

    @property
    def topics(self) -> dict[str, str]:
        """The topic of each category."""
        return {one.category: one.topic for one in self.counted}


def _read_cell(kept: Any) -> Any:
    """JSON has no number for a ratio to nothing: there it is null."""
    return {**kept, "ratio": math.nan} if isinstance(kept, dict) and kept["ratio"] is None else kept


def _kept_cell(cell: PairsCell) -> dict[str, Any]:
    return {**asdict(cell), "ratio": plain(cell.ratio)}


Pairs = Annotated[PairsCell, BeforeValidator(_read_cell), PlainSerializer(_kept_cell)]


class TopicRepeats(Part):
    """The pairs of one topic: ``told`` is the interval of the sentence. No place and no date of a
    report is in it but the first and the last day."""

    title: str
    reports: int
    first: date
    last: date
    told: Pairs
    cells: tuple[Pairs, ...]


class NearRepeats(Record):
    """The pairs of each topic of a file; before records it was a bare list."""

    topics: tuple[TopicRepeats, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any] | Sequence[Any]) -> Self:
        return super().read(data if isinstance(data, Mapping) else {"topics": data})
