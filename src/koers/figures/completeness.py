"""Which share of a month is usually known by now, as the snapshots of a table teach."""

from __future__ import annotations

import numpy as np

from koers.analysis.revisions import UNKNOWN, Completeness, completeness
from koers.figures.queries.revisions import RevisionTriangle


def completeness_of(triangle: RevisionTriangle | None) -> Completeness:
    """Which share of a month is usually known after so many months, from the totals over all topics
    of a triangle."""
    if triangle is None:
        return UNKNOWN
    counts = np.full((len(triangle.topics), len(triangle.taken), len(triangle.periods)), np.nan)
    for k, taken in enumerate(triangle.taken):
        for j, period in enumerate(triangle.periods):
            age = taken.ordinal - period.ordinal
            if 0 <= age < len(triangle.ages):
                counts[:, k, j] = triangle.totals[:, j, age]
    known = np.isfinite(counts)
    # A kind that came or went with a snapshot would look like growth.
    always = known.any(axis=2).all(axis=1)
    totals = np.where(known[always], counts[always], 0.0).sum(axis=0)
    there = known[always].any(axis=0)
    return completeness(np.where(there, totals, np.nan), triangle.taken, triangle.periods)
