"""The real figures of ../shared in two parts: on the one constants are chosen, on the other they
are judged."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared"
COUNTRY = "GM0000"


@dataclass(frozen=True)
class Years:
    """``counts`` (areas, kinds, years) and ``people`` (areas, years) of municipalities; NaN is not
    known. ``first`` is the first year."""

    areas: tuple[str, ...]
    kinds: tuple[str, ...]
    counts: np.ndarray
    people: np.ndarray
    first: int

    def of(self, rows: np.ndarray) -> Years:
        return Years(
            tuple(self.areas[i] for i in rows),
            self.kinds,
            self.counts[rows],
            self.people[rows],
            self.first,
        )


def municipalities() -> dict[str, Years]:
    """Registered crime by municipality and year: "development" and "held aside", each a half of the
    municipalities, drawn once with a fixed seed before any constant was chosen."""
    found = _read(SHARED / "data/crime/gemeente_year_2012_2025.csv.gz")
    order = np.random.default_rng(0).permutation(len(found.areas))
    half = len(order) // 2
    return {
        "development": found.of(np.sort(order[:half])),
        "held aside": found.of(np.sort(order[half:])),
    }


def _read(file: Path) -> Years:
    with gzip.open(file, "rt") as handle:
        rows = [
            (r["RegioS"].strip(), r["SoortMisdrijf"].strip(), int(r["Perioden"][:4]), r)
            for r in csv.DictReader(handle)
        ]
    rows = [row for row in rows if row[0] != COUNTRY]
    areas, kinds, years = (sorted({row[k] for row in rows}) for k in range(3))
    counts = np.full((len(areas), len(kinds), len(years)), np.nan)
    people = np.full((len(areas), len(years)), np.nan)
    at = [{label: i for i, label in enumerate(axis)} for axis in (areas, kinds, years)]
    for area, kind, year, row in rows:
        a, k, t = at[0][area], at[1][kind], at[2][year]
        counts[a, k, t] = _number(row["GeregistreerdeMisdrijven_1"])
        people[a, t] = _number(row["GemiddeldAantalInwoners"])
    return Years(tuple(areas), tuple(kinds), counts, people, years[0])


@dataclass(frozen=True)
class Months:
    """``counts`` (areas, kinds, months) of neighbourhoods or of municipalities."""

    areas: tuple[str, ...]
    counts: np.ndarray


DEVELOPED = ("0484", "0518", "0553", "0603")
"""The municipalities around The Hague of the development half; the other three are held aside."""


def by_month() -> dict[str, tuple[Months, Months]]:
    """Neighbourhoods and municipalities around The Hague, in two parts by municipality."""
    with gzip.open(SHARED / "data/crime/haaglanden_buurt_month_2011_2016.csv.gz", "rt") as handle:
        rows = list(csv.DictReader(handle))
    names = ("WijkenEnBuurten", "Delict", "Perioden")
    axes = [sorted({row[name] for row in rows}) for name in names]
    at = [{label: i for i, label in enumerate(axis)} for axis in axes]
    counts = np.zeros([len(axis) for axis in axes])
    for row in rows:
        place = tuple(at[i][row[name]] for i, name in enumerate(names))
        counts[place] = float(row["Aantal"])
    home = np.array([area[2:6] for area in axes[0]])
    found = {}
    for part, inside in (("development", True), ("held aside", False)):
        use = np.isin(home, DEVELOPED) == inside
        areas, codes = counts[use], sorted(set(home[use]))
        small = Months(tuple(np.array(axes[0])[use]), areas)
        large = Months(tuple(codes), np.array([areas[home[use] == c].sum(axis=0) for c in codes]))
        found[part] = (small, large)
    return found


def people_of(areas: tuple[str, ...]) -> np.ndarray:
    """Inhabitants (areas,) of neighbourhoods in 2024; NaN where they are not known."""
    with (SHARED / "data/population/buurten_2024.csv").open(encoding="utf-8") as handle:
        known = {r["nhood_id"]: _number(r["population"]) for r in csv.DictReader(handle)}
    return np.array([known.get(area, np.nan) for area in areas])


def _number(text: str) -> float:
    return float(text) if text.strip() not in ("", ".") else float("nan")
