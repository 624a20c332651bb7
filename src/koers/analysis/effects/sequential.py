"""Looking more than once: what may be said before the term is over.

Whoever looks each month and stops at the first month in which something shows is right less often
than each look says. The limits are those of O'Brien & Fleming (Biometrics 1979, 35:549-556): after
a part t of the term the deviation that counts is 1 / √t times as large as at its end, so that early
months have to be overwhelming and the last look is as it is without looking.
"""

from __future__ import annotations

import math

import scipy

from koers.analysis.effects.outcome import FULL, LEVEL, WEAK_LEVEL, Levels

LOOKS = 1.08
"""How much larger the limits before the term are: with looks in each of 12 months the chance that
one of them is ever passed by chance stays near that of the last look (O'Brien & Fleming have 1.05
to 1.07 for 5 to 12 looks)."""


def levels_after(periods: int, term: int | None, among: int = 1) -> Levels:
    """How sure something has to be after so many periods of a term; after it, as ever.

    ``among``: it is one of so many outcomes, of which none may show by chance more often than one
    alone does (Bonferroni): each has its part of the errors, so that all margins hold together.
    """
    asked = FULL if among == 1 else Levels(*(1 - (1 - x) / among for x in (LEVEL, WEAK_LEVEL)))
    if term is None or periods >= term:
        return asked
    return Levels(*(_level(level, periods / term) for level in (asked.strong, asked.weak)))


def _level(level: float, part: float) -> float:
    limit = float(scipy.stats.norm.ppf(0.5 + level / 2)) * LOOKS / math.sqrt(part)
    return float(1 - 2 * scipy.stats.norm.sf(limit))
