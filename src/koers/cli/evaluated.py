"""What `koers evaluate` says of a measure: the document and the sentence, with their caveats."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from koers.dutch import chance, number, percent

if TYPE_CHECKING:
    from koers.analysis.effects.outcome import Effect
    from koers.analysis.effects.verdict import Verdict

PLANNED = -0.2
PROMISED = (-0.2, -0.4, -0.6)
PEAK = (
    "in het jaar voor de start waren er in de gebieden met de maatregel meer gevallen dan"
    " gewoonlijk. Zo'n piek zakt voor een deel vanzelf terug; de marge geldt met en zonder die"
    " laatste perioden."
)
WITHHELD = (
    "in het jaar voor de start waren er in de gebieden met de maatregel meer gevallen dan"
    " gewoonlijk. Zo'n piek zakt voor een deel vanzelf terug, en van ervoor zijn er te weinig"
    " perioden. Daarom komt er geen effect."
)


def document(found: Effect, word: Verdict) -> dict[str, Any]:
    return {
        "effect": None if found.withheld else plain(found.effect),
        "relative_effect": None if found.withheld else plain(found.relative),
        "lower": plain(found.interval[0]),
        "upper": plain(found.interval[1]),
        "p_value": plain(found.p_value),
        "verdict": word.value,
        "power": {
            "planned_change": PLANNED,
            "power": plain(found.power.at(PLANNED)),
            "smallest_detectable_change": plain(found.power.smallest()),
            "changes": [
                {"change": change, "power": plain(found.power.at(change))} for change in PROMISED
            ],
        },
        "balance": {
            "exact": found.exact,
            "terms": [
                {
                    "name": t.name,
                    "treated": plain(t.treated),
                    "comparison": plain(t.weighted),
                    "comparison_unweighted": plain(t.unweighted),
                }
                for t in found.balance
            ],
        },
        **({"caveats": [PEAK if not found.withheld else WITHHELD]} if found.after_peak else {}),
    }


def plain(value: float) -> float | None:
    """A number as JSON has it: none for what is not finite."""
    return float(value) if math.isfinite(value) else None


def sentence(found: Effect, word: Verdict) -> str:
    """The verdict in one plain sentence: effect with margin, displacement, what could have been
    shown."""
    if found.withheld:
        return f"{word.value.capitalize()}. Let op: {WITHHELD}"
    low, high = found.interval
    said = f"{word.value.capitalize()}: {_more_or_less(found.effect)} dan verwacht"
    if not math.isnan(found.relative):
        said += f" ({percent(1 + found.relative)})"
    said += f", marge van 95 %: {_signed(low)} tot {_signed(high)} (p {chance(found.p_value)})"
    if not math.isnan(found.displacement):
        said += f"; in de ring {_more_or_less(found.displacement)}"
    more = f" Let op: {PEAK}" if found.after_peak else ""
    least = found.power.smallest()
    if math.isnan(least):
        said += "; met deze aantallen was geen enkele daling aan te tonen met 80 % kans."
    else:
        said += f"; een daling van {number(-100 * least)} % of meer was aan te tonen met 80 % kans."
    return said + more


def _more_or_less(change: float) -> str:
    return f"{number(abs(change))} {'minder' if change < 0 else 'meer'}"


def _signed(value: float) -> str:
    if math.isinf(value):
        return "onbegrensd"
    return f"{'−' if value <= -0.5 else '+' if value >= 0.5 else ''}{number(abs(value))}"
