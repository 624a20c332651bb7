"""What a document says, apart from how it looks; its blocks are those of every text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from koers.records.text import Section

FICTITIOUS = "Verzonnen voorbeeld: deze gemeente en deze cijfers bestaan niet."


@dataclass(frozen=True)
class Head:
    """What every document says above its text: ``state`` on top, ``banner`` on every page."""

    municipality: str
    date: date
    state: str
    banner: str = ""


@dataclass(frozen=True)
class Document:
    """``subtitle`` stands under the title."""

    title: str
    subtitle: str
    subject: str
    municipality: str
    date: date
    state: str
    sections: tuple[Section, ...]
    banner: str = ""

    @classmethod
    def of(
        cls, head: Head, *, title: str, subtitle: str, subject: str, sections: Sequence[Section]
    ) -> Document:
        """A document with this head."""
        return cls(
            title=title,
            subtitle=subtitle,
            subject=subject,
            municipality=head.municipality,
            date=head.date,
            state=head.state,
            sections=tuple(sections),
            banner=head.banner,
        )
