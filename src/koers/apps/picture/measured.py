"""A reading in the unit of a goal: a count as it is, per so many people, or against a base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers import dutch
from koers.analysis.forecast import TableCourse, table_course
from koers.analysis.marks import MarkSpread
from koers.analysis.panel import Floats
from koers.analysis.relative import as_now
from koers.apps.picture.figures import people_by
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading, sums_of_twelve
from koers.figures.areas import Area
from koers.figures.shelf import Shelf, kept
from koers.indicators import Indicator, load_indicators
from koers.indicators.units import DENOMINATORS, INDEX, UNITS, key_figure_of, said_in
from koers.records.aim import Aim

MOST_DECIMALS = 3
INHABITANTS = "per_1000_inhabitants"


def unit_of(aim: Aim) -> str:
    """The unit in which a goal is judged: its own, else as its indicator is counted."""
    indicator = load_indicators()[aim.indicator]
    if aim.kind == "peers" and not key_figure_of(aim.unit or "count"):
        # Counts of municipalities are held against each other per so many people only.
        counted = indicator.adds_up and not key_figure_of(indicator.unit)
        return INHABITANTS if counted else indicator.unit
    if aim.unit:
        return aim.unit
    return "count" if indicator.measure == "rate" else indicator.unit


def units_for(indicator: Indicator) -> tuple[str, ...]:
    """The units in which a goal on an indicator can be set."""
    if indicator.measure == "rate" or indicator.unit == "count":
        return tuple(dict.fromkeys(("count", indicator.unit, INHABITANTS, INDEX)))
    return (indicator.unit, INDEX)


def wanted(aim: Aim) -> str:
    """ "up" where more is better; else what is aimed at is a most."""
    if aim.direction:
        return "up" if aim.direction == "least" else "down"
    return "up" if load_indicators()[aim.indicator].direction == "up" else "down"


@dataclass(frozen=True)
class Rates:
    """Of one area, and of its peers, a place a period: by what a count is divided, twelve months of
    the peers together and by what those are; what the table says of such rates."""

    per: tuple[float, ...]
    course: TableCourse | None
    peers: tuple[tuple[float, ...], ...] = ()
    peers_per: tuple[float, ...] = ()


@dataclass(frozen=True)
class Measured:
    """``per``: by what the figure of the source is divided, a place a period, to be in ``unit``;
    ``missing`` is why there is no figure in that unit."""

    found: Reading
    unit: str
    decimals: int
    per: tuple[float, ...]
    rates: Rates | None = None
    missing: str = ""

    @property
    def values(self) -> Floats:
        """Of twelve months up to the end of each period, in the unit."""
        return np.asarray(self.found.twelve) / np.asarray(self.per)

    @property
    def counted(self) -> bool:
        """Whether it is made of counts, so that chance is that of a count."""
        return self.found.indicator.adds_up

    @property
    def course(self) -> TableCourse | None:
        return self.rates.course if self.rates is not None else self.found.course

    @property
    def spread(self) -> MarkSpread | None:
        return self.found.spread

    def number(self, value: float) -> str:
        """A value without its unit; what was counted is whole."""
        whole = self.unit == "count" and float(value).is_integer()
        return dutch.number(value, 0 if whole else self.decimals)

    def said(self, value: float) -> str:
        """A value with its unit; a bare count speaks for itself."""
        return said_in(self.unit, self.number(value))


@kept(4096)
def measured(shelf: Shelf, aim: Aim) -> Measured:
    """The figures of a goal, in its unit."""
    found = reading(shelf, aim.area, aim.indicator)
    unit = unit_of(aim)
    decimals = decimals_of(aim, unit)
    ones = (1.0,) * len(found.labels)
    if not found.is_own:
        return Measured(found, unit, decimals, ones, missing=_no_figures(found))
    if unit not in units_for(found.indicator):
        return Measured(found, unit, decimals, ones, missing=_no_unit(found))
    if unit == INDEX:
        return _indexed(found, aim, decimals)
    rate = UNITS[unit].measure == "rate"
    if not rate and aim.kind != "peers":
        return Measured(found, unit, decimals, ones)
    rates = _rates(shelf, aim, key_figure_of(unit))
    if not rate:
        return Measured(found, unit, decimals, ones, rates)
    if not any(np.isfinite(rates.per)):
        return Measured(found, unit, decimals, ones, missing=_no_people(found, unit))
    per = tuple(value / 1000 for value in rates.per)
    return Measured(found, unit, decimals, per, rates)


def decimals_of(aim: Aim, unit: str) -> int:
    """None of a count, one of the rest, more where the goal is set in more."""
    base = aim.base if aim.kind == "keep" else None
    given = [v for v in (aim.target, base, *(s.value for s in aim.path)) if v is not None]
    least = 0 if unit in ("count", "hours") else 1
    if unit not in ("count", "hours", "percent", INDEX) and given and max(map(abs, given)) < 1:
        least = 2
    fits = (
        n for n in range(least, MOST_DECIMALS) if all(abs(round(v, n) - v) < 1e-9 for v in given)
    )
    return next(fits, MOST_DECIMALS)


def _indexed(found: Reading, aim: Aim, decimals: int) -> Measured:
    base = base_of(found, aim, (1.0,) * len(found.labels))
    if not base > 0:
        missing = (
            "Een index heeft een nulmeting nodig die 100 is. Vul de periode van de nulmeting in,"
            " en het getal als Koers dat jaar niet kent."
        )
        return Measured(found, INDEX, decimals, (1.0,) * len(found.labels), missing=missing)
    return Measured(found, INDEX, decimals, (base / 100,) * len(found.labels))


def base_of(found: Reading, aim: Aim, per: tuple[float, ...]) -> float:
    """The value of the base: as the goal says, else the figure of the base period; NaN where
    neither is known."""
    if aim.base is not None:
        return aim.base
    label = base_label(found, aim.base_period)
    if not label:
        return float("nan")
    at = found.labels.index(label)
    return found.twelve[at] / per[at]


def base_label(found: Reading, period: str) -> str:
    """The label in a reading of a base period; of months a year is its December. "" where the
    figures do not go back so far."""
    label = f"{period}-12" if found.frequency == "month" and len(period) == 4 else period
    return label if label in found.labels else ""


@kept(1024)
def _rates(shelf: Shelf, aim: Aim, key_figure: str) -> Rates:
    """From the table of which the reading is: of its areas at once."""
    indicator, found = load_indicators()[aim.indicator], reading(shelf, aim.area, aim.indicator)
    if not indicator.adds_up:
        return _peer_marks(shelf, aim)
    known = shelf.areas
    area = known.get(aim.area) or Area(aim.area, aim.area, "municipality", "", None, None, "")
    table = shelf.find_table(indicator.numerator.scheme, indicator.topic, area)
    assert table is not None and found.is_own
    panel = table.panel
    people = people_by(shelf, key_figure, panel)
    counts = panel.counts[:, panel.topics.index(indicator.topic)]
    if panel.frequency == "month":
        late = np.asarray(table.provisional, dtype=bool)
        counts = sums_of_twelve(np.where(late, np.nan, counts))
    finite = np.flatnonzero(np.isfinite(found.twelve))
    every = 12 if panel.frequency == "month" else 1
    ends = np.arange(finite[-1] % every, finite[-1] + 1, every) if finite.size else finite
    course = table_course(as_now(counts[:, ends], people[:, ends])) if ends.size else None
    rows = [panel.areas.index(code) for code in aim.peers if code in panel.areas]
    own = panel.areas.index(area.code)
    return Rates(
        tuple(people[own].tolist()),
        course,
        tuple(tuple(as_of(counts[row], people[row]).tolist()) for row in rows),
        tuple(people[rows].sum(axis=0).tolist()) if rows else (),
    )


def as_of(counts: Floats, people: Floats) -> Floats:
    """Counts where it is known how many people there were."""
    return np.where(people > 0, counts, np.nan)


def _peer_marks(shelf: Shelf, aim: Aim) -> Rates:
    found = reading(shelf, aim.area, aim.indicator)
    ones = (1.0,) * len(found.labels)
    others = (reading(shelf, code, aim.indicator) for code in aim.peers)
    marks = tuple(o.twelve for o in others if o.is_own and o.labels == found.labels)
    return Rates(ones, None, marks, ones)


def _no_figures(found: Reading) -> str:
    return f"Nog geen cijfers voor dit gebied. Koers wacht op tabel {found.indicator.waits_for}."


def _no_unit(found: Reading) -> str:
    units = " of ".join(said_in(unit, "…") for unit in units_for(found.indicator))
    return (
        f"{found.indicator.title} wordt niet in deze eenheid geteld. Kies een doel in {units}, of"
        " een andere indicator."
    )


def _no_people(found: Reading, unit: str) -> str:
    title = DENOMINATORS[UNITS[unit].denominators[0]].title
    return (
        f"Geen cijfer {UNITS[unit].label}: het aantal {title} is voor {found.area.name} niet"
        " geladen, of Koers kent het niet."
    )
