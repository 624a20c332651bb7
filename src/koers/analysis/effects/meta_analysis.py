"""What several evaluations of the same kind of measure say together: random-effects meta-analysis.

Each evaluation has an effect of its own, around a mean that is asked for. Its spread between them
(tau²) is estimated by restricted maximum likelihood; the margin of the mean is that of Hartung and
Knapp, never narrower than chance within the evaluations alone allows. What a next evaluation may
find lies in the prediction interval: with three to ten evaluations the spread itself is hardly
known, so it is drawn from its confidence distribution instead of plugged in.

Sources: Viechtbauer, Journal of Educational and Behavioral Statistics 2005, 30:261-293 (REML);
Hartung & Knapp, Statistics in Medicine 2001, 20:3875-3889, and Sidik & Jonkman, Statistics in
Medicine 2002, 21:3153-3159 (the margin); Röver, Knapp & Friede, BMC Medical Research Methodology
2015, 15:99 (its floor); Nagashima, Noma & Furukawa, Statistical Methods in Medical Research 2019,
28:1689-1702 (the prediction interval; Higgins, Thompson & Spiegelhalter, JRSS A 2009, 172:137-159,
whose t with k - 2 degrees of freedom says next to nothing of three evaluations).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers.analysis.effects.outcome import LEVEL, student_quantile
from koers.analysis.panel import Floats

LEAST = 3
"""Of fewer evaluations nothing is said: a spread cannot be told from two."""
DRAWS = 20_000
"""The limits of a prediction of three evaluations are then within some 3 % of its width, of ten
within 1 %."""
STEPS = 120
"""Of a grid of variances, each a fifth more than the one before."""
FINER, ROUNDS = 21, 7


@dataclass(frozen=True)
class Together:
    """What ``number`` estimates say together, on their own scale.

    ``mean`` with its ``standard_error`` and ``interval``; between the limits of ``prediction`` lies
    the effect of a next one. ``tau2`` is the variance between the effects, ``q`` that of the
    estimates held against chance within them (Cochran; chi-squared with ``number`` - 1 degrees of
    freedom when all effects are the same).
    """

    number: int
    mean: float
    standard_error: float
    interval: tuple[float, float]
    prediction: tuple[float, float]
    tau2: float
    q: float


def meta_analysis(
    estimates: Floats,
    standard_errors: Floats,
    level: float = LEVEL,
    seed: int = 1,
    draws: int = DRAWS,
) -> Together:
    """Pool estimates, each with an effect of its own.

    Parameters
    ----------
    estimates : (k,)
        At least ``LEAST``; log rate ratios for effects on counts.
    standard_errors : (k,)
        Above 0.
    draws : int
        For the prediction.

    Raises
    ------
    ValueError
        With too few, or with one that is not known.

    Examples
    --------
    >>> found = meta_analysis(np.array([-0.5, -0.1, -0.3]), np.array([0.1, 0.1, 0.1]))
    >>> round(found.mean, 2), round(found.tau2, 2)
    (-0.3, 0.03)
    """
    y, variance = np.asarray(estimates, np.float64), np.asarray(standard_errors, np.float64) ** 2
    if len(y) < LEAST or len(y) != len(variance):
        raise ValueError(f"at least {LEAST} estimates, each with its standard error")
    if not (np.isfinite(y).all() and np.isfinite(variance).all() and (variance > 0).all()):
        raise ValueError("estimates are finite, standard errors finite and above 0")
    between = _restricted(y, variance)
    mean, of_mean = _weighed(y, variance, np.array([between]))
    half = student_quantile(level, len(y) - 1) * float(np.sqrt(of_mean[0]))
    return Together(
        len(y),
        float(mean[0]),
        float(np.sqrt(of_mean[0])),
        (float(mean[0]) - half, float(mean[0]) + half),
        _prediction(y, variance, level, draws, np.random.default_rng(seed)),
        between,
        _cochran(y, variance),
    )


def log_ratio(
    change: float, expected: float, limits: tuple[float, float], level: float = LEVEL
) -> tuple[float, float]:
    """The logarithm of counted over expected, and its standard error by the margin that goes with
    it.

    Where nothing was counted half a case is added to both, since the logarithm of 0 is none; the
    standard error is then at least that of half a case.

    Parameters
    ----------
    change : float
        What was counted against what was expected: -0.2 is 20 % fewer.
    expected : float
        How many cases; above 0.
    limits : (2,)
        Between which the change lies at ``level``; the lower may be -1.
    """
    z, above = student_quantile(level, np.inf), float(np.log1p(limits[1]))
    if change <= -1:
        found = float(np.log(0.5 / (expected + 0.5)))
        return found, max((above - found) / z, float(np.sqrt(2.0)))
    found = float(np.log1p(change))
    if limits[0] <= -1:
        return found, (above - found) / z
    return found, (above - float(np.log1p(limits[0]))) / (2 * z)


def _cochran(y: Floats, variance: Floats) -> float:
    weight = 1 / variance
    return float((weight * (y - (weight * y).sum() / weight.sum()) ** 2).sum())


def _weighed(y: Floats, variance: Floats, between: Floats) -> tuple[Floats, Floats]:
    """The mean and its variance (n,) under each variance between the effects (n,).

    The variance is Hartung's, at least what chance within the evaluations alone leaves.
    """
    weight = 1 / (variance + between[:, None])
    total = weight.sum(axis=1)
    mean = (weight @ y) / total
    spread = (weight * (y - mean[:, None]) ** 2).sum(axis=1) / ((len(y) - 1) * total)
    return mean, np.maximum(spread, 1 / (1 / variance).sum())


def _restricted(y: Floats, variance: Floats) -> float:
    """The variance between the effects with the highest restricted likelihood: the best of a grid,
    then of ever finer ones around it."""
    grid = _variances(y, variance)
    for _ in range(ROUNDS):
        best = int(np.argmin(_short(y, variance, grid)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        grid = np.linspace(low, high, FINER)
    return float(grid[int(np.argmin(_short(y, variance, grid)))])


def _short(y: Floats, variance: Floats, between: Floats) -> Floats:
    """-2 times the restricted log-likelihood, but for a constant, of variances (n,)."""
    weight = 1 / (variance + between[:, None])
    total = weight.sum(axis=1)
    mean = (weight @ y) / total
    fit = (weight * (y - mean[:, None]) ** 2 - np.log(weight)).sum(axis=1)
    found: Floats = fit + np.log(total)
    return found


def _variances(y: Floats, variance: Floats) -> Floats:
    """Variances between the effects that are tried, from next to none to far too many."""
    scale = float(variance.mean() + y.var())
    grid: Floats = np.concatenate([[0.0], np.geomspace(1e-4 * scale, 1e6 * scale, STEPS)])
    return grid


def _prediction(
    y: Floats, variance: Floats, level: float, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Between which limits the effect of a next one lies."""
    between = _drawn(y, variance, draws, rng)
    mean, of_mean = _weighed(y, variance, between)
    apart = np.sqrt(between) * rng.standard_normal(draws)
    off = apart + np.sqrt(of_mean) * rng.standard_t(len(y) - 1, draws)
    # Each draw to both sides: half the error of Monte Carlo for nothing.
    low, high = np.quantile(np.concatenate([mean + off, mean - off]), _ends(level))
    return float(low), float(high)


def _ends(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _drawn(y: Floats, variance: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Variances between the effects (draws,) from their confidence distribution.

    Cochran's Q is a sum of squared normals with weights that rise with that variance. For drawn
    squares the one under which Q is what it was found to be; 0 where it is below that anyhow.
    """
    grid = _variances(y, variance)
    squares = rng.chisquare(1, (draws, len(y) - 1))
    sums = squares @ _weights(variance, grid).T
    wanted = _cochran(y, variance)
    after = np.clip((sums < wanted).sum(axis=1), 1, len(grid) - 1)
    rows = np.arange(draws)
    low, high = sums[rows, after - 1], sums[rows, after]
    part = (wanted - low) / (high - low)
    drawn: Floats = np.maximum(grid[after - 1] + part * (grid[after] - grid[after - 1]), 0.0)
    return drawn


def _weights(variance: Floats, between: Floats) -> Floats:
    """(n, k - 1) of Q's squared normals under each variance between the effects."""
    weight = 1 / variance
    root = np.sqrt(variance + between[:, None])
    centred = np.diag(weight) - np.outer(weight, weight) / weight.sum()
    found: Floats = np.linalg.eigvalsh(root[:, :, None] * centred * root[:, None, :])[:, 1:]
    return found
