"""CBS StatLine: names of areas and their inhabitants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.manifest import Draft
from koers.sources.odata import CHANGED, Service
from koers.sources.police import digest
from koers.sources.report import FigureFileError

LICENCE = "CC BY 4.0"
KEY_FIGURES, YEAR, INHABITANTS = "85984NED", "2024", "AantalInwoners_5"
AREA = "WijkenEnBuurten"


def fetch_areas(police: Service, table: str = "47018NED") -> tuple[Draft, dict[str, np.ndarray]]:
    """Names of the country's municipalities, districts and neighbourhoods, in the classification of a police table."""
    dimension = police.dimension(table, ["GeoDetail"])
    found = [(code, title) for code, title in dimension.titles.items() if code[:2] in ("GM", "WK", "BU")]
    if not found:
        raise FigureFileError(table, "de tabel noemt geen gemeenten en buurten.", CHANGED)
    nowhere = np.full(len(found), np.nan)
    columns = {
        "code": np.array([code for code, _ in found], dtype=object),
        "name": np.array([title for _, title in found], dtype=object),
        "level": np.array([cbs_level(code) for code, _ in found], dtype=object),
        "parent": np.array([cbs_parent(code) for code, _ in found], dtype=object),
        "latitude": nowhere,
        "longitude": nowhere,
        "geometry": np.array([""] * len(found), dtype=object),
    }
    title = "Namen van gemeenten, wijken en buurten"
    return _draft("wijken-en-buurten", title, "areas", "", columns, police.address, table), columns


def fetch_inhabitants(statline: Service, municipalities: Sequence[str]) -> tuple[Draft, dict[str, np.ndarray]]:
    """Inhabitants of all municipalities, and of the districts and neighbourhoods of these."""
    if INHABITANTS not in statline.topics(KEY_FIGURES):
        raise FigureFileError(KEY_FIGURES, f"de kolom {INHABITANTS} ontbreekt.", CHANGED)
    inside = [f"substring({AREA},2,4) eq '{code[2:]}'" for code in municipalities]
    where = " or ".join([f"startswith({AREA},'GM')", *inside])
    rows = [
        (row[AREA].strip(), row[INHABITANTS])
        for row in statline.rows(KEY_FIGURES, select=(AREA, INHABITANTS), where=where)
    ]
    known = [(code, value) for code, value in rows if value is not None]
    columns = {
        "area": np.array([code for code, _ in known], dtype=object),
        "topic": np.array(["inhabitants"] * len(known), dtype=object),
        "period": np.array([YEAR] * len(known), dtype=object),
        "value": np.array([value for _, value in known], dtype=np.float64),
        "status": np.array(["final"] * len(known), dtype=object),
    }
    return _draft(KEY_FIGURES, f"Inwoners per buurt, {YEAR}", "observations", "key-figures", columns,
                  statline.address, KEY_FIGURES), columns  # fmt: skip


def _draft(table, title, content, scheme, columns, address, origin) -> Draft:
    return Draft(
        source="cbs",
        table=table,
        title=title,
        content=content,
        scheme=scheme,
        sha256=digest(columns),
        address=f"{address}/ODataFeed/odata/{origin}",
        licence=LICENCE,
        attribution="CBS",
    )
