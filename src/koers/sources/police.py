"""The police's open figures: registered crime and nuisance, by municipality and neighbourhood, by
month and year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from koers.analysis.period import Period
from koers.figures.manifest import Draft
from koers.sources.coded import CodedRows, Labels
from koers.sources.delivery import Delivery
from koers.sources.layout import Dimension, Layout, Property, demand_unit
from koers.sources.odata import Service
from koers.sources.reading import Advance, Question, Received
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import CHANGED, SINCE_EARLIER, NothingNewerError

# A URL with many codes is cut off by the service.
CODES_A_REQUEST = 12
PROVISIONAL_MONTHS = 2
LICENCE = "open data"
UNITS = ("aantal",)
COUNTRY = ("NL00", "NL01")
BREAK = (
    "Sinds juli 2018 is één registratie één misdrijf: vergelijk aantallen van voor en na die maand"
    " niet zonder meer."
)
YEARLY_ONLY = (
    "Sommige soorten worden alleen per jaar gepubliceerd; in de maandtabel zijn zij leeg, en de"
    " soorten tellen daarom niet op tot het totaal."
)


@dataclass(frozen=True)
class PoliceTable:
    """One published table; ``everywhere``: of all municipalities, not of the region only."""

    table: str
    title: str
    scheme: Literal["crime", "nuisance"]
    frequency: Literal["month", "year"]
    neighbourhoods: bool
    everywhere: bool = False

    @property
    def note(self) -> str:
        if self.scheme == "nuisance":
            return ""
        return f"{BREAK} {YEARLY_ONLY}" if self.frequency == "month" else BREAK


TABLES = (
    PoliceTable(
        "47018NED",
        "Geregistreerde misdrijven per buurt en jaar",
        "crime",
        "year",
        True,
        everywhere=True,
    ),
    PoliceTable(
        "47013NED", "Geregistreerde misdrijven per gemeente en maand", "crime", "month", False
    ),
    PoliceTable("47022NED", "Geregistreerde misdrijven per buurt en maand", "crime", "month", True),
    PoliceTable(
        "47021NED", "Geregistreerde overlast per gemeente en maand", "nuisance", "month", False
    ),
    PoliceTable(
        "47024NED", "Geregistreerde overlast per buurt en maand", "nuisance", "month", True
    ),
)


@dataclass(frozen=True)
class _Shape:
    """What a table's metadata says: its three dimensions and the column of the count."""

    topic: Dimension
    area: Dimension
    period: Dimension
    value: Property

    @property
    def layout(self) -> Layout:
        return Layout((self.topic, self.area, self.period), (self.value.key,))


def fetch(
    service: Service,
    spec: PoliceTable,
    scope: Scope,
    topics: Sequence[str] | None = None,
    advance: Advance = lambda done, total: None,
) -> Delivery:
    """One table for this scope (and of the country), of these topics or of all that it has.

    Raises
    ------
    FigureFileError
        When the source does not answer, or answers with another table than Koers knows.
    """
    shape = _shape(service, spec)
    known = [code for code in shape.topic.titles if topics is None or code in topics]
    if not known:
        raise FigureFileError(
            spec.table, f"de tabel kent geen van de codes {', '.join(topics or ())[:60]}.", CHANGED
        )
    absent = [code for code in scope.codes if code not in shape.area.titles]
    if absent and len(absent) == len(scope.codes):
        raise FigureFileError(
            spec.table,
            f"de tabel kent de gemeente {', '.join(absent)[:60]} niet.",
            "Kijk of de code nog bestaat; een gemeente die is samengegaan heeft een nieuwe.",
        )
    when = _when(spec, shape, scope)
    questions = list(_questions(spec, shape, scope, sorted(known), when))
    received = service.read(spec.table, shape.layout, questions, advance)
    rows = CodedRows(received, _labels(spec, shape, received), shape.value.key)
    if rows.rows == 0:
        raise FigureFileError(spec.table, "de bron gaf geen enkele rij.", CHANGED)
    remarks = tuple(f"{spec.table}: {code} komt in deze tabel niet voor." for code in absent)
    return Delivery(
        _draft(service, spec, shape, rows),
        rows.batches,
        rows.rows,
        remarks,
        lambda: service.finished(spec.table, received),
    )


def _shape(service: Service, spec: PoliceTable) -> _Shape:
    service.prefetch(spec.table)
    counts = service.topics(spec.table)
    if not counts or not counts[0].key.startswith("Geregistreerde"):
        there = ", ".join(p.key for p in counts)
        raise FigureFileError(spec.table, f"de kolom met aantallen ontbreekt ({there}).", CHANGED)
    demand_unit(spec.table, counts[0], UNITS)
    return _Shape(
        topic=service.dimension(spec.table, ["Dimension"]),
        area=service.dimension(spec.table, ["GeoDetail", "GeoDimension"]),
        period=service.dimension(spec.table, ["TimeDimension"]),
        value=counts[0],
    )


@dataclass(frozen=True)
class _Part:
    """Part of a filter with the codes that it lets through."""

    where: str
    mask: np.ndarray | None


def _when(spec: PoliceTable, shape: _Shape, scope: Scope) -> _Part:
    """Years and months share the column, so that periods are named: a range would take the one
    among the other."""
    mark = "MM" if spec.frequency == "month" else "JJ"
    periods = {code: Period.parse(code) for code in shape.period.plain if code[4:6] == mark}
    if not periods:
        kind = "maanden" if mark == "MM" else "jaren"
        raise FigureFileError(
            spec.table, f"de kolom {shape.period.name} heeft geen {kind} meer.", CHANGED
        )
    wanted = [code for code, period in periods.items() if scope.wants(period)]
    if not wanted:
        raise NothingNewerError(
            spec.table, scope.nothing_since(str(max(periods.values()))), SINCE_EARLIER
        )
    whole = [
        year
        for year in sorted({c[:4] for c in wanted})
        if all(c in wanted for c in periods if c[:4] == year)
    ]
    single = [code for code in wanted if code[:4] not in whole]
    parts = [f"startswith({shape.period.name},'{year}{mark}')" for year in whole]
    parts += [shape.period.equals(single)] if single else []
    return _Part(" or ".join(parts), shape.period.mask(wanted))


def _questions(
    spec: PoliceTable, shape: _Shape, scope: Scope, topics: Sequence[str], when: _Part
) -> Iterator[Question]:
    """Filters that together give every row once. Of the whole country one kind at a time, so that
    no answer is endless."""
    size = 1 if scope.everywhere and spec.neighbourhoods else CODES_A_REQUEST
    places = list(_places(spec, shape.area, scope))
    for begin in range(0, len(topics), size):
        these = topics[begin : begin + size]
        what = shape.topic.equals(these)
        for place in places:
            where = " and ".join(f"({part})" for part in (place.where, what, when.where) if part)
            yield Question(where, (shape.topic.mask(these), place.mask, when.mask))


def _places(spec: PoliceTable, area: Dimension, scope: Scope) -> Iterator[_Part]:
    country = [code for code in area.titles if code in COUNTRY]
    starts = np.array([code[:2] for code in area.plain])
    if scope.everywhere and spec.neighbourhoods:
        yield _Part("", None)
        return
    if country:
        yield _Part(area.equals(country), area.mask(country))
    if scope.everywhere or spec.everywhere:
        yield _Part(f"startswith({area.name},'GM')", starts == "GM")
    if scope.everywhere:
        return
    codes = sorted(scope.codes)
    if spec.neighbourhoods:
        inside = np.array([code[2:6] for code in area.plain])
        for code in codes:
            where = f"substring({area.name},2,4) eq '{code[2:]}'"
            mask = inside == code[2:]
            if spec.everywhere:
                yield _Part(
                    f"{where} and not startswith({area.name},'GM')", mask & (starts != "GM")
                )
            else:
                yield _Part(where, mask)
    else:
        known = [code for code in codes if code in area.titles]
        for begin in range(0, len(known), CODES_A_REQUEST):
            these = known[begin : begin + CODES_A_REQUEST]
            yield _Part(area.equals(these), area.mask(these))


def _labels(spec: PoliceTable, shape: _Shape, received: Received) -> Labels:
    """Codes as the archive has them; '' for what is left out: areas of other kinds and what could
    not be placed."""
    areas = [
        "NL" if c in COUNTRY else c if c[:2] in ("GM", "WK", "BU") and c != "GM0000" else ""
        for c in shape.area.plain
    ]
    periods = [str(Period.parse(code)) for code in shape.period.plain]
    there = sorted({label for label, seen in zip(periods, received.seen[2], strict=True) if seen})
    late = set(there[-PROVISIONAL_MONTHS:]) if spec.frequency == "month" else set()
    final = ("", "definitief")
    status = [
        (
            "provisional"
            if label in late or (code.get("Status") or "").strip().lower() not in final
            else "final"
        )
        for label, code in zip(periods, shape.period.codes, strict=True)
    ]
    return Labels(
        area=(shape.area.name, areas),
        topic=(shape.topic.name, list(shape.topic.plain)),
        period=(shape.period.name, periods),
        status=status,
    )


def _draft(service: Service, spec: PoliceTable, shape: _Shape, rows: CodedRows) -> Draft:
    titles = {code: title.removeprefix(f"{code} ") for code, title in shape.topic.titles.items()}
    columns = (*service.dimensions(spec.table), *service.topics(spec.table))
    return Draft(
        source="politie",
        table=spec.table,
        title=spec.title,
        content="observations",
        scheme=spec.scheme,
        sha256=rows.digest(),
        address=service.entity(spec.table, ""),
        licence=LICENCE,
        attribution="Politie",
        topics=titles,
        units=dict.fromkeys(titles, shape.value.unit or "aantal"),
        fields={column.key: column.kind for column in columns},
        published_at=service.info(spec.table).modified,
        note=spec.note,
    )
