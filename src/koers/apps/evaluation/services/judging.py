"""The judgement itself: from counts and what was fixed to an effect, with the other methods and
choices beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from koers.analysis.effects.design import Design
from koers.analysis.effects.its import Family
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.preparing import complete
from koers.analysis.panel import Floats
from koers.analysis.power import HORIZONS, planned_power
from koers.apps.evaluation.services.calculating import (
    REASONS,
    Built,
    CannotJudgeError,
    build,
    gathered,
    judge,
    judgement,
)
from koers.apps.evaluation.services.region import Region, choose_comparison
from koers.apps.evaluation.services.secondary import Other, look_beside
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
    region: Region,
    setup: Setup,
    progress: Progress = lambda done, total, text: None,
    beside: Sequence[Other] = (),
) -> Result:
    """The verdict by what was fixed, at most over its horizon, and the other outcomes, methods and
    choices beside it.

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
    total = len(others) + 1 + bool(setup.ring) + len(beside)
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
    first_other = total - len(others) - len(beside)
    for done, choice in enumerate(others, first_other):
        progress(done, total, choice.what)
        rows.append(_tried(region, choice, _counting_on(progress, done, total, choice.what)))
    secondary = look_beside(
        setup,
        beside,
        months,
        lambda done, what: progress(total - len(beside) + done, total, what),
    )
    progress(total, total, "Klaar")
    curve = _expected(found, built.design)
    return Result(
        main=judgement("Zoals vastgelegd", found, built, setup),
        ring=around,
        secondary=secondary,
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
        return judgement(choice.what, found, built, choice.setup)
    except CannotJudgeError as problem:
        return Judgement(what=choice.what, method=choice.setup.method, error=str(problem))


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
    counted = gathered(region, setup, region.before(setup.start))
    areas, periods = complete(counted.outcome, counted.watched)
    if not counted.treated.any() or not periods.any():
        return Power(horizons=tuple(Detectable(months=h) for h in HORIZONS))
    found = planned_power(
        counted.outcome[np.ix_(areas, periods)],
        counted.treated[areas],
        counted.ring[areas],
        setup.planned_change,
        setup.method,
        permutations=PLACEBOS_OF_PLAN,
        where=counted.where.of(areas) if counted.where else None,
    )
    return Power(
        horizons=tuple(
            Detectable(months=h.months, smallest=plain(h.smallest), chance=plain(h.chance))
            for h in found
        )
    )
