"""The outcomes that were fixed beside the one on which the verdict rests: shown with their
estimates, never a verdict.

They are judged as that one is, over the same months, with comparison areas by their own history.
Each is a chance more to find something where there is nothing, so their margins are widened until
all of them hold together (Bonferroni: K outcomes, each with an error of 5 % / K), and p is
multiplied by their number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from koers.apps.evaluation.services.calculating import CannotJudgeError, build, judge, judgement
from koers.apps.evaluation.services.region import Region, choose_comparison
from koers.indicators import load_indicators
from koers.records.evaluation import Beside, Judgement, Secondary, Setup


@dataclass(frozen=True)
class Other:
    """A secondary outcome with its counts; None where there are none here."""

    asked: Beside
    region: Region | None

    @property
    def title(self) -> str:
        known = load_indicators().get(self.asked.indicator)
        return known.title if known else self.asked.indicator


def look_beside(
    setup: Setup,
    others: Sequence[Other],
    months: int,
    progress: Callable[[int, str], None] = lambda done, text: None,
) -> tuple[Secondary, ...]:
    """Each secondary outcome over at most so many months; what cannot be judged says why."""
    found = []
    for done, other in enumerate(others):
        progress(done, other.title)
        found.append(_one(setup, other, months, len(others)))
    return tuple(found)


def _one(setup: Setup, other: Other, months: int, among: int) -> Secondary:
    name = other.asked.indicator
    try:
        found, compared = _judged(setup, other, months, among)
    except CannotJudgeError as problem:
        found, compared = Judgement(what=other.title, method=setup.method, error=str(problem)), 0
    return Secondary(indicator=name, found=found, comparison_areas=compared)


def _judged(setup: Setup, other: Other, months: int, among: int) -> tuple[Judgement, int]:
    region = other.region
    if region is None:
        raise CannotJudgeError("Er zijn geen cijfers per buurt en maand van deze uitkomst.")
    compared: list[str] = []
    if setup.method != "its":
        compared = choose_comparison(region, setup.areas, setup.ring, setup.start, setup.method)
    own = setup.model_copy(
        update={
            "indicator": other.asked.indicator,
            "comparison": tuple(compared),
            "secondary": (),
        }
    )
    built = build(region, own, months)
    high = other.asked.chosen_high or None
    effect = judge(own.method, built.design, chosen_high=high, term=own.horizon, among=among)
    found = judgement(other.title, effect, built, own)
    p = None if found.p_value is None else min(found.p_value * among, 1.0)
    # No verdict and nothing of when it was known: those are of the primary outcome alone.
    without = {"verdict": None, "known_since": 0, "p_value": p}
    return found.model_copy(update=without), int(built.design.comparison.sum())
