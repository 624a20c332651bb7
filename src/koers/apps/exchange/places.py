"""Where a later app takes part in an import: what is brought in beside lines."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from koers.apps.people.registry import Question
from koers.apps.plan.models import Plan
from koers.records.text import Section


@dataclass(frozen=True)
class DocumentText:
    """The text of a document for a plan; ``behind`` puts it behind the text that is there."""

    plan: Plan
    sections: tuple[Section, ...]
    by: UUID | None
    note: str
    behind: bool = False


@dataclass(frozen=True)
class TextToUndo:
    """The version of the text of a plan that an import made."""

    plan: Plan
    number: int
    by: UUID | None


KEEP_TEXT = Question[[DocumentText], int | None](
    "exchange.keep_text",
    "bewaart de tekst van een document als versie van het plan, en geeft haar nummer; niets als zij"
    " er al zo stond",
)
TAKE_BACK_TEXT = Question[[TextToUndo], bool](
    "exchange.take_back_text",
    "zet de tekst van vóór het inlezen terug; niet als er intussen een nieuwere versie is",
)
HAS_TEXT = Question[[Plan], bool]("exchange.has_text", "of een plan al een tekst heeft")
