"""A mapping file describes one saved source file: which columns it has and what they mean."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from koers.yaml_files import YamlFileError, read_yaml

FOLDER = Path(__file__).parent / "mappings"
TOPICS = Path(__file__).parent / "topics.yaml"


class MappingError(YamlFileError):
    """A mapping file that cannot be used: names file, line and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableMapping(_Strict):
    """How the rows of a file become one table.

    ``columns`` names the column of area, topic, period and value (or of code, name, latitude and
    longitude); ``constants`` gives what no column holds; ``codes`` turns the file's own topic codes
    into ours, and codes that come out as one topic are added up.
    """

    table: str
    title: str
    content: Literal["observations", "areas"] = "observations"
    scheme: str = ""
    columns: dict[str, str]
    constants: dict[str, str] = {}
    codes: dict[str, str] = {}
    topic_by_title: bool = False
    not_published: list[str] = []
    unpublished_topics: list[str] = []
    skip_areas: list[str] = []
    provisional: list[str] = []
    repeated: bool = False
    note: str = ""


class FileMapping(_Strict):
    """One saved file and the tables that it feeds. ``complete``: each area × topic × period occurs
    exactly once."""

    file: str
    format: Literal["csv", "geojson", "json"] = "csv"
    source: str
    licence: str
    attribution: str
    address: str = ""
    complete: bool = False
    tables: list[TableMapping]
    description: str = ""

    @property
    def csv_columns(self) -> set[str]:
        return {name for table in self.tables for name in table.columns.values()}


def load_mapping(file: Path) -> FileMapping:
    """Read one mapping file.

    Raises
    ------
    MappingError
        Naming file, line and field.
    """
    mapping = read_yaml(file, FileMapping, MappingError)
    return mapping.model_copy(update={"description": _sha256(file)})


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_text(encoding="utf-8-sig").encode()).hexdigest()


@cache
def bundled_mappings() -> tuple[FileMapping, ...]:
    """The mapping files that come with Koers."""
    return tuple(load_mapping(file) for file in sorted(FOLDER.glob("*.yaml")))


@cache
def topic_titles(scheme: str) -> dict[str, str]:
    """Dutch titles of the topic codes of a scheme."""
    titles: dict[str, str] = yaml.safe_load(TOPICS.read_text(encoding="utf-8")).get(scheme, {})
    return titles
