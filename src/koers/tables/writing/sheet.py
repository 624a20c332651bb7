"""What becomes a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NewSheet:
    """Rows under the names of their columns; ``wide`` are the places of columns that hold texts."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    wide: frozenset[int] = frozenset()
