"""A whole Word or ODT document: its headings, paragraphs, lists and tables in their order, and what
of it is not taken, with how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koers.plain_text import cleaned
from koers.tables.reading import beside
from koers.tables.reading.beside import Beside, core
from koers.tables.reading.documents import (
    LONGEST_HEADING,
    LONGEST_NAME,
    grid_of,
    is_bold,
    pandoc_of,
    words_of,
)
from koers.tables.reading.grid import Grid, demand_not_too_long
from koers.tables.reading.size import LONGEST_CELL, BookError, demand_unpacked

MOST_PIECES, MOST_LETTERS = 3_000, 2_000_000
DEEPEST = 6
HEADING, PARAGRAPH, LIST, TABLE = "heading", "paragraph", "list", "table"


@dataclass(frozen=True)
class Piece:
    """``level`` is of a heading, from 1; ``items`` and ``ordered`` are of a list, ``grid`` is of a
    table."""

    kind: str
    text: str = ""
    level: int = 0
    items: tuple[str, ...] = ()
    ordered: bool = False
    grid: Grid | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All that stands in it."""
        cells = (str(c) for row in self.grid.rows for c in row) if self.grid else ()
        return tuple(t for t in (self.text, *self.items, *cells) if t)


@dataclass(frozen=True)
class Left:
    """What is not taken: how often, and the texts of it where there are."""

    what: str
    why: str = ""
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class WholeDocument:
    pieces: tuple[Piece, ...]
    left: tuple[Left, ...] = ()


def open_document(path: Path, suffix: str) -> WholeDocument:
    """Read a document.

    Raises
    ------
    BookError
        When it is damaged, protected, empty, too long or no such document.
    """
    if path.stat().st_size == 0:
        raise BookError("Het bestand is leeg.")
    demand_unpacked(path)
    kind = suffix.lstrip(".")
    seen = pandoc_of(path, kind)
    around = beside.beside_of(path, kind)
    pieces = _without_contents([*_title(seen["meta"]), *_Pieces().read(seen["blocks"])], around)
    _demand_not_too_long(pieces)
    if not pieces:
        raise BookError("In dit document staat geen tekst die Koers kan lezen.")
    links = sum(1 for link in _of_kind(seen["blocks"], "Link") if not _is_inner(link))
    return WholeDocument(tuple(pieces), tuple(_left(pieces, around, links)))


def _demand_not_too_long(pieces: Sequence[Piece]) -> None:
    if len(pieces) > MOST_PIECES or sum(len(t) for p in pieces for t in p.texts) > MOST_LETTERS:
        raise BookError(
            f"Het document is te lang: Koers leest hooguit {MOST_PIECES} kopjes, alinea's, lijsten"
            " en tabellen tegelijk. Knip het in stukken."
        )
    if any(len(t) > LONGEST_CELL for p in pieces for t in p.texts):
        raise BookError(f"In een alinea staan meer dan {LONGEST_CELL} tekens. Zet er witregels in.")
    demand_not_too_long(tuple(p.grid for p in pieces if p.grid))


def _title(meta: dict[str, Any]) -> Iterator[Piece]:
    """What pandoc takes for the title of a Word document and its like."""
    for name in ("title", "subtitle", "author", "date", "abstract"):
        if text := _said(meta.get(name)):
            yield Piece(HEADING, text, 1) if name == "title" else Piece(PARAGRAPH, text)


class _Pieces:
    """Blocks as pandoc gives them to pieces; ``level`` is that of the last heading."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self.level = 0
        self.tables = 0

    def read(self, blocks: Sequence[Any]) -> list[Piece]:
        for block in blocks:
            self._block(block["t"], block.get("c"), block)
        return self.found

    def _block(self, kind: str, content: Any, block: Any) -> None:
        match kind:
            case "Header":
                self._heading(_said(content[2]), min(int(content[0]), DEEPEST))
            case "Para" | "Plain":
                self._paragraph(_said(content), is_bold(block))
            case "BulletList":
                self._list(content, ordered=False)
            case "OrderedList":
                self._list(content[1], ordered=True)
            case "Table":
                self._table(content)
            case "Div" | "Figure":
                self.read(content[1] if kind == "Div" else [*content[1][1], *content[2]])
            case "BlockQuote":
                self.read(content)
            case "DefinitionList":
                for term, told in content:
                    self._paragraph(_said([term, told]), bold=False)
            case _:
                self._paragraph(_said(block), bold=False)

    def _heading(self, text: str, level: int) -> None:
        if text:
            self.level = level
            self.found.append(Piece(HEADING, text, level))

    def _paragraph(self, text: str, bold: bool) -> None:
        if text and bold and len(text) <= LONGEST_HEADING and text[-1] not in ".;,":
            # Many plans have headings that are no more than a line in bold.
            self.found.append(Piece(HEADING, text.rstrip(":"), min(self.level + 1, DEEPEST)))
        elif text:
            self.found.append(Piece(PARAGRAPH, text))

    def _list(self, items: Sequence[Any], ordered: bool) -> None:
        texts = tuple(_items(items))
        if texts:
            self.found.append(Piece(LIST, items=texts, ordered=ordered))

    def _table(self, content: Any) -> None:
        rows, merged = grid_of(content)
        self._paragraph(_said(content[1][1]), bold=False)
        if any(cell for row in rows for cell in row):
            self.tables += 1
            heading = next((p.text for p in reversed(self.found) if p.kind == HEADING), "")
            name = f"Tabel {self.tables}" + (f": {heading[:LONGEST_NAME]}" if heading else "")
            self.found.append(Piece(TABLE, grid=Grid(name, rows, merged)))


def _items(items: Sequence[Any]) -> Iterator[str]:
    """The items of a list; those of a list within it follow on theirs."""
    for item in items:
        inner = [b for b in item if b["t"] in ("BulletList", "OrderedList")]
        if text := " ".join(t for b in item if b not in inner and (t := _said(b))):
            yield text
        for block in inner:
            below = block["c"] if block["t"] == "BulletList" else block["c"][1]
            yield from (f"– {text.removeprefix('– ')}" for text in _items(below))


def _said(node: Any) -> str:
    """The text of a part on one line, but for the line ends that somebody typed."""
    if isinstance(node, dict) and node.get("t", "").startswith("Meta"):
        node = node.get("c", "")
        if isinstance(node, str):
            node = {"t": "Str", "c": node}
    if isinstance(node, list) and any(str(x.get("t", "")).startswith("Meta") for x in _dicts(node)):
        return ", ".join(t for x in node if (t := _said(x)))
    lines = cleaned(words_of(node)).splitlines() if node else []
    return "\n".join(text for line in lines if (text := " ".join(line.split())))


def _dicts(node: list[Any]) -> Iterator[dict[str, Any]]:
    return (x for x in node if isinstance(x, dict))


def _of_kind(node: Any, kind: str) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting.extend(at)
        elif isinstance(at, dict):
            if at.get("t") == kind:
                yield at
            waiting.append(at.get("c", []))


def _is_inner(link: Any) -> bool:
    return str(link["c"][2][0]).startswith("#")


def _without_contents(pieces: Sequence[Piece], around: Beside) -> list[Piece]:
    """Without the lines of a table of contents, which say what the headings say."""
    lines = around.contents.copy()
    found = []
    for piece in pieces:
        key = core(piece.text)
        if piece.kind == PARAGRAPH and key and lines[key] > 0:
            lines[key] -= 1
        else:
            found.append(piece)
    return found


_WORDS = {
    beside.IMAGES: ("afbeelding", "afbeeldingen", ""),
    beside.DRAWINGS: (
        "tekening, grafiek of ander ding",
        "tekeningen, grafieken of andere dingen",
        "",
    ),
    beside.BOXES: ("tekstvak", "tekstvakken", "de tekst erin komt niet mee"),
    beside.NOTES: (
        "voet- of eindnoot",
        "voet- en eindnoten",
        "de tekst van een noot komt niet mee",
    ),
    beside.COMMENTS: ("opmerking in de kantlijn", "opmerkingen in de kantlijn", ""),
    beside.ADDED: (
        "bijgehouden toevoeging",
        "bijgehouden toevoegingen",
        "wat is toegevoegd, komt mee alsof het is geaccepteerd",
    ),
    beside.REMOVED: (
        "bijgehouden verwijdering",
        "bijgehouden verwijderingen",
        "wat is verwijderd, komt niet mee",
    ),
    beside.RUNNING: ("kop- of voettekst", "kop- en voetteksten", ""),
    beside.CONTENTS: ("inhoudsopgave", "inhoudsopgaven", "de kopjes zelf komen mee"),
}


def _left(pieces: Sequence[Piece], around: Beside, links: int) -> Iterator[Left]:
    for what, (one, more, why) in _WORDS.items():
        if times := around.times[what]:
            yield Left(_counted(times, one, more), why, tuple(around.texts.get(what, ())))
    if links:
        yield Left(
            _counted(links, "link", "links"), "de woorden komen mee, het adres erachter niet"
        )
    if lost := _lost(pieces, around):
        yield Left(
            _counted(len(lost), "alinea", "alinea's"),
            "Koers kan niet alles lezen wat hier staat",
            tuple(lost),
        )


def _counted(times: int, one: str, more: str) -> str:
    return f"{times} {one if times == 1 else more}"


def _lost(pieces: Sequence[Piece], around: Beside) -> list[str]:
    """Paragraphs of the file that are in no piece, or not whole: looked for in their order."""
    taken = core("\n".join(t for p in pieces for t in p.texts))
    found, place = [], 0
    for text in around.running:
        key = core(text)
        at = taken.find(key, place)
        if at >= 0:
            place = at + len(key)
        elif key not in taken:
            found.append(" ".join(cleaned(text).split()))
    return found
