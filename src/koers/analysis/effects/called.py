"""How often each method called a measure that did nothing effective or counter-effective: what the
benchmark measured, and what follows of it for what may be said.

The table is written by ``python -m benchmarks.effects calibration --write``; nobody edits it.
"""

from __future__ import annotations

import math

BEGIN, END = "# measured: begin", "# measured: end"
ALLOWED = 0.065
"""Where more than this is called of nothing (5 % was asked) a method does not hold."""

Case = tuple[str, int, bool, bool, str]
"""Method, number of adjacent areas, begun after a peak, with a ring, and the part of the figures on
which it was measured."""

ENOUGH = 200
"""Of so many measures the share of a part of the figures stands by itself."""

CALLED: dict[Case, tuple[int, int]] = {
    # measured: begin
    # measured: end
}


def called_of_nothing(method: str, areas: int, after_peak: bool, ring: bool) -> float | None:
    """The largest share in a part of the figures where there were ``ENOUGH`` measures, else that of
    all parts together, of the size nearest to this one; None where it was not measured."""
    sizes = {case[1] for case in CALLED if case[0] == method}
    if not sizes:
        return None
    size = min(sizes, key=lambda n: abs(math.log(n / max(areas, 1))))
    asked = (method, size, after_peak, ring)
    parts = [counts for case, counts in CALLED.items() if case[:4] == asked]
    tried = sum(n for _, n in parts)
    if not tried:
        return None
    alone = [called / n for called, n in parts if n >= ENOUGH]
    return max(alone, default=sum(called for called, _ in parts) / tried)


def holds(method: str, areas: int, after_peak: bool, ring: bool) -> bool:
    """Whether what this method says of such a measure can be held against it: not where it called
    too much of nothing, nor is anything said of what was not measured."""
    share = called_of_nothing(method, areas, after_peak, ring)
    return share is None or share <= ALLOWED
