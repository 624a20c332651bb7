"""The text of a college decision: ten headings, always in this order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from koers.records.base import Record
from koers.records.text import Section, SectionedText

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


class DecisionText(SectionedText):
    """A section for each heading; one that is not kept is empty."""

    HEADINGS: ClassVar[Mapping[str, str]] = HEADINGS

    @property
    def in_order(self) -> tuple[Section, ...]:
        """The ten sections in the order of the decision."""
        found = {section.key: section for section in self.sections}
        return tuple(
            found.get(key) or Section(key=key, heading=heading) for key, heading in HEADINGS.items()
        )

    @property
    def whole(self) -> DecisionText:
        """The same with a section for each heading, so that each can be typed in."""
        return self.model_copy(update={"sections": self.in_order})


class GivenTexts(Record):
    """What a plan brings for its decision: the day of the meeting, and texts by the key of their
    heading.

    Before records they stood side by side.
    """

    meeting_date: date | None = None
    by_heading: dict[str, str] = {}

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        if version:
            return data
        texts = dict(data)
        return {"meeting_date": texts.pop("meeting_date", None) or None, "by_heading": texts}

    @property
    def of_headings(self) -> dict[str, str]:
        """The texts of headings that a decision has."""
        return {key: text for key, text in self.by_heading.items() if key in HEADINGS}
