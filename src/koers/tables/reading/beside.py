"""What of a Word or ODT document is not its running text, counted in the file itself: pandoc leaves
most of it out without a word."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from koers.plain_text import cleaned
from koers.tables.reading.size import BookError

MOST_XML = 100_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_VML = "{urn:schemas-microsoft-com:vml}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CONTENTS_STYLE = re.compile(r"(?:TOC|Inhopg|Inhoudsopgave)\d", re.IGNORECASE)
_NOT_READ = re.compile(r"[\W_]+")

IMAGES, DRAWINGS, BOXES, NOTES = "afbeelding", "tekening", "tekstvak", "noot"
COMMENTS, ADDED, REMOVED = "opmerking", "toegevoegd", "verwijderd"
RUNNING, CONTENTS = "kop- of voettekst", "inhoudsopgave"
_COUNTED = {
    f"{_W}footnoteReference": NOTES,
    f"{_W}endnoteReference": NOTES,
    f"{_W}commentReference": COMMENTS,
    f"{_PIC}pic": IMAGES,
    f"{_VML}imagedata": IMAGES,
    f"{_W}object": DRAWINGS,
    f"{_TEXT}note": NOTES,
    f"{_OFFICE}annotation": COMMENTS,
    f"{_TEXT}changed-region": REMOVED,
}
_INDEXES = {
    f"{_TEXT}{kind}"
    for kind in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
        "bibliography",
    )
}


@dataclass
class Beside:
    """``times`` says how often there is what; ``texts`` what stands there. ``running`` are the
    paragraphs of the running text, ``contents`` the lines of a table of contents by their
    ``core``."""

    times: Counter[str] = field(default_factory=Counter)
    texts: dict[str, list[str]] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    contents: Counter[str] = field(default_factory=Counter)

    def note(self, what: str, text: str = "") -> None:
        self.times[what] += 1
        if text := " ".join(cleaned(text).split()):
            self.texts.setdefault(what, []).append(text)


def core(text: str) -> str:
    """A text by its letters and digits only, which every reader sees alike."""
    return _NOT_READ.sub("", cleaned(text))


def beside_of(path: Path, kind: str) -> Beside:
    """What stands beside the running text of a document; nothing of what is damaged, which pandoc
    refuses.

    Raises
    ------
    BookError
        When it is too large.
    """
    found = Beside()
    try:
        with zipfile.ZipFile(path) as packed:
            if kind == "docx":
                _Word(found).read(_tree(packed, "word/document.xml"))
                for tree in _running_of_word(packed):
                    found.note(RUNNING, _all_text(tree))
            else:
                _Odt(found).read(_tree(packed, "content.xml"))
                for tree in _running_of_odt(packed):
                    found.note(RUNNING, _all_text(tree))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, ElementTree.ParseError):
        return Beside()
    return found


def _tree(packed: zipfile.ZipFile, name: str) -> Element:
    if packed.getinfo(name).file_size > MOST_XML:
        raise BookError("Het document is te lang om in één keer te lezen. Knip het in stukken.")
    with packed.open(name) as content:
        return ElementTree.parse(content).getroot()


def _all_text(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _says_something(node: Element) -> bool:
    """More than the number of the page."""
    return any(letter.isalpha() for letter in _all_text(node))


def _running_of_word(packed: zipfile.ZipFile) -> Iterator[Element]:
    for name in packed.namelist():
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            tree = _tree(packed, name)
            if _says_something(tree):
                yield tree


def _running_of_odt(packed: zipfile.ZipFile) -> Iterator[Element]:
    if "styles.xml" not in packed.namelist():
        return
    wanted = {f"{_STYLE}{part}" for part in ("header", "footer", "header-left", "footer-left")}
    for node in _tree(packed, "styles.xml").iter():
        if node.tag in wanted and _says_something(node):
            yield node


@dataclass
class _Reader:
    """Goes through a document; ``lines`` are the texts of the paragraphs that are open."""

    found: Beside
    lines: list[list[str]] = field(default_factory=list)

    def read(self, node: Element, contents: bool = False) -> None:
        raise NotImplementedError

    def below(self, node: Element, contents: bool) -> None:
        for child in node:
            self.read(child, contents)

    def paragraph(self, node: Element, contents: bool) -> None:
        self.lines.append([])
        self.below(node, contents)
        text = "".join(self.lines.pop())
        if contents:
            self.found.contents[core(text)] += 1
        elif core(text):
            self.found.running.append(text)

    def say(self, text: str | None) -> None:
        if text and self.lines:
            self.lines[-1].append(text)


class _Word(_Reader):
    def read(self, node: Element, contents: bool = False) -> None:
        match node.tag:
            case t if t == f"{_W}p":
                self.paragraph(node, contents or _is_line_of_contents(node))
            case t if t == f"{_W}t":
                self.say(node.text)
            case t if t == f"{_W}txbxContent":
                self.found.note(BOXES, " ".join(x.text or "" for x in node.iter(f"{_W}t")))
            case t if t == f"{_W}drawing":
                self._drawing(node, contents)
            case t if t == f"{_W}sdt" and _is_contents(node):
                self.found.note(CONTENTS)
                self.below(node, True)
            case t if t in (f"{_W}del", f"{_W}moveFrom"):
                if words := "".join(x.text or "" for x in node.iter(f"{_W}delText")):
                    self.found.note(REMOVED, words)
            case t if t in (f"{_W}ins", f"{_W}moveTo"):
                if words := "".join(x.text or "" for x in node.iter(f"{_W}t")):
                    self.found.note(ADDED, words)
                self.below(node, contents)
            case t if t == f"{_MC}Fallback":
                return  # The same once more, for an older program.
            case _:
                if node.tag in _COUNTED:
                    self.found.note(_COUNTED[node.tag])
                self.below(node, contents)

    def _drawing(self, node: Element, contents: bool) -> None:
        before = self.found.times[IMAGES] + self.found.times[BOXES]
        self.below(node, contents)
        if self.found.times[IMAGES] + self.found.times[BOXES] == before:
            self.found.note(DRAWINGS)


def _is_contents(node: Element) -> bool:
    gallery = node.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and "contents" in gallery.get(f"{_W}val", "").lower()


def _is_line_of_contents(node: Element) -> bool:
    style = node.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and bool(_CONTENTS_STYLE.match(style.get(f"{_W}val", "")))


class _Odt(_Reader):
    def read(self, node: Element, contents: bool = False) -> None:
        match node.tag:
            case t if t in (f"{_TEXT}p", f"{_TEXT}h"):
                self.paragraph(node, contents)
            case t if t == f"{_DRAW}text-box":
                self.found.note(BOXES, _all_text(node))
            case t if t == f"{_DRAW}frame" and node.find(f"{_DRAW}object") is not None:
                self.found.note(DRAWINGS)
            case t if t == f"{_DRAW}image":
                self.found.note(IMAGES)
            case t if t in _INDEXES:
                self.found.note(CONTENTS)
                self.below(node, True)
            case t if t in _COUNTED:
                words = [_all_text(n) for n in node.iter(f"{_TEXT}p")]
                self.found.note(_COUNTED[node.tag], " ".join(words))
            case _:
                self.below(node, contents)

    def below(self, node: Element, contents: bool) -> None:
        self.say(node.text)
        for child in node:
            self.read(child, contents)
            self.say(child.tail)
