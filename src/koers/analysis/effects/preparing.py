"""From counts with gaps to a design, and from a design to an effect: the one way in which a measure
is prepared and judged, of the pages and of the command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from koers.analysis.effects.design import Bools, Design, Where
from koers.analysis.effects.eb import empirical_bayes
from koers.analysis.effects.its import Family, its
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.peak import judged_after_peak, peaked
from koers.analysis.effects.sequential import levels_after
from koers.analysis.effects.synthetic import Advance, synthetic_control
from koers.analysis.effects.wdd import wdd
from koers.analysis.panel import Floats

Method = Literal["eb", "wdd", "synthetic", "its"]
METHODS: tuple[Method, ...] = get_args(Method)
PRIMARY: Method = "eb"
"""By which a measure is judged unless somebody chose otherwise; the others are shown beside it."""
PLACEBOS, SEED = 250, 1


@dataclass(frozen=True)
class Gathered:
    """Counts as they were gathered; NaN is not known.

    Attributes
    ----------
    outcome : (areas, periods)
        What is judged.
    history : (areas, topics, periods)
        What else may be matched on; a topic with a gap before the start is left out.
    treated, ring : (areas,) bool
        Areas with the measure, and those around them; the others are the comparison.
    since : (periods,) bool
        The periods with the measure.
    time : (periods,)
        The place of each period on the calendar, in periods.
    per_year : int
        Periods in a year.
    """

    outcome: Floats
    history: Floats
    treated: Bools
    ring: Bools
    since: Bools
    time: Floats
    per_year: int
    topic_names: tuple[str, ...] = ("",)
    where: Where | None = None

    @property
    def watched(self) -> Bools:
        """Areas that are judged, together with their ring."""
        found: Bools = self.treated | self.ring
        return found


def complete(counts: Floats, watched: Bools, needed: Bools | None = None) -> tuple[Bools, Bools]:
    """The areas and the periods that can be used.

    A period is used where every ``watched`` area is counted. An area with which is compared is used
    where it is counted in all of those periods (of those that are ``needed``, where given).

    Parameters
    ----------
    counts : (areas, periods)
    watched : (areas,) bool
    needed : (periods,) bool
    """
    unknown = np.asarray(np.isnan(counts))
    periods: Bools = ~np.asarray(unknown[watched].any(axis=0), dtype=np.bool_)
    used = periods if needed is None else periods & needed
    areas: Bools = watched | ~unknown[:, used].any(axis=1)
    return areas, periods


def design_of(
    gathered: Gathered,
    areas: Bools,
    periods: Bools,
    covariates: Floats | None = None,
    names: tuple[str, ...] = (),
) -> Design:
    """The design of these areas and periods; ``covariates`` are (areas that are used, key figures).

    Raises
    ------
    DesignError
        When nothing is left before or after the start.
    """
    # In a comparison area a period that the method does not use may be unknown.
    outcome = np.nan_to_num(gathered.outcome[np.ix_(areas, periods)])
    first = int((periods & ~gathered.since).sum())
    history = gathered.history[areas][:, :, periods]
    whole = ~np.isnan(history[:, :, :first]).any(axis=(0, 2))
    return Design(
        outcome,
        history[:, whole] if whole.any() else outcome[:, None, :],
        gathered.treated[areas],
        gathered.ring[areas],
        first,
        gathered.per_year,
        gathered.time[periods],
        np.zeros((len(outcome), 0)) if covariates is None else covariates,
        names,
        tuple(np.array(gathered.topic_names)[whole]) if whole.any() else ("",),
        gathered.where.of(areas) if gathered.where else None,
    )


def judge(
    method: Method,
    design: Design,
    *,
    placebos: int = PLACEBOS,
    seed: int = SEED,
    family: Family = "quasi-poisson",
    chosen_high: bool | None = None,
    term: int | None = None,
    among: int = 1,
    advance: Advance | None = None,
) -> Effect:
    """The effect by one method; ``placebos`` and ``seed`` are of the synthetic control, ``family``
    of the interrupted series. ``chosen_high``: whether the areas were
    chosen because they stood out; None: the counts tell. ``term``: how many periods were planned,
    before the end of which the margins are those of ``sequential``; None: looked at once.
    ``among``: of how many outcomes this is one, so that their margins hold together.

    Raises
    ------
    DesignError
        When this method cannot judge it.
    """

    high = peaked(design) if chosen_high is None else chosen_high
    levels = levels_after(design.after, term, among)
    if method == "eb":
        return empirical_bayes(design, after_peak=high, levels=levels, term=term)

    def by_method(counted: Design) -> Effect:
        if method == "wdd":
            return wdd(counted, levels)
        if method == "its":
            return its(counted, family, levels)
        return synthetic_control(counted, placebos, seed, advance, levels)

    return judged_after_peak(design, by_method) if high else by_method(design)
