"""The police's open figures: registered crime and nuisance, by municipality and neighbourhood, by month and year."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from koers.figures.manifest import Draft
from koers.sources.odata import CHANGED, Dimension, Service
from koers.sources.report import FigureFileError
from koers.sources.rows import period_label

# Two requests at a time are polite, and a URL with many codes is cut off by the service.
AT_ONCE = 2
CODES_A_REQUEST = 12
PROVISIONAL_MONTHS = 2
LICENCE = "open data"
Advance = Callable[[float, float, str], None]


@dataclass(frozen=True)
class PoliceTable:
    """One published table; ``everywhere``: of all municipalities, not of the region only."""

    table: str
    title: str
    scheme: Literal["crime", "nuisance"]
    frequency: Literal["month", "year"]
    neighbourhoods: bool
    everywhere: bool = False


TABLES = (
    PoliceTable("47018NED", "Geregistreerde misdrijven per buurt en jaar", "crime", "year", True, everywhere=True),
    PoliceTable("47013NED", "Geregistreerde misdrijven per gemeente en maand", "crime", "month", False),
    PoliceTable("47022NED", "Geregistreerde misdrijven per buurt en maand", "crime", "month", True),
    PoliceTable("47021NED", "Geregistreerde overlast per gemeente en maand", "nuisance", "month", False),
    PoliceTable("47024NED", "Geregistreerde overlast per buurt en maand", "nuisance", "month", True),
)


@dataclass(frozen=True)
class _Shape:
    """What a table's metadata says: its three dimensions and the column of the count."""

    topic: Dimension
    area: Dimension
    period: Dimension
    value: str


def fetch(
    service: Service,
    spec: PoliceTable,
    municipalities: Sequence[str],
    topics: Sequence[str],
    since: int,
    advance: Advance = lambda done, total, text: None,
) -> tuple[Draft, dict[str, np.ndarray]]:
    """One table of these municipalities (and of the country), of these topics, from the year ``since`` on.

    Raises
    ------
    FigureFileError
        When the source does not answer, or answers with another table than Koers knows.
    """
    shape = _shape(service, spec)
    wanted = [topic for topic in topics if topic in shape.topic.titles]
    if not wanted:
        raise FigureFileError(spec.table, f"de tabel kent geen van de codes {', '.join(topics)[:60]}.", CHANGED)
    requests = list(_requests(spec, shape, municipalities, wanted, since))
    columns = (shape.topic.name, shape.area.name, shape.period.name, shape.value)

    def ask(where: str) -> list[tuple[Any, ...]]:
        try:
            return [
                tuple(row[name] for name in columns) for row in service.rows(spec.table, select=columns, where=where)
            ]
        except KeyError as error:
            raise FigureFileError(spec.table, f"de kolom {error} ontbreekt.", CHANGED) from error

    parts = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, part in enumerate(pool.map(ask, requests), 1):
            parts.append(part)
            advance(done, len(requests), spec.table)
    values = _columns(spec, shape, [row for part in parts for row in part])
    return _draft(spec, values, shape, service), values


def _shape(service: Service, spec: PoliceTable) -> _Shape:
    counts = service.topics(spec.table)
    if not counts or not counts[0].startswith("Geregistreerde"):
        raise FigureFileError(spec.table, f"de kolom met aantallen ontbreekt ({', '.join(counts)}).", CHANGED)
    return _Shape(
        topic=service.dimension(spec.table, ["Dimension"]),
        area=service.dimension(spec.table, ["GeoDetail", "GeoDimension"]),
        period=service.dimension(spec.table, ["TimeDimension"]),
        value=counts[0],
    )


def _requests(
    spec: PoliceTable, shape: _Shape, municipalities: Sequence[str], topics: Sequence[str], since: int
) -> Iterable[str]:
    """Filters that together give every row once."""
    country = [code for code in shape.area.titles if code in ("NL00", "NL01")]
    places = [f"({shape.area.equals(country)})"] if country else []
    if spec.everywhere:
        places.append(f"startswith({shape.area.name},'GM')")
    if spec.neighbourhoods:
        for code in municipalities:
            within = f"substring({shape.area.name},2,4) eq '{code[2:]}'"
            places.append(f"{within} and not startswith({shape.area.name},'GM')" if spec.everywhere else within)
    elif not spec.everywhere:
        places.append(f"({shape.area.equals(list(municipalities))})")
    # Years and months share the column, so the years that are wanted are named.
    years = sorted({key[:4] for key in shape.period.titles if int(key[:4]) >= since})
    mark = "MM" if spec.frequency == "month" else "JJ"
    when = " or ".join(f"startswith({shape.period.name},'{year}{mark}')" for year in years)
    for begin in range(0, len(topics), CODES_A_REQUEST):
        what = shape.topic.equals(topics[begin : begin + CODES_A_REQUEST])
        for place in places:
            yield f"{place} and ({what}) and ({when})"


def _columns(spec: PoliceTable, shape: _Shape, rows: Sequence[tuple[Any, ...]]) -> dict[str, np.ndarray]:
    """Codes without padding; null stays "not published"."""
    seen = set()
    kept = []
    for topic, area, period, value in rows:
        area = area.strip()
        if area[:2] not in ("NL", "GM", "WK", "BU") or area == "GM0000":
            continue
        key = ("NL" if area[:2] == "NL" else area, topic.strip(), period_label(period.strip()))
        if key in seen:
            raise FigureFileError(spec.table, f"{', '.join(key)} komt twee keer voor.", CHANGED)
        if value is not None and (isinstance(value, (str, bool)) or value < 0):
            raise FigureFileError(
                spec.table, f"{', '.join(key)} heeft de waarde {value!r}; dat is geen aantal.", CHANGED
            )
        seen.add(key)
        kept.append((*key, math.nan if value is None else float(value)))
    if not kept:
        raise FigureFileError(spec.table, "de bron gaf geen enkele rij.", CHANGED)
    late = _provisional(spec, shape, sorted({row[2] for row in kept}))
    return {
        "area": np.array([row[0] for row in kept], dtype=object),
        "topic": np.array([row[1] for row in kept], dtype=object),
        "period": np.array([row[2] for row in kept], dtype=object),
        "value": np.array([row[3] for row in kept], dtype=np.float64),
        "status": np.array(["provisional" if row[2] in late else "final" for row in kept], dtype=object),
    }


def _provisional(spec: PoliceTable, shape: _Shape, periods: Sequence[str]) -> set[str]:
    """The periods that the table itself calls so, and the last two months: those are still being completed."""
    said = {
        period_label(code["Key"].strip())
        for code in shape.period.codes
        if (code.get("Status") or "").strip().lower() not in ("", "definitief")
    }
    return said | (set(periods[-PROVISIONAL_MONTHS:]) if spec.frequency == "month" else set())


def _draft(spec: PoliceTable, values: dict[str, np.ndarray], shape: _Shape, service: Service) -> Draft:
    return Draft(
        source="politie",
        table=spec.table,
        title=spec.title,
        content="observations",
        scheme=spec.scheme,
        sha256=digest(values),
        address=f"{service.address}/ODataFeed/odata/{spec.table}",
        licence=LICENCE,
        attribution="Politie",
        topics={code: title.removeprefix(f"{code} ") for code, title in shape.topic.titles.items()},
    )


def digest(values: dict[str, np.ndarray]) -> str:
    """SHA-256 of what was received, whatever the order and the size of the pages in which it came."""
    order = np.lexsort([values[name].astype(str) for name in sorted(values)])
    text = hashlib.sha256()
    for name in sorted(values):
        text.update("\n".join(values[name][order].astype(str)).encode())
    return text.hexdigest()
