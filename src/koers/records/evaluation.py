"""What is kept of the judgement of a measure: what was fixed, what could be shown, and what was
found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from pydantic import field_validator

from koers.analysis.effects.verdict import Verdict
from koers.records.base import Part, Record

Number = float | None
"""None is not known, or without bound."""


def plain(value: float) -> Number:
    """A number as it is kept: None for what is not finite."""
    return float(value) if math.isfinite(value) else None


class Beside(Part):
    """An outcome that is looked at beside the one on which the verdict rests; ``chosen_high`` as of
    a setup."""

    indicator: str
    chosen_high: bool = False


class Setup(Part):
    """What was fixed of a measure, as a statistic needs it; areas are codes. ``chosen_high``: a
    signal of a rise in these areas came before it. The verdict is that of ``indicator``, never of
    one of ``secondary``."""

    method: str
    indicator: str
    areas: tuple[str, ...]
    ring: tuple[str, ...]
    comparison: tuple[str, ...]
    start: date
    planned_change: float
    horizon: int
    chosen_high: bool = False
    secondary: tuple[Beside, ...] = ()


class Parameters(Setup, Record):
    """What was fixed when an evaluation was asked for; ``late_changes`` is how often it changed
    after the start."""

    fixed_at: datetime | None = None
    fixed_late: bool = False
    late_changes: int = 0


class Former(Record):
    """What a design was before a change of it; None is what did not change."""

    method: str | None = None
    indicator: str | None = None
    secondary: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    ring: tuple[str, ...] | None = None
    comparison: tuple[str, ...] | None = None
    start: date | None = None
    expected_change: float | None = None
    horizon: int | None = None

    @property
    def changed(self) -> list[str]:
        """The names of what changed."""
        return [name for name, was in self if was is not None]


class Detectable(Part):
    """What could be shown so many months after the start: the smallest fall that is found with 80 %
    chance (a share, negative), and the chance to find the planned change."""

    months: int
    smallest: Number = None
    chance: Number = None


class Power(Record):
    """What could be shown of a measure when it was planned, by its horizons."""

    horizons: tuple[Detectable, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any] | Sequence[Any]) -> Self:
        """Before records this was a bare list of horizons."""
        return super().read(data if isinstance(data, Mapping) else {"horizons": data})

    def after(self, months: int) -> Detectable | None:
        """What could be shown after so many months; None where that was not worked out."""
        return next((found for found in self.horizons if found.months == months), None)


class AreaPart(Part):
    """An area and its role in the evaluation."""

    code: str
    name: str
    municipality: str
    role: str


class Judgement(Part):
    """One answer: by a method and choices (``what``), the counts, the effect with its margins, and
    the verdict.

    ``lower`` and ``upper`` are in cases, ``lower_part`` and ``upper_part`` parts of what was
    expected; they hold with certainty ``level``, which is more than 95 % before the term is over.
    ``known_since``: after how many months the verdict could first be given (0: not yet, or not
    looked at). ``after_peak``: the areas stood out in the year before the start; where the method
    does not allow for that itself, the margins hold the effect with and without the last
    ``left_out`` months of it; ``withheld``: that was not possible, and there is none.
    ``false_calls``: the share of measures that did nothing of which the method said something,
    where that is more than it may be (None: it holds, or was not measured). ``error`` says why
    there is no answer.
    """

    what: str
    method: str
    verdict: Verdict | None = None
    months: int = 0
    observed: Number = None
    expected: Number = None
    effect: Number = None
    relative: Number = None
    lower: Number = None
    upper: Number = None
    lower_part: Number = None
    upper_part: Number = None
    level: float = 0.95
    known_since: int = 0
    false_calls: Number = None
    lower_80: Number = None
    upper_80: Number = None
    p_value: Number = None
    displacement: Number = None
    net: bool = False
    exact: bool = True
    chance_planned: Number = None
    smallest: Number = None
    after_peak: bool = False
    left_out: int = 0
    withheld: bool = False
    error: str = ""

    @field_validator("verdict", mode="before")
    @classmethod
    def _none_where_there_is_no_answer(cls, value: object) -> object:
        """An earlier Koers kept '' of a calculation that failed."""
        return value or None


class Secondary(Part):
    """What was found of an outcome beside that of the verdict: no verdict itself.

    The margins of ``found`` hold together with those of the other secondary outcomes: each is at
    its ``level``, and p is multiplied by their number (Bonferroni). ``comparison_areas``: with how
    many areas it was compared, chosen anew by its own history.
    """

    indicator: str
    found: Judgement
    comparison_areas: int = 0


class Balance(Part):
    """What was matched: the areas with the measure, those compared with as weighed, and as they
    are."""

    name: str
    treated: float
    weighted: float
    unweighted: float


class Result(Record):
    """``main`` is the verdict by what was fixed; ``ring`` the same of the ring by itself, so that
    displacement has its margin; ``secondary`` the other outcomes that were fixed; ``sensitivity``
    the other methods and choices."""

    main: Judgement
    ring: Judgement | None = None
    secondary: tuple[Secondary, ...] = ()
    sensitivity: tuple[Judgement, ...] = ()
    labels: tuple[str, ...]
    observed: tuple[Number, ...]
    expected: tuple[Number, ...]
    first: str
    last: str
    horizon: int
    planned_change: float
    parts: tuple[AreaPart, ...]
    balance: tuple[Balance, ...] = ()
    jackknife: tuple[Number, Number] = (None, None)
    placebos: int = 0
    comparison_areas: int = 0
    notes: tuple[str, ...] = ()

    @property
    def final(self) -> bool:
        """Whether the term that was fixed is over."""
        return self.main.months >= self.horizon
