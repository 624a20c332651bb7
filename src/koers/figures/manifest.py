"""What a snapshot says about itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

MANIFEST = "manifest.json"
TIME_ZONES = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=5)
OLD_AFTER_DAYS = 62
Content = Literal["observations", "areas", "changes"]


@dataclass(frozen=True)
class Draft:
    """What a source hands over with its columns, to be kept as a snapshot.

    ``scheme`` says what the topic codes mean: crime, nuisance, key-figures, accidents, survey or
    local. ``sha256`` is that of the source's bytes, ``description`` that of the mapping by which
    they were read. ``topics`` gives the source's title of each of its topic codes, ``units`` their
    unit, ``fields`` the source's own columns with their kind: by these a source that changed is
    recognised. ``published_at`` is when the source says that it published (ISO 8601), '' where it
    does not say.
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
    units: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    published_at: str = ""


@dataclass(frozen=True)
class Manifest:
    """A snapshot's own description: ``rows`` counted, ``retrieved_at`` in ISO 8601 UTC,
    ``last_period`` or ''.

    ``files`` gives the SHA-256 of each file beside the manifest, ``seal`` that of the manifest
    itself, ``fingerprint`` is the same for the same figures. ``order`` counts the loads of an
    archive: what came later has more, whatever the clock said. ``doubts`` are what was odd about
    the figures when they came in, as ``Doubt`` says it. What a manifest of an older Koers does not
    have is empty.
    """

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
    fingerprint: str = ""
    size: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    published_at: str = ""
    order: int = 0
    doubts: Sequence[Mapping[str, Any]] = ()
    seal: str = ""

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """What stands in a file.

        Raises
        ------
        OSError, ValueError or TypeError
            When it cannot be read, or is not what was written.
        """
        found = file.stat()
        return _read(file, found.st_size, found.st_mtime_ns)

    def write(self, file: Path) -> None:
        sealed = replace(self, seal=seal_of(asdict(self)))
        file.write_text(
            json.dumps(asdict(sealed), ensure_ascii=False, indent=1, sort_keys=True),
            encoding="utf-8",
        )

    @property
    def retrieved(self) -> datetime:
        return datetime.fromisoformat(self.retrieved_at)

    @property
    def known_since(self) -> datetime:
        """When these figures were out: as the source says, else when they were retrieved. Nothing
        is published after it was retrieved, whatever a source says."""
        try:
            said = datetime.fromisoformat(self.published_at)
        except ValueError:
            return self.retrieved
        aware = said if said.tzinfo else said.replace(tzinfo=self.retrieved.tzinfo)
        return min(aware, self.retrieved + TIME_ZONES)

    def is_ahead(self, now: datetime) -> bool:
        """Whether it was retrieved after now: the clock of this machine was, or is, wrong."""
        return self.retrieved > now + CLOCKS_DIFFER

    def is_old(self, now: datetime) -> bool:
        """Whether it was retrieved so long ago that its source has newer figures by now; what is
        invented does not grow old."""
        return (now - self.retrieved).days > OLD_AFTER_DAYS and not self.fictitious

    @property
    def same_figures(self) -> str:
        """What two snapshots with the same figures have in common."""
        return self.fingerprint or self.id


def seal_of(values: Mapping[str, Any]) -> str:
    """The SHA-256 of everything that a manifest says, whatever the layout of its file."""
    said = {name: value for name, value in values.items() if name != "seal"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _read(file: Path, size: int, changed: int) -> Manifest:
    """A manifest never changes after it was written: one that did is none. What a newer Koers added
    to it is left aside."""
    known = {entry.name for entry in fields(Manifest)}
    said = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(said, dict):
        raise ValueError("a manifest is an object")
    if said.get("seal") and said["seal"] != seal_of(said):
        raise ValueError("it changed after it was written")
    return Manifest(**{name: value for name, value in said.items() if name in known})


@dataclass(frozen=True)
class Snapshot:
    """One immutable set of figures as it was published at one moment."""

    manifest: Manifest
    path: Path

    @property
    def data(self) -> Path:
        """The figures, ordered by area (observations) or by code."""
        return self.path / "data.parquet"

    @property
    def by_period(self) -> Path:
        """The same rows ordered by period; a small snapshot has no such file."""
        return self.path / "by-period.parquet"

    @property
    def series(self) -> Path:
        """Of each area its first and last period and the kind of what it holds."""
        return self.path / "series.parquet"

    @property
    def kinds(self) -> Path:
        """What many areas have alike: their topics and provisional periods; a snapshot of an older
        Koers has no such file."""
        return self.path / "kinds.parquet"

    @property
    def counts(self) -> Path:
        """The values alone, as whole numbers of two bytes in the order of the rows; a large
        snapshot of counts that are not mostly zero alone has it."""
        return self.path / "counts.parquet"

    @property
    def nonzero(self) -> Path:
        """The counts that are not zero (or not published) by the place of their row; a large sparse
        snapshot alone has it."""
        return self.path / "nonzero.parquet"
