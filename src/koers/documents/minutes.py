"""The minutes of a meeting: what became of the signals, what was decided, who does what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koers.documents.content import Block, Document, Items, Paragraph, Section, Table, parse_text
from koers.dutch import day

NOTHING = Paragraph("Geen.")


@dataclass(frozen=True)
class AgreedAction:
    title: str
    owner: str
    due: date | None
    state: str


def minutes(
    *,
    municipality: str,
    kind: str,
    held_on: date,
    left: Sequence[str],
    decisions: Sequence[str],
    actions: Sequence[AgreedAction],
    notes: str,
    banner: str = "",
) -> Document:
    """The minutes; ``left`` are the signals that were on the table and stayed there."""
    sections = (
        Section("Besluiten", _list(decisions)),
        Section("Acties", (_actions(actions),)),
        Section("Signalen die bleven liggen", _list(left)),
        Section("Aantekeningen", parse_text(notes) or (NOTHING,)),
    )
    return Document(
        title=f"Verslag {kind}",
        subtitle=day(held_on),
        subject=day(held_on),
        municipality=municipality,
        date=held_on,
        state="Intern",
        sections=sections,
        banner=banner,
    )


def decision_list(
    *, municipality: str, kind: str, held_on: date, decisions: Sequence[str], banner: str = ""
) -> Document:
    """The decisions of a meeting and nothing else."""
    section = Section("Besluiten", _list(decisions))
    return _one_list("Besluitenlijst", municipality, kind, held_on, section, banner)


def action_list(
    *, municipality: str, kind: str, held_on: date, actions: Sequence[AgreedAction], banner: str = ""
) -> Document:
    """The actions of a meeting and nothing else."""
    return _one_list("Actielijst", municipality, kind, held_on, Section("Acties", (_actions(actions),)), banner)


def _one_list(title: str, municipality: str, kind: str, held_on: date, section: Section, banner: str) -> Document:
    return Document(
        title=f"{title} {kind}", subtitle=day(held_on), subject=day(held_on), municipality=municipality, date=held_on,
        state="Intern", sections=(section,), banner=banner,
    )  # fmt: skip


def _list(lines: Sequence[str]) -> tuple[Block, ...]:
    return (Items(tuple(lines), ordered=True),) if lines else (NOTHING,)


def _actions(actions: Sequence[AgreedAction]) -> Block:
    if not actions:
        return NOTHING
    rows = tuple((a.title, a.owner or "nog geen eigenaar", day(a.due) if a.due else "–", a.state) for a in actions)
    return Table("Wie doet wat, en wanneer", ("Actie", "Eigenaar", "Uiterlijk", "Staat"), rows)
