"""The texts of a decision, filled from the plan; what Koers only supposes waits for somebody to
confirm it."""

from __future__ import annotations

import re
from datetime import date

from django.utils import timezone

from koers.apps.plan.models import Plan
from koers.records.decision import HEADINGS, DecisionText
from koers.records.text import Block, Section, parse_piece, pieces_of

# For a plan that brings no texts of its own: what every such decision says.
DEFAULT_TEXTS = {
    "subject": "{plan}",
    "core_message": "Het college stemt in met het {plan}.",
    "decision": (
        "1. In te stemmen met het {plan};\n2. Het voorgenomen besluit voor te leggen aan de"
        " raadscommissie om suggesties en ideeën op te halen over het {plan}."
    ),
    "legal_basis": "",
    "policy_framework": "Dit besluit wordt genomen op grond van artikel 160 van de Gemeentewet.",
    "background": "De raad stelt ten minste eens in de vier jaar de doelen voor veiligheid vast.",
    "reasons": (
        "De lokale prioriteiten voor {years} zijn:\n\n{priorities}\n\nDaarnaast zal er aandacht"
        " zijn voor: {attention_themes}."
    ),
    "finances": "Niet van toepassing.",
    "cooperation": "De lokale prioriteiten zijn in overleg met de politie vastgesteld.",
    "annexes": "1. {plan}",
}
PROPOSED = frozenset({"subject", "decision"})
"""Headings that say what is proposed, and assert nothing."""
SUPPOSED = frozenset({"finances", "cooperation"})
"""Headings of which also the usual text asserts what nobody entered."""


def text_for(plan: Plan) -> DecisionText:
    """The text of each heading, with the plan's own title, years, priorities and themes filled
    in; priorities that nobody confirmed stay out.

    What a plan brings as text of its own was entered by nobody here: it waits to be confirmed.
    """
    given = {**DEFAULT_TEXTS, **plan.decision_texts.of_headings}
    values = {
        "{plan}": plan.title,
        "{municipality}": plan.municipality.name,
        "{years}": f"{plan.start_year}-{plan.end_year}",
        "{priorities}": _priorities([p.title for p in plan.priorities.adopted()]),
        "{attention_themes}": (
            enumeration([p.title for p in plan.attention_themes.adopted()]) or "geen andere thema's"
        ),
    }
    return DecisionText(
        sections=tuple(
            Section(key=key, heading=heading, blocks=_blocks(key, given[key], values))
            for key, heading in HEADINGS.items()
        )
    )


def refilled(text: DecisionText, plan: Plan) -> DecisionText:
    """A text with what nobody edited taken from the plan again, and what people wrote as it is."""
    fresh = {section.key: section.blocks for section in text_for(plan).sections}
    return text.model_copy(
        update={
            "sections": tuple(
                section.renewed(fresh.get(section.key, ())) for section in text.in_order
            )
        }
    )


def meeting_date_of(plan: Plan) -> date:
    return plan.decision_texts.meeting_date or timezone.localdate()


def _blocks(key: str, template: str, values: dict[str, str]) -> tuple[Block, ...]:
    found: list[Block] = []
    for number, piece in enumerate(pieces_of(template), 1):
        more = {"filled": True, "confirmed": _was_entered(key, piece)}
        for block in parse_piece(f"{key}-{number}", _filled(piece, values)):
            found.append(block.model_copy(update=more))
    return tuple(found)


def _was_entered(key: str, piece: str) -> bool:
    """Whether a passage says only what stands in the plan or in the law, or what is proposed."""
    if key in PROPOSED or not re.sub(r"\{\w+\}", "", piece).strip(" .;:"):
        return True
    words = " ".join(piece.split())
    usual = (" ".join(p.split()) for p in pieces_of(DEFAULT_TEXTS[key]))
    return key not in SUPPOSED and words in usual


def _priorities(titles: list[str]) -> str:
    """'Prioriteit 1: …;' a line each, the last with a full stop."""
    ends = [";"] * (len(titles) - 1) + ["."]
    return "\n".join(
        f"Prioriteit {n}: {t}{end}" for n, (t, end) in enumerate(zip(titles, ends, strict=False), 1)
    )


def enumeration(words: list[str]) -> str:
    """'a, b en c'"""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text
