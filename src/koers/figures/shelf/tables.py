"""Counts with what was expected of them, and how much of them is known by now."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period
from koers.analysis.revisions import Completeness
from koers.analysis.screening import Expectation, PooledOptions, pooled
from koers.analysis.screening.sums import levels_of
from koers.figures.manifest import Manifest
from koers.figures.queries.panel import LabelledPanel
from koers.figures.renumbering import Break, Join
from koers.figures.topics import TOGETHER


@dataclass(frozen=True)
class CountTable:
    """One table at one level with its expectation (None: not worked out yet); ``summed`` where
    municipalities are sums of neighbourhoods.

    ``provisional`` is what the source says of each period, ``open_months`` what is still to be
    taken as incomplete: that, and what the snapshots kept so far teach (METHODS 7). ``complete`` is
    the share of each period's count that is usually known by now, None where that has not been
    measured. ``joined`` and ``broken`` say which series run on over a renumbering and which cannot.
    """

    panel: Panel
    expectation: Expectation | None
    provisional: tuple[bool, ...]
    snapshot: str
    summed: bool = False
    open_months: tuple[bool, ...] = ()
    complete: Floats | None = None
    joined: tuple[Join, ...] = ()
    broken: tuple[Break, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether what is expected has still to be worked out."""
        return self.expectation is None


@dataclass(frozen=True)
class MonthlyCounts:
    """Counts by neighbourhood and month without an expectation; ``open_months`` are still to be
    taken as incomplete."""

    panel: Panel
    open_months: tuple[bool, ...]
    snapshot: str


@dataclass(frozen=True)
class Known:
    """Of each period of a panel whether it is still open, and the share that is known (None: not
    measured)."""

    open_months: tuple[bool, ...]
    complete: Floats | None


def known_of(labelled: LabelledPanel, share: Completeness, manifest: Manifest) -> Known:
    """What is known of the months of a panel, by how complete those of its table usually are."""
    moment = manifest.known_since
    taken = Period(moment.year, moment.month, "month")
    late = share.provisional(labelled.panel.periods, taken) | np.array(labelled.provisional)
    complete = share.offset(labelled.panel.periods, taken) if share.enough else None
    return Known(tuple(bool(x) for x in late), complete)


def counts_of(labelled: LabelledPanel, known: Known) -> CountTable:
    """A panel with what is known of its months; its expectation has still to be worked out."""
    return CountTable(
        labelled.panel,
        None,
        labelled.provisional,
        labelled.snapshot,
        False,
        known.open_months,
        known.complete,
        labelled.joined,
        labelled.broken,
    )


def expected_of(counts: CountTable) -> CountTable:
    """The same counts with their expectation."""
    found = pooled(counts.panel, PooledOptions(complete=counts.complete))
    return replace(counts, expectation=found)


def summed_of(below: CountTable) -> CountTable | None:
    """Neighbourhoods added up to their municipalities, without an expectation."""
    panel = levels_of(below.panel).get("municipality")
    return None if panel is None else replace(below, panel=panel, expectation=None, summed=True)


def together_of(found: CountTable, topic: str) -> CountTable:
    """Topics of one table added up to one, without an expectation; what is not published of one of
    them is not known of the sum."""
    where = [found.panel.topics.index(part) for part in topic.split(TOGETHER)]
    counts = found.panel.counts[:, where].sum(axis=1, keepdims=True)
    panel = replace(found.panel, counts=counts, topics=(topic,))
    return replace(found, panel=panel, expectation=None)
