"""The texts of a decision, filled from the plan."""

from __future__ import annotations

from datetime import date

from koers.apps.plan.models import Plan
from koers.documents.college_decision import HEADINGS

# For a plan that brings no texts of its own: what every such decision says.
DEFAULT_TEXTS = {
    "subject": "{plan}",
    "core_message": "Het college stemt in met het {plan}.",
    "decision": "1. In te stemmen met het {plan};\n2. Het voorgenomen besluit voor te leggen aan de raadscommissie om "
    "suggesties en ideeën op te halen over het {plan}.",
    "legal_basis": "",
    "policy_framework": "Dit besluit wordt genomen op grond van artikel 160 van de Gemeentewet.",
    "background": "De raad stelt ten minste eens in de vier jaar de doelen voor veiligheid vast.",
    "reasons": "De lokale prioriteiten voor {years} zijn:\n\n{priorities}\n\nDaarnaast zal er aandacht zijn voor: {attention_themes}.",
    "finances": "Niet van toepassing.",
    "cooperation": "De lokale prioriteiten zijn in overleg met de politie vastgesteld.",
    "annexes": "1. {plan}",
}


def texts_for(plan: Plan) -> dict[str, str]:
    """The text of each heading, with the plan's own title, years, priorities and themes filled in."""
    given = {**DEFAULT_TEXTS, **{k: v for k, v in plan.decision_texts.items() if k in HEADINGS}}
    values = {
        "{plan}": plan.title,
        "{municipality}": plan.municipality.name,
        "{years}": f"{plan.start_year}-{plan.end_year}",
        "{priorities}": _priorities([p.title for p in plan.priorities]),
        "{attention_themes}": enumeration([p.title for p in plan.attention_themes]) or "geen andere thema's",
    }
    return {key: _filled(text, values) for key, text in given.items()}


def meeting_date_of(plan: Plan) -> date:
    written = plan.decision_texts.get("meeting_date")
    return date.fromisoformat(written) if written else date.today()


def _priorities(titles: list[str]) -> str:
    """'Prioriteit 1: …;' a line each, the last with a full stop."""
    ends = [";"] * (len(titles) - 1) + ["."]
    return "\n".join(f"Prioriteit {n}: {t}{end}" for n, (t, end) in enumerate(zip(titles, ends, strict=False), 1))


def enumeration(words: list[str]) -> str:
    """'a, b en c'"""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text
