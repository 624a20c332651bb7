"""What a table of figures looks like: columns of codes, columns of numbers; and rows of JSON to
arrays, strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np

from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED, TryAgainError

_NUMBERS = frozenset((int, float, type(None)))


@dataclass(frozen=True)
class Property:
    """A column as the table describes it; ``number`` and ``parent`` place a topic under its
    heading."""

    key: str
    kind: str
    title: str = ""
    unit: str = ""
    number: int | None = None
    parent: int | None = None


@dataclass(frozen=True, eq=False)
class Dimension:
    """A column of codes: ``kind`` is the OData type (Dimension, TimeDimension, GeoDetail,
    GeoDimension)."""

    name: str
    kind: str
    codes: tuple[dict[str, Any], ...]

    @property
    def width(self) -> int:
        """Characters of a code as the service keeps it, spaces included."""
        return max((len(code["Key"]) for code in self.codes), default=0)

    @cached_property
    def plain(self) -> np.ndarray:
        """The codes without padding, in the order in which their numbers count."""
        return np.array([code["Key"].strip() for code in self.codes], dtype=object)

    @cached_property
    def titles(self) -> dict[str, str]:
        return {code["Key"].strip(): (code.get("Title") or "").strip() for code in self.codes}

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of a code, with and without its padding."""
        padded = {code["Key"]: number for number, code in enumerate(self.codes)}
        return {key.strip(): number for key, number in padded.items()} | padded

    def equals(self, codes: Sequence[str]) -> str:
        """A filter on any of these codes, padded as the service keeps each."""
        known = {code["Key"].strip(): code["Key"] for code in self.codes}
        return " or ".join(
            f"{self.name} eq '{known.get(code, code.ljust(self.width))}'" for code in codes
        )

    def mask(self, codes: Sequence[str]) -> np.ndarray:
        """Which codes these are."""
        wanted = set(codes)
        return np.array([code in wanted for code in self.plain], dtype=bool)


@dataclass(frozen=True, eq=False)
class Layout:
    """The columns that are read of a table: dimensions and numbers (``counts``: none of them is
    below 0)."""

    dimensions: tuple[Dimension, ...]
    values: tuple[str, ...]
    counts: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        return (*(d.name for d in self.dimensions), *self.values)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with every column and every code: a piece means nothing beside other lists of
        codes."""
        text = "\n".join(
            (*self.columns, *(code for d in self.dimensions for code in (d.name, *d.plain)))
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def read(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
        """Numbers of codes (int32) and values (float64, NaN: not published) of a page.

        Raises
        ------
        TryAgainError
            On a column that is missing, a code that is in no list and a value that is no number:
            the answer may be damaged, and if it is not, the table has changed.
        """
        found: dict[str, np.ndarray] = {}
        try:
            for dimension in self.dimensions:
                found[dimension.name] = _numbers_of(
                    dimension, list(map(itemgetter(dimension.name), rows))
                )
            for name in self.values:
                found[name] = self._values(name, list(map(itemgetter(name), rows)))
        except KeyError as error:
            raise TryAgainError(f"de kolom {error} ontbreekt", advice=CHANGED) from error
        return found

    def _values(self, name: str, values: list[Any]) -> np.ndarray:
        if not _NUMBERS.issuperset(map(type, values)):
            odd = next(v for v in values if type(v) not in _NUMBERS)
            raise TryAgainError(f"de waarde {odd!r:.40} in {name} is geen getal", advice=CHANGED)
        numbers = np.array(values, dtype=np.float64)
        if np.isinf(numbers).any() or (self.counts and (numbers < 0).any()):
            odd = numbers[np.isinf(numbers) | (numbers < 0)][0]
            raise TryAgainError(f"de waarde {odd:g} in {name} is geen aantal", advice=CHANGED)
        return numbers

    def keys(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """One number a row that tells its codes apart from all others."""
        key = np.zeros(len(columns[self.dimensions[0].name]), dtype=np.int64)
        for dimension in self.dimensions:
            key = key * len(dimension.codes) + columns[dimension.name]
        return key

    def codes_of(self, key: int) -> list[str]:
        """The codes behind such a number."""
        found = []
        for dimension in reversed(self.dimensions):
            key, number = divmod(key, len(dimension.codes))
            found.append(str(dimension.plain[number]))
        return found[::-1]


def _numbers_of(dimension: Dimension, codes: list[Any]) -> np.ndarray:
    index = dimension.index
    try:
        return np.fromiter(map(index.__getitem__, codes), dtype=np.int32, count=len(codes))
    except (KeyError, TypeError):
        pass
    try:
        return np.array([index[code.strip()] for code in codes], dtype=np.int32)
    except (KeyError, AttributeError):
        odd = next(c for c in codes if not isinstance(c, str) or c.strip() not in index)
        raise TryAgainError(
            f"de code {odd!r:.40} staat niet in de lijst {dimension.name}", advice=CHANGED
        ) from None


def demand_unit(table: str, column: Property, units: Sequence[str]) -> None:
    """A table whose unit is another than it was is not the table that we know.

    Raises
    ------
    FigureFileError
        Naming the column, the unit that was expected and the one that is there.
    """
    if column.unit and column.unit.lower() not in units:
        raise FigureFileError(
            table,
            f"de eenheid van {column.key} is '{column.unit}' en niet meer '{units[0]}'.",
            CHANGED,
        )
