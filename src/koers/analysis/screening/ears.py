"""EARS C1, C2 and C3: each count against the few just before it; for comparison, blind to
season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy
from numpy.lib.stride_tricks import sliding_window_view

from koers.analysis.panel import Floats

EarsMethod = Literal["C1", "C2", "C3"]
ALPHA: dict[EarsMethod, float] = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
GAP: dict[EarsMethod, int] = {"C1": 0, "C2": 2, "C3": 2}
LEAST_BASELINE = 3


@dataclass(frozen=True)
class EarsResult:
    """Arrays (..., periods), NaN before there is enough history: baseline mean, bound, exceedance
    and alarm.

    ``score`` is (observed - expected) / standard deviation: the C1 or C2 statistic; for C3 the sum
    of three C2 with one taken off the two before. It is infinite where a constant baseline is left.
    """

    expected: Floats
    upper: Floats
    score: Floats
    alarm: npt.NDArray[np.bool_]


def ears(
    counts: Floats,
    method: EarsMethod = "C1",
    alpha: float | None = None,
    baseline: int = 7,
    min_sigma: float = 0.0,
) -> EarsResult:
    """Hold each count against the mean of ``baseline`` periods just before.

    Parameters
    ----------
    counts : (..., periods) float array
        NaN = not published; nothing is said of a period with a NaN in its baseline.
    method : {"C1", "C2", "C3"}
        C1 uses the periods just before, C2 leaves two out, C3 adds what the two before exceeded
        theirs.
    alpha : float, optional
        Chance of an alarm if counts were normal; by default 0.001, for C3 0.025.
    baseline, min_sigma : int, float
        Length of the baseline, at least 3, and the least standard deviation.

    Raises
    ------
    ValueError
        For a baseline under 3 or a negative ``min_sigma``.

    References
    ----------
    Fricker, Hegler & Dunfee, Statistics in Medicine 2008, 27:3407-3429.

    Examples
    --------
    >>> found = ears(np.array([2.0, 3, 2, 3, 2, 3, 2, 9]))
    >>> round(float(found.upper[-1]), 2), bool(found.alarm[-1])
    (4.08, True)
    """
    if baseline < LEAST_BASELINE or min_sigma < 0:
        raise ValueError(
            f"baseline = {baseline} must be at least 3, min_sigma = {min_sigma} at least 0"
        )
    z = float(scipy.stats.norm.isf(ALPHA[method] if alpha is None else alpha))
    mean, sd = _baseline(counts, baseline, GAP[method])
    sd = np.fmax(sd, min_sigma) if min_sigma > 0 else sd
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (counts - mean) / sd
        if method == "C3":
            score, upper = _with_the_two_before(counts, sd, score, z)
        else:
            upper = mean + z * sd
        return EarsResult(mean, upper, score, np.asarray(counts > upper, dtype=np.bool_))


def _baseline(counts: Floats, length: int, gap: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the ``length`` periods that end ``gap`` + 1 before each."""
    mean, sd = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    first = length + gap
    if counts.shape[-1] > first:
        windows = sliding_window_view(counts, length, axis=-1)[..., : counts.shape[-1] - first, :]
        mean[..., first:] = windows.mean(axis=-1)
        sd[..., first:] = windows.std(axis=-1, ddof=1)
    return mean, sd


def _with_the_two_before(
    counts: Floats, sd: Floats, score: Floats, z: float
) -> tuple[Floats, Floats]:
    over = np.maximum(score - 1.0, 0.0)
    before = np.full(counts.shape, np.nan)
    before[..., 2:] = over[..., 1:-1] + over[..., :-2]
    return score + before, np.maximum(counts + sd * (z - before), 0.0)
