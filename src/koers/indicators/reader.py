"""Indicators are files: what is counted, per what, from which source, and what it does not say."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FOLDER = Path(__file__).parent
THEMES = {
    "veiligheid-in-de-wijken": "Veiligheid in de wijken",
    "jeugdoverlast": "Jeugdoverlast",
    "cybercrime": "Cybercrime",
    "verkeer-en-fietspaden": "Verkeersgedrag en de veiligheid op fietspaden",
    "ondermijning": "Ondermijning",
    "zichtbaarheid-politie": "Zichtbaarheid politie",
    "evenementen": "Evenementen",
    "crisisbeheersing": "Crisisbeheersing",
    "internationale-instabiliteit": "Internationale instabiliteit",
    "informatiepositie": "Informatiepositie",
}
UNITS = {
    "per_1000_inhabitants": "per 1.000 inwoners",
    "per_1000_dwellings": "per 1.000 woningen",
    "count": "aantal",
    "percent": "%",
}


class IndicatorError(Exception):
    """An indicator file that cannot be used: names file, line and field."""


class Numerator(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    scheme: str
    topics: tuple[str, ...] = Field(min_length=1, max_length=1)


class LiveTable(BaseModel):
    """A published table that fills the indicator; ``verified`` False where its live shape was not seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str
    level: Literal["neighbourhood", "municipality", "team", "country"]
    frequency: Literal["month", "year", "two-years", "own"]


class Indicator(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    theme: Literal[tuple(THEMES)]  # type: ignore[valid-type]
    why: str
    numerator: Numerator
    unit: Literal[tuple(UNITS)]  # type: ignore[valid-type]
    direction: Literal["up", "down", "neither"]
    tables: tuple[LiveTable, ...]
    limits: str
    source: str
    reviewed: date

    @property
    def topic(self) -> str:
        return self.numerator.topics[0]

    @property
    def unit_label(self) -> str:
        return UNITS[self.unit]

    @property
    def theme_title(self) -> str:
        return THEMES[self.theme]

    @property
    def waits_for(self) -> str:
        return ", ".join(sorted({t.table for t in self.tables}))


def read_indicator(file: Path) -> Indicator:
    """One indicator file.

    Raises
    ------
    IndicatorError
        Naming file, line and field.
    """
    text = file.read_text(encoding="utf-8")
    try:
        data = yaml.safe_load(text)
        if not isinstance(data, dict):
            raise IndicatorError(f"{file.name}, regel 1: verwacht regels 'veld: waarde'.")
        return Indicator.model_validate({"id": file.stem, **data})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise IndicatorError(f"{file.name}, regel {mark.line + 1 if mark else 1}: geen geldige YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(f"{name}:")), 1)
        field = ".".join(str(part) for part in first["loc"])
        raise IndicatorError(f"{file.name}, regel {line}: veld '{field}' klopt niet ({first['msg']}).") from error


@cache
def load_indicators() -> dict[str, Indicator]:
    """Every indicator by its id, in the order of the themes."""
    found = [read_indicator(file) for file in sorted(FOLDER.glob("*.yaml"))]
    order = list(THEMES)
    return {i.id: i for i in sorted(found, key=lambda i: (order.index(i.theme), i.numerator.topics, i.id))}


def topics_by_scheme() -> dict[str, list[str]]:
    """The codes that the indicators count, of each scheme."""
    found: dict[str, list[str]] = {}
    for indicator in load_indicators().values():
        if indicator.topic not in found.setdefault(indicator.numerator.scheme, []):
            found[indicator.numerator.scheme].append(indicator.topic)
    return found
