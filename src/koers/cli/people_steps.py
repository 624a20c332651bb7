"""People of an area who step from one period to the next: the sign of a merger or a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koers import dutch

if TYPE_CHECKING:
    from koers.figures.counts_csv import CountsFile

SHOWN = 3


def steps_note(counts: CountsFile) -> str:
    """That counts by inhabitant cannot be compared over these steps; '' without any."""
    steps = counts.population_steps
    if not steps:
        return ""
    shown = ", ".join(
        f"{area} in {period} ({dutch.percent(ratio)})" for area, period, ratio in steps[:SHOWN]
    )
    more = f" en nog {len(steps) - SHOWN}" if len(steps) > SHOWN else ""
    return (
        f"het inwonertal springt bij {shown}{more}. Is dat een herindeling? Neem dan van alle"
        " perioden het inwonertal binnen dezelfde grenzen als de tellingen."
    )
