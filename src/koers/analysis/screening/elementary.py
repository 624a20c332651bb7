"""Logarithms and exponentials of many numbers, without a branch or a call, so that four go at a
time; compiled.

Right to a few units in the last digit. The functions of the mathematical library are called one
number at a time.
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats

SIGNIFICAND, SHIFT = np.uint64((1 << 52) - 1), np.uint64(52)
ROOT_HALF = np.uint64(np.float64(math.sqrt(0.5)).view(np.uint64))
UP = np.uint64(np.float64(1.0).view(np.uint64) - ROOT_HALF)
TWO_52 = np.uint64(np.float64(2.0**52).view(np.uint64))
BIAS = 2.0**52 + 1023.0
LN2 = math.log(2.0)
LN2_HIGH = np.float64(int(LN2 * 2.0**32) / 2.0**32)
LN2_LOW = 1.9082149292705877e-10
ROUNDING = 1.5 * 2.0**52
ROUNDING_BITS = np.uint64(np.float64(ROUNDING).view(np.uint64))
ONE_BITS = np.uint64(np.float64(1.0).view(np.uint64))


@compiled
def _log(x: float) -> float:
    """The logarithm of a positive, normal number: its exponent, and 2 artanh((f - 1) / (f + 1)) of
    its significand f, taken between √½ and √2, as a series."""
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
    """``logs`` becomes log(1 + extra), exact for a small ``extra`` too: what rounding takes from 1
    + extra is added."""
    for i in range(len(extra)):
        one = 1.0 + extra[i]
        logs[i] = _log(one) + (extra[i] - (one - 1.0)) / one


@compiled
def log_each(x: Floats, logs: Floats) -> None:
    """The logarithms of positive, normal numbers."""
    for i in range(len(x)):
        logs[i] = _log(x[i])


@compiled
def exp_each(x: Floats, result: Floats) -> None:
    """exp of numbers between -700 and 700 (others are taken to be that): 2 to a whole power, times
    a series."""
    for i in range(len(x)):
        value = min(max(x[i], -700.0), 700.0)
        rounded = value / LN2 + ROUNDING
        whole = rounded - ROUNDING
        z = (value - whole * LN2_HIGH) - whole * LN2_LOW
        series = 1.0 / 40320.0 + z * (
            1.0 / 362880.0 + z * (1.0 / 3628800.0 + z * (1.0 / 39916800.0 + z / 479001600.0))
        )
        series = 1.0 / 24.0 + z * (
            1.0 / 120.0 + z * (1.0 / 720.0 + z * (1.0 / 5040.0 + z * series))
        )
        series = 1.0 + z * (1.0 + z * (0.5 + z * (1.0 / 6.0 + z * series)))
        power = ((np.float64(rounded).view(np.uint64) - ROUNDING_BITS) << SHIFT) + ONE_BITS
        result[i] = series * np.uint64(power).view(np.float64)
