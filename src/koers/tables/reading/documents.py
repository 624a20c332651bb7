"""The tables of a Word or ODT document, by pandoc's own picture of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pypandoc

from koers.plain_text import cleaned
from koers.tables.reading.book import SAVE_AGAIN, BookError, Merged
from koers.tables.reading.docx_rows import with_cells_before
from koers.tables.reading.size import LONGEST_CELL, Merges, demand_size

LONGEST_NAME = 60
LONGEST_HEADING = 100
SECONDS = 40


@dataclass(frozen=True)
class DocumentTable:
    """``heading`` is what stands above it, ``before`` what else stands between it and the table
    above, ``after`` what follows on the last."""

    name: str
    rows: list[list[str]]
    merged: tuple[Merged, ...]
    heading: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def tables_of(path: Path, kind: str) -> list[DocumentTable]:
    """The tables in the order of the document, each named after the heading above it.

    Raises
    ------
    BookError
        When the document is damaged, protected or no such document.
    """
    found: list[DocumentTable] = []
    around = _Around()
    for block in _blocks(pandoc_of(path, kind)["blocks"]):
        if block["t"] != "Table":
            around.read(block)
            continue
        rows, merged = grid_of(block["c"])
        if any(cell for row in rows for cell in row):
            heading, before = around.taken()
            name = f"Tabel {len(found) + 1}" + (f": {heading[:LONGEST_NAME]}" if heading else "")
            found.append(DocumentTable(name, rows, merged, heading, before))
    if found:
        found[-1] = replace(found[-1], after=tuple(around.texts))
    return found


def pandoc_of(path: Path, kind: str) -> dict[str, Any]:
    """A document as pandoc sees it: its ``blocks`` and ``meta``.

    Raises
    ------
    BookError
        When the document is damaged, protected or no such document.
    """
    command = [pypandoc.get_pandoc_path(), "--sandbox", f"--from={kind}", "--to=json"]
    command += ["+RTS", "-M1g", "-RTS"]
    content = with_cells_before(path) if kind == "docx" else path.read_bytes()
    try:
        done = subprocess.run(
            command, input=content, check=True, capture_output=True, timeout=SECONDS
        )
        seen: dict[str, Any] = json.loads(done.stdout)
        return {"blocks": seen["blocks"], "meta": seen["meta"]}
    except subprocess.TimeoutExpired as error:
        raise BookError(
            "Dit document lezen duurt te lang. Zet alleen de tabel die u nodig hebt in een nieuw"
            " document."
        ) from error
    except (
        subprocess.CalledProcessError,
        ValueError,
        KeyError,
    ) as error:
        raise BookError(
            f"Het document is beschadigd, beveiligd of geen {kind.upper()}. {SAVE_AGAIN}"
        ) from error


@dataclass
class _Around:
    """What stands between two tables: the heading, and the other texts."""

    heading: str = ""
    short: str = ""
    texts: list[str] = field(default_factory=list)

    def read(self, block: Any) -> None:
        content = block["c"][2] if block["t"] == "Header" else block["c"]
        text = " ".join(words_of(content).split())
        if not text:
            return
        self.short = ""
        if block["t"] == "Header":
            if self.heading:
                self.texts.append(self.heading)
            self.heading = text
        elif is_bold(block) and len(text) <= LONGEST_HEADING:
            self.short = text
            self.texts.append(text)
        else:
            self.texts.append(text)

    def taken(self) -> tuple[str, tuple[str, ...]]:
        """The heading of the table that comes, and what else stood there. A line in bold right
        above it is its heading too; a heading without a table of its own is of the next one."""
        heading = self.short or self.heading
        texts = [text for text in self.texts if text != self.short]
        if self.short and self.heading:
            texts.append(self.heading)
        self.heading, self.short, self.texts = "", "", []
        return heading, tuple(texts)


def is_bold(block: Any) -> bool:
    """Whether all that a paragraph says is in bold."""
    inlines = [x for x in block["c"] if x.get("t") not in ("Space", "SoftBreak", "LineBreak")]
    return bool(inlines) and all(x["t"] in ("Strong", "Underline") for x in inlines)


def _blocks(node: Any) -> Iterator[Any]:
    """The headings, paragraphs and tables of the outermost kind, in their order."""
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting.extend(reversed(at))
        elif isinstance(at, dict) and at.get("t") in ("Header", "Para", "Plain", "Table"):
            yield at
        elif isinstance(at, dict):
            waiting.append(at.get("c", []))


def grid_of(table: list[Any]) -> tuple[list[list[str]], tuple[Merged, ...]]:
    """The cells of a table, and which of them are merged."""
    _, _, columns, head, bodies, foot = table
    rows: list[list[str]] = []
    merged: list[Merged] = []
    # A cell that is merged downwards does not reach out of its part.
    for part in (head[1], *(part for body in bodies for part in (body[2], body[3])), foot[1]):
        _place(part, len(columns), rows, merged)
    return rows, tuple(merged)


def _place(part: list[Any], width: int, rows: list[list[str]], merged: list[Merged]) -> None:
    taken: set[tuple[int, int]] = set()
    merges = Merges()
    start = len(rows)
    demand_size(start + len(part), width)
    rows.extend([""] * width for _ in part)
    for number, (_, cells) in enumerate(part, start):
        column = 0
        for _, _, down, across, blocks in cells:
            while (number, column) in taken:
                column += 1
            if column >= width:
                break
            down, across = min(down, len(rows) - number), min(across, width - column)
            rows[number][column] = cleaned(words_of(blocks).strip())[:LONGEST_CELL]
            if down > 1 or across > 1:
                merges.add(down, across)
            taken.update((number + d, column + a) for d in range(down) for a in range(across))
            if down > 1 or across > 1:
                merged.append(Merged(number + 1, number + down, column + 1, column + across))


def words_of(node: Any) -> str:
    """What is read of a part of a document."""
    if isinstance(node, list):
        return "".join(words_of(part) for part in node)
    if not isinstance(node, dict):
        return ""
    kind: str = node.get("t", "")
    content: Any = node.get("c")
    if kind == "Str":
        return str(content)
    if kind in ("Space", "SoftBreak"):
        return " "
    if kind == "LineBreak":
        return "\n"
    if kind in ("Note", "Image"):
        return ""
    if kind in ("Code", "CodeBlock", "Math"):
        return str(content[1])
    inner = words_of(content)
    if kind == "Quoted":
        return f"'{inner}'" if content[0]["t"] == "SingleQuote" else f'"{inner}"'
    return f"{inner}\n" if kind in ("Para", "Plain", "Header") else inner
