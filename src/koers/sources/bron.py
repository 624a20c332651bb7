"""Registered traffic accidents (BRON, Rijkswaterstaat): one zip of CSV files a year, counted to
neighbourhoods on arrival.

What stays are counts by area, severity and mode of transport; points and party lists are dropped
when they are counted.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from pyproj import Transformer

from koers.figures.manifest import Draft
from koers.figures.text import DamagedTextError, decode, first_line
from koers.sources.bounded import bound_zip
from koers.sources.delivery import Delivery, digest, one_batch
from koers.sources.pdok import Boundary
from koers.sources.pieces import put
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import CHANGED, LATER, Patience, Reply, TryAgainError, Validators, Web

LICENCE = "CC0"
TABLE = "BRON"
FIRST_YEAR = 2014
SEVERITY = {"DOD": "fatal", "LET": "injury", "UMS": "damage"}
# Words of the file's own list of kinds of parties (objecttypes), from the particular to the
# general.
MODES = (
    ("cyclist", ("fiets", "e-bike", "pedelec")),
    ("moped", ("bromfiets", "snorfiets", "brommobiel", "snor", "brom")),
    ("pedestrian", ("voetganger", "lopend")),
    ("mobility-scooter", ("scootmobiel", "gehandicapten", "invalide")),
    ("motorcycle", ("motor",)),
    ("lorry", ("vrachtauto", "trekker", "oplegger")),
    ("van", ("bestel",)),
    ("bus", ("bus", "tram", "trein")),
    ("car", ("personenauto", "auto", "taxi")),
)
_MODE_TITLES = {
    "cyclist": "een fietser",
    "moped": "een bromfiets of snorfiets",
    "pedestrian": "een voetganger",
    "mobility-scooter": "een scootmobiel",
    "motorcycle": "een motor",
    "lorry": "een vrachtauto",
    "van": "een bestelauto",
    "bus": "een bus of tram",
    "car": "een personenauto",
    "other": "een andere deelnemer",
}
_SEVERITY_TITLES = {
    "injury": "Ongevallen met gewonden of doden",
    "fatal": "Ongevallen met dodelijke afloop",
    "damage": "Ongevallen met alleen schade",
    "all": "Geregistreerde ongevallen",
}
TITLES = _SEVERITY_TITLES | {
    f"{severity}-{mode}": f"{_SEVERITY_TITLES[severity]} met {title}"
    for severity in ("injury", "fatal")
    for mode, title in _MODE_TITLES.items()
}
NOTE = (
    "Niet elk ongeval wordt geregistreerd: van de doden ongeveer 90 %, van gewonden veel minder, en"
    " een fietser die alleen valt bijna nooit. Ongevallen zonder plaats tellen mee voor de"
    " gemeente, niet voor een buurt."
)


@dataclass(frozen=True)
class Accident:
    """``x`` and ``y`` in the Dutch grid (metres), None where the place is not known."""

    year: int
    severity: str
    modes: frozenset[str]
    x: float | None
    y: float | None
    municipality: str


def download(
    web: Web, address: str, year: int, folder: Path, known: Validators | None
) -> tuple[Path | None, Validators]:
    """The zip of a year on disk, whole and checked; None where the source says that it has not
    changed."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"bron-{year}.zip"

    def use(reply: Reply) -> tuple[Path | None, Validators]:
        if reply.unchanged:
            return None, reply.validators
        try:
            with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
                bound_zip(f"{TABLE} {year}", archive)
                damaged = archive.testzip()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise TryAgainError("het zip-bestand is afgebroken of beschadigd") from error
        if damaged:
            raise TryAgainError(f"{damaged} in het zip-bestand is beschadigd")
        put(file, reply.body)
        return file, reply.validators

    name = f"{address.rstrip('/')}/01-01-{year}_31-12-{year}.zip"
    return web.ask(
        f"{TABLE} {year}", name, {}, use, kinds=("zip", "octet-stream"), validators=known
    )


def read_zip(file: Path) -> list[Accident]:
    """The accidents of a file as published.

    Raises
    ------
    FigureFileError
        With the file in the zip, row and column, where it is not what it should be.
    """
    with zipfile.ZipFile(file) as archive:
        kinds = {
            row["OTE_ID"]: _mode(row["OTE_OMS"])
            for _, row in _rows(archive, "objecttypes.txt", ("OTE_ID", "OTE_OMS"))
        }
        modes = defaultdict(set)
        for number, row in _rows(archive, "partijen.txt", ("VKL_NUMMER", "OTE_ID")):
            kind = row["OTE_ID"].strip()
            if kind and kind not in kinds:
                raise _wrong(
                    "partijen.txt",
                    number,
                    "OTE_ID",
                    f"de soort '{kind[:10]}' staat niet in objecttypes.txt.",
                )
            modes[row["VKL_NUMMER"]].add(kinds.get(kind, "other"))
        wanted = ("VKL_NUMMER", "JAAR_VKL", "AP3_CODE", "FK_VELD5", "GME_ID")
        accidents = list(_rows(archive, "ongevallen.txt", wanted))
        places = {row["FK_VELD5"] for _, row in accidents}
        points = {}
        for number, row in _rows(archive, "puntlocaties.txt", ("FK_VELD5", "X_COORD", "Y_COORD")):
            if row["FK_VELD5"] in places:
                points[row["FK_VELD5"]] = (
                    _metres(row, "X_COORD", number),
                    _metres(row, "Y_COORD", number),
                )
    seen: set[str] = set()
    found = []
    for number, row in accidents:
        if row["VKL_NUMMER"] in seen:
            raise _wrong(
                "ongevallen.txt", number, "VKL_NUMMER", "dit ongeval staat er twee keer in."
            )
        seen.add(row["VKL_NUMMER"])
        found.append(_accident(number, row, points, frozenset(modes[row["VKL_NUMMER"]])))
    if not found:
        raise _wrong("ongevallen.txt", 2, "VKL_NUMMER", "het bestand heeft geen rijen.")
    return found


def _accident(
    number: int,
    row: Mapping[str, str],
    points: Mapping[str, tuple[float, float]],
    modes: frozenset[str],
) -> Accident:
    severity = SEVERITY.get(row["AP3_CODE"].strip().upper())
    if severity is None:
        raise _wrong(
            "ongevallen.txt", number, "AP3_CODE", f"de afloop '{row['AP3_CODE'][:10]}' is onbekend."
        )
    year = row["JAAR_VKL"].strip()
    if not (year.isdigit() and 1987 <= int(year) <= 2100):
        raise _wrong("ongevallen.txt", number, "JAAR_VKL", f"'{year[:10]}' is geen jaar.")
    x, y = points.get(row["FK_VELD5"], (None, None))
    number_of = row["GME_ID"].strip()
    return Accident(
        int(year), severity, modes, x, y, f"GM{int(number_of):04d}" if number_of.isdigit() else ""
    )


def _mode(description: str) -> str:
    text = description.lower()
    if "bromfiets" in text or "snorfiets" in text:
        return "moped"
    return next((mode for mode, words in MODES if any(word in text for word in words)), "other")


def number_in(text: str) -> float:
    """A number with a decimal comma or point, with or without separators of thousands.

    Raises
    ------
    ValueError
        When it is none.
    """
    text = text.strip().replace(" ", "").replace("\u00a0", "")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    value = float(text)
    if not np.isfinite(value):
        raise ValueError(text)
    return value


def _metres(row: Mapping[str, str], column: str, number: int) -> float:
    try:
        return number_in(row[column])
    except ValueError:
        raise _wrong(
            "puntlocaties.txt", number, column, f"'{row[column][:20]}' is geen coördinaat."
        ) from None


def _rows(
    archive: zipfile.ZipFile, name: str, columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    member = next((m for m in archive.namelist() if PurePosixPath(m).name.lower() == name), None)
    if member is None:
        raise FigureFileError(name, "dit bestand zit niet in het zip-bestand.", CHANGED)
    try:
        text, _ = decode(archive.read(member))
    except DamagedTextError as error:
        raise FigureFileError(name, error.problem, LATER, row=error.row) from error
    header_line = first_line(text)
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [column.strip().upper() for column in next(reader, [])]
    absent = [column for column in columns if column not in header]
    if absent:
        raise FigureFileError(
            name, f"de kolom {', '.join(absent)} ontbreekt.", CHANGED, row=1, column=absent[0]
        )
    places = [header.index(column) for column in columns]
    for number, cells in enumerate(reader, 2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise _wrong(
                name, number, header[min(len(cells), len(header)) - 1], "deze rij is afgebroken."
            )
        yield number, {column: cells[place] for column, place in zip(columns, places, strict=True)}


def _wrong(file: str, row: int, column: str, problem: str) -> FigureFileError:
    return FigureFileError(file, problem, LATER, row=row, column=column)


class Neighbourhoods:
    """Tells in which neighbourhood a point of the Dutch grid lies."""

    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        self.codes = [b.code for b in boundaries if b.code.startswith("BU")]
        self._tree = shapely.STRtree([b.geometry for b in boundaries if b.code.startswith("BU")])
        self._to_degrees = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)

    def of(self, x: np.ndarray, y: np.ndarray) -> list[str]:
        """The code of each point; '' where it lies in none. On a border the first code in order
        counts."""
        points = shapely.points(*self._to_degrees.transform(x, y))
        found = [""] * len(points)
        for point, area in zip(*self._tree.query(points, predicate="intersects"), strict=True):
            code = self.codes[area]
            if not found[point] or code < found[point]:
                found[point] = code
        return found


def count(
    accidents: Sequence[Accident], neighbourhoods: Neighbourhoods, scope: Scope
) -> dict[str, np.ndarray]:
    """Counts by area, topic and year; an area of the scope without accidents has a zero, not a
    gap."""
    placed = [a for a in accidents if a.x is not None]
    where = dict(
        zip(
            map(id, placed),
            neighbourhoods.of(
                np.array([a.x for a in placed], dtype=float),
                np.array([a.y for a in placed], dtype=float),
            ),
            strict=True,
        )
    )
    years = sorted({a.year for a in accidents})
    totals: Counter[tuple[str, str, int]] = Counter()
    for accident in accidents:
        code = where.get(id(accident), "")
        for area in _areas_of(code, accident.municipality):
            if scope.holds(area):
                for topic in _topics(accident):
                    totals[area, topic, accident.year] += 1
    areas = {code for code in neighbourhoods.codes if scope.holds(code)}
    areas |= {f"WK{code[2:8]}" for code in areas} | {f"GM{code[2:6]}" for code in areas}
    areas |= {area for area, _, _ in totals}
    keys = [(area, topic, year) for area in sorted(areas) for topic in TITLES for year in years]
    return {
        "area": np.array([key[0] for key in keys], dtype=object),
        "topic": np.array([key[1] for key in keys], dtype=object),
        "period": np.array([str(key[2]) for key in keys], dtype=object),
        "value": np.array([float(totals[key]) for key in keys]),
        "status": np.full(len(keys), "final", dtype=object),
    }


def _areas_of(neighbourhood: str, municipality: str) -> tuple[str, ...]:
    if neighbourhood:
        return (neighbourhood, f"WK{neighbourhood[2:8]}", f"GM{neighbourhood[2:6]}")
    return (municipality,) if municipality else ()


def _topics(accident: Accident) -> Iterator[str]:
    """A fatal accident is one with injury too, as the indicators count."""
    yield "all"
    if accident.severity == "damage":
        yield "damage"
        return
    severities = ("injury", "fatal") if accident.severity == "fatal" else ("injury",)
    for severity in severities:
        yield severity
        for mode in sorted(accident.modes):
            yield f"{severity}-{mode}"


def delivery(
    columns: dict[str, np.ndarray],
    address: str,
    remarks: Sequence[str] = (),
    published_at: str = "",
) -> Delivery:
    made = Draft(
        source="bron",
        table=TABLE,
        title="Geregistreerde verkeersongevallen per buurt en jaar",
        content="observations",
        scheme="accidents",
        sha256=digest(columns),
        address=address,
        licence=LICENCE,
        attribution="Rijkswaterstaat",
        topics=TITLES,
        units=dict.fromkeys(TITLES, "aantal"),
        note=NOTE,
        published_at=published_at,
    )
    return Delivery(made, one_batch(columns), len(columns["area"]), tuple(remarks))


def connection(patience: Patience | None = None) -> Web:
    return Web(patience)
