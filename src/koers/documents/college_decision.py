"""The college decision: ten headings, always in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from koers.documents.content import Block, Document, Section, parse_text
from koers.dutch import day

HEADINGS: dict[str, str] = {
    "subject": "Onderwerp",
    "core_message": "Kernboodschap",
    "decision": "Besluit B&W",
    "legal_basis": "Wettelijke grondslag",
    "policy_framework": "Juridisch en beleidskader",
    "background": "Bestuurlijke achtergrond",
    "reasons": "Motivering en argumenten",
    "finances": "Financiën",
    "cooperation": "Samenwerking en communicatie",
    "annexes": "Bijlage(n)",
}
MAY_BE_EMPTY = frozenset({"legal_basis"})


class MissingTextError(ValueError):
    """A heading without text: a decision cannot be made of it."""


def college_decision(
    *,
    municipality: str,
    meeting_date: date,
    texts: Mapping[str, str],
    state: str,
    extra: Mapping[str, Sequence[Block]] | None = None,
    banner: str = "",
) -> Document:
    """The document; ``extra`` adds blocks (a figure) under the text of a heading.

    Raises
    ------
    MissingTextError
        Naming the heading that has no text.
    """
    sections = []
    for key, heading in HEADINGS.items():
        text = texts.get(key, "").strip()
        if not text and key not in MAY_BE_EMPTY:
            raise MissingTextError(
                f"Onder '{heading}' staat nog niets. Vul de tekst in; schrijf desnoods 'Niet van toepassing.'"
            )
        sections.append(Section(heading, (*parse_text(text), *(extra or {}).get(key, ()))))
    return Document(
        title="Collegebesluit",
        subtitle=f"Collegevergadering: {day(meeting_date)}",
        subject=texts["subject"].strip(),
        municipality=municipality,
        date=meeting_date,
        state=state,
        sections=tuple(sections),
        banner=banner,
    )
