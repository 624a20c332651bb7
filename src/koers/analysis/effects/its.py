"""Interrupted time series: a level shift in a segmented regression of counts, with season and autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.outcome import CHANGES, LEVEL, WEAK_LEVEL, Effect, PowerCurve, student_power, student_quantile
from koers.analysis.panel import Floats

MOST_STEPS = 50
LEAST_BEFORE = 4


@dataclass(frozen=True)
class Regression:
    """A quasi-Poisson fit: coefficients, fitted means, Pearson dispersion, and covariances (model; Newey-West)."""

    beta: Floats
    mean: Floats
    dispersion: float
    bread: Floats
    scores: Floats

    @property
    def covariance(self) -> Floats:
        """Quasi-Poisson: inverse information times the dispersion."""
        return self.bread * self.dispersion

    def newey_west(self, lag: int, correction: bool = False) -> Floats:
        """Newey & West, Econometrica 1987: Bartlett weights 1 - l / (lag + 1); ``correction``: times n / (n - k)."""
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
    shift = np.zeros(len(y)) if offset is None else offset
    eta = np.log(y + 0.5)
    beta = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(eta, -30, 30))
        working = eta - shift + (y - mean) / mean
        root = np.sqrt(mean)
        new = np.linalg.lstsq(x * root[:, None], working * root, rcond=None)[0]
        eta = x @ new + shift
        settled = np.abs(new - beta).max() < 1e-10 * (1 + np.abs(new).max())
        beta = new
        if settled:
            break
    mean = np.exp(np.clip(eta, -30, 30))
    bread = np.linalg.pinv((x * mean[:, None]).T @ x)
    left = max(len(y) - np.linalg.matrix_rank(x), 1)
    dispersion = float((((y - mean) ** 2) / mean).sum() / left)
    return Regression(beta, mean, dispersion, bread, x * (y - mean)[:, None])
