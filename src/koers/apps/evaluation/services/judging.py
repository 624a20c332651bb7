"""The judgement itself: from counts and what was fixed to an effect, with the other methods and choices beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from koers import dutch
from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.its import Family, its
from koers.analysis.effects.outcome import Effect
from koers.analysis.effects.synthetic import synthetic_control
from koers.analysis.effects.verdict import verdict
from koers.analysis.effects.wdd import wdd
from koers.analysis.panel import Floats
from koers.analysis.power import HORIZONS, planned_power
from koers.apps.evaluation.services.region import Region, choose_comparison, first_month
from koers.apps.evaluation.services.result import Balance, Judgement, Part, Result, plain
from koers.charts.roles import ROLES

Progress = Callable[[float, float, str], None]
PLACEBOS, SEED = 250, 1
PLACEBOS_OF_PLAN = 99
"""Fewer when a measure is planned: the answer is waited for, and a rough chance will do."""
SHORT = 6
TERMS_SHOWN = 12


@dataclass(frozen=True)
class Setup:
    """What was fixed of a measure, as a statistic needs it."""

    method: str
    indicator: str
    areas: tuple[str, ...]
    ring: tuple[str, ...]
    comparison: tuple[str, ...]
    start: date
    planned_change: float
    horizon: int


class CannotJudgeError(Exception):
    """Why a measure cannot be judged (yet), in plain Dutch."""


@dataclass(frozen=True)
class Built:
    """A design with the months that it uses and what was left out."""

    design: Design
    labels: tuple[str, ...]
    notes: tuple[str, ...]


REASONS = {
    "no comparison": "Er blijft geen gebied over om mee te vergelijken.",
    "too few before": "Er zijn te weinig maanden vóór het begin: het verschil heeft er evenveel voor als na nodig, de breuk ten "
    "minste vier.",
    "no before": "Er is geen volledig getelde maand vóór het begin.",
    "no after": "Er is nog geen volledig getelde maand met de maatregel.",
}  # fmt: skip


def build(region: Region, setup: Setup, months: int) -> Built:
    """The counts of areas, ring and comparison over all complete months before and at most ``months`` after the start.

    Raises
    ------
    CannotJudgeError
    """
    labels = [*region.before(setup.start), *region.after(setup.start)[:months]]
    when = np.array([region.labels.index(x) for x in labels], dtype=int)
    treated, ring = region.places(setup.areas), region.places(setup.ring)
    if not treated:
        raise CannotJudgeError("Van de gebieden met de maatregel zijn er geen cijfers.")
    notes = []
    known = (
        ~np.isnan(region.counts[np.ix_([*treated, *ring], when)]).any(axis=0) if len(when) else np.zeros(0, dtype=bool)
    )
    if not known.all():
        gone = [dutch.period(x) for x, there in zip(labels, known, strict=True) if not there]
        notes.append(f"Niet volledig geteld, en dus niet gebruikt: {_some(gone)}.")
    when, labels = when[known], [x for x, there in zip(labels, known, strict=True) if there]
    compared = region.places(setup.comparison)
    whole = [i for i in compared if not np.isnan(region.counts[i, when]).any()]
    if len(whole) < len(compared):
        notes.append(f"{len(compared) - len(whole)} vergelijkingsgebieden zonder volledige telling zijn niet gebruikt.")
    rows = [*treated, *ring, *whole]
    outcome = region.counts[np.ix_(rows, when)]
    role = np.repeat([0, 1, 2], [len(treated), len(ring), len(whole)])
    start = sum(x < first_month(setup.start) for x in labels)
    people = region.people[rows]
    with_people = setup.method == "synthetic" and bool(np.isfinite(people).all())
    try:
        design = Design(
            outcome, outcome[:, None, :], role == 0, role == 1, start, 12, when.astype(np.float64),
            people[:, None] if with_people else np.zeros((len(rows), 0)), ("inwoners",) if with_people else (),
        )  # fmt: skip
    except DesignError as error:
        raise CannotJudgeError(REASONS[error.reason]) from error
    return Built(design, tuple(labels), tuple(notes))


def judge(
    method: str,
    design: Design,
    advance: Callable[[float], None] = lambda part: None,
    family: Family = "quasi-poisson",
) -> Effect:
    """The effect by one method.

    Raises
    ------
    CannotJudgeError
    """
    try:
        if method == "wdd":
            return wdd(design)
        if method == "its":
            return its(design, family)
        return synthetic_control(design, PLACEBOS, SEED, lambda done, total: advance(done / max(total, 1)))
    except DesignError as error:
        raise CannotJudgeError(REASONS[error.reason]) from error


@dataclass(frozen=True)
class _Choice:
    """One way to judge: in words, with its own setup and number of months."""

    what: str
    setup: Setup
    months: int
    family: Family = "quasi-poisson"


def evaluate(region: Region, setup: Setup, progress: Progress = lambda done, total, text: None) -> Result:
    """The verdict by what was fixed, at most over its horizon, and the other methods and choices beside it.

    Raises
    ------
    CannotJudgeError
    """
    after = len(region.after(setup.start))
    if not after:
        raise CannotJudgeError(REASONS["no after"])
    months = min(setup.horizon, after)
    others = _other_choices(region, setup, months, after)
    total = len(others) + 1 + bool(setup.ring)
    progress(0, total, "Oordeel")
    built = build(region, setup, months)
    found = judge(setup.method, built.design, lambda part: progress(part, total, "Oordeel"))
    around = None
    if setup.ring:
        itself = _Choice("De ring zelf", replace(setup, areas=setup.ring, ring=()), months)
        around = _tried(region, itself, lambda part: progress(1 + part, total, "Ring"))
    rows = []
    for done, choice in enumerate(others, total - len(others)):
        progress(done, total, choice.what)
        rows.append(
            _tried(region, choice, lambda part, done=done, what=choice.what: progress(done + part, total, what))
        )
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


def _other_choices(region: Region, setup: Setup, months: int, after: int) -> list[_Choice]:
    names = {"wdd": "Verschil met vergelijkbare gebieden", "synthetic": "Gewogen vergelijkingsgebieden",
             "its": "Breuk in de eigen reeks"}  # fmt: skip
    chosen: list[_Choice] = []
    for method, words in names.items():
        if method != setup.method:
            compared = choose_comparison(region, setup.areas, setup.ring, setup.start, method)
            chosen.append(_Choice(words, replace(setup, method=method, comparison=tuple(compared)), months))
    alone = replace(setup, method="its", comparison=())
    chosen.append(_Choice("Breuk in de eigen reeks, negatief-binomiaal", alone, months, "negative-binomial"))
    if setup.ring:
        chosen.append(_Choice("Zonder de ring", replace(setup, ring=()), months))
    if setup.method == "wdd":
        second = choose_comparison(region, setup.areas, setup.ring, setup.start, "wdd", setup.comparison)
        chosen.append(_Choice("Andere vergelijkingsgebieden", replace(setup, comparison=tuple(second)), months))
    if months > SHORT:
        chosen.append(_Choice(f"Alleen de eerste {SHORT} maanden", setup, SHORT))
    if after > months:
        chosen.append(_Choice(f"Alle {after} maanden sinds het begin", setup, after))
    return chosen


def _tried(region: Region, choice: _Choice, advance: Callable[[float], None]) -> Judgement:
    try:
        built = build(region, choice.setup, choice.months)
        found = judge(choice.setup.method, built.design, advance, choice.family)
        return _judgement(choice.what, found, built, choice.setup)
    except CannotJudgeError as problem:
        return Judgement(what=choice.what, method=choice.setup.method, error=str(problem))


def _judgement(what: str, found: Effect, built: Built, setup: Setup) -> Judgement:
    return Judgement(
        what=what,
        method=setup.method,
        verdict=str(verdict(found, setup.planned_change)),
        months=built.design.after,
        observed=plain(found.observed),
        expected=plain(found.expected),
        effect=plain(found.effect),
        relative=plain(found.relative),
        lower=plain(found.interval[0]),
        upper=plain(found.interval[1]),
        lower_80=plain(found.weak_interval[0]),
        upper_80=plain(found.weak_interval[1]),
        p_value=plain(found.p_value),
        displacement=plain(found.displacement),
        net=found.net,
        exact=found.exact,
        chance_planned=plain(found.power.at(setup.planned_change)),
        smallest=plain(found.power.smallest()),
    )


def _expected(found: Effect, design: Design) -> Floats:
    """By month what the areas would have had; of the difference the comparison areas brought to their level before."""
    if found.curve is not None:
        return found.curve
    n = design.after
    window = slice(design.start - n, design.start)
    compared = design.outcome[design.comparison].sum(axis=0)
    level = design.outcome[design.treated][:, window].sum() - compared[window].sum()
    return compared + level / n


def _parts(region: Region, setup: Setup) -> tuple[Part, ...]:
    groups = ((ROLES[0], setup.areas), (ROLES[1], setup.ring), (ROLES[2], setup.comparison))
    return tuple(
        Part(code=c, name=region.name(c), municipality=region.municipality(c), role=role)
        for role, codes in groups for c in codes
    )  # fmt: skip


def power_of(region: Region, setup: Setup) -> list[dict]:
    """What could be shown after 6, 12 and 24 months, by the months before the start: ``months``, ``smallest``, ``chance``."""
    months = [region.labels.index(label) for label in region.before(setup.start)]
    treated, ring = region.places(setup.areas), region.places(setup.ring)
    rows = [*treated, *ring, *region.places(setup.comparison)]
    counts = region.counts[np.ix_(rows, months)] if rows and months else np.zeros((0, 0))
    used = ~np.isnan(counts[: len(treated) + len(ring)]).any(axis=0)
    counts = counts[:, used]
    keep = ~np.isnan(counts).any(axis=1)
    if not treated or not counts.size:
        return [{"months": h, "smallest": None, "chance": None} for h in HORIZONS]
    at = np.arange(len(rows))
    is_treated, is_ring = at < len(treated), (at >= len(treated)) & (at < len(treated) + len(ring))
    found = planned_power(
        counts[keep], is_treated[keep], is_ring[keep], setup.planned_change, setup.method, permutations=PLACEBOS_OF_PLAN
    )
    return [{"months": h.months, "smallest": plain(h.smallest), "chance": plain(h.chance)} for h in found]


def _some(texts: Collection[str]) -> str:
    listed = list(texts)
    return ", ".join(listed[:6]) + (" …" if len(listed) > 6 else "")
