"""The minutes of a meeting, and its lists of decisions and of actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koers.documents.content import Document, Head
from koers.dutch import day
from koers.records.text import Block, Items, Paragraph, Section, SectionedText, Table, parse


@dataclass(frozen=True)
class AgreedAction:
    title: str
    owner: str
    due: date | None
    state: str


def minutes_text(
    *,
    left: Sequence[str],
    decisions: Sequence[str],
    actions: Sequence[AgreedAction],
    notes: str,
) -> SectionedText:
    """What became of the signals, what was decided, who does what; ``left`` are the signals that
    were on the table and stayed there."""
    written = parse("notes", notes) or (_nothing("notes"),)
    return SectionedText(
        sections=(
            Section(key="decisions", heading="Besluiten", blocks=_list("decisions", decisions)),
            Section(key="actions", heading="Acties", blocks=(_actions(actions),)),
            Section(key="left", heading="Signalen die bleven liggen", blocks=_list("left", left)),
            Section(key="notes", heading="Aantekeningen", blocks=written),
        )
    )


def minutes(head: Head, kind: str, text: SectionedText) -> Document:
    """All of it; ``kind`` is that of the meeting."""
    return _of_meeting(head, f"Verslag {kind}", text.sections)


def decision_list(head: Head, kind: str, text: SectionedText) -> Document:
    """The decisions of a meeting and nothing else."""
    return _of_meeting(head, f"Besluitenlijst {kind}", _only(text, "decisions"))


def action_list(head: Head, kind: str, text: SectionedText) -> Document:
    """The actions of a meeting and nothing else."""
    return _of_meeting(head, f"Actielijst {kind}", _only(text, "actions"))


def _of_meeting(head: Head, title: str, sections: Sequence[Section]) -> Document:
    held = day(head.date)
    return Document.of(head, title=title, subtitle=held, subject=held, sections=sections)


def _only(text: SectionedText, key: str) -> list[Section]:
    return [section for section in text.sections if section.key == key]


def _nothing(key: str) -> Paragraph:
    return Paragraph(id=f"{key}-1", text="Geen.")


def _list(key: str, lines: Sequence[str]) -> tuple[Block, ...]:
    if not lines:
        return (_nothing(key),)
    return (Items(id=f"{key}-1", items=tuple(lines), ordered=True),)


def _actions(actions: Sequence[AgreedAction]) -> Block:
    if not actions:
        return _nothing("actions")
    rows = tuple(
        (a.title, a.owner or "nog geen eigenaar", day(a.due) if a.due else "–", a.state)
        for a in actions
    )
    return Table(
        id="actions-1",
        caption="Wie doet wat, en wanneer",
        header=("Actie", "Eigenaar", "Uiterlijk", "Staat"),
        rows=rows,
    )
