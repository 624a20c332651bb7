"""The negative-binomial likelihood of many counts at once, most of them zero; compiled.

Of a zero the logarithm of the chance is one log1p, and those are taken four at a time
(``elementary``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.elementary import log1p_each, log_each
from koers.analysis.screening.negbin import (
    FEW,
    PRODUCT_HIGH,
    PRODUCT_LOW,
    TINY,
    log_factorial,
    log_of_count,
)

Ints = npt.NDArray[np.int64]


@compiled
def log_factorials(y: Floats, result: Floats) -> None:
    for i in range(len(y)):
        result[i] = log_factorial(y[i])


@compiled
def counted_first(y: Floats) -> Ints:
    """The order in which counts above zero come first: of a zero no more than its part of
    ``log_likelihood`` is asked."""
    order = np.empty(len(y), dtype=np.int64)
    number = 0
    for wanted in (True, False):
        for i in range(len(y)):
            if (y[i] > 0.0) == wanted:
                order[number] = i
                number += 1
    return order


@compiled
def _of_zero(mean: Floats, extra: Floats, logs: Floats, result: Floats) -> None:
    for i in range(len(mean)):
        result[i] = mean[i] / extra[i] * logs[i]


@compiled
def _sum(x: Floats) -> float:
    """Four sums side by side, because each addition waits for the one before it."""
    a = b = c = d = 0.0
    whole = len(x) - len(x) % 4
    for i in range(0, whole, 4):
        a += x[i]
        b += x[i + 1]
        c += x[i + 2]
        d += x[i + 3]
    for i in range(whole, len(x)):
        a += x[i]
    return (a + b) + (c + d)


@compiled
def log_likelihood(
    y: Floats, factorial: Floats, mean: Floats, extra: Floats, logs: Floats, parts: Floats
) -> float:
    """The sum of ``log_pmf`` over the counts ``y``, those above zero first, whose log factorials
    are ``factorial``.

    ``extra`` (changed) is variance / mean - 1, not below 0; ``logs`` and ``parts`` are room for as
    many numbers.
    """
    for i in range(len(y)):
        extra[i] = max(extra[i], TINY)
    log1p_each(extra, logs)
    _of_zero(mean, extra, logs, parts)
    total = -_sum(parts)
    counted = 0
    for i in range(len(y)):
        if y[i] <= 0.0:
            break
        # As in ``log_of_count``; what its logarithm is of is kept, to take all logarithms together.
        few, product = int(y[i]), 1.0
        if y[i] <= FEW and y[i] == few:
            for k in range(few):
                product *= mean[i] + k * extra[i]
        if PRODUCT_LOW < product < PRODUCT_HIGH and product != 1.0:
            total -= few * logs[i]
        else:
            product = 1.0
            total += log_of_count(y[i], mean[i], extra[i], logs[i])
        total -= factorial[i]
        parts[i] = product
        counted = i + 1
    log_each(parts[:counted], logs[:counted])
    return total + _sum(logs[:counted])
