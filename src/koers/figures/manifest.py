"""What a snapshot says about itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

Content = Literal["observations", "areas"]


@dataclass(frozen=True)
class Draft:
    """What a source hands over with its columns, to be kept as a snapshot.

    ``scheme`` says what the topic codes mean: crime, nuisance, key-figures, accidents, survey or local.
    ``sha256`` is that of the source's bytes, ``description`` that of the mapping by which they were read.
    """

    source: str
    table: str
    title: str
    content: Content
    sha256: str
    address: str
    licence: str
    attribution: str
    scheme: str = ""
    description: str = ""
    note: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)
    fictitious: bool = False


@dataclass(frozen=True)
class Manifest:
    """A snapshot's own description: ``rows`` counted, ``retrieved_at`` in ISO 8601 UTC, ``last_period`` or ''."""

    id: str
    source: str
    table: str
    title: str
    content: Content
    scheme: str
    retrieved_at: str
    address: str
    sha256: str
    parquet_sha256: str
    rows: int
    licence: str
    attribution: str
    schema: Mapping[str, str]
    note: str
    topics: Mapping[str, str]
    last_period: str
    fictitious: bool

    @classmethod
    def read(cls, file: Path) -> Manifest:
        return _read(file)

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")

    @property
    def retrieved(self) -> datetime:
        return datetime.fromisoformat(self.retrieved_at)


@lru_cache(maxsize=4096)
def _read(file: Path) -> Manifest:
    """A manifest never changes after it was written."""
    return Manifest(**json.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Snapshot:
    """One immutable set of figures as it was published at one moment."""

    manifest: Manifest
    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data.parquet"
