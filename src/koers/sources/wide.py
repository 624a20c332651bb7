"""Tables with a column for each figure (key figures, survey, response times), by OData v3 or v4, to
rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from koers.analysis.period import Period
from koers.figures.manifest import Draft
from koers.sources.delivery import Delivery, digest, one_batch
from koers.sources.layout import Dimension, Layout, Property, demand_unit
from koers.sources.odata import Service
from koers.sources.odata4 import ServiceV4
from koers.sources.reading import Advance, Question, Received
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import CHANGED, SINCE_EARLIER, NothingNewerError

COUNTRY = ("NL00", "NL01")
CODES_A_REQUEST = 12
Derive = Callable[[dict[str, np.ndarray], Mapping[str, str]], dict[str, np.ndarray]]
_NUMBERED = re.compile(r"_\d+$")
_WORD = re.compile(r"[^0-9A-Za-zÀ-ÿ]+")


@dataclass(frozen=True)
class Figure:
    """A column that is wanted: by the start of its name, and by its heading where the name alone
    does not tell.

    ``units`` are those that it may have; without any, the unit is not judged.
    """

    topic: str
    title: str
    names: tuple[str, ...]
    units: tuple[str, ...] = ()
    heading: str = ""
    required: bool = False


@dataclass(frozen=True)
class WideTable:
    """``year`` for a table of one year; ``fixed`` gives of other dimensions the one code that is
    read.

    ``kinds``: each code of this dimension is a topic, and the table has one figure.
    ``derived`` are figures that Koers works out from the others, with their unit.
    ``others`` are the first letters of areas that are neither country nor municipality, such as
    police teams.
    """

    table: str
    source: str
    title: str
    scheme: str
    figures: tuple[Figure, ...]
    licence: str
    attribution: str
    year: int | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    kinds: str = ""
    others: tuple[str, ...] = ()
    counts: bool = True
    note: str = ""
    required: bool = False
    all_municipalities: bool = False
    derived: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class _Found:
    """What the metadata says: dimensions by their part, and the property of each figure that is
    there."""

    area: Dimension
    period: Dimension | None
    kinds: Dimension | None
    fixed: tuple[tuple[Dimension, str], ...]
    figures: tuple[tuple[Figure, Property], ...]
    measures: Dimension | None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        parts = (self.area, self.period, self.kinds, *(d for d, _ in self.fixed), self.measures)
        return tuple(part for part in parts if part is not None)


def fetch(
    service: Service,
    spec: WideTable,
    scope: Scope,
    advance: Advance = lambda done, total: None,
    derive: Derive = lambda columns, units: columns,
) -> Delivery:
    """The figures of a table for this scope; ``derive`` may add rows that follow from them and the
    unit of each topic.

    Raises
    ------
    FigureFileError
        When the source does not answer, or a figure that must be there is not.
    """
    found, remarks = _find(service, spec)
    layout = _layout(found, spec)
    received = service.read(spec.table, layout, list(_questions(spec, found, scope)), advance)
    units = _units(spec, found)
    columns = derive(_rows(spec, found, received), units)
    if len(columns["area"]) == 0:
        raise FigureFileError(spec.table, "de bron gaf geen enkele rij.", CHANGED)
    there = set(columns["area"])
    absent = [code for code in scope.codes if code not in there]
    if absent and spec.others:
        remarks.append(
            f"{spec.table}: {', '.join(absent)} heeft in deze tabel geen eigen cijfer (te weinig"
            " ondervraagden)."
        )
    elif absent:
        remarks.append(f"{spec.table}: {', '.join(absent)} komt in deze tabel niet voor.")
    made = Draft(
        source=spec.source,
        table=spec.table,
        title=spec.title,
        content="observations",
        scheme=spec.scheme,
        sha256=digest(columns),
        address=service.entity(spec.table, ""),
        licence=spec.licence,
        attribution=spec.attribution,
        note=spec.note,
        topics=_titles(spec, found),
        units=units,
        fields={_NUMBERED.sub("", column.key): "Topic" for _, column in found.figures},
        published_at=service.info(spec.table).modified,
    )
    return Delivery(
        made,
        one_batch(columns),
        len(columns["area"]),
        tuple(remarks),
        lambda: service.finished(spec.table, received),
    )


def plain_name(text: str) -> str:
    """A column's name without its number, and a title as CBS makes a name of it: '0 tot 15 jaar' is
    'k_0tot15jaar'."""
    name = _WORD.sub("", _NUMBERED.sub("", text)).lower()
    return name.removeprefix("k") if re.match(r"k\d", name) else name


def _find(service: Service, spec: WideTable) -> tuple[_Found, list[str]]:
    service.prefetch(spec.table)
    area = service.dimension(spec.table, ["GeoDetail", "GeoDimension"])
    others = [p for p in service.dimensions(spec.table) if p.key != area.name]
    period = next((p for p in others if p.kind == "TimeDimension"), None)
    kinds, fixed = None, []
    for column in others:
        if column is period:
            continue
        dimension = service.coded(spec.table, column)
        code = next(
            (code for name, code in spec.fixed.items() if column.key.startswith(name)), None
        )
        if spec.kinds and column.key.startswith(spec.kinds):
            kinds = dimension
        elif code is not None and code in dimension.titles:
            fixed.append((dimension, code))
        else:
            raise FigureFileError(
                spec.table,
                f"de tabel heeft een kolom of code die er eerst niet was ({column.key}).",
                CHANGED,
            )
    if spec.kinds and kinds is None:
        raise FigureFileError(spec.table, f"de kolom {spec.kinds} ontbreekt.", CHANGED)
    if (period is None) != (spec.year is not None):
        raise FigureFileError(spec.table, "de tabel heeft andere periodes dan verwacht.", CHANGED)
    figures, remarks = _figures(service, spec)
    measures = service.measures(spec.table) if isinstance(service, ServiceV4) else None
    when = service.coded(spec.table, period) if period is not None else None
    return _Found(area, when, kinds, tuple(fixed), figures, measures), remarks


def _figures(
    service: Service, spec: WideTable
) -> tuple[tuple[tuple[Figure, Property], ...], list[str]]:
    columns = service.topics(spec.table)
    headings = service.headings(spec.table)
    found, remarks = [], []
    for figure in spec.figures:
        column = next((c for c in columns if _is(figure, c, headings.get(c.key, ""))), None)
        if column is None and figure.required:
            raise FigureFileError(spec.table, f"de kolom {figure.names[0]} ontbreekt.", CHANGED)
        if column is None:
            remarks.append(f"{spec.table}: '{figure.title}' staat niet in de tabel en blijft leeg.")
            continue
        if figure.units:
            demand_unit(spec.table, column, figure.units)
        found.append((figure, column))
    if not found:
        raise FigureFileError(
            spec.table, "geen van de gezochte kolommen staat in de tabel.", CHANGED
        )
    return tuple(found), remarks


def _is(figure: Figure, column: Property, heading: str) -> bool:
    names = {plain_name(column.key), plain_name(column.title)}
    named = any(plain_name(name) in names for name in figure.names)
    return named and figure.heading.lower() in heading.lower()


def _layout(found: _Found, spec: WideTable) -> Layout:
    values = (
        ("Value",)
        if found.measures is not None
        else tuple(column.key for _, column in found.figures)
    )
    return Layout(found.dimensions, values, spec.counts)


def _questions(spec: WideTable, found: _Found, scope: Scope) -> Iterator[Question]:
    conditions = [
        (dimension.equals([code]), dimension, dimension.mask([code]))
        for dimension, code in found.fixed
    ]
    if found.measures is not None:
        keys = [column.key for _, column in found.figures]
        conditions.append((found.measures.equals(keys), found.measures, found.measures.mask(keys)))
    if found.period is not None and scope.since is not None:
        wanted = [code for code in found.period.plain if scope.wants(_period(code))]
        if not wanted:
            last = max((_period(code).year for code in found.period.plain), default="")
            raise NothingNewerError(spec.table, scope.nothing_since(str(last)), SINCE_EARLIER)
        years = sorted({code[:4] for code in wanted})
        name = found.period.name
        mask = np.array([code[:4] in years for code in found.period.plain])
        conditions.append(
            (" or ".join(f"startswith({name},'{year}')" for year in years), found.period, mask)
        )
    for where, places in _places(spec, found.area, scope):
        parts = [where, *(text for text, _, _ in conditions)]
        masks = {found.area.name: places} | {
            dimension.name: allowed for _, dimension, allowed in conditions
        }
        yield Question(
            " and ".join(f"({part})" for part in parts if part),
            tuple(masks.get(d.name) for d in found.dimensions),
        )


def _places(
    spec: WideTable, area: Dimension, scope: Scope
) -> Iterator[tuple[str, np.ndarray | None]]:
    if scope.everywhere:
        yield "", None
        return
    starts = np.array([code[:2] for code in area.plain])
    inside = np.array([code[2:6] for code in area.plain])
    country = [code for code in area.titles if code in COUNTRY]
    if country:
        yield area.equals(country), area.mask(country)
    if area.kind == "GeoDetail" or spec.all_municipalities:
        yield f"startswith({area.name},'GM')", starts == "GM"
    for letters in spec.others:
        yield f"startswith({area.name},'{letters}')", starts == letters
    codes = sorted(scope.codes)
    for begin in range(0, len(codes), CODES_A_REQUEST):
        these = codes[begin : begin + CODES_A_REQUEST]
        if area.kind == "GeoDetail":
            for letters in ("WK", "BU"):
                where = " or ".join(
                    f"startswith({area.name},'{letters}{code[2:]}')" for code in these
                )
                yield where, (starts == letters) & np.isin(inside, [code[2:] for code in these])
        elif not spec.all_municipalities and (
            known := [code for code in these if code in area.titles]
        ):
            yield area.equals(known), area.mask(known)


def _rows(spec: WideTable, found: _Found, received: Received) -> dict[str, np.ndarray]:
    areas = np.array([_area(code, spec) for code in found.area.plain], dtype=object)
    pieces = list(received)
    parts = []
    for figure, column in found.figures:
        for piece in pieces:
            parts.append(_part(spec, found, figure, column, piece.columns, areas))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _part(
    spec: WideTable,
    found: _Found,
    figure: Figure,
    column: Property,
    columns: Mapping[str, np.ndarray],
    areas: np.ndarray,
) -> dict[str, np.ndarray]:
    keep = areas[columns[found.area.name]] != ""
    if found.measures is not None:
        keep &= columns[found.measures.name] == found.measures.index[column.key]
        values = columns["Value"]
    else:
        values = columns[column.key]
    size = int(keep.sum())
    period, status = (
        np.full(size, str(spec.year), dtype=object),
        np.full(size, "final", dtype=object),
    )
    if found.period is not None:
        labels = np.array([str(_period(code)) for code in found.period.plain], dtype=object)
        said = [(code.get("Status") or "").strip().lower() for code in found.period.codes]
        states = np.array(
            ["final" if s in ("", "definitief") else "provisional" for s in said], dtype=object
        )
        when = columns[found.period.name][keep]
        period, status = labels[when], states[when]
    topic = np.full(size, figure.topic, dtype=object)
    if found.kinds is not None:
        topic = found.kinds.plain[columns[found.kinds.name][keep]]
    return {
        "area": areas[columns[found.area.name]][keep],
        "topic": topic,
        "period": period,
        "value": values[keep],
        "status": status,
    }


def _area(code: str, spec: WideTable) -> str:
    if code in COUNTRY:
        return "NL"
    return code if code[:2] in ("GM", "WK", "BU", *spec.others) and code != "GM0000" else ""


def _period(code: str) -> Period:
    return Period.parse(code)


def _titles(spec: WideTable, found: _Found) -> dict[str, str]:
    if found.kinds is not None:
        return dict(found.kinds.titles)
    return {
        figure.topic: figure.title
        for figure in (*(figure for figure, _ in found.figures), *spec.derived)
    }


def _units(spec: WideTable, found: _Found) -> dict[str, str]:
    """The unit of each topic; of a table with kinds that of its one figure."""
    if found.kinds is not None:
        unit = next(column.unit for _, column in found.figures)
        return dict.fromkeys(found.kinds.titles, unit) if unit else {}
    said = {figure.topic: column.unit for figure, column in found.figures if column.unit}
    return said | {figure.topic: figure.units[0] for figure in spec.derived}


def pick(
    columns: Mapping[str, np.ndarray], topics: Sequence[str]
) -> dict[str, dict[tuple[str, str], tuple[float, str]]]:
    """Of these topics the value and status by area and period."""
    found: dict[str, dict[tuple[str, str], tuple[float, str]]] = {topic: {} for topic in topics}
    names = ("area", "topic", "period", "value", "status")
    for area, topic, period, value, status in zip(*(columns[name] for name in names), strict=True):
        if topic in found:
            found[topic][area, period] = (float(value), status)
    return found
