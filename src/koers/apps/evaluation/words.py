"""What was found and what could be shown, in sentences that say no more than the figures do."""

from __future__ import annotations

from collections.abc import Callable

from koers import dutch
from koers.analysis.effects.verdict import Verdict
from koers.records.evaluation import Judgement, Number, Power, Result

ENOUGH, SURE = 0.8, 0.95

OPENINGS = {
    Verdict.WORKS: "De maatregel werkt",
    Verdict.PROBABLY: "De maatregel werkt waarschijnlijk",
    Verdict.BACKFIRES: "De maatregel werkt averechts",
    Verdict.NOTHING: "Er is geen effect aan te tonen",
    Verdict.TOO_LITTLE: "Er zijn te weinig gegevens om te zeggen of de maatregel werkt",
}
TONES = {Verdict.WORKS: "good", Verdict.PROBABLY: "good", Verdict.BACKFIRES: "bad"}


def verdict_sentence(found: Judgement) -> str:
    """The verdict in one sentence with its margin; its caveats come from ``judged``."""
    assert found.verdict is not None
    if found.withheld:
        return f"{OPENINGS[Verdict.TOO_LITTLE]}."
    opening = OPENINGS[found.verdict]
    where = "in de gebieden en de ring samen" if with_ring(found) else ""
    # What fell in the ring is no part of what was counted in the areas themselves.
    counted = (
        f"{dutch.number(found.observed)} gevallen geteld, "
        if found.observed is not None and not with_ring(found)
        else ""
    )
    return (
        f"{opening}: {counted}{_counted(found.effect or 0.0)}{f' {where}' if where else ''}"
        f" ({_margin(found)})."
    )


def _margin(found: Judgement) -> str:
    cases = f"{signed(found.lower)} tot {signed(found.upper)} gevallen"
    # What fell in the ring is no part of what was expected in the areas themselves.
    if found.expected and found.relative is not None and not with_ring(found):
        low, high = (_share(x) for x in _parts(found, found.expected))
        fell = dutch.percent(1 + found.relative)
        return f"{fell}; {margin_name(found)} {low} tot {high}, of {cases}"
    return f"{margin_name(found)} {cases}"


def margin_name(found: Judgement) -> str:
    """How sure the margin is; before the term is over wider than that of one look."""
    return "95 %-marge" if found.level <= SURE else "marge bij tussentijds kijken"


def _parts(found: Judgement, expected: float) -> tuple[Number, Number]:
    """The margin as parts of what was expected; of an older evaluation, and of a method that has no
    other, that in cases."""
    if found.lower_part is not None:
        return found.lower_part, found.upper_part
    low, high = (None if x is None else x / expected for x in (found.lower, found.upper))
    return low, high


def with_ring(found: Judgement) -> bool:
    """Whether the effect is that in the areas and the ring together."""
    return found.net and found.displacement is not None


def _share(part: Number) -> str:
    return "onbegrensd" if part is None else dutch.percent(1 + part)


def signed(value: Number) -> str:
    """A change in counts with its sign."""
    if value is None:
        return "onbegrensd"
    sign = "−" if round(value) < 0 else "+" if round(value) > 0 else ""
    return f"{sign}{dutch.number(abs(value))}"


def displacement_sentence(result: Result) -> str:
    """Whether crime moved to the ring, with its margin; '' without a ring."""
    found = result.ring
    if found is None:
        return ""
    if found.error or found.effect is None:
        return f"Of het zich verplaatste naar de ring is niet te zeggen. {found.error}".strip()
    margin = (
        f"{_counted(found.effect)} (95 %-marge {signed(found.lower)} tot {signed(found.upper)})"
    )
    if found.lower is not None and found.lower > 0:
        return f"In de ring eromheen steeg het aantoonbaar: {margin}. Dat kan verplaatsing zijn."
    if found.upper is not None and found.upper < 0:
        return (
            f"Ook in de ring eromheen daalde het aantoonbaar: {margin}. Van verplaatsing is geen"
            " sprake."
        )
    return f"Verplaatsing naar de ring eromheen is niet aan te tonen: daar {margin}."


def _counted(effect: float) -> str:
    if round(abs(effect)) == 0:
        return "ongeveer evenveel gevallen als verwacht"
    return f"{dutch.number(abs(effect))} gevallen {'minder' if effect < 0 else 'meer'} dan verwacht"


def power_sentence(found: Judgement, planned_change: float) -> str:
    """What could have been shown by an evaluation."""
    fall, chance = _fall(planned_change), _chance(found.chance_planned)
    if found.smallest is None:
        return (
            "Met deze aantallen was geen enkele daling met 80 % kans aan te tonen. Bij een daling"
            f" van {fall} was de kans {chance}."
        )
    return (
        f"Een daling van {_fall(found.smallest)} of meer zou met 80 % kans zijn aangetoond; bij de"
        f" verwachte daling van {fall} was de kans {chance}."
    )


def horizon_sentence(months: int, smallest: Number, chance: Number, planned_change: float) -> str:
    """What could be shown so many months after the start, when a measure is planned."""
    fall, after = _fall(planned_change), f"Na {months} maanden"
    if chance is None:
        return f"{after}: de geschiedenis is te kort om dit te zeggen."
    if smallest is None:
        return (
            f"{after} is dit niet aan te tonen: met deze aantallen blijkt geen enkele daling met 80"
            f" % kans. Een daling van {fall} blijkt met {_chance(chance)} kans."
        )
    if chance >= ENOUGH:
        return (
            f"{after} is een daling van {fall} aan te tonen ({_chance(chance)} kans); al vanaf"
            f" {_fall(smallest)}."
        )
    return (
        f"{after} is een daling van {fall} niet aan te tonen ({_chance(chance)} kans). Wel een"
        f" daling van {_fall(smallest)} of meer."
    )


def planned_sentence(power: Power, planned_change: float, horizon: int) -> str:
    """The heart of it: can the change that is expected be shown at the end of the term?"""
    entry = power.after(horizon)
    if entry is None or entry.chance is None:
        return (
            "Of het effect aan te tonen zal zijn, is niet te zeggen: er is te weinig geschiedenis."
        )
    fall = _fall(planned_change)
    if entry.chance >= ENOUGH:
        return (
            f"Aan te tonen: een daling van {fall} blijkt na {horizon} maanden met"
            f" {_chance(entry.chance)} kans."
        )
    return (
        f"Dit is niet aan te tonen: een daling van {fall} blijkt na {horizon} maanden maar met"
        f" {_chance(entry.chance)} kans. Neem meer gebieden, een uitkomst die vaker voorkomt of"
        " een langere termijn."
    )


def interim_sentence(result: Result) -> str:
    """That the term is not over; '' once it is."""
    if result.final:
        return ""
    months = f"{result.main.months} {'maand' if result.main.months == 1 else 'maanden'}"
    return (
        f"Dit is een tussenstand na {months} van de {result.horizon}. Het oordeel telt pas aan het"
        " einde van de termijn."
    )


def known_sentence(result: Result) -> str:
    """After how many months the verdict was known, where it was known before the end of the term;
    '' where it was not."""
    months = result.main.known_since
    if not months or months >= result.horizon:
        return ""
    after = [x for x in result.labels if x >= result.first]
    when = f" ({dutch.period(after[months - 1])})" if months <= len(after) else ""
    return (
        f"Dit was bekend na maand {months} van de {result.horizon}{when}, met grenzen waarbij elke"
        " maand mag worden gekeken."
    )


SAME_WAY = "dezelfde kant op"


def agreement_sentence(result: Result, agrees: Callable[[Judgement], bool]) -> str:
    """Whether other methods and choices point the same way; where no effect was shown there is no
    way to point."""
    answered = [row for row in result.sensitivity if not row.error]
    same = sum(agrees(row) for row in answered)
    if not answered:
        return "Andere berekeningen waren met deze cijfers niet mogelijk."
    unshown = result.main.verdict in (Verdict.NOTHING, Verdict.TOO_LITTLE)
    one, more, what = (
        ("toont", "tonen", "ook geen effect aan") if unshown else ("wijst", "wijzen", SAME_WAY)
    )
    if same == len(answered):
        return (
            f"Alle {same} andere berekeningen {more} {what}."
            if same > 1
            else f"Een andere berekening {one} {what}."
        )
    return (
        f"Van de {len(answered)} andere berekeningen {one if same == 1 else more} er"
        f" {same or 'geen enkele'} {what}. Het oordeel hangt dus mee af van de methode;"
        " daarom geldt de vooraf vastgelegde."
    )


def secondary_sentence(result: Result) -> str:
    """That the other outcomes are no verdict, and how they were corrected for their number; ''
    where there are none."""
    number = len(result.secondary)
    if not number:
        return ""
    said = (
        "Het oordeel is dat van de eerste uitkomst, de enige waarop het vooraf zou rusten. De"
        " andere staan ernaast en zijn geen oordeel."
    )
    if number == 1:
        return said
    return (
        f"{said} Omdat het er {number} zijn, is elke marge ruimer (een fout van 5 % gedeeld door"
        f" {number}, Bonferroni) en is p maal {number} genomen: zo kloppen zij samen in 95 % van de"
        " gevallen."
    )


def sure(level: float) -> str:
    """How sure a margin is."""
    whole = round(1000 * level) % 10 == 0
    return f"{dutch.number(100 * level, 0 if whole else 1)} %"


def false_calls_sentence(found: Judgement) -> str:
    """That the method was measured to say too much; '' where it holds."""
    if found.false_calls is None:
        return ""
    return (
        "Op deze methode is hier niet te bouwen: van nagebootste maatregelen als deze, die niets"
        f" deden, noemde zij {dutch.number(100 * found.false_calls, 1)} % werkzaam of averechts,"
        " waar 5 % de bedoeling is."
    )


def peak_sentence(found: Judgement) -> str:
    """That a peak falls back by itself, and how the margin allows for it."""
    if not found.left_out:
        return (
            "Vlak voor het begin waren er in deze gebieden meer gevallen dan gewoonlijk. Zo'n piek"
            " zakt voor een deel vanzelf terug, ook zonder maatregel (terugkeer naar het"
            " gemiddelde). Dat is al van de verwachting af: die weegt de piek tegen de jaren ervoor"
            " en de buurten eromheen, en haar marge is ruimer."
        )
    return (
        "Vlak voor het begin waren er in deze gebieden meer gevallen dan gewoonlijk. Zo'n piek zakt"
        " voor een deel vanzelf terug, ook zonder maatregel (terugkeer naar het gemiddelde). De"
        f" marge houdt daar rekening mee: zij geldt met en zonder de laatste {found.left_out}"
        " maanden voor het begin."
    )


def withheld_sentence() -> str:
    return (
        "Vlak voor het begin waren er in deze gebieden meer gevallen dan gewoonlijk. Zo'n piek zakt"
        " voor een deel vanzelf terug, ook zonder maatregel (terugkeer naar het gemiddelde), en van"
        " voor die piek zijn er te weinig maanden. Daarom geeft Koers geen effect."
    )


def _fall(change: float) -> str:
    return f"{dutch.number(abs(change) * 100)} %"


def _chance(chance: Number) -> str:
    if chance is None:
        return "onbekend"
    return (
        "minder dan 1 %"
        if chance < 0.01
        else "meer dan 99 %"
        if chance > 0.99
        else f"{dutch.number(100 * chance)} %"
    )
