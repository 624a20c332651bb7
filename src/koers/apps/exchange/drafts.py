"""A table between its upload and its import: the file and what was typed, kept a day at most and
seen by one person.

A draft is a folder of this installation, not a row of the database: the table holds names, and when
the folder is gone they are gone. What an import did is kept apart, without the table, so that it
can be undone.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from django.conf import settings

from koers.apps.exchange.document import tables_of
from koers.apps.exchange.part import Part
from koers.apps.exchange.standing import laid_out
from koers.records import ImportRecord
from koers.tables.reading.apart import open_document, open_grids
from koers.tables.reading.book import BookError
from koers.tables.reading.grid import DOCUMENTS, PASTED, SUFFIXES, Grid
from koers.tables.reading.whole import WholeDocument

LARGEST = 10_000_000
KEPT_AT_MOST = timedelta(days=1)
BUSY_AT_MOST = timedelta(minutes=15)
UNDO_KEPT = timedelta(days=30)
GONE = (
    "Dit bestand is er niet meer: het is al ingelezen, weggegooid, of langer dan een dag blijven"
    " liggen. Kies het opnieuw."
)
_TOKEN = re.compile("[0-9a-f]{32}")
_DRAFT, _TAKEN = "draft.json", ".ingelezen"


@dataclass
class Draft:
    """``given`` is what was typed: answers to questions (v-…) and corrected cells (c-…);
    ``left_out`` are rows. ``whole`` is a document of which the text comes along, with what each of
    its pieces is in ``roles`` and what Koers took it for in ``offered``; ``behind`` puts that text
    behind what is there."""

    token: str
    municipality: str
    owner: str
    plan: int
    suffix: str
    name: str
    parts: list[Part] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    whole: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    behind: bool = False

    @property
    def folder(self) -> Path:
        return home() / self.token

    @property
    def tables(self) -> tuple[Grid, ...]:
        if self.whole:
            return tables_of(self.document.pieces, self.roles)
        return laid_out(open_grids(self.folder / f"table{self.suffix}", self.suffix))

    @cached_property
    def document(self) -> WholeDocument:
        return open_document(self.folder / f"table{self.suffix}", self.suffix)

    def keep(self) -> None:
        _write(self.folder / _DRAFT, json.dumps(asdict(self)))

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self) -> bool:
        """Claim the draft for its import; False when somebody (a second click) did so already."""
        mark = self.folder / _TAKEN
        try:
            if mark.exists() and not _is_taken(self.folder):
                mark.unlink(missing_ok=True)
            mark.touch(mode=0o600, exist_ok=False)
        except OSError:
            return False
        return True

    def give_back(self) -> None:
        (self.folder / _TAKEN).unlink(missing_ok=True)


def home() -> Path:
    """Where drafts wait; only the owner of the process may look."""
    path = Path(settings.HOME) / "plan-inlezen"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def receive(plan, user, file, whole: bool = False) -> Draft:
    """Keep an uploaded file; of a document the text too, where that is asked.

    Raises
    ------
    BookError
        When it cannot be used; then nothing of it is kept.
    """
    suffix = Path(file.name).suffix.lower()
    if suffix not in SUFFIXES:
        raise BookError(
            "Koers leest Excel (.xlsx, .xls), ODS, CSV, Word (.docx) en ODT. Sla een ander bestand"
            " eerst zo op."
        )
    if file.size > LARGEST:
        raise BookError(
            f"Het bestand is groter dan {LARGEST // 1_000_000} MB. Haal weg wat niet nodig is."
        )
    name = Path(file.name).name[:120]
    whole = whole and suffix in DOCUMENTS
    return _received(plan, user, suffix, name, b"".join(file.chunks()), whole)


def receive_pasted(plan, user, text: str) -> Draft:
    """Keep rows that were pasted.

    Raises
    ------
    BookError
        When there are none.
    """
    return _received(plan, user, PASTED, "geplakte rijen", text.encode())


def _received(plan, user, suffix: str, name: str, content: bytes, whole: bool = False) -> Draft:
    sweep()
    draft = Draft(
        uuid.uuid4().hex, plan.municipality.code, str(user.pseudonym), plan.pk, suffix, name
    )
    draft.folder.mkdir(mode=0o700)
    try:
        path = draft.folder / f"table{suffix}"
        path.touch(mode=0o600)
        path.write_bytes(content)
        # Opened here, so that what cannot be read is refused at once.
        draft.whole = whole
        draft.document if whole else draft.tables  # noqa: B018
        draft.keep()
    except BaseException:
        draft.discard()
        raise
    return draft


def find(token: str, municipality, user) -> Draft | None:
    """The draft of this person in this municipality; another's does not exist for them."""
    path = home() / token / _DRAFT
    if (
        not _TOKEN.fullmatch(token)
        or not path.is_file()
        or _is_taken(path.parent)
        or _is_old(path.parent, KEPT_AT_MOST)
    ):
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    draft = Draft(**{**data, "parts": [Part(**part) for part in data["parts"]]})
    mine = draft.municipality == municipality.code and draft.owner == str(user.pseudonym)
    return draft if mine else None


def sweep() -> None:
    """Drafts that nobody finished go after a day, what undoes an import after a month."""
    for path in _folders():
        if _is_old(path, KEPT_AT_MOST):
            shutil.rmtree(path, ignore_errors=True)
    for path in undo_home().glob("*.json"):
        if _is_old(path, UNDO_KEPT):
            path.unlink(missing_ok=True)


def _folders() -> Iterator[Path]:
    return (p for p in home().iterdir() if p.is_dir() and p != undo_home())


def _is_taken(folder: Path) -> bool:
    """Whether an import is busy with a draft; one that was killed has left its mark."""
    mark = folder / _TAKEN
    return mark.exists() and not _is_old(mark, BUSY_AT_MOST)


def _is_old(path: Path, most: timedelta) -> bool:
    file = next(iter(path.glob("table.*")), path) if path.is_dir() else path
    try:
        return file.stat().st_mtime < time.time() - most.total_seconds()
    except FileNotFoundError:
        return True


def undo_home() -> Path:
    path = home() / "ongedaan"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _write(path: Path, text: str) -> None:
    """Beside it first, then in place in one go; readable by its owner only."""
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def keep_undo(token: str, record: ImportRecord) -> None:
    _write(undo_home() / f"{token}.json", json.dumps(record.kept()))


def read_undo(token: str) -> ImportRecord | None:
    path = undo_home() / f"{token}.json"
    if not _TOKEN.fullmatch(token) or not path.is_file() or _is_old(path, UNDO_KEPT):
        return None
    return ImportRecord.read(json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Undoable:
    """An import that can be undone, and when it was done."""

    token: str
    on: datetime
    record: ImportRecord

    @property
    def said(self) -> str:
        """'12 regels gemaakt, 3 gewijzigd, 2 aanpassingen voorgesteld'"""
        parts = (
            (len(self.record.made), "gemaakt"),
            (len(self.record.changed), "gewijzigd"),
            (len(self.record.proposed), "voorgesteld"),
        )
        return ", ".join(
            f"{many} {'regel' if many == 1 else 'regels'} {word}" for many, word in parts if many
        )


def undoable(municipality: str) -> list[Undoable]:
    """The imports of the last month, the newest first."""
    found = []
    for path in undo_home().glob("*.json"):
        record = read_undo(path.stem)
        if record is not None and record.municipality == municipality:
            on = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            found.append(Undoable(path.stem, on, record))
    return sorted(found, key=lambda one: one.on, reverse=True)


def reword(municipality: str, change: Callable[[str], str]) -> None:
    """Take words out of what waits: a table that was not imported yet goes as a whole, and an
    import is undone to lines without the words."""
    for folder in _folders():
        with suppress(OSError, ValueError):
            if json.loads((folder / _DRAFT).read_text(encoding="utf-8"))["municipality"] == (
                municipality
            ):
                shutil.rmtree(folder, ignore_errors=True)
    for path in undo_home().glob("*.json"):
        record = ImportRecord.read(json.loads(path.read_text(encoding="utf-8")))
        if record.municipality == municipality:
            _write(path, json.dumps(record.reworded(change).kept()))


def drop_undo(token: str) -> None:
    (undo_home() / f"{token}.json").unlink(missing_ok=True)
