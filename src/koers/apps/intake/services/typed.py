"""Values that people type: they become a snapshot as those of any source, which never changes; a
correction is a new one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction
from django.utils import timezone

from koers import dutch
from koers.analysis.period import Period
from koers.apps.intake.archive import store
from koers.apps.intake.models import FileKind, OwnIndicator, OwnTable
from koers.apps.intake.services.counting import gazetteer
from koers.apps.intake.services.own_indicators import table_of
from koers.figures.areas import Area
from koers.figures.doubts.look import not_judged
from koers.figures.manifest import Draft
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.indicators.typed import RESPONDENTS, STATED_MARGIN
from koers.indicators.units import UNITS
from koers.sources.own import OWN
from koers.sources.own.counted import digest
from koers.sources.own.places import Gazetteer
from koers.tables.reading.cells import CellError, number_of, period_of

MOST_ROWS = 2_000
LONGEST = 200_000
LARGEST = {"percent": 100.0, "mark": 10.0}
WITH_MARGIN = ("percent", "mark")
Place = tuple[str, str]
"""A period and an area."""


class TypedError(ValueError):
    """What was typed cannot be kept: names row or cell, and what to do."""


@dataclass(frozen=True)
class Typed:
    """A value; of a survey how many answered (``n``) and its margin of 95 %, where they are
    known."""

    value: float
    n: float | None = None
    margin: float | None = None


def has_margin(made: OwnIndicator) -> bool:
    return made.unit in WITH_MARGIN


def values_of(made: OwnIndicator) -> dict[Place, Typed]:
    """What is typed until now."""
    table = own_table(made)
    if table is None or not table.snapshot:
        return {}
    rows = snapshot_rows(store(), table.snapshot)
    parts: dict[str, dict[Place, float]] = {"": {}, RESPONDENTS: {}, STATED_MARGIN: {}}
    for area, topic, period, value in zip(
        *(rows[name].tolist() for name in ("area", "topic", "period", "value")), strict=True
    ):
        parts[topic.removeprefix(made.slug)][period, area] = value
    return {
        place: Typed(value, parts[RESPONDENTS].get(place), parts[STATED_MARGIN].get(place))
        for place, value in parts[""].items()
    }


def snapshot_of(made: OwnIndicator) -> str:
    """The snapshot of what is typed until now; "" where there is none."""
    table = own_table(made)
    return table.snapshot if table else ""


def own_table(made: OwnIndicator) -> OwnTable | None:
    """The table of its values; None before anything was typed."""
    found: OwnTable | None = (
        OwnTable.objects.of(made.municipality).filter(table=table_of(made)).first()
    )
    return found


def areas_of(made: OwnIndicator) -> tuple[Area, ...]:
    """The areas for which it has values: the municipality, and where it goes lower, its
    neighbourhoods."""
    places = gazetteer(made.municipality)
    home = next(a for a in places.areas if a.code == made.municipality.code)
    return (home, *(places.neighbourhoods if made.level == "neighbourhood" else ()))


def periods_of(made: OwnIndicator, today: date, back: int) -> list[str]:
    """The periods of the grid, the newest first: so many that have begun."""
    month = made.frequency == "month"
    now = Period(today.year, today.month if month else 1, "month" if month else "year")
    return [str(now.shift(-k)) for k in range(back)]


def checked(made: OwnIndicator, period: str, typed: Typed, today: date) -> None:
    """Whether a value can be what it says.

    Raises
    ------
    TypedError
        With what is wrong.
    """
    month = made.frequency == "month"
    if (len(period) == 7) != month:
        wanted = "een maand, zoals 2026-03" if month else "een jaar, zoals 2026"
        raise TypedError(f"dit cijfer gaat over {wanted}")
    if period > today.isoformat()[: len(period)]:
        raise TypedError(f"{dutch.period(period)} is nog niet begonnen")
    most = LARGEST.get(made.unit)
    if most is not None and typed.value > most:
        raise TypedError(f"{dutch.number(typed.value, 1)} is meer dan {dutch.number(most)}")
    counted = UNITS[made.unit].measure in ("count", "rate") and made.unit != "hours"
    if counted and not float(typed.value).is_integer():
        raise TypedError("een aantal is een geheel getal")
    if typed.n is not None and not (typed.n >= 1 and float(typed.n).is_integer()):
        raise TypedError("het aantal deelnemers is een geheel getal van 1 of meer")


def read_rows(made: OwnIndicator, text: str, today: date) -> dict[Place, Typed | None]:
    """Pasted rows: period, area (may be left out), value, and of a survey n and margin; None takes
    a value away. A first row with names of columns is left out.

    Raises
    ------
    TypedError
        Naming row and column; then nothing is read.
    """
    if len(text) > LONGEST:
        raise TypedError("Dit zijn te veel rijen. Plak er minder, of lees een bestand in.")
    found: dict[Place, Typed | None] = {}
    places = gazetteer(made.municipality)
    allowed = {area.code for area in areas_of(made)}
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip(" ;\t")]
    if len(lines) > MOST_ROWS:
        raise TypedError(f"Plak hoogstens {MOST_ROWS} rijen tegelijk.")
    for number, line in lines:
        cells = [cell.strip().strip('"') for cell in re.split(r"[\t;]", line)]
        if number == lines[0][0] and _is_header(cells):
            continue
        place, typed = _row(made, number, cells, places, allowed, today)
        if place in found:
            raise TypedError(
                f"Rij {number}: {dutch.period(place[0])} staat er voor dit gebied twee keer."
            )
        found[place] = typed
    return found


def _is_header(cells: Sequence[str]) -> bool:
    try:
        period_of(cells[0])
    except CellError:
        return not any(re.search(r"\d", cell) for cell in cells)
    return False


def _row(
    made: OwnIndicator,
    number: int,
    cells: Sequence[str],
    places: Gazetteer,
    allowed: set[str],
    today: date,
) -> tuple[Place, Typed | None]:
    with_area = len(cells) > 2 and not _is_number(cells[1])
    names = ["periode", *(["gebied"] if with_area else []), "waarde", "n", "marge"]
    if len(cells) > len(names):
        raise TypedError(f"Rij {number}: er staan meer dan {len(names)} kolommen.")
    given = dict(zip(names, cells, strict=False))
    column = "periode"
    try:
        period = period_of(given["periode"])
        column = "gebied"
        area = places.find(given["gebied"]).code if with_area else made.municipality.code
        if area not in allowed:
            raise CellError("van dit gebied is er bij deze indicator geen cijfer")
        parts = {}
        for column in ("waarde", "n", "marge"):
            parts[column] = number_of(given.get(column, ""))
        column = "waarde"
        return (period, area), typed_of(made, period, *parts.values(), today=today)
    except (CellError, TypedError) as problem:
        raise TypedError(f"Rij {number}, kolom {column}: {problem}.") from problem


def _is_number(text: str) -> bool:
    try:
        number_of(text)
    except CellError:
        return False
    return True


def typed_of(
    made: OwnIndicator, period: str, value: float, n: float, margin: float, *, today: date
) -> Typed | None:
    """What was typed in one cell, checked; NaN is nothing."""
    if math.isnan(value):
        if not (math.isnan(n) and math.isnan(margin)):
            raise TypedError("hier staat een n of een marge zonder waarde")
        return None
    known = [None if math.isnan(part) else part for part in (n, margin)]
    if not has_margin(made) and known != [None, None]:
        raise TypedError("n en marge horen bij een percentage of een rapportcijfer")
    typed = Typed(value, *known)
    checked(made, period, typed, today)
    return typed


@transaction.atomic
def keep(made: OwnIndicator, given: Mapping[Place, Typed | None], read: str) -> bool:
    """Put what was typed beside what there was, as a new snapshot; False where nothing changed.
    ``read`` is the snapshot that the writer had before him.

    Raises
    ------
    TypedError
        When somebody else was first, or nothing would be left.
    """
    name = table_of(made)
    table = OwnTable.objects.select_for_update().filter(table=name).first()
    if (table.snapshot if table else "") != read:
        raise TypedError(
            "Iemand anders heeft intussen waarden opgeslagen. Die staan nu in de tabel; kijk wat er"
            " van uw waarden nog in moet."
        )
    before = values_of(made)
    after = {place: typed for place, typed in {**before, **given}.items() if typed is not None}
    if after == before:
        return False
    if not after:
        raise TypedError(
            "Zo blijft er geen enkele waarde over. Klopt de indicator zelf niet, archiveer hem dan."
        )
    table = table or OwnTable(table=name, municipality=made.municipality, kind=FileKind.TYPED)
    columns = _columns(made, after)
    snapshot = store().write(_draft(made, columns), columns, look=not_judged)
    periods = sorted({period for period, _ in after})
    table.title, table.snapshot = made.title, snapshot.manifest.id
    table.counted_at, table.rows_read, table.archived_at = timezone.now(), len(after), None
    table.first_period, table.last_period = periods[0], periods[-1]
    table.released_at, table.released_by, table.release_reason = None, "", ""
    table.save()
    return True


def _columns(made: OwnIndicator, values: Mapping[Place, Typed]) -> dict[str, np.ndarray]:
    this_month = timezone.localdate().isoformat()[:7]
    rows = [
        (area, f"{made.slug}{suffix}", period, number)
        for (period, area), typed in sorted(values.items())
        for suffix, number in (
            ("", typed.value),
            (RESPONDENTS, typed.n),
            (STATED_MARGIN, typed.margin),
        )
        if number is not None
    ]
    late = [period >= this_month[: len(period)] for _, _, period, _ in rows]
    return {
        "area": np.array([r[0] for r in rows], dtype=object),
        "topic": np.array([r[1] for r in rows], dtype=object),
        "period": np.array([r[2] for r in rows], dtype=object),
        "value": np.array([r[3] for r in rows], dtype=np.float64),
        "status": np.array(["provisional" if x else "final" for x in late], dtype=object),
    }


def _draft(made: OwnIndicator, columns: Mapping[str, np.ndarray]) -> Draft:
    """Without a word that somebody wrote: those stand in the database, where they can be taken
    out."""
    titles = {
        made.slug: "waarde",
        f"{made.slug}{RESPONDENTS}": "aantal deelnemers (n)",
        f"{made.slug}{STATED_MARGIN}": "marge van 95 %",
    }
    there = set(columns["topic"].tolist())
    return Draft(
        source=OWN,
        table=table_of(made),
        title="waarden van een eigen indicator",
        content="observations",
        scheme="local",
        sha256=digest(columns),
        address="ingevoerd op het scherm",
        licence="intern, niet voor publicatie",
        attribution=f"gemeente {made.municipality.name}",
        note="Intern. Ingevoerd door mensen.",
        topics={code: title for code, title in titles.items() if code in there},
        units={made.slug: UNITS[made.unit].label},
        fictitious=made.municipality.fictitious,
    )
