"""The negative-binomial likelihood of many counts at once, most of them zero; compiled.

Of a zero the logarithm of the chance is one log1p; without a branch or a call the compiler takes four of them at a time.
Loops write one or two arrays each, because with more it gives up proving that they do not overlap.
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.negbin import TINY, log_factorial, log_of_count

SIGNIFICAND, SHIFT = np.uint64((1 << 52) - 1), np.uint64(52)
ROOT_HALF = np.uint64(np.float64(math.sqrt(0.5)).view(np.uint64))
UP = np.uint64(np.float64(1.0).view(np.uint64) - ROOT_HALF)
TWO_52 = np.uint64(np.float64(2.0**52).view(np.uint64))
BIAS = 2.0**52 + 1023.0
LN2 = math.log(2.0)


@compiled
def _log(x: float) -> float:
    """The logarithm of a positive, normal number: its exponent, and 2 artanh((f - 1) / (f + 1)) of its significand f,
    taken between √½ and √2, as a series."""
    bits = np.float64(x).view(np.uint64) + UP
    # A whole number below 2⁵² in the last bits of 2⁵² is their sum.
    exponent = np.uint64((bits >> SHIFT) | TWO_52).view(np.float64) - BIAS
    f = np.uint64((bits & SIGNIFICAND) + ROOT_HALF).view(np.float64)
    s = (f - 1.0) / (f + 1.0)
    z = s * s
    series = 1.0 / 17.0 + z * (1.0 / 19.0 + z / 21.0)
    series = 1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z * (1.0 / 15.0 + z * series)))
    series = 1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * series)))
    return exponent * LN2 + 2.0 * s * series


@compiled
def log1p_each(extra: Floats, logs: Floats) -> None:
    """``logs`` becomes log(1 + extra), exact for a small ``extra`` too: what rounding takes from 1 + extra is added."""
    for i in range(len(extra)):
        one = 1.0 + extra[i]
        logs[i] = _log(one) + (extra[i] - (one - 1.0)) / one


@compiled
def log_factorials(y: Floats, result: Floats) -> None:
    for i in range(len(y)):
        result[i] = log_factorial(y[i])


@compiled
def log_likelihood(y: Floats, factorial: Floats, mean: Floats, extra: Floats, logs: Floats) -> float:
    """The sum of ``log_pmf`` over the counts ``y`` whose log factorials are ``factorial``.

    ``extra`` (changed) is variance / mean - 1, not below 0; ``logs`` is room for as many numbers.
    """
    for i in range(len(y)):
        extra[i] = max(extra[i], TINY)
    log1p_each(extra, logs)
    total = 0.0
    for i in range(len(y)):
        total -= mean[i] / extra[i] * logs[i]
        if y[i] > 0.0:
            total += log_of_count(y[i], mean[i], extra[i], logs[i]) - factorial[i]
    return total
