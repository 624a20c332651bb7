"""The themes of safety that priorities, indicators, surveys and headings share: data, and found by
whatever somebody calls them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from koers.yaml_files import YamlFileError, read_yaml

FILE = Path(__file__).with_name("themes.yaml")


class ThemesFileError(YamlFileError):
    """A file of themes that cannot be used: names file, line and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SafetyField(_Strict):
    """One of the fields in which municipalities divide their safety policy."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str = Field(min_length=1)


class SafetyTheme(_Strict):
    """What people speak of as one subject. ``synonyms`` are other names of it;
    ``more_reports_may_be_good`` where people who find their way to the police are good news, so
    that the number of reports has no direction."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str = Field(min_length=1)
    field: str
    synonyms: tuple[str, ...] = ()
    more_reports_may_be_good: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything by which it is found."""
        return (self.id, self.title, *self.synonyms)


class Themes(_Strict):
    """The fields, and the themes in the order in which pages show them."""

    fields: tuple[SafetyField, ...] = Field(min_length=1)
    themes: tuple[SafetyTheme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _refer_and_are_told_apart(self) -> Themes:
        fields, taken = {f.id for f in self.fields}, dict[str, str]()
        for theme in self.themes:
            if theme.field not in fields:
                raise ValueError(f"themes: het veld '{theme.field}' van '{theme.id}' is er niet")
            for name in dict.fromkeys(_bare(name) for name in theme.names):
                if name in taken:
                    raise ValueError(f"themes: '{name}' hoort bij '{taken[name]}' en '{theme.id}'")
                taken[name] = theme.id
        return self


def read_themes(file: Path) -> Themes:
    """A file of themes.

    Raises
    ------
    ThemesFileError
        Naming file, line and field.
    """
    return read_yaml(file, Themes, ThemesFileError)


@cache
def _read() -> Themes:
    return read_themes(FILE)


@cache
def themes() -> dict[str, SafetyTheme]:
    """Every theme by its id, in the order of the pages."""
    return {theme.id: theme for theme in _read().themes}


@cache
def fields() -> dict[str, SafetyField]:
    return {field.id: field for field in _read().fields}


def by_field() -> list[tuple[SafetyField, list[SafetyTheme]]]:
    """The themes of each field, to choose from."""
    return [(f, [t for t in themes().values() if t.field == f.id]) for f in fields().values()]


@cache
def _by_name() -> dict[str, SafetyTheme]:
    return {_bare(name): theme for theme in themes().values() for name in theme.names}


def theme_called(text: str) -> SafetyTheme | None:
    """The theme with this title or synonym; None where none is called so."""
    return _by_name().get(_bare(text))


def _bare(text: str) -> str:
    """Without capitals, accents and marks, and with one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))
