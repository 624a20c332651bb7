"""The three kinds of content of a snapshot: their columns and the order of their rows."""

from __future__ import annotations

from dataclasses import dataclass

from koers.figures.manifest import Content


@dataclass(frozen=True)
class ContentColumn:
    name: str
    kind: str


@dataclass(frozen=True)
class ContentKind:
    """``order`` is how rows stand in the file, ``key`` what occurs once."""

    columns: tuple[ContentColumn, ...]
    order: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.kind == "VARCHAR")

    def defined(self, column: ContentColumn) -> str:
        """A column in SQL; what tells one row from another is always there."""
        return f"{column.name} {column.kind}{' NOT NULL' if column.name in self.key else ''}"


def _columns(text: str) -> tuple[ContentColumn, ...]:
    return tuple(ContentColumn(*entry.split()) for entry in text.split(", "))


CONTENTS: dict[Content, ContentKind] = {
    "observations": ContentKind(
        _columns("area VARCHAR, topic VARCHAR, period VARCHAR, value DOUBLE, status VARCHAR"),
        order=("area", "topic", "period"),
        key=("area", "topic", "period"),
    ),
    "areas": ContentKind(
        _columns(
            "code VARCHAR, name VARCHAR, level VARCHAR, parent VARCHAR, latitude DOUBLE, longitude"
            " DOUBLE, geometry VARCHAR"
        ),
        order=("code",),
        key=("code",),
    ),
    # An area that was renumbered: ``year`` is the first of the new code, ``kind`` same, renamed,
    # split or merged, ``share`` which part of the old area's people the new one has.
    "changes": ContentKind(
        _columns("old VARCHAR, new VARCHAR, year INTEGER, kind VARCHAR, share DOUBLE"),
        order=("year", "old", "new"),
        key=("year", "old", "new"),
    ),
}
