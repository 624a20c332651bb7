"""What an evaluation found, as it is kept: numbers and words that never change, whatever Koers computes later."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

Number = float | None


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Kept):
    """An area and its role in the evaluation."""

    code: str
    name: str
    municipality: str
    role: str


class Judgement(_Kept):
    """One answer: by a method and choices (``what``), the counts, the effect with its margins, and the verdict.

    None is not known, or without bound. ``error`` says why there is no answer.
    """

    what: str
    method: str
    verdict: str = ""
    months: int = 0
    observed: Number = None
    expected: Number = None
    effect: Number = None
    relative: Number = None
    lower: Number = None
    upper: Number = None
    lower_80: Number = None
    upper_80: Number = None
    p_value: Number = None
    displacement: Number = None
    net: bool = False
    exact: bool = True
    chance_planned: Number = None
    smallest: Number = None
    error: str = ""


class Balance(_Kept):
    """What was matched: the areas with the measure, those compared with as weighed, and as they are."""

    name: str
    treated: float
    weighted: float
    unweighted: float


class Result(_Kept):
    """``main`` is the verdict by what was fixed; ``ring`` the same of the ring by itself, so that displacement has its margin;
    ``sensitivity`` the other methods and choices."""

    main: Judgement
    ring: Judgement | None = None
    sensitivity: tuple[Judgement, ...] = ()
    labels: tuple[str, ...]
    observed: tuple[Number, ...]
    expected: tuple[Number, ...]
    first: str
    last: str
    horizon: int
    planned_change: float
    parts: tuple[Part, ...]
    balance: tuple[Balance, ...] = ()
    jackknife: tuple[Number, Number] = (None, None)
    placebos: int = 0
    comparison_areas: int = 0
    notes: tuple[str, ...] = ()

    @property
    def final(self) -> bool:
        """Whether the term that was fixed is over."""
        return self.main.months >= self.horizon


def plain(value: float) -> Number:
    """A number as it is kept: None for what is not finite."""
    return float(value) if math.isfinite(value) else None
