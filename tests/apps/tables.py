"""The tables of a page as a reader sees them, and beside each the link to its CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from html.parser import HTMLParser

NOTHING = (
    *("", "–", "nog geen cijfers", "nog geen eigenaar", "nog geen antwoord", "onbekend"),
    "niet bekend",
)


@dataclass
class Shown:
    """A table: its caption, its columns, the cells of each row, and the address of the CSV that
    stands beneath it.

    Columns that are left out in print (buttons) are left out here too.
    """

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    csv: str = ""
    hidden: set[int] = field(default_factory=set)


class Page(HTMLParser):
    """Reads a page; ``tables`` in the order in which they stand."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[Shown] = []
        self._open: Shown | None = None
        self._text: list[str] | None = None
        self._svg = 0
        self._head = False
        self._row: list[str] = []
        self._spans = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "svg":
            self._svg += 1
        if tag == "table":
            self._open = Shown()
            self.tables.append(self._open)
        elif tag == "a" and self.tables and not self._open and "csv" in (found.get("href") or ""):
            self.tables[-1].csv = self.tables[-1].csv or found["href"]
        if self._open is None:
            return
        if tag == "thead":
            self._head = True
        elif tag == "tr":
            self._row, self._spans = [], False
        elif tag in ("caption", "th", "td"):
            self._text = []
            self._spans = self._spans or "colspan" in found
            if self._head and tag == "th" and "k-noprint" in (found.get("class") or ""):
                self._open.hidden.add(len(self._row))

    def handle_data(self, data):
        if self._text is not None and not self._svg:
            self._text.append(data)

    def handle_endtag(self, tag):
        if tag == "svg":
            self._svg -= 1
        if self._open is None:
            return
        if tag in ("caption", "th", "td") and self._text is not None:
            text = " ".join("".join(self._text).split())
            self._text = None
            if tag == "caption":
                self._open.caption = text
            else:
                self._row.append(text)
        elif tag == "tr" and self._head:
            self._open.columns = self._without_hidden(self._row)
        elif tag == "tr" and not self._spans:
            self._open.rows.append(self._without_hidden(self._row))
        elif tag == "thead":
            self._head = False
        elif tag == "table":
            self._open = None

    def _without_hidden(self, cells):
        return [cell for n, cell in enumerate(cells) if n not in self._open.hidden]


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV as Dutch Excel takes it: semicolons, UTF-8 with its mark."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(
        csv.DictReader(
            io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True
        )
    )
