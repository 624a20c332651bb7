"""Evaluations and designs to charts, tables and facts: what the pages show and what can be
downloaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from koers import dutch
from koers.apps.evaluation import words
from koers.apps.evaluation.judged import Judged
from koers.apps.evaluation.models import EffectDesign, Evaluation, Method
from koers.apps.evaluation.services.region import Region
from koers.apps.intake.archive import public_shelf
from koers.charts.effect import effect_chart
from koers.charts.render import Chart
from koers.charts.roles import ROLES, AreaRole, role_map
from koers.figures.areas import Area
from koers.indicators import load_indicators
from koers.records.evaluation import AreaPart, Detectable, Judgement, Result
from koers.tables import Column, Look, Table

MONTHS_BEFORE = 48
MARGIN = 0.02
"""Degrees around the areas that are drawn."""


def course_chart(evaluation: Evaluation, result: Result) -> Chart:
    """Observed against expected, with the moment that the measure began."""
    start = result.labels.index(result.first)
    part = slice(max(0, start - MONTHS_BEFORE), None)
    return effect_chart(
        f"verloop-{evaluation.pk}",
        f"{_outcome(evaluation.parameters.indicator)} in de gebieden met de maatregel",
        result.labels[part],
        [_float(x) for x in result.observed[part]],
        [_float(x) for x in result.expected[part]],
        result.first,
    )


def evaluation_map(evaluation: Evaluation, result: Result) -> Chart:
    """The areas with the measure, the ring and the comparison areas, by the boundaries that it was
    made with."""
    known = public_shelf(evaluation.snapshots).areas
    return _map(f"kaart-{evaluation.pk}", result.parts, known)


def design_map(design: EffectDesign, region: Region) -> Chart:
    """The same of what is fixed now."""
    groups = ((ROLES[0], design.areas), (ROLES[1], design.ring), (ROLES[2], design.comparison))
    parts = [
        AreaPart(code=c, name=region.name(c), municipality=region.municipality(c), role=role)
        for role, cs in groups
        for c in cs
    ]
    return _map(f"opzet-{design.pk}", parts, region.known)


def _map(name: str, parts: Sequence[AreaPart], known: dict[str, Area]) -> Chart:
    """The table has every area; on the map comparison areas far away stay out, and what lies
    between is drawn blank."""
    frame = _frame([known[p.code] for p in parts if p.role != ROLES[2] and p.code in known])
    roles = {p.code: p for p in parts}
    blank = (
        AreaPart(code=a.code, name=a.name, municipality="", role=ROLES[3])
        for a in known.values()
        if a.level == "neighbourhood" and a.code not in roles and _within(a, frame)
    )
    shown = [
        p
        for p in parts
        if p.role != ROLES[2] or (p.code in known and _within(known[p.code], frame))
    ]
    drawn = role_map(
        name, "Gebieden, ring en vergelijkingsgebieden", [_role(p, known) for p in (*shown, *blank)]
    )
    far = len(parts) - len(shown)
    words_too = drawn.description + (
        f" {far} vergelijkingsgebieden liggen buiten de kaart." if far else ""
    )
    rows = tuple((p.name, p.municipality, p.role) for p in parts)
    return Chart(drawn.svg, drawn.title, words_too, drawn.columns, rows, drawn.missing)


def _role(part: AreaPart, known: dict[str, Area]) -> AreaRole:
    area = known.get(part.code)
    if area is None:
        return AreaRole(part.code, part.name, part.role, part.municipality)
    return AreaRole(
        part.code,
        part.name,
        part.role,
        part.municipality,
        area.geometry,
        area.latitude,
        area.longitude,
    )


def _frame(areas: Iterable[Area]) -> tuple[float, float, float, float] | None:
    placed = [
        (a.latitude, a.longitude)
        for a in areas
        if a.latitude is not None and a.longitude is not None
    ]
    if not placed:
        return None
    south, north = min(p[0] for p in placed), max(p[0] for p in placed)
    west, east = min(p[1] for p in placed), max(p[1] for p in placed)
    return south - MARGIN, north + MARGIN, west - 1.6 * MARGIN, east + 1.6 * MARGIN


def _within(area: Area, frame: tuple[float, float, float, float] | None) -> bool:
    if frame is None or area.latitude is None or area.longitude is None:
        return False
    return frame[0] <= area.latitude <= frame[1] and frame[2] <= area.longitude <= frame[3]


def _percent(row: Judgement) -> str:
    if row.relative is None or words.with_ring(row):
        return ""
    return dutch.percent(1 + row.relative)


def _chance(row: Judgement) -> str:
    return "" if row.p_value is None else dutch.chance(row.p_value).removeprefix("= ")


def _ring(row: Judgement) -> str:
    return "" if row.displacement is None else words.signed(row.displacement)


def _limits(row: Judgement) -> str:
    return f"{words.signed(row.lower)} tot {words.signed(row.upper)}"


def _judged(said: Callable[[Judgement], str]) -> Callable[[Judgement], str]:
    """Nothing of a calculation that failed."""
    return lambda row: "" if row.error else said(row)


SENSITIVITY = (
    Column("what", "Berekening"),
    Column("effect", "Effect", _judged(lambda row: words.signed(row.effect))),
    Column("percent", "In %", _judged(_percent)),
    Column(
        "margin",
        "95 %-marge",
        _judged(_limits),
    ),
    Column("displacement", "Verplaatsing naar de ring", _judged(_ring)),
    Column("p", "p", _judged(_chance)),
)


def sensitivity(judged: Judged) -> Table:
    """What was fixed first, the ring by itself, then each other method and choice; each verdict
    with its caveats."""
    result = judged.result
    what, *rest = SENSITIVITY
    around = (result.ring,) if result.ring else ()
    return Table(
        "gevoeligheid",
        "De andere methoden en keuzes (effect in aantallen; min is minder)",
        (what, Column("verdict", "Oordeel", judged.of_row), *rest),
        (result.main, *around, *result.sensitivity),
        look=Look.LINES,
    )


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome that was fixed, as what it counts, and what was found of it."""

    title: str
    counts_as: str
    found: Judgement


def other_outcomes(judged: Judged) -> Table:
    """The outcome of the verdict, and those that were fixed beside it: estimates without one."""
    result = judged.result
    main = OutcomeRow(_outcome(judged.parameters.indicator), f"oordeel: {judged}", result.main)
    rows = [
        OutcomeRow(_outcome(one.indicator), judged.of_secondary(one.found), one.found)
        for one in result.secondary
    ]
    columns = (
        Column("outcome", "Uitkomst", "title"),
        Column("counts_as", "Telt als"),
        Column("counted", "Geteld", _of_outcome(_counted)),
        Column("effect", "Effect", _of_outcome(lambda row: words.signed(row.effect))),
        Column("percent", "In %", _of_outcome(_percent)),
        Column("margin", "Marge", _of_outcome(_limits)),
        Column("level", "Zekerheid van de marge", _of_outcome(lambda row: words.sure(row.level))),
        Column("p", "p", _of_outcome(_chance)),
    )
    caption = "De uitkomsten die zijn vastgelegd (effect in aantallen; min is minder)"
    return Table("uitkomsten", caption, columns, (main, *rows), look=Look.LINES)


def _of_outcome(said: Callable[[Judgement], str]) -> Callable[[OutcomeRow], str]:
    """Nothing of an outcome that could not be judged."""
    return lambda row: "" if row.found.error else said(row.found)


def _counted(row: Judgement) -> str:
    """Of an effect that is that of areas and ring together, no count of the areas alone."""
    return "" if words.with_ring(row) else dutch.number(row.observed or 0)


def _smallest(p: Detectable) -> str:
    return f"{dutch.number(-100 * p.smallest)} %" if p.smallest is not None else "geen"


def _of_shown(p: Detectable) -> str:
    return f"{dutch.number(100 * p.chance)} %" if p.chance is not None else "onbekend"


def power(design: EffectDesign) -> Table:
    """What could be shown after each number of months, in figures and in words."""

    def in_words(p: Detectable) -> str:
        return words.horizon_sentence(p.months, p.smallest, p.chance, design.expected_change)

    columns = (
        Column("after", "Na", lambda p: f"{p.months}\u00a0maanden"),
        Column("smallest", "Kleinste daling met 80 % kans", _smallest),
        Column("chance", "Kans bij de verwachte daling", _of_shown),
        Column("words", "In woorden", in_words),
    )
    caption = "Wat is er aan te tonen na 6, 12 en 24 maanden?"
    return Table("aan-te-tonen", caption, columns, design.power.horizons)


def design_facts(design: EffectDesign, region: Region | None) -> list[tuple[str, str]]:
    """What is fixed, as terms with their words."""
    beside = ", ".join(_outcome(name) for name in design.secondary)
    return [
        ("Uitkomst", _outcome(design.indicator)),
        *([("Nevenuitkomsten, zonder oordeel", beside)] if beside else []),
        ("Gebieden", _names(design.areas, region)),
        ("Begin", dutch.day(design.start)),
        ("Methode", _capital(Method(design.method).label)),
        (
            "Verwachte daling",
            f"{dutch.number(-100 * design.expected_change)} % na {design.horizon} maanden",
        ),
        ("Ring eromheen", _names(design.ring, region) or "geen"),
        ("Vergelijkingsgebieden", _compared(design, region)),
        (
            "Vastgelegd op",
            dutch.day(timezone.localdate(design.fixed_at))
            + (", na het begin" if design.fixed_late else ""),
        ),
    ]


def _compared(design: EffectDesign, region: Region | None) -> str:
    if design.method == Method.ITS:
        return "geen: de eigen reeks van voor het begin"
    if len(design.comparison) > 12:
        return (
            f"{len(design.comparison)} gebieden die er vóór het begin het meest op leken, uit de"
            " hele regio"
        )
    return _names(design.comparison, region) or "geen"


def _names(codes: Sequence[str], region: Region | None) -> str:
    if region is None:
        return ", ".join(codes)
    home = region.known[region.home].name if region.home in region.known else ""
    named = []
    for code in codes:
        where = region.municipality(code)
        named.append(region.name(code) + (f" ({where})" if where and where != home else ""))
    return ", ".join(named)


def how_it_was_computed(evaluation: Evaluation, result: Result) -> list[tuple[str, str]]:
    """The method, the months, the areas and the figures, so that somebody else can do it again."""
    found = result.main
    before = [x for x in result.labels if x < result.first]
    groups = {role: [p for p in result.parts if p.role == role] for role in ROLES[:3]}
    facts = [
        ("Methode", _method_words(found, result)),
        (
            "Maanden",
            (
                f"{found.months} met de maatregel ({dutch.period(result.first)} t/m"
                f" {dutch.period(result.last)}), {len(before)} ervoor (vanaf"
                f" {dutch.period(result.labels[0])})"
            ),
        ),
        (
            "Geteld en verwacht",
            (
                f"{dutch.number(found.observed)} geteld, {dutch.number(found.expected, 1)} verwacht"
                " zonder de maatregel"
            ),
        ),
        (
            "Marge van 80 %",
            f"{words.signed(found.lower_80)} tot {words.signed(found.upper_80)} gevallen",
        ),
        ("Gebieden met de maatregel", _listed(groups[ROLES[0]])),
        ("Ring", _listed(groups[ROLES[1]]) or "geen"),
        ("Vergelijkingsgebieden", _listed(groups[ROLES[2]]) or "geen"),
    ]
    if (
        found.method == Method.SYNTHETIC
        and result.jackknife[0] is not None
        and result.jackknife[1] is not None
    ):
        low, high = (dutch.percent(1 + x) for x in result.jackknife)
        facts.append(("Zonder één van de gebieden", f"95 %-marge {low} tot {high} (jackknife)"))
    facts.append(("Peilmomenten", ", ".join(evaluation.snapshots)))
    return facts


def _method_words(found: Judgement, result: Result) -> str:
    match found.method:
        case Method.EB:
            return (
                "Wat vooraf te verwachten was (empirisch Bayes): de verwachting op de dag van het"
                f" begin, maal wat de {result.comparison_areas} andere gebieden telden boven of"
                " onder de hunne"
            )
        case Method.WDD:
            return (
                "Verschil met vergelijkbare gebieden (wdd): de verandering hier min die in de"
                " vergelijkingsgebieden"
            )
        case Method.ITS:
            return (
                "Breuk in de eigen reeks (its): een sprong op het moment van het begin, naast trend"
                " en seizoen"
            )
    match_words = "precies" if found.exact else "zo goed als mogelijk"
    return (
        f"Gewogen vergelijkingsgebieden (synthetic control): {result.comparison_areas} gebieden, zo"
        f" gewogen dat zij vóór het begin {match_words} op de gebieden met de maatregel lijken. De"
        f" marge komt van {result.placebos} groepen andere gebieden die de maatregel zogenaamd"
        " kregen"
    )


def _listed(parts: Sequence[AreaPart]) -> str:
    shown = ", ".join(
        f"{p.name} ({p.municipality})" if p.municipality else p.name for p in parts[:12]
    )
    return shown + (f" en nog {len(parts) - 12}" if len(parts) > 12 else "")


def _outcome(indicator: str) -> str:
    known = load_indicators()
    return known[indicator].title if indicator in known else indicator


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _float(value: float | None) -> float:
    return math.nan if value is None else value
