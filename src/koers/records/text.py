"""A text made of headed sections, and these of blocks that keep their id while others are
edited."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from koers.records.base import Code, Codes, Part, Record

TO_CONFIRM = "nog te bevestigen"
"""What stands before a passage that Koers proposes and nobody entered."""
SAME = 0.6
"""Blocks that are as alike as this (difflib's ratio) are the same block, edited."""
MOST_COMPARED = 10_000
"""Pairs of blocks that are held beside each other to see how alike they are."""

_ORDERED = re.compile(r"\d+\.\s+")
_LINE = re.compile(r"Prioriteit \d+:")
_SVG_TEXT = re.compile(r"(>|aria-label=\")([^<>\"]+)(<|\")")
_UNCONFIRMED = re.compile(rf"\[{TO_CONFIRM}:\s*(.*)\]", re.DOTALL)


class _Block(Part):
    """``id`` is what a suggestion points to: unique in its text, kept while it is the same block.

    ``confirmed`` is False where Koers proposes something that nobody entered; ``filled`` is True as
    long as it stands as Koers filled it in.
    """

    id: Code
    confirmed: bool = True
    filled: bool = False


class Paragraph(_Block):
    kind: Literal["paragraph"] = "paragraph"
    text: str


class Line(_Block):
    """A line of a series that is not numbered as a list, such as 'Prioriteit 1: …;'."""

    kind: Literal["line"] = "line"
    text: str


class Items(_Block):
    """A list; ``ordered`` gives 1. 2. 3."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]
    ordered: bool


class Table(_Block):
    kind: Literal["table"] = "table"
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Drawing(_Block):
    """A chart as it is drawn (SVG), with the words that replace it for who cannot see it."""

    kind: Literal["figure"] = "figure"
    svg: Code
    alt: str
    caption: str
    source: str

    def reworded(self, change: Callable[[str], str]) -> Self:
        """Of the drawing itself only what is read, between its elements and in its labels."""
        svg = _SVG_TEXT.sub(lambda m: m[1] + change(m[2]) + m[3], self.svg)
        return super().reworded(change).model_copy(update={"svg": svg})


Block = Annotated[Paragraph | Line | Items | Table | Drawing, Field(discriminator="kind")]


class Section(Part):
    """``key`` names the heading in code, such as ``"reasons"``; ``removed`` are the ids of blocks
    that somebody took out; ``level`` is how deep the heading stands, from 1."""

    key: Code
    heading: str
    level: int = 1
    blocks: tuple[Block, ...] = ()
    removed: Codes = ()

    def typed(self, text: str) -> Section:
        """The section after somebody typed this in the place of its plain text."""
        blocks = edited(self.key, self.blocks, text)
        there = {b.id for b in blocks}
        gone = (b.id for b in self.blocks if b.id not in there)
        return self.model_copy(update={"blocks": blocks, "removed": (*self.removed, *gone)})

    def renewed(self, fresh: Sequence[Block]) -> Section:
        """The section filled in again: what people wrote stays, what they took out stays away."""
        wanted = [b for b in fresh if b.id not in self.removed]
        return self.model_copy(update={"blocks": renewed(self.blocks, wanted)})


class SectionedText(Record):
    """The whole; before records it was a text a heading: ``{"subject": "…", …}``."""

    HEADINGS: ClassVar[Mapping[str, str]] = {}

    sections: tuple[Section, ...] = ()

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        sections = [
            {
                "key": key,
                "heading": cls.HEADINGS.get(key, key),
                "blocks": [b.model_dump() for b in parse(key, text)],
            }
            for key, text in data.items()
        ]
        return {"sections": sections}

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for section in self.sections for block in section.blocks)

    def section(self, key: str) -> Section | None:
        return next((s for s in self.sections if s.key == key), None)

    def block(self, identity: str) -> Block | None:
        return next((b for b in self.blocks if b.id == identity), None)

    def heading_of(self, identity: str) -> str:
        """The heading under which a block stands; '' where there is no such block."""
        found = (s.heading for s in self.sections for b in s.blocks if b.id == identity)
        return next(found, "")

    @property
    def unconfirmed(self) -> tuple[Section, ...]:
        """The sections in which something waits for somebody to confirm it."""
        return tuple(s for s in self.sections if not all(b.confirmed for b in s.blocks))

    def plain(self, key: str) -> str:
        """What stands under a heading, as it is typed in a form."""
        section = self.section(key)
        return plain(section.blocks) if section else ""

    def confirm(self, *identities: str) -> Self:
        """The text in which somebody confirmed these blocks."""
        return self._each(
            lambda b: b.model_copy(update={"confirmed": True}) if b.id in identities else b
        )

    def _each(self, change: Callable[[Block], Block]) -> Self:
        sections = tuple(
            s.model_copy(update={"blocks": tuple(map(change, s.blocks))}) for s in self.sections
        )
        return self.model_copy(update={"sections": sections})

    def with_typed(self, typed: Mapping[str, str]) -> Self:
        """The text after somebody typed these plain texts in the place of those of the headings."""
        sections = tuple(s.typed(typed[s.key]) if s.key in typed else s for s in self.sections)
        return self.model_copy(update={"sections": sections})

    def with_paragraph(self, key: str, text: str) -> Self:
        """The text with a paragraph more under a heading."""
        more = Paragraph(id=fresh_id(), text=text)
        sections = tuple(
            s.model_copy(update={"blocks": (*s.blocks, more)}) if s.key == key else s
            for s in self.sections
        )
        return self.model_copy(update={"sections": sections})


def said(block: Block) -> str:
    """A block in words, as one would read it aloud."""
    match block:
        case Items():
            return "; ".join(item.rstrip(";.") for item in block.items)
        case Table() | Drawing():
            return block.caption
    return block.text


def shown(block: Block) -> Block:
    """The block as a reader sees it: what nobody confirmed says so."""
    if block.confirmed:
        return block
    match block:
        case Items():
            return block.model_copy(update={"items": tuple(marked(i) for i in block.items)})
        case Paragraph() | Line():
            return block.model_copy(update={"text": marked(block.text)})
    return block


def marked(text: str) -> str:
    return f"[{TO_CONFIRM}: {text}]"


# --- plain text -------------------------------------------------------------------------------


def plain(blocks: Iterable[Block]) -> str:
    """Blocks as they are typed: an empty line between them, lines of a series under each other.

    Tables and drawings are made by Koers and are not typed.
    """
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if isinstance(block, (Table, Drawing)):
            continue
        joined = isinstance(block, Line) and isinstance(before, Line)
        if before is not None:
            parts.append("\n" if joined and block.confirmed and before.confirmed else "\n\n")
        parts.append(_typed(block))
        before = block
    return "".join(parts)


def _typed(block: Paragraph | Line | Items) -> str:
    if isinstance(block, Items):
        marks = [f"{n}. " if block.ordered else "- " for n in range(1, len(block.items) + 1)]
        text = "\n".join(mark + item for mark, item in zip(marks, block.items, strict=True))
    else:
        text = block.text
    return text if block.confirmed else marked(text)


def parse(key: str, text: str) -> tuple[Block, ...]:
    """Plain text to blocks: an empty line parts paragraphs, lines with '1. ' or '- ' in front are
    lists; ``[nog te bevestigen: …]`` is not confirmed.

    Ids are counted from the key: ``reasons-1``, and within a series ``reasons-3-2``.
    """
    found: list[Block] = []
    for number, piece in enumerate(pieces_of(text), 1):
        found += parse_piece(f"{key}-{number}", piece)
    return tuple(found)


def pieces_of(text: str) -> list[str]:
    """Plain text in the parts that empty lines make of it."""
    return [piece for piece in re.split(r"\n[^\S\n]*\n", text.strip()) if piece.strip()]


def parse_piece(identity: str, piece: str) -> list[Block]:
    """One paragraph, list or series of lines."""
    asked = _UNCONFIRMED.fullmatch(piece.strip())
    confirmed = asked is None
    lines = [line.strip() for line in (asked.group(1) if asked else piece).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return []
    if all(_ORDERED.match(line) for line in lines):
        items = tuple(_ORDERED.sub("", line, count=1) for line in lines)
        return [Items(id=identity, items=items, ordered=True, confirmed=confirmed)]
    if all(line.startswith("- ") for line in lines):
        items = tuple(line[2:].strip() for line in lines)
        return [Items(id=identity, items=items, ordered=False, confirmed=confirmed)]
    if all(_LINE.match(line) for line in lines):
        return [
            Line(id=f"{identity}-{n}", text=line, confirmed=confirmed)
            for n, line in enumerate(lines, 1)
        ]
    return [Paragraph(id=identity, text=" ".join(lines), confirmed=confirmed)]


# --- editing ----------------------------------------------------------------------------------


def fresh_id() -> str:
    return secrets.token_hex(6)


def edited(
    key: str, old: Sequence[Block], text: str, new_id: Callable[[], str] = fresh_id
) -> tuple[Block, ...]:
    """The blocks of a section after somebody typed ``text`` in the place of its plain text.

    A block that stays the same stays as it is; one that is clearly the same paragraph keeps its id
    and is no longer as Koers filled it in; another is new. What is not typed (tables, drawings)
    stays at the end.
    """
    typed = parse(key, text)
    before = [b for b in old if not isinstance(b, (Table, Drawing))]
    pairs = same_blocks(before, typed)
    found: list[Block] = []
    for number, block in enumerate(typed):
        was = pairs.get(number)
        if was is None:
            found.append(block.model_copy(update={"id": new_id(), "filled": False}))
        elif _content(was) == _content(block):
            found.append(was)
        else:
            found.append(block.model_copy(update={"id": was.id, "filled": False}))
    return (*found, *(b for b in old if isinstance(b, (Table, Drawing))))


def same_blocks(old: Sequence[Block], new: Sequence[Block]) -> dict[int, Block]:
    """For places in ``new`` the block of ``old`` that it was, each once: first what is equal, then
    what is most alike between those, where these are not too many to hold beside each other."""
    words_old, words_new = [_key(b) for b in old], [_key(b) for b in new]
    pairs: dict[int, Block] = {}
    matcher = SequenceMatcher(None, words_old, words_new, autojunk=False)
    for tag, i, j, k, _ in matcher.get_opcodes():
        if tag == "equal":
            pairs |= {k + n: old[i + n] for n in range(j - i)}
    used = {b.id for b in pairs.values()}
    left_old = [b for b in old if b.id not in used]
    left_new = [n for n in range(len(new)) if n not in pairs]
    if len(left_old) * len(left_new) > MOST_COMPARED:
        return pairs
    alike = sorted(
        (
            (-_alike(b, new[n]), abs(n - old.index(b)), n, b.id)
            for b in left_old
            for n in left_new
            if _alike(b, new[n]) >= SAME
        ),
    )
    by_id = {b.id: b for b in left_old}
    for _, _, number, identity in alike:
        if number not in pairs and identity in by_id:
            pairs[number] = by_id.pop(identity)
    return pairs


def _alike(one: Block, other: Block) -> float:
    """How alike the words of two blocks are, 0 to 1; a list stays a list."""
    if isinstance(one, Items) != isinstance(other, Items):
        return 0.0
    return SequenceMatcher(None, said(one), said(other), autojunk=False).ratio()


def _key(block: Block) -> tuple[str, str]:
    return (block.kind, said(block))


def _content(block: Block) -> dict[str, Any]:
    return block.model_dump(exclude={"id", "filled"})


def renewed(old: Sequence[Block], fresh: Sequence[Block]) -> tuple[Block, ...]:
    """A section filled in again: blocks that nobody edited are as in ``fresh``, what people wrote
    stays where it stands.

    Blocks are told apart by their ids, which Koers counts in the same way each time it fills in.
    """
    wanted = {b.id: b for b in fresh}
    there = {b.id for b in old}
    found: list[Block] = []
    for block in old:
        if not block.filled:
            found.append(block)
        elif block.id in wanted:
            again = wanted[block.id]
            # What somebody confirmed word for word stays confirmed.
            same = said(again) == said(block) and block.confirmed
            found.append(again.model_copy(update={"confirmed": again.confirmed or same}))
    for number, block in enumerate(fresh):
        if block.id not in there:
            found.insert(_after(found, fresh[:number]), block)
    return tuple(found)


def _after(found: Sequence[Block], before: Sequence[Block]) -> int:
    """Behind the last block of ``before`` that is there; at the start where none is."""
    places = {b.id: n for n, b in enumerate(found)}
    return max((places[b.id] + 1 for b in before if b.id in places), default=0)
