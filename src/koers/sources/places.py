"""Which municipalities make up a police unit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from koers.sources.odata import Service
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED

# "Gebieden in Nederland", 2025: of each municipality the areas of other divisions in which it lies.
AREAS_TABLE = "86059NED"
HEADING = "politie"
BUNDLED = Path(__file__).parent / "units.yaml"


class UnknownUnitError(Exception):
    """Nobody says here in which police unit a municipality lies."""


def unit_of(municipality: str, statline: Service | None) -> tuple[tuple[str, ...], str]:
    """The municipalities of a municipality's police unit, and where that is known from (plain
    Dutch).

    Raises
    ------
    UnknownUnitError
        When CBS's table cannot be asked and the bundled list does not have the municipality.
    """
    if statline is not None:
        try:
            units = units_by_municipality(statline)
        except FigureFileError:
            units = {}
        if municipality in units:
            unit = units[municipality]
            members = tuple(sorted(code for code, other in units.items() if other == unit))
            return members, f"CBS-tabel {AREAS_TABLE}, eenheid {unit}"
    for code, listed in _bundled().items():
        if municipality in listed["municipalities"]:
            return (
                tuple(sorted(listed["municipalities"])),
                f"de lijst bij Koers, eenheid {code} {listed['title']}",
            )
    raise UnknownUnitError(
        f"Van {municipality} is hier niet bekend bij welke politie-eenheid zij hoort. Noem de"
        " gemeenten zelf, met --municipality CODE voor elke gemeente."
    )


def bundled_unit_of(municipality: str) -> tuple[str, ...]:
    """The municipalities of its police unit as the bundled list says, without asking anybody; ()
    where it does not."""
    try:
        return unit_of(municipality, None)[0]
    except UnknownUnitError:
        return ()


def units_by_municipality(statline: Service) -> dict[str, str]:
    """The police unit (RE…) of each municipality, by CBS."""
    headings = statline.headings(AREAS_TABLE)
    column = next(
        (
            p.key
            for p in statline.topics(AREAS_TABLE)
            if p.title.startswith("Code") and HEADING in headings[p.key].lower()
        ),
        None,
    )
    if column is None:
        raise FigureFileError(AREAS_TABLE, "de kolom met de politie-eenheid ontbreekt.", CHANGED)
    area = statline.dimension(AREAS_TABLE, ["GeoDimension", "GeoDetail", "Dimension"]).name
    found = {}
    for row in statline.rows(AREAS_TABLE, statline.figures):
        code, unit = str(row.get(area) or "").strip(), str(row.get(column) or "").strip()
        if code.startswith("GM") and unit.startswith("RE"):
            found[code] = unit
    return found


@cache
def _bundled() -> dict[str, dict[str, Any]]:
    units: dict[str, dict[str, Any]] = yaml.safe_load(BUNDLED.read_text(encoding="utf-8"))
    return units
