"""The college decision: ten headings, always in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from koers.documents.content import Document, Head
from koers.dutch import day
from koers.records.decision import MAY_BE_EMPTY, DecisionText
from koers.records.text import Block, Section, said, shown


class MissingTextError(ValueError):
    """A heading without text: a decision cannot be made of it."""


def college_decision(
    head: Head, text: DecisionText, extra: Mapping[str, Sequence[Block]] | None = None
) -> Document:
    """The document; ``extra`` adds blocks (a figure) under the text of a heading. What nobody
    confirmed is marked.

    Raises
    ------
    MissingTextError
        Naming the heading that has no text.
    """
    return Document.of(
        head,
        title="Collegebesluit",
        subtitle=f"Collegevergadering: {day(head.date)}",
        subject=" ".join(said(block) for block in _subject(text)),
        sections=[_section(s, (extra or {}).get(s.key, ())) for s in text.in_order],
    )


def _subject(text: DecisionText) -> Sequence[Block]:
    found = text.section("subject")
    return found.blocks if found else ()


def _section(section: Section, extra: Sequence[Block]) -> Section:
    if not section.blocks and section.key not in MAY_BE_EMPTY:
        raise MissingTextError(
            f"Onder '{section.heading}' staat nog niets. Vul de tekst in; schrijf desnoods 'Niet"
            " van toepassing.'"
        )
    return section.model_copy(update={"blocks": (*map(shown, section.blocks), *extra)})
