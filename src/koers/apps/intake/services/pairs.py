"""Near repeats of own points: counted with the file, kept as numbers, told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from koers import dutch
from koers.analysis.clusters import NearRepeatOptions, PairsCell, near_repeats
from koers.analysis.fdr import q_values
from koers.apps.intake.models import OwnTable
from koers.records.intake import NearRepeats, TopicRepeats
from koers.sources.own import Cases, Counted

FEWEST, MOST = 30, 20_000
"""Fewer reports say nothing; more would keep somebody waiting."""
TOLD = NearRepeatOptions(distances=(200,), days=(14,))
"""The one cell that the sentence is about, chosen before anyone looked."""
CERTAIN = 0.05


@dataclass(frozen=True)
class TopicPairs:
    """The near repeats of one topic: ``told`` is the cell of the sentence, ``q`` its p among the
    topics of the table."""

    title: str
    reports: int
    first: date
    last: date
    told: PairsCell
    cells: tuple[PairsCell, ...]
    q: float

    @property
    def certain(self) -> bool:
        return self.q <= CERTAIN and self.told.ratio > 1

    @property
    def sentence(self) -> str:
        """For the page; what is not proven is not called larger."""
        told, about = self.told, f"Na een melding van '{self.title}'"
        within = f"binnen {told.distance_to:g} m in twee weken"
        if not self.certain:
            return f"{about} komt een tweede {within} niet aantoonbaar vaker dan door toeval."
        return (
            f"{about} is de kans op een tweede {within} {dutch.number(told.ratio, 1)} keer zo"
            f" groot als door toeval ({dutch.number(told.pairs)} paren, verwacht"
            f" {dutch.number(told.expected, 1)})."
        )

    @property
    def basis(self) -> str:
        return (
            f"{dutch.number(self.reports)} meldingen met een punt en een dag, van"
            f" {dutch.day(self.first)} tot en met {dutch.day(self.last)}."
        )


def near_repeats_of(counted: Counted) -> NearRepeats:
    """The pairs of each topic with enough reports by day, to be kept."""
    return NearRepeats(
        topics=tuple(
            _kept(counted.titles[topic], cases)
            for topic, cases in sorted(counted.cases.items())
            if FEWEST <= len(cases.day) <= MOST and cases.by_day
        )
    )


def _kept(title: str, cases: Cases) -> TopicRepeats:
    where = np.array(cases.x), np.array(cases.y), np.array(cases.day, dtype=np.int64)
    return TopicRepeats(
        title=title,
        reports=len(cases.day),
        first=date.fromordinal(min(cases.day)),
        last=date.fromordinal(max(cases.day)),
        told=near_repeats(*where, TOLD).cells[-1],
        cells=near_repeats(*where).cells,
    )


def topic_pairs(table: OwnTable) -> list[TopicPairs]:
    """What is known of near repeats in the last file of a table; the surest first."""
    kept = table.near_repeats.topics
    q = q_values(np.array([each.told.p_value for each in kept], dtype=float))
    found = [
        TopicPairs(
            each.title,
            each.reports,
            each.first,
            each.last,
            each.told,
            each.cells,
            float(among),
        )
        for each, among in zip(kept, q, strict=True)
    ]
    return sorted(found, key=lambda topic: (topic.q, topic.title))
