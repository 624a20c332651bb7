"""One calculation: from counts and what was fixed, by one method, to a judgement as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

import numpy as np

from koers import dutch
from koers.analysis.effects.called import ALLOWED, called_of_nothing
from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.its import Family
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.preparing import Gathered, Method, complete, design_of
from koers.analysis.effects.preparing import judge as by_method
from koers.analysis.effects.verdict import verdict
from koers.analysis.effects.wdd import contrast_of
from koers.apps.evaluation.services.region import Region, first_month
from koers.records.evaluation import Judgement, Setup, plain


class CannotJudgeError(Exception):
    """Why a measure cannot be judged (yet), in plain Dutch."""


@dataclass(frozen=True)
class Built:
    """A design with the codes of its areas, the months that it uses and what was left out."""

    design: Design
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]

    def compared_with(self, ring: bool) -> tuple[str, ...]:
        """The areas that the weighted difference holds the measure, or its ring, against."""
        found = contrast_of(self.design, self.design.outcome[:, : self.design.start].sum(axis=1))
        labels = found.displaced if ring else found.local
        return tuple(code for code, label in zip(self.codes, labels, strict=True) if label < 0)


REASONS = {
    "no comparison": "Er blijft geen gebied over om mee te vergelijken.",
    "too few before": (
        "Er zijn te weinig maanden vóór het begin: een verwachting vooraf heeft er 24 nodig, het"
        " verschil evenveel voor als na, de breuk ten minste vier."
    ),
    "no before": "Er is geen volledig getelde maand vóór het begin.",
    "no after": "Er is nog geen volledig getelde maand met de maatregel.",
}


def build(region: Region, setup: Setup, months: int) -> Built:
    """The counts of areas, ring and comparison over all complete months before and at most
    ``months`` after the start.

    Raises
    ------
    CannotJudgeError
    """
    labels = [*region.before(setup.start), *region.after(setup.start)[:months]]
    treated, ring = region.places(setup.areas), region.places(setup.ring)
    if not treated:
        raise CannotJudgeError("Van de gebieden met de maatregel zijn er geen cijfers.")
    counted = gathered(region, setup, labels)
    areas, periods = complete(counted.outcome, counted.watched)
    gone = [dutch.period(x) for x, there in zip(labels, periods, strict=True) if not there]
    notes = [f"Niet volledig geteld, en dus niet gebruikt: {_some(gone)}."] if gone else []
    if dropped := int((~areas).sum()):
        notes.append(
            f"{dropped} vergelijkingsgebieden zonder volledige telling zijn niet gebruikt."
        )
    rows = [*treated, *ring, *region.places(setup.comparison)]
    people = region.people[rows][areas]
    with_people = setup.method == "synthetic" and bool(np.isfinite(people).all())
    try:
        design = design_of(
            counted,
            areas,
            periods,
            people[:, None] if with_people else None,
            ("inwoners",) if with_people else (),
        )
    except DesignError as error:
        raise CannotJudgeError(REASONS[error.reason]) from error
    used = tuple(x for x, there in zip(labels, periods, strict=True) if there)
    codes = tuple(region.codes[i] for i, there in zip(rows, areas, strict=True) if there)
    return Built(design, codes, used, tuple(notes))


def gathered(region: Region, setup: Setup, labels: Collection[str]) -> Gathered:
    """The counts of the areas with the measure, their ring and the comparison, in that order."""
    groups = [region.places(g) for g in (setup.areas, setup.ring, setup.comparison)]
    when = np.array([region.labels.index(x) for x in labels], dtype=int)
    role = np.repeat([0, 1, 2], [len(group) for group in groups])
    places = np.array([place for group in groups for place in group], dtype=int)
    counts = region.counts[np.ix_(places, when)]
    where = region.where(places.tolist())
    since = np.array([x >= first_month(setup.start) for x in labels], dtype=bool)
    return Gathered(
        counts,
        counts[:, None, :],
        role == 0,
        role == 1,
        since,
        when.astype(np.float64),
        12,
        where=where,
    )


def judge(
    method: str,
    design: Design,
    advance: Callable[[float], None] = lambda part: None,
    family: Family = "quasi-poisson",
    chosen_high: bool | None = None,
    term: int | None = None,
    among: int = 1,
) -> Effect:
    """The effect by one method, with limits for looking more than once before the ``term`` and at
    one ``among`` so many outcomes.

    Raises
    ------
    CannotJudgeError
    """
    try:
        return by_method(
            cast(Method, method),
            design,
            family=family,
            chosen_high=chosen_high,
            term=term,
            among=among,
            advance=lambda done, total: advance(done / max(total, 1)),
        )
    except DesignError as error:
        raise CannotJudgeError(REASONS[error.reason]) from error


def judgement(what: str, found: Effect, built: Built, setup: Setup) -> Judgement:
    return Judgement(
        what=what,
        method=setup.method,
        verdict=verdict(found, setup.planned_change),
        months=built.design.after,
        observed=plain(found.observed),
        expected=plain(found.expected),
        effect=plain(found.effect),
        relative=plain(found.relative),
        lower=plain(found.interval[0]),
        upper=plain(found.interval[1]),
        lower_part=plain(found.ratio_interval[0]),
        upper_part=plain(found.ratio_interval[1]),
        level=found.levels.strong,
        known_since=found.known_since,
        false_calls=_false_calls(found, built.design),
        lower_80=plain(found.weak_interval[0]),
        upper_80=plain(found.weak_interval[1]),
        p_value=plain(found.p_value),
        displacement=plain(found.displacement),
        net=found.net,
        exact=found.exact,
        chance_planned=plain(found.power.at(setup.planned_change)),
        smallest=plain(found.power.smallest()),
        after_peak=found.after_peak,
        left_out=found.left_out,
        withheld=found.withheld,
    )


def _false_calls(found: Effect, design: Design) -> float | None:
    """What the method was measured to call of nothing in a case like this, where it is too much."""
    areas, ring = int(design.treated.sum()), bool(design.ring.any())
    share = called_of_nothing(found.method, areas, found.after_peak, ring)
    return share if share is not None and share > ALLOWED else None


def _some(texts: Collection[str]) -> str:
    listed = list(texts)
    return ", ".join(listed[:6]) + (" …" if len(listed) > 6 else "")
