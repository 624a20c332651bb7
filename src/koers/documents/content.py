"""What a document says, apart from how it looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

FICTITIOUS = "Verzonnen voorbeeld: deze gemeente en deze cijfers bestaan niet."


@dataclass(frozen=True)
class Paragraph:
    text: str
    kind: str = "paragraph"


@dataclass(frozen=True)
class Items:
    """A list; ``ordered`` gives 1. 2. 3."""

    items: tuple[str, ...]
    ordered: bool
    kind: str = "items"


@dataclass(frozen=True)
class Figure:
    """A drawing with the words that replace it for who cannot see it."""

    svg: str
    alt: str
    caption: str
    source: str
    kind: str = "figure"


@dataclass(frozen=True)
class Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


Block = Paragraph | Items | Figure | Table


@dataclass(frozen=True)
class Section:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """``subtitle`` stands under the title; ``state`` is shown on top, ``banner`` on every page."""

    title: str
    subtitle: str
    subject: str
    municipality: str
    date: date
    state: str
    sections: tuple[Section, ...]
    banner: str = ""


_ORDERED = re.compile(r"\d+\.\s+")


def parse_text(text: str) -> tuple[Block, ...]:
    """Plain text to blocks: an empty line parts paragraphs; lines with '1. ' or '- ' in front are lists."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(_ORDERED.match(line) for line in lines):
            blocks.append(Items(tuple(_ORDERED.sub("", line, count=1) for line in lines), ordered=True))
        elif lines and all(line.startswith("- ") for line in lines):
            blocks.append(Items(tuple(line[2:].strip() for line in lines), ordered=False))
        elif lines and all(":" in line and re.match(r"Prioriteit \d+:", line) for line in lines):
            blocks.extend(Paragraph(line, kind="line") for line in lines)
        elif lines:
            blocks.append(Paragraph(" ".join(lines)))
    return tuple(blocks)
