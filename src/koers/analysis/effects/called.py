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
    ("eb", 1, False, False, "development"): (11, 400),
    ("eb", 1, False, False, "other region"): (14, 400),
    ("eb", 1, False, False, "other year"): (12, 400),
    ("eb", 1, False, True, "development"): (11, 400),
    ("eb", 1, False, True, "other region"): (13, 400),
    ("eb", 1, False, True, "other year"): (5, 400),
    ("eb", 1, True, False, "development"): (12, 400),
    ("eb", 1, True, False, "other region"): (11, 400),
    ("eb", 1, True, False, "other year"): (7, 400),
    ("eb", 1, True, True, "development"): (15, 400),
    ("eb", 1, True, True, "other region"): (9, 400),
    ("eb", 1, True, True, "other year"): (3, 400),
    ("eb", 2, False, False, "development"): (15, 400),
    ("eb", 2, False, False, "other region"): (16, 400),
    ("eb", 2, False, False, "other year"): (17, 400),
    ("eb", 2, False, True, "development"): (13, 400),
    ("eb", 2, False, True, "other region"): (13, 400),
    ("eb", 2, False, True, "other year"): (11, 400),
    ("eb", 2, True, False, "development"): (6, 400),
    ("eb", 2, True, False, "other region"): (12, 400),
    ("eb", 2, True, False, "other year"): (4, 400),
    ("eb", 2, True, True, "development"): (9, 400),
    ("eb", 2, True, True, "other region"): (6, 400),
    ("eb", 2, True, True, "other year"): (8, 400),
    ("eb", 5, False, False, "development"): (8, 400),
    ("eb", 5, False, False, "other region"): (8, 400),
    ("eb", 5, False, False, "other year"): (10, 400),
    ("eb", 5, False, True, "development"): (14, 400),
    ("eb", 5, False, True, "other region"): (10, 400),
    ("eb", 5, False, True, "other year"): (15, 400),
    ("eb", 5, True, False, "development"): (8, 400),
    ("eb", 5, True, False, "other region"): (11, 400),
    ("eb", 5, True, False, "other year"): (3, 400),
    ("eb", 5, True, True, "development"): (14, 400),
    ("eb", 5, True, True, "other region"): (8, 400),
    ("eb", 5, True, True, "other year"): (3, 400),
    ("eb", 10, False, False, "development"): (9, 400),
    ("eb", 10, False, False, "other region"): (11, 400),
    ("eb", 10, False, False, "other year"): (14, 400),
    ("eb", 10, False, True, "development"): (12, 400),
    ("eb", 10, False, True, "other region"): (14, 400),
    ("eb", 10, False, True, "other year"): (15, 400),
    ("eb", 10, True, False, "development"): (6, 400),
    ("eb", 10, True, False, "other region"): (6, 400),
    ("eb", 10, True, False, "other year"): (6, 400),
    ("eb", 10, True, True, "development"): (7, 400),
    ("eb", 10, True, True, "other region"): (13, 400),
    ("eb", 10, True, True, "other year"): (7, 400),
    ("its", 1, False, False, "development"): (25, 400),
    ("its", 1, False, False, "other region"): (26, 400),
    ("its", 1, False, False, "other year"): (33, 400),
    ("its", 1, False, True, "development"): (18, 400),
    ("its", 1, False, True, "other region"): (16, 400),
    ("its", 1, False, True, "other year"): (24, 400),
    ("its", 1, True, False, "development"): (14, 400),
    ("its", 1, True, False, "other region"): (21, 400),
    ("its", 1, True, False, "other year"): (40, 400),
    ("its", 1, True, True, "development"): (11, 400),
    ("its", 1, True, True, "other region"): (20, 400),
    ("its", 1, True, True, "other year"): (18, 400),
    ("its", 2, False, False, "development"): (13, 400),
    ("its", 2, False, False, "other region"): (17, 400),
    ("its", 2, False, False, "other year"): (28, 400),
    ("its", 2, False, True, "development"): (5, 400),
    ("its", 2, False, True, "other region"): (12, 400),
    ("its", 2, False, True, "other year"): (26, 400),
    ("its", 2, True, False, "development"): (18, 400),
    ("its", 2, True, False, "other region"): (15, 400),
    ("its", 2, True, False, "other year"): (31, 400),
    ("its", 2, True, True, "development"): (15, 400),
    ("its", 2, True, True, "other region"): (19, 400),
    ("its", 2, True, True, "other year"): (38, 400),
    ("its", 5, False, False, "development"): (15, 400),
    ("its", 5, False, False, "other region"): (19, 400),
    ("its", 5, False, False, "other year"): (29, 400),
    ("its", 5, False, True, "development"): (16, 400),
    ("its", 5, False, True, "other region"): (26, 400),
    ("its", 5, False, True, "other year"): (19, 400),
    ("its", 5, True, False, "development"): (20, 400),
    ("its", 5, True, False, "other region"): (21, 400),
    ("its", 5, True, False, "other year"): (25, 400),
    ("its", 5, True, True, "development"): (11, 400),
    ("its", 5, True, True, "other region"): (15, 400),
    ("its", 5, True, True, "other year"): (29, 400),
    ("its", 10, False, False, "development"): (17, 400),
    ("its", 10, False, False, "other region"): (21, 400),
    ("its", 10, False, False, "other year"): (15, 400),
    ("its", 10, False, True, "development"): (6, 400),
    ("its", 10, False, True, "other region"): (14, 400),
    ("its", 10, False, True, "other year"): (22, 400),
    ("its", 10, True, False, "development"): (13, 400),
    ("its", 10, True, False, "other region"): (9, 400),
    ("its", 10, True, False, "other year"): (29, 400),
    ("its", 10, True, True, "development"): (14, 400),
    ("its", 10, True, True, "other region"): (13, 400),
    ("its", 10, True, True, "other year"): (19, 400),
    ("synthetic", 1, False, False, "development"): (0, 20),
    ("synthetic", 1, False, False, "other region"): (0, 20),
    ("synthetic", 1, False, False, "other year"): (0, 20),
    ("synthetic", 1, False, True, "development"): (0, 20),
    ("synthetic", 1, False, True, "other region"): (2, 20),
    ("synthetic", 1, False, True, "other year"): (1, 20),
    ("synthetic", 1, True, False, "development"): (4, 20),
    ("synthetic", 1, True, False, "other region"): (0, 20),
    ("synthetic", 1, True, False, "other year"): (0, 20),
    ("synthetic", 1, True, True, "development"): (1, 20),
    ("synthetic", 1, True, True, "other region"): (0, 20),
    ("synthetic", 1, True, True, "other year"): (1, 20),
    ("synthetic", 2, False, False, "development"): (0, 20),
    ("synthetic", 2, False, False, "other region"): (2, 20),
    ("synthetic", 2, False, False, "other year"): (2, 20),
    ("synthetic", 2, False, True, "development"): (3, 20),
    ("synthetic", 2, False, True, "other region"): (0, 20),
    ("synthetic", 2, False, True, "other year"): (0, 20),
    ("synthetic", 2, True, False, "development"): (0, 20),
    ("synthetic", 2, True, False, "other region"): (0, 20),
    ("synthetic", 2, True, False, "other year"): (0, 20),
    ("synthetic", 2, True, True, "development"): (0, 20),
    ("synthetic", 2, True, True, "other region"): (1, 20),
    ("synthetic", 2, True, True, "other year"): (0, 20),
    ("synthetic", 5, False, False, "development"): (0, 20),
    ("synthetic", 5, False, False, "other region"): (0, 20),
    ("synthetic", 5, False, False, "other year"): (1, 20),
    ("synthetic", 5, False, True, "development"): (1, 20),
    ("synthetic", 5, False, True, "other region"): (0, 20),
    ("synthetic", 5, False, True, "other year"): (0, 20),
    ("synthetic", 5, True, False, "development"): (1, 20),
    ("synthetic", 5, True, False, "other region"): (0, 20),
    ("synthetic", 5, True, False, "other year"): (1, 20),
    ("synthetic", 5, True, True, "development"): (1, 20),
    ("synthetic", 5, True, True, "other region"): (0, 20),
    ("synthetic", 5, True, True, "other year"): (0, 20),
    ("synthetic", 10, False, False, "development"): (0, 20),
    ("synthetic", 10, False, False, "other region"): (0, 20),
    ("synthetic", 10, False, False, "other year"): (0, 20),
    ("synthetic", 10, False, True, "development"): (0, 20),
    ("synthetic", 10, False, True, "other region"): (1, 20),
    ("synthetic", 10, False, True, "other year"): (3, 20),
    ("synthetic", 10, True, False, "development"): (1, 20),
    ("synthetic", 10, True, False, "other region"): (3, 20),
    ("synthetic", 10, True, False, "other year"): (1, 20),
    ("synthetic", 10, True, True, "development"): (1, 20),
    ("synthetic", 10, True, True, "other region"): (0, 20),
    ("synthetic", 10, True, True, "other year"): (3, 20),
    ("wdd", 1, False, False, "development"): (3, 400),
    ("wdd", 1, False, False, "other region"): (4, 400),
    ("wdd", 1, False, False, "other year"): (6, 400),
    ("wdd", 1, False, True, "development"): (16, 400),
    ("wdd", 1, False, True, "other region"): (13, 400),
    ("wdd", 1, False, True, "other year"): (8, 400),
    ("wdd", 1, True, False, "development"): (5, 400),
    ("wdd", 1, True, False, "other region"): (1, 400),
    ("wdd", 1, True, False, "other year"): (0, 400),
    ("wdd", 1, True, True, "development"): (10, 400),
    ("wdd", 1, True, True, "other region"): (7, 400),
    ("wdd", 1, True, True, "other year"): (5, 400),
    ("wdd", 2, False, False, "development"): (6, 400),
    ("wdd", 2, False, False, "other region"): (12, 400),
    ("wdd", 2, False, False, "other year"): (8, 400),
    ("wdd", 2, False, True, "development"): (10, 400),
    ("wdd", 2, False, True, "other region"): (12, 400),
    ("wdd", 2, False, True, "other year"): (11, 400),
    ("wdd", 2, True, False, "development"): (5, 400),
    ("wdd", 2, True, False, "other region"): (4, 400),
    ("wdd", 2, True, False, "other year"): (5, 400),
    ("wdd", 2, True, True, "development"): (12, 400),
    ("wdd", 2, True, True, "other region"): (3, 400),
    ("wdd", 2, True, True, "other year"): (4, 400),
    ("wdd", 5, False, False, "development"): (14, 400),
    ("wdd", 5, False, False, "other region"): (14, 400),
    ("wdd", 5, False, False, "other year"): (13, 400),
    ("wdd", 5, False, True, "development"): (21, 400),
    ("wdd", 5, False, True, "other region"): (27, 400),
    ("wdd", 5, False, True, "other year"): (10, 400),
    ("wdd", 5, True, False, "development"): (10, 400),
    ("wdd", 5, True, False, "other region"): (8, 400),
    ("wdd", 5, True, False, "other year"): (4, 400),
    ("wdd", 5, True, True, "development"): (25, 400),
    ("wdd", 5, True, True, "other region"): (7, 400),
    ("wdd", 5, True, True, "other year"): (4, 400),
    ("wdd", 10, False, False, "development"): (16, 400),
    ("wdd", 10, False, False, "other region"): (14, 400),
    ("wdd", 10, False, False, "other year"): (17, 400),
    ("wdd", 10, False, True, "development"): (17, 400),
    ("wdd", 10, False, True, "other region"): (13, 400),
    ("wdd", 10, False, True, "other year"): (12, 400),
    ("wdd", 10, True, False, "development"): (22, 400),
    ("wdd", 10, True, False, "other region"): (6, 400),
    ("wdd", 10, True, False, "other year"): (2, 400),
    ("wdd", 10, True, True, "development"): (25, 400),
    ("wdd", 10, True, True, "other region"): (8, 400),
    ("wdd", 10, True, True, "other year"): (5, 400),
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
