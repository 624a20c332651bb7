"""The negative binomial by mean and variance: tails, quantiles and likelihood, one number at a
time, compiled.

Where the variance is not above the mean the Poisson distribution takes its place. Tails of small
counts are sums of recursive terms; beyond that the incomplete beta and gamma functions by their
continued fractions (Lentz's method; DLMF
8.17.22 and 8.9.2).
"""

from __future__ import annotations

import math

import numpy as np

from koers.analysis.compiled import compiled

LEAST_EXCESS = 1e-9
RECURSION = 64
TINY = 1e-300
FEW, SHIFTED = 20, 10
PRODUCT_LOW, PRODUCT_HIGH = 1e-280, 1e280
FACTORIALS = np.array([math.lgamma(k + 1.0) for k in range(FEW + 1)])


@compiled
def _size(mean: float, variance: float) -> float:
    """The size r of the negative binomial; 0 stands for Poisson."""
    excess = variance - mean
    return mean * mean / excess if excess > LEAST_EXCESS * mean else 0.0


@compiled
def _log_rise(r: float, y: float) -> float:
    """log Γ(r + y) - log Γ(r), without losing digits where r is large (Stirling)."""
    if r < 1e4:
        return math.lgamma(r + y) - math.lgamma(r)
    return (
        (r - 0.5) * math.log1p(y / r) + y * math.log(r + y) - y + (1.0 / (r + y) - 1.0 / r) / 12.0
    )


@compiled
def log_of_count(y: float, mean: float, extra: float, log1p_extra: float) -> float:
    """Σ log((mean + k · extra) / (1 + extra)) over k = 0 … y - 1, where 1 + ``extra`` is variance /
    mean.

    What the chance of ``y`` has beyond that of 0, and 1 / y!; right for Poisson (``extra`` 0) too.
    One logarithm for a small count; of a large one the first ten terms so, and the others by
    Stirling's series. A discounted sum of counts is not whole: for what is left after its last
    whole case the term is log(extra / (1 + extra)).
    """
    few = int(y) if y <= FEW else SHIFTED
    product = 1.0
    for k in range(few):
        product *= mean + k * extra
    if PRODUCT_LOW < product < PRODUCT_HIGH:
        total = math.log(product)
    else:
        total = 0.0
        for k in range(few):
            total += math.log(mean + k * extra)
    total -= few * log1p_extra
    if y <= FEW:
        left = y - few
        return total + left * (math.log(extra) - log1p_extra) if left > 0.0 else total
    rest, base = y - SHIFTED, mean + SHIFTED * extra
    r = base / max(extra, TINY)
    total += (
        (r - 0.5) * math.log1p(rest / r)
        - rest
        + rest * (math.log(base + rest * extra) - log1p_extra)
    )
    return total + _stirling(r + rest) - _stirling(r)


@compiled
def _stirling(x: float) -> float:
    """What log Γ(x) has beyond (x - 1/2) log x - x + log(2π) / 2, to twelve digits for x of 10 and
    more."""
    u = 1.0 / x
    z = u * u
    return u * (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z / 1680.0)))


@compiled
def log_factorial(y: float) -> float:
    return FACTORIALS[int(y)] if y <= FEW else math.lgamma(y + 1.0)


@compiled
def log_pmf(y: float, mean: float, variance: float) -> float:
    """The logarithm of the chance of exactly ``y``; NaN of what is NaN."""
    if math.isnan(y) or math.isnan(mean):
        return math.nan
    if mean <= 0.0:
        return 0.0 if y == 0.0 else -math.inf
    r = _size(mean, variance)
    if r == 0.0 or r > 1e10:
        return y * math.log(mean) - mean - log_factorial(y)
    extra = mean / r
    log1p_extra = math.log1p(extra)
    none = -r * log1p_extra
    if y <= 0.0:
        return none
    return none + log_of_count(y, mean, extra, log1p_extra) - log_factorial(y)


@compiled
def _beta_fraction(a: float, b: float, x: float) -> float:
    """Lentz's continued fraction of the incomplete beta function; right for x < (a + 1) / (a + b +
    2)."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > TINY else TINY)
    h = d
    for m in range(1, 5000):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 + even * d
        c = 1.0 + even / c
        d = 1.0 / (d if abs(d) > TINY else TINY)
        h *= d * (c if abs(c) > TINY else TINY)
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 + odd * d
        c = 1.0 + odd / c
        d = 1.0 / (d if abs(d) > TINY else TINY)
        step = d * c
        h *= step
        if abs(step - 1.0) < 1e-14:
            break
    return h


@compiled
def _beta_upper(a: float, b: float, x: float, other: float) -> float:
    """I_x(a, b) with ``other`` = 1 - x known exactly."""
    front = _log_rise(b, a) - math.lgamma(a) + a * math.log(x) + b * math.log(other)
    if x < (a + 1.0) / (a + b + 2.0):
        return math.exp(front) * _beta_fraction(a, b, x) / a
    return 1.0 - math.exp(front) * _beta_fraction(b, a, other) / b


@compiled
def _gamma_lower(a: float, x: float) -> float:
    """P(a, x), the regularised lower incomplete gamma function."""
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1.0:
        total = term = 1.0 / a
        k = a
        for _ in range(100_000):
            k += 1.0
            term *= x / k
            total += term
            if term < total * 1e-16:
                break
        return total * front
    b = x + 1.0 - a
    c, d = 1.0 / TINY, 1.0 / b
    h = d
    for m in range(1, 100_000):
        an = -m * (m - a)
        b += 2.0
        d = an * d + b
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = b + an / c
        step = d * c
        h *= step
        if abs(step - 1.0) < 1e-15:
            break
    return 1.0 - front * h


@compiled
def at_least(y: float, mean: float, variance: float) -> float:
    """P(Y >= y)."""
    if y <= 0.0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    r = _size(mean, variance)
    if r == 0.0 or r > 1e10:
        return _gamma_lower(y, mean)
    return _beta_upper(y, r, mean / (r + mean), r / (r + mean))


@compiled
def upper_tail(y: float, mean: float, variance: float, share: float) -> float:
    """P(Y > y) + share · P(Y = y): the mid-p of a rise at a share of one half; NaN of what is
    NaN."""
    if math.isnan(y) or math.isnan(mean):
        return math.nan
    if mean <= 0.0:
        return 1.0 if y <= 0.0 and share >= 1.0 else share if y <= 0.0 else 0.0
    exact = math.exp(log_pmf(y, mean, variance))
    if y <= RECURSION:
        r = _size(mean, variance)
        poisson = r == 0.0 or r > 1e10
        ratio = mean if poisson else mean / (r + mean)
        term = math.exp(-mean) if poisson else math.exp(-r * math.log1p(mean / r))
        below = 0.0
        for k in range(int(y)):
            below += term
            term *= (mean if poisson else (r + k) * ratio) / (k + 1.0)
        # Where little is left above, a difference from 1 has lost its digits.
        if below + term < 0.99 and term > 0.0:
            return 1.0 - below - (1.0 - share) * exact
    return at_least(y + 1.0, mean, variance) + share * exact


@compiled
def quantile(level: float, mean: float, variance: float) -> float:
    """The smallest count y with P(Y <= y) >= level; NaN of what is NaN."""
    if math.isnan(mean):
        return math.nan
    if mean <= 0.0:
        return 0.0
    if mean < RECURSION:
        # From zero upwards, as long as the sum of chances keeps its digits.
        r = _size(mean, variance)
        poisson = r == 0.0 or r > 1e10
        ratio = mean if poisson else mean / (r + mean)
        term = math.exp(-mean) if poisson else math.exp(-r * math.log1p(mean / r))
        total, k = term, 0.0
        while total < level and k < 4.0 * RECURSION and total < 1.0 - 1e-9:
            term *= (mean if poisson else (r + k) * ratio) / (k + 1.0)
            total += term
            k += 1.0
        if total >= level:
            return k
    sd = math.sqrt(max(variance, mean))
    low, high = -1.0, float(math.ceil(mean + 4.0 * sd + 4.0))
    while 1.0 - at_least(high + 1.0, mean, variance) < level:
        low, high = high, 2.0 * high + 1.0
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        if 1.0 - at_least(middle + 1.0, mean, variance) >= level:
            high = middle
        else:
            low = middle
    return high
