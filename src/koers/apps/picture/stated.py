"""The margin that a survey says its figure has."""

from __future__ import annotations

import numpy as np

from koers.analysis.comparison import share_margin
from koers.analysis.panel import Floats
from koers.figures.queries.coverage import Coverage
from koers.figures.shelf import Shelf
from koers.indicators import Indicator
from koers.indicators.typed import RESPONDENTS, STATED_MARGIN


def stated_margins(
    shelf: Shelf, indicator: Indicator, entry: Coverage, area: str
) -> tuple[float, ...]:
    """Of each figure the half of its 95 % interval: as it was typed, else of a percentage from how
    many answered; NaN where neither is known. Empty where the table has none."""
    topic = indicator.topic
    beside = [t for t in (f"{topic}{RESPONDENTS}", f"{topic}{STATED_MARGIN}") if t in entry.topics]
    if not beside:
        return ()
    found = shelf.published(entry.table, entry.level, entry.frequency, (topic, *beside))
    assert found is not None
    panel = found.panel
    row = panel.counts[panel.areas.index(area)]

    def of(suffix: str) -> Floats:
        name = f"{topic}{suffix}"
        if name not in panel.topics:
            return np.full(len(panel.periods), np.nan)
        return np.asarray(row[panel.topics.index(name)])

    by_size = of(RESPONDENTS) * np.nan
    if indicator.measure == "share":
        by_size = share_margin(row[panel.topics.index(topic)], of(RESPONDENTS))
    typed = of(STATED_MARGIN)
    return tuple(np.where(np.isfinite(typed), typed, by_size).tolist())
