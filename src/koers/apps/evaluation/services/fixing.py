"""Fixing how a measure is judged: the ring, the comparison areas and the power follow from what was
chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from koers.apps.evaluation.models import EffectDesign
from koers.apps.evaluation.services.judging import power_of
from koers.apps.evaluation.services.queue import setup_of
from koers.apps.evaluation.services.region import choose_comparison, region_of
from koers.apps.plan.models import Measure


@dataclass(frozen=True)
class Choices:
    """What a person fixes of a measure; the verdict rests on ``indicator`` alone."""

    indicator: str
    areas: tuple[str, ...]
    start: date
    method: str
    expected_change: float
    horizon: int
    secondary: tuple[str, ...] = ()


def fix(measure: Measure, chosen: Choices, reason: str = "") -> EffectDesign:
    """Keep the choices; ring and comparison areas are chosen anew only where what they rest on
    changed.

    Raises
    ------
    ValidationError
        When the measure had begun and no reason is given.
    """
    design = EffectDesign.objects.filter(measure=measure).first()
    new = design is None
    if design is None:
        design = EffectDesign(municipality=measure.municipality, measure=measure)
    before = None if new else (design.indicator, tuple(design.areas), design.start, design.method)
    design.indicator, design.areas, design.start = (
        chosen.indicator,
        list(chosen.areas),
        chosen.start,
    )
    design.method, design.expected_change, design.horizon = (
        chosen.method,
        chosen.expected_change,
        chosen.horizon,
    )
    design.secondary = list(chosen.secondary)
    if before != (chosen.indicator, chosen.areas, chosen.start, chosen.method):
        _surroundings(design)
    work_out_power(design)
    design.save(reason=reason)
    if measure.start != chosen.start or measure.areas != design.areas:
        measure.start, measure.areas = chosen.start, design.areas
        measure.save()
    return design


def _surroundings(design: EffectDesign) -> None:
    region = region_of(design.indicator, design.municipality.code)
    if region is None:
        return
    design.ring = region.around(design.areas)
    design.comparison = compared_with(design, design.ring)


def compared_with(design: EffectDesign, ring: list[str]) -> list[str]:
    """The comparison areas by the history; a break in the series has none."""
    region = region_of(design.indicator, design.municipality.code)
    if region is None or design.method == "its":
        return []
    return choose_comparison(region, design.areas, ring, design.start, design.method)


def work_out_power(design: EffectDesign) -> None:
    """What could be shown by the figures of now (not yet saved)."""
    region = region_of(design.indicator, design.municipality.code)
    if region is not None:
        design.power = power_of(region, setup_of(design))
        design.snapshots = list(region.snapshots)
