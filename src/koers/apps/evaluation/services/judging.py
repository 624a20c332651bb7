"""The judgement itself: from counts and what was fixed to an effect, with the other methods and
choices beside it."""

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
from koers.analysis.panel import Floats
from koers.analysis.power import HORIZONS, planned_power
from koers.apps.evaluation.services.region import Region, choose_comparison, first_month
from koers.charts.roles import ROLES
from koers.records.evaluation import (
    AreaPart,
    Balance,
    Detectable,
    Judgement,
    Power,
    Result,
    Setup,
    plain,
)

Progress = Callable[[float, float, str], None]
PLACEBOS_OF_PLAN = 99
"""Fewer when a measure is planned: the answer is waited for, and a rough chance will do."""
SHORT = 6
TERMS_SHOWN = 12


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
    gathered = _gathered(region, setup, labels)
    areas, periods = complete(gathered.outcome, gathered.watched)
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
            gathered,
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


def _gathered(region: Region, setup: Setup, labels: Collection[str]) -> Gathered:
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
) -> Effect:
    """The effect by one method, with limits for looking more than once before the ``term``.

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
            advance=lambda done, total: advance(done / max(total, 1)),
        )
    except DesignError as error:
        raise CannotJudgeError(REASONS[error.reason]) from error


@dataclass(frozen=True)
class _Choice:
    """One way to judge: in words, with its own setup and number of months; ``high``: whether it is
    judged as chosen on a peak (None: as the setup and the counts say); ``once``: looked at only
    once, whatever the term."""

    what: str
    setup: Setup
    months: int
    family: Family = "quasi-poisson"
    high: bool | None = None
    once: bool = False


def evaluate(
    region: Region, setup: Setup, progress: Progress = lambda done, total, text: None
) -> Result:
    """The verdict by what was fixed, at most over its horizon, and the other methods and choices
    beside it.

    Raises
    ------
    CannotJudgeError
    """
    after = len(region.after(setup.start))
    if not after:
        raise CannotJudgeError(REASONS["no after"])
    months = min(setup.horizon, after)
    built = build(region, setup, months)
    others = _other_choices(region, setup, built, after)
    total = len(others) + 1 + bool(setup.ring)
    progress(0, total, "Oordeel")
    found = judge(
        setup.method,
        built.design,
        lambda part: progress(part, total, "Oordeel"),
        chosen_high=setup.chosen_high or None,
        term=setup.horizon,
    )
    around = None
    if setup.ring:
        of_ring = _alone(setup, built, ring=True)
        # The ring is judged over the same months as the areas that it lies around.
        itself = _Choice("De ring zelf", of_ring, months, high=found.after_peak)
        around = _tried(region, itself, lambda part: progress(1 + part, total, "Ring"))
    rows = []
    for done, choice in enumerate(others, total - len(others)):
        progress(done, total, choice.what)
        rows.append(_tried(region, choice, _counting_on(progress, done, total, choice.what)))
    progress(total, total, "Klaar")
    curve = _expected(found, built.design)
    return Result(
        main=_judgement("Zoals vastgelegd", found, built, setup),
        ring=around,
        sensitivity=tuple(rows),
        labels=built.labels,
        observed=tuple(plain(x) for x in built.design.outcome[built.design.treated].sum(axis=0)),
        expected=tuple(plain(x) for x in curve),
        first=built.labels[built.design.start],
        last=built.labels[-1],
        horizon=setup.horizon,
        planned_change=setup.planned_change,
        parts=_parts(region, setup),
        balance=tuple(
            Balance(name=t.name, treated=t.treated, weighted=t.weighted, unweighted=t.unweighted)
            for t in found.balance[:TERMS_SHOWN]
        ),
        jackknife=(plain(found.jackknife[0]), plain(found.jackknife[1])),
        placebos=found.placebos,
        comparison_areas=int(built.design.comparison.sum()),
        notes=built.notes,
    )


def _alone(setup: Setup, built: Built, ring: bool) -> Setup:
    """The same of the ring by itself, or of the areas without their ring; of the weighted
    difference each with its own comparison areas."""
    areas = {"areas": setup.ring} if ring else {}
    own = {"comparison": built.compared_with(ring)} if setup.method == "wdd" else {}
    return setup.model_copy(update={"ring": (), **areas, **own})


def _other_choices(region: Region, setup: Setup, built: Built, after: int) -> list[_Choice]:
    months = min(setup.horizon, after)
    names = {
        "eb": "Wat vooraf te verwachten was",
        "wdd": "Verschil met vergelijkbare gebieden",
        "synthetic": "Gewogen vergelijkingsgebieden",
        "its": "Breuk in de eigen reeks",
    }
    chosen: list[_Choice] = []
    for method, words in names.items():
        if method != setup.method:
            compared = choose_comparison(region, setup.areas, setup.ring, setup.start, method)
            chosen.append(
                _Choice(
                    words,
                    setup.model_copy(update={"method": method, "comparison": tuple(compared)}),
                    months,
                )
            )
    alone = setup.model_copy(update={"method": "its", "comparison": ()})
    chosen.append(
        _Choice("Breuk in de eigen reeks, negatief-binomiaal", alone, months, "negative-binomial")
    )
    if setup.ring:
        chosen.append(_Choice("Zonder de ring", _alone(setup, built, ring=False), months))
    if setup.method == "wdd":
        second = choose_comparison(
            region, setup.areas, setup.ring, setup.start, "wdd", setup.comparison
        )
        chosen.append(
            _Choice(
                "Andere vergelijkingsgebieden",
                setup.model_copy(update={"comparison": tuple(second)}),
                months,
            )
        )
    if months > SHORT:
        chosen.append(_Choice(f"Alleen de eerste {SHORT} maanden", setup, SHORT, once=True))
    if after > months:
        chosen.append(_Choice(f"Alle {after} maanden sinds het begin", setup, after))
    return chosen


def _tried(region: Region, choice: _Choice, advance: Callable[[float], None]) -> Judgement:
    try:
        built = build(region, choice.setup, choice.months)
        high = (choice.setup.chosen_high or None) if choice.high is None else choice.high
        term = None if choice.once else choice.setup.horizon
        found = judge(choice.setup.method, built.design, advance, choice.family, high, term)
        return _judgement(choice.what, found, built, choice.setup)
    except CannotJudgeError as problem:
        return Judgement(what=choice.what, method=choice.setup.method, error=str(problem))


def _judgement(what: str, found: Effect, built: Built, setup: Setup) -> Judgement:
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


def _counting_on(
    progress: Progress, done: float, total: float, what: str
) -> Callable[[float], None]:
    """The progress of one step, after those that are done."""
    return lambda part: progress(done + part, total, what)


def _expected(found: Effect, design: Design) -> Floats:
    """By month what the areas would have had; of the difference the comparison areas brought to
    their level before. After a peak the months with the measure are brought to what is expected of
    them together."""
    n = design.after
    if found.curve is not None:
        curve = found.curve
    else:
        window = slice(design.start - n, design.start)
        compared = design.outcome[design.comparison].sum(axis=0)
        level = design.outcome[design.treated][:, window].sum() - compared[window].sum()
        curve = compared + level / n
    if found.left_out:
        curve = curve.copy()
        curve[design.start :] += (found.expected - curve[design.start :].sum()) / n
    return curve


def _parts(region: Region, setup: Setup) -> tuple[AreaPart, ...]:
    groups = ((ROLES[0], setup.areas), (ROLES[1], setup.ring), (ROLES[2], setup.comparison))
    return tuple(
        AreaPart(code=c, name=region.name(c), municipality=region.municipality(c), role=role)
        for role, codes in groups
        for c in codes
    )


def power_of(region: Region, setup: Setup) -> Power:
    """What could be shown after 6, 12 and 24 months, by the months before the start."""
    gathered = _gathered(region, setup, region.before(setup.start))
    areas, periods = complete(gathered.outcome, gathered.watched)
    if not gathered.treated.any() or not periods.any():
        return Power(horizons=tuple(Detectable(months=h) for h in HORIZONS))
    found = planned_power(
        gathered.outcome[np.ix_(areas, periods)],
        gathered.treated[areas],
        gathered.ring[areas],
        setup.planned_change,
        setup.method,
        permutations=PLACEBOS_OF_PLAN,
        where=gathered.where.of(areas) if gathered.where else None,
    )
    return Power(
        horizons=tuple(
            Detectable(months=h.months, smallest=plain(h.smallest), chance=plain(h.chance))
            for h in found
        )
    )


def _some(texts: Collection[str]) -> str:
    listed = list(texts)
    return ", ".join(listed[:6]) + (" …" if len(listed) > 6 else "")
