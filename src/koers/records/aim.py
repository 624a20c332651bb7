"""What a goal asks of the figures: which, in which unit, how much, when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from koers.records.base import Code, Codes, Part

AimKind = Literal["value", "keep", "earlier", "peers", "words"]
Direction = Literal["", "most", "least"]

_STEP = re.compile(r"\s*((?:19|20)\d\d)\s*[:=]\s*([+-]?\d[\d.]*(?:,\d+)?)\s*%?\s*")


class Step(Part):
    """What is aimed at in a year on the way to the date."""

    year: int
    value: float


class Aim(Part):
    """``kind``: a value of one's own; the level of ``base_period`` (``keep``); better than the
    twelve months before (``earlier``) or than ``peers``; in words only, which no figure decides.

    ``unit`` is a key of GOAL_UNITS, "" as the indicator is counted; ``direction`` "" is the one of
    the indicator. ``base`` is the value of the base period where somebody wrote it down, ``path``
    the years on the way.
    """

    kind: AimKind = "value"
    indicator: Code = ""
    area: Code = ""
    unit: Code = ""
    direction: Direction = ""
    target: float | None = None
    due: date
    path: tuple[Step, ...] = ()
    base: float | None = None
    base_period: Code = ""
    peers: Codes = ()

    def at(self, step: Step) -> Aim:
        """The same goal for a year on the way."""
        return self.model_copy(
            update={
                "kind": "value",
                "target": step.value,
                "due": date(step.year, 12, 31),
                "path": (),
            }
        )


def known_steps(lines: Iterable[str]) -> tuple[Step, ...]:
    """The same of what was kept: what is no year with a number is left out."""
    return steps_of(line for line in lines if _STEP.fullmatch(line))


def steps_of(lines: Iterable[str]) -> tuple[Step, ...]:
    """Lines such as "2026: 5,6", by year.

    Raises
    ------
    ValueError
        Naming the line that is none.
    """
    found: dict[int, float] = {}
    for line in lines:
        said = _STEP.fullmatch(line)
        if said is None:
            raise ValueError(
                f"'{line}' is geen jaar met een getal. Schrijf bijvoorbeeld '2026: 5,6'."
            )
        year, text = int(said[1]), said[2]
        if year in found and found[year] != number_of(text):
            raise ValueError(f"Het jaar {year} staat er twee keer.")
        found[year] = number_of(text)
    return tuple(Step(year=year, value=value) for year, value in sorted(found.items()))


def number_of(text: str) -> float:
    """A number as it is written in Dutch or with a decimal point: "1.234,5", "4,8", "4.8"."""
    text = text.strip()
    if "," in text:
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", text):
        return float(text.replace(".", ""))
    return float(text)


def step_line(step: Step) -> str:
    """A step as it is typed and kept."""
    return f"{step.year}: {number_text(step.value)}"


def number_text(value: float) -> str:
    """A number as it is typed: without thousands, with as many decimals as it has."""
    said = f"{value:.6f}"
    return said.rstrip("0").rstrip(".").replace(".", ",")
