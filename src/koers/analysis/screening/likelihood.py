"""The negative-binomial likelihood of many counts at once, most of them zero; compiled.

Of a zero the logarithm of the chance is one log1p, and those are taken four at a time (``elementary``).
"""

from __future__ import annotations

from koers.analysis.compiled import compiled
from koers.analysis.panel import Floats
from koers.analysis.screening.elementary import log1p_each, log_each
from koers.analysis.screening.negbin import FEW, PRODUCT_HIGH, PRODUCT_LOW, TINY, log_factorial, log_of_count


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
        total -= mean[i] / extra[i] * logs[i] + factorial[i]
        product = 1.0
        if y[i] > 0.0:
            # As in ``log_of_count``; what its logarithm is of is kept, to take all logarithms together.
            few = int(y[i])
            if y[i] <= FEW and y[i] == few:
                for k in range(few):
                    product *= mean[i] + k * extra[i]
            if PRODUCT_LOW < product < PRODUCT_HIGH and product != 1.0:
                total -= few * logs[i]
            else:
                product = 1.0
                total += log_of_count(y[i], mean[i], extra[i], logs[i])
        extra[i] = product
    log_each(extra, logs)
    for i in range(len(y)):
        total += logs[i]
    return total
