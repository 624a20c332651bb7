"""Interrupted time series: a level shift in a segmented regression of counts, with season and
autocorrelation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.outcome import (
    CHANGES,
    FULL,
    RATIOS,
    Effect,
    Levels,
    PowerCurve,
    ratio_limits,
    student_power,
    student_quantile,
    student_tail,
)
from koers.analysis.panel import Floats

MOST_STEPS = 50
LEAST_BEFORE = 4


@dataclass(frozen=True)
class Regression:
    """A log-linear fit: coefficients, fitted means, Pearson dispersion, and covariances (model;
    Newey-West).

    ``weight`` (periods,) is what each period tells of its mean on the log scale; ``theta`` the size
    of the negative binomial, infinite for quasi-Poisson.
    """

    beta: Floats
    mean: Floats
    dispersion: float
    bread: Floats
    scores: Floats
    weight: Floats
    theta: float = math.inf

    @property
    def covariance(self) -> Floats:
        """Quasi-Poisson: inverse information times the dispersion."""
        return self.bread * self.dispersion

    def newey_west(self, lag: int, correction: bool = False) -> Floats:
        """Newey & West, Econometrica 1987: Bartlett weights 1 - l / (lag + 1); ``correction``:
        times n / (n - k)."""
        u = self.scores
        meat = u.T @ u
        for k in range(1, min(lag, len(u) - 1) + 1):
            cross = u[k:].T @ u[:-k]
            meat += (1 - k / (lag + 1)) * (cross + cross.T)
        out: Floats = self.bread @ meat @ self.bread
        return out * (len(u) / (len(u) - u.shape[1])) if correction else out


def quasi_poisson(y: Floats, x: Floats, offset: Floats | None = None) -> Regression:
    """Poisson regression with log link by iteratively reweighted least squares.

    Parameters
    ----------
    y : (periods,)
    x : (periods, terms)
    offset : (periods,), optional
    """
    return _fitted(y, x, offset, math.inf)


def negative_binomial(y: Floats, x: Floats, offset: Floats | None = None) -> Regression:
    """Negative binomial regression with log link: variance mean + mean² / theta, theta by maximum
    likelihood.

    Coefficients and theta are found in turn. Where counts vary no more than Poisson, theta is
    infinite and the fit that of Poisson.

    Parameters
    ----------
    y : (periods,)
    x : (periods, terms)
    offset : (periods,), optional

    Source: Venables & Ripley, *Modern Applied Statistics with S*, 2002, 7.4; the same numbers as R
    ``MASS::glm.nb``.
    """
    fit = _fitted(y, x, offset, math.inf)
    for _ in range(MOST_STEPS):
        theta = _theta(y, fit.mean)
        new = _fitted(y, x, offset, theta)
        settled = np.abs(new.beta - fit.beta).max() < 1e-9
        fit = new
        if settled:
            break
    return fit


LARGEST_THETA = 1e6
"""A size so large is no different from Poisson."""


def _theta(y: Floats, mean: Floats) -> float:
    """The size at which these means are most likely."""

    def loss(log_theta: float) -> float:
        theta = math.exp(log_theta)
        terms = (
            scipy.special.gammaln(theta + y)
            - scipy.special.gammaln(theta)
            - (theta + y) * np.log1p(mean / theta)
        )
        return -float((terms - y * log_theta).sum())

    found = scipy.optimize.minimize_scalar(
        loss, bounds=(-7.0, math.log(LARGEST_THETA)), method="bounded", options={"xatol": 1e-10}
    )
    theta = math.exp(float(found.x))
    return theta if theta < LARGEST_THETA / 2 else math.inf


def _fitted(y: Floats, x: Floats, offset: Floats | None, theta: float) -> Regression:
    shift = np.zeros(len(y)) if offset is None else offset
    eta = np.log(y + 0.5)
    beta = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(eta, -30, 30))
        working = eta - shift + (y - mean) / mean
        root = np.sqrt(mean / (1 + mean / theta))
        new = np.linalg.lstsq(x * root[:, None], working * root, rcond=None)[0]
        eta = x @ new + shift
        settled = np.abs(new - beta).max() < 1e-10 * (1 + np.abs(new).max())
        beta = new
        if settled:
            break
    mean = np.exp(np.clip(eta, -30, 30))
    spread = 1 + mean / theta
    weight = mean / spread
    bread = np.linalg.pinv((x * weight[:, None]).T @ x)
    left = max(len(y) - np.linalg.matrix_rank(x), 1)
    dispersion = float((((y - mean) ** 2) / (mean * spread)).sum() / left)
    return Regression(
        beta, mean, dispersion, bread, x * ((y - mean) / spread)[:, None], weight, theta
    )


WANDER, MEMORY = 0.10, 0.95
"""Standard deviation and monthly correlation by which the level of a series is at least thought to
wander on the log scale: Newey-West sees too little of slow drift in a few years of counts. Chosen
so that fictitious measures on real monthly figures are called effective no more often than they
should (docs/benchmarks.md)."""
MONTHS = 12


Family = Literal["quasi-poisson", "negative-binomial"]


def its(design: Design, family: Family = "quasi-poisson", levels: Levels = FULL) -> Effect:
    """Level shift of the treated areas together at the start, beside a straight trend and the
    season (log-linear).

    The standard error is the larger of that of the ``family`` and Newey-West, plus what a slow
    wander of the level adds; Student's, on the log scale. The interval in cases is that of what was
    to be expected, and has its error: a fall makes the count more certain, not what would have
    been.

    Raises
    ------
    DesignError
        When the periods before are too few for a level and a trend.

    Source: Wagner et al., J Clin Pharm Ther 2002, 27:299-309; Bernal et al., Int J Epidemiol 2017,
    46:348-355.
    """
    if design.start < LEAST_BEFORE:
        raise DesignError("too few before")
    shift = _shift(design, design.outcome[design.treated].sum(axis=0), family)
    ring = design.outcome[design.ring].sum(axis=0)
    displaced = _shift(design, ring, family) if design.ring.any() else None
    return Effect(
        "its",
        shift.observed,
        shift.expected,
        shift.observed - shift.expected,
        shift.margin(levels.strong),
        shift.margin(levels.weak),
        student_tail(shift.log_ratio / float(shift.error_at(1.0)), shift.df),
        shift.power(levels.strong),
        shift.error,
        displacement=displaced.observed - displaced.expected if displaced else float("nan"),
        curve=shift.curve,
        ratio_interval=shift.ratio_margin(levels.strong),
        levels=levels,
    )


@dataclass(frozen=True)
class Shift:
    """The log ratio at the start with its error; what was counted after and would have been
    expected."""

    log_ratio: float
    error: float
    df: float
    observed: float
    expected: float
    dispersion: float
    curve: Floats

    def error_at(self, left: Floats | float) -> Floats:
        """The error if this part of what was expected were left: it grows as the counts after
        become fewer, and is never less than that of the counts as they are (without that a fall by
        chance was called one of the measure twice as often as it may)."""
        counted, counts = max(self.observed, 0.5), max(self.expected, 0.5)
        chance = self.dispersion / counts
        # What is unsure of the level expected is no less than nothing, however the counts fell.
        level = max(self.error**2 - self.dispersion / counted, 0.0)
        found: Floats = np.maximum(np.sqrt(level + chance / np.asarray(left)), self.error)
        return found

    def margin(self, level: float) -> tuple[float, float]:
        """The effects in cases: what was counted less the limits of what was to be expected."""
        half = student_quantile(level, self.df) * float(self.error_at(1.0))
        far = (self.expected * math.exp(min(s * half, 30.0)) for s in (1, -1))
        high, low = far
        return self.observed - high, self.observed - low

    def ratio_margin(self, level: float) -> tuple[float, float]:
        """The relative changes under which the shift is not out of line."""
        deviation = (np.log(RATIOS) - self.log_ratio) / self.error_at(RATIOS)
        return ratio_limits(RATIOS, scipy.stats.t.cdf(deviation, self.df), level)

    def power(self, level: float) -> PowerCurve:
        """On the log scale, against the limit where nothing changed."""
        left = np.maximum(1 - CHANGES, 0.005)
        limit, error = np.full(len(left), float(self.error_at(1.0))), self.error_at(left)
        return PowerCurve(student_power(np.log(left), limit, error, self.df, level))


def _shift(design: Design, y: Floats, family: Family) -> Shift:
    t, start = design.time, design.start
    post = (np.arange(len(t)) >= start).astype(np.float64)
    x = np.column_stack(
        [
            np.ones(len(t)),
            post,
            (t - t[start]) / design.per_year,
            *season(t, start, design.per_year),
        ]
    )
    if not y.any():
        return Shift(0.0, 1e3, max(len(t) - x.shape[1], 1), 0.0, 0.0, 1.0, np.zeros(len(t)))
    # With no case on one side the likelihood has no top; half a case, spread over that side, gives
    # it one.
    lifted = y.copy()
    for side in (slice(None, start), slice(start, None)):
        if not y[side].any():
            lifted[side] += 0.5 / len(y[side])
    fit = quasi_poisson(lifted, x) if family == "quasi-poisson" else negative_binomial(lifted, x)
    df = float(max(len(t) - x.shape[1], 1))
    dispersion = max(fit.dispersion, 1.0)
    lag = min(max(3, int(len(t) ** 0.25)), len(t) - 1)
    slopes = fit.weight[:, None] * x
    memory = MEMORY ** (np.abs(t[:, None] - t) * MONTHS / design.per_year)
    wander = WANDER**2 * (fit.bread @ slopes.T @ memory @ slopes @ fit.bread)[1, 1]
    variance = (
        max(fit.newey_west(lag, correction=True)[1, 1], fit.bread[1, 1] * dispersion) + wander
    )
    curve = fit.mean * np.exp(-fit.beta[1] * post)
    expected = float(curve[start:].sum())
    observed = float(y[start:].sum())
    # How much more than Poisson the counts after vary: of the negative binomial that grows with
    # their mean.
    excess = dispersion * float((1 + curve[start:] / fit.theta).mean())
    return Shift(
        float(fit.beta[1]), float(np.sqrt(variance)), df, observed, expected, excess, curve
    )


def season(t: Floats, start: int, per_year: int) -> list[Floats]:
    """Two waves a year, one when there is less than two years before the start, none with less than
    one."""
    years = (t[start - 1] - t[0] + 1) / per_year
    waves = 0 if per_year == 1 or years < 1 else 1 if years < 2 else 2
    angle = 2 * np.pi * t / per_year
    return [f(h * angle) for h in range(1, waves + 1) for f in (np.sin, np.cos)]
