"""Slow drifts: a generalised likelihood-ratio CUSUM with reset (Höhle & Paul 2008)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats, Panel
from koers.analysis.period import STEPS_PER_YEAR, Frequency

THRESHOLD = 5.0
LEAST_HISTORY: dict[Frequency, int] = {"month": 24, "week": 104, "year": 4}
MOST_STEPS = 50
NEWTON_TOLERANCE = 1e-12


@dataclass(frozen=True)
class GlrResult:
    """Arrays (..., periods): in-control mean, likelihood ratio, and where it passed the threshold,
    after which it resets."""

    expected: Floats
    score: Floats
    alarm: npt.NDArray[np.bool_]


def glr(
    counts: Floats, mean: Floats, alpha: Floats | float = 0.0, threshold: float = THRESHOLD
) -> GlrResult:
    """How much likelier a lasting rise since some earlier period is than the in-control mean.

    The statistic of a period is the largest, over the periods at which a rise may have begun, of
    the log likelihood ratio of a rise by a constant factor (estimated, at least 1). At
    ``threshold`` it is an alarm, and it starts anew.

    Parameters
    ----------
    counts, mean : (..., periods) float arrays
        Counts and in-control means; a NaN in either says nothing and is skipped.
    alpha : float or (...) float array
        Dispersion: variance = mean + alpha mean²; 0 is Poisson.
    threshold : float
        Of the log likelihood ratio.

    References
    ----------
    Höhle & Paul, Computational Statistics & Data Analysis 2008, 52:4357-4368.

    Examples
    --------
    >>> found = glr(np.array([2.0, 1, 2, 4, 4, 5, 4, 5]), np.full(8, 2.0))
    >>> found.score.round(2).tolist()
    [0.0, 0.0, 0.0, 0.77, 1.55, 3.05, 3.81, 5.35]
    """
    shape = counts.shape
    flat = np.ascontiguousarray(counts.reshape(-1, shape[-1]), dtype=np.float64)
    means = np.ascontiguousarray(np.broadcast_to(mean, shape).reshape(flat.shape), dtype=np.float64)
    spread = np.ascontiguousarray(
        np.broadcast_to(np.asarray(alpha, dtype=np.float64), shape[:-1]).reshape(-1)
    )
    score, alarm = np.full(flat.shape, np.nan), np.zeros(flat.shape, dtype=np.bool_)
    _cusum(flat, means, spread, threshold, score, alarm)
    return GlrResult(np.broadcast_to(mean, shape), score.reshape(shape), alarm.reshape(shape))


def glr_panel(panel: Panel, first: int | None = None, threshold: float = THRESHOLD) -> GlrResult:
    """``glr`` from period ``first`` on, the in-control mean from the periods before it.

    The mean of a series is its own average there (with half a case added, so that no series expects
    nothing) times the season of its topic over all areas: one harmonic. The dispersion is its own,
    by moments.

    Parameters
    ----------
    panel : Panel
        Counts; NaN = not published.
    first : int, optional
        Position of the first period to judge; by default after 24 months, 104 weeks or 4 years.
    """
    periods = len(panel.periods)
    start = LEAST_HISTORY[panel.frequency] if first is None else first
    mean, score = np.full(panel.counts.shape, np.nan), np.full(panel.counts.shape, np.nan)
    alarm = np.zeros(panel.counts.shape, dtype=np.bool_)
    if not 0 < start < periods:
        return GlrResult(mean, score, alarm)
    past = panel.counts[:, :, :start]
    season = np.stack([_season(past[:, k], panel, periods) for k in range(len(panel.topics))])
    known = ~np.isnan(past)
    exposure = np.where(known, season[None, :, :start], 0.0).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (np.nansum(past, axis=2) + 0.5) / np.where(exposure > 0, exposure, np.nan)
        whole = level[:, :, None] * season[None]
        fitted = whole[:, :, :start]
        excess = np.where(known, (past - fitted) ** 2 - fitted, 0.0).sum(axis=2)
        alpha = np.nan_to_num(np.maximum(excess / np.where(known, fitted**2, 0.0).sum(axis=2), 0.0))
    found = glr(panel.counts[:, :, start:], whole[:, :, start:], alpha, threshold)
    mean[:, :, start:], score[:, :, start:], alarm[:, :, start:] = (
        found.expected,
        found.score,
        found.alarm,
    )
    return GlrResult(mean, score, alarm)


def _season(past: Floats, panel: Panel, periods: int) -> Floats:
    """(periods,) factor of one harmonic, fitted to the sums over the areas; 1 where there is too
    little to fit."""
    steps = STEPS_PER_YEAR[panel.frequency]
    sums, known = np.nansum(past, axis=0), (~np.isnan(past)).sum(axis=0)
    used = known > 0
    if steps == 1 or sums.sum() <= 0 or used.sum() < steps:
        return np.ones(periods)
    angle = 2 * np.pi * np.array([period.number for period in panel.periods]) / steps
    design = np.column_stack([np.ones(periods), np.cos(angle), np.sin(angle)])
    x, y, share = design[: past.shape[1]][used], sums[used], known[used]
    eta = np.full(y.size, np.log(y.sum() / share.sum()))
    beta = np.zeros(3)
    for _ in range(MOST_STEPS):
        mu = share * np.exp(eta)
        new = np.linalg.lstsq(
            np.sqrt(mu)[:, None] * x, np.sqrt(mu) * (eta + (y - mu) / mu), rcond=None
        )[0]
        done = bool(np.abs(new - beta).max() < 1e-10)
        beta, eta = new, np.clip(x @ new, -30.0, 30.0)
        if done:
            break
    return np.asarray(np.exp(np.clip(design[:, 1:] @ beta[1:], -3.0, 3.0)), dtype=np.float64)


@compiled
def _cusum(
    counts: Floats,
    means: Floats,
    alpha: Floats,
    threshold: float,
    score: Floats,
    alarm: npt.NDArray[np.bool_],
) -> None:
    for s in range(counts.shape[0]):
        begin = 0
        for n in range(counts.shape[1]):
            if math.isnan(counts[s, n]) or math.isnan(means[s, n]):
                continue
            best, log_factor = 0.0, 0.0
            for k in range(n, begin - 1, -1):
                if math.isnan(counts[s, k]) or math.isnan(means[s, k]):
                    continue
                log_factor = _rise(counts[s], means[s], k, n, alpha[s], log_factor)
                if log_factor > 0.0:
                    best = max(best, _ratio(counts[s], means[s], k, n, alpha[s], log_factor))
            score[s, n] = best
            if best >= threshold:
                alarm[s, n] = True
                begin = n + 1


@compiled
def _rise(x: Floats, mu: Floats, k: int, n: int, alpha: float, guess: float) -> float:
    """Logarithm of the likeliest factor of periods k to n, 0 when that is a fall."""
    cases, expected = 0.0, 0.0
    above = 0.0
    for t in range(k, n + 1):
        if math.isnan(x[t]) or math.isnan(mu[t]):
            continue
        cases += x[t]
        expected += mu[t]
        above += (x[t] - mu[t]) / (1.0 + alpha * mu[t])
    if above <= 0.0 or expected <= 0.0:
        return 0.0
    if alpha == 0.0:
        return math.log(cases / expected)
    value = guess if guess > 0.0 else max(math.log(cases / expected), 1e-3)
    for _ in range(MOST_STEPS):
        slope, curve = 0.0, 0.0
        factor = math.exp(value)
        for t in range(k, n + 1):
            if math.isnan(x[t]) or math.isnan(mu[t]):
                continue
            m = mu[t] * factor
            slope += (x[t] - m) / (1.0 + alpha * m)
            curve -= m * (1.0 + alpha * x[t]) / (1.0 + alpha * m) ** 2
        step = min(max(slope / curve, -2.0), 2.0)
        value = max(value - step, 0.0)
        if abs(step) < NEWTON_TOLERANCE:
            break
    return value


@compiled
def _ratio(x: Floats, mu: Floats, k: int, n: int, alpha: float, log_factor: float) -> float:
    factor, total = math.exp(log_factor), 0.0
    for t in range(k, n + 1):
        if math.isnan(x[t]) or math.isnan(mu[t]):
            continue
        if alpha == 0.0:
            total += x[t] * log_factor - mu[t] * (factor - 1.0)
        else:
            total += x[t] * log_factor + (x[t] + 1.0 / alpha) * math.log(
                (1.0 + alpha * mu[t]) / (1.0 + alpha * mu[t] * factor)
            )
    return total
