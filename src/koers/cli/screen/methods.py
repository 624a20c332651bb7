"""Each method of `koers screen` over the counts of a file, with results of one shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from koers.analysis.screening.farrington import UnsuitableOptionsError

if TYPE_CHECKING:
    from koers.analysis.screening.ears import EarsMethod
    from koers.analysis.screening.farrington import FarringtonOptions
    from koers.figures.counts_csv import CountsFile

RISE, DRIFT = "rise", "drift"
PERIODS_OF = {"week": "weken", "month": "maanden", "year": "jaren"}


class UnsuitableError(Exception):
    """Options that do not go with these counts; the message says what does."""


@dataclass(frozen=True)
class Judged:
    """Arrays (areas, topics, periods) of what each column says, NaN for nothing; ``rows``: which
    cells are a row."""

    expected: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    score: np.ndarray
    p: np.ndarray
    q: np.ndarray
    signal: np.ndarray
    rows: np.ndarray


def pooled(counts: CountsFile, wanted: np.ndarray, fdr: float) -> Judged:
    from koers.analysis.screening.series import screen_series

    # A week 52 that may hold two weeks says nothing of a rise, and is no history either.
    panel = replace(counts.panel, counts=np.where(counts.doubled, np.nan, counts.panel.counts))
    found = screen_series(panel, counts.family, fdr)
    rows = ~np.isnan(found.p) & counts.present & wanted & ~counts.doubled
    return Judged(
        found.expected, found.lower, found.upper, found.score, found.p, found.q, found.signal, rows
    )


def farrington(
    counts: CountsFile,
    wanted: np.ndarray,
    options: FarringtonOptions,
    asked_from: bool,
    advance: Callable[[int, int], None],
) -> Judged:
    """Rows: every cell of the file in a period with enough history; ``asked_from``: also those
    before R's default."""
    from koers.analysis.period import STEPS_PER_YEAR
    from koers.analysis.screening.farrington import farrington as run

    panel = counts.panel
    if options.population_offset:
        _check_population(counts)
    early = 0 if asked_from else STEPS_PER_YEAR[panel.frequency] * options.b + options.w
    positions = [int(k) for k in np.flatnonzero(wanted) if k >= early]
    try:
        found = run(panel, options, counts.dates, positions, progress=advance)
    except UnsuitableOptionsError as error:
        raise UnsuitableError(_in_dutch(error, panel.frequency)) from error
    signal = np.where(found.alarm, RISE, "").astype(object)
    rows = counts.present & found.judged
    q = _q_values(np.where(rows, found.p, np.nan), counts.family)
    return Judged(found.expected, found.lower, found.upper, found.score, found.p, q, signal, rows)


def ears(counts: CountsFile, wanted: np.ndarray, name: EarsMethod, alpha: float | None) -> Judged:
    from koers.analysis.screening.ears import ears as run

    found = run(counts.panel.counts, name, alpha)
    nothing = np.full(found.upper.shape, np.nan)
    signal = np.where(found.alarm, RISE, "").astype(object)
    rows = counts.present & wanted & ~np.isnan(found.upper)
    return Judged(found.expected, nothing, found.upper, found.score, nothing, nothing, signal, rows)


def glr(counts: CountsFile, wanted: np.ndarray, asked_from: bool) -> Judged:
    from koers.analysis.screening.glr import glr_panel

    first = int(np.flatnonzero(wanted)[0]) if asked_from and wanted.any() else None
    found = glr_panel(counts.panel, first)
    nothing = np.full(found.score.shape, np.nan)
    signal = np.where(found.alarm, DRIFT, "").astype(object)
    rows = counts.present & wanted & ~np.isnan(found.expected)
    return Judged(found.expected, nothing, nothing, found.score, nothing, nothing, signal, rows)


def _q_values(p: np.ndarray, family: np.ndarray) -> np.ndarray:
    from koers.analysis.fdr import q_values

    q = np.full(p.shape, np.nan)
    for t in np.flatnonzero(~np.isnan(p).all(axis=(0, 1))):
        labels = np.where(np.isnan(p[:, :, t]), -1, family[:, :, t])
        for label in np.unique(labels[labels >= 0]):
            inside = labels == label
            q[:, :, t][inside] = q_values(p[:, :, t][inside])
    return q


def _check_population(counts: CountsFile) -> None:
    unknown = np.isnan(counts.panel.population) | (counts.panel.population <= 0)
    bad = np.argwhere(unknown & counts.present.any(axis=1))
    if len(bad):
        area, period = counts.panel.areas[bad[0][0]], counts.labels[bad[0][1]]
        raise UnsuitableError(
            "--population-offset heeft van elk gebied een inwonertal boven 0 nodig, in de kolom"
            f" population; het ontbreekt voor {area} in {period}."
        )


def _in_dutch(error: UnsuitableOptionsError, frequency: str) -> str:
    option = {"no_periods": "--no-periods", "w": "--w"}[error.option]
    if error.option == "w":
        why = "het venster van vorig jaar zou over de toekomst gaan"
    else:
        why = (
            "anders overschrijven de delen van het jaar elkaar (een bekende fout in R, die Koers"
            " niet nadoet)"
        )
    return (
        f"{option} {error.value} kan niet bij tellingen in {PERIODS_OF[frequency]}: hoogstens"
        f" {error.largest}, want {why}."
    )
