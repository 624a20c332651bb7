"""What an interrupted load has received already, in ``home/loading``: a piece is there whole, or
not at all.

A piece is a small table of NumPy columns (compressed, with checksums) under a name that follows
from the question. It is written beside and put in place by one rename, so that a load may be killed
at any moment and the next one goes on.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from koers.sources.report import FigureFileError
from koers.sources.web import Validators

Columns = dict[str, np.ndarray]
UNKNOWN = 65_535
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Piece:
    """One answer of a source: its columns, how the next may be reached, and how to ask whether it
    still holds.

    ``stamp`` is when the source says the table was changed last, at the moment that the piece was
    received.
    """

    columns: Columns
    rows: int
    following: str = ""
    validators: Validators = Validators()
    stamp: str = ""


class Pieces:
    """The pieces of one question to one table; with ``folder`` None they are kept in memory."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._held: dict[str, Piece] = {}

    def read(self, name: str) -> Piece | None:
        """The piece of this name; None where it is not there, or not whole."""
        if self.folder is None:
            return self._held.get(name)
        try:
            return _unpacked((self.folder / f"{name}.piece").read_bytes())
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def write(self, name: str, piece: Piece) -> None:
        if self.folder is None:
            self._held[name] = piece
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        put(self.folder / f"{name}.piece", _packed(piece))

    def drop(self, name: str) -> None:
        self._held.pop(name, None)
        if self.folder is not None:
            (self.folder / f"{name}.piece").unlink(missing_ok=True)

    def clear(self) -> None:
        self._held.clear()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _packed(piece: Piece) -> bytes:
    """A line of JSON that describes the columns, and the columns themselves, compressed with a
    checksum."""
    columns = {name: _small(values) for name, values in piece.columns.items()}
    about = {
        "rows": piece.rows,
        "following": piece.following,
        "stamp": piece.stamp,
        "validators": asdict(piece.validators),
        "columns": [[name, kind, values.dtype.str] for name, (values, kind) in columns.items()],
    }
    body = b"".join(values.tobytes() for values, _ in columns.values())
    return json.dumps(about).encode() + b"\n" + zlib.compress(body, 1)


def _unpacked(content: bytes) -> Piece:
    line, _, body = content.partition(b"\n")
    about = json.loads(line)
    body = zlib.decompress(body)
    columns, at = {}, 0
    for name, kind, dtype in about["columns"]:
        values = np.frombuffer(body, dtype=dtype, count=about["rows"], offset=at)
        at += values.nbytes
        columns[name] = _as_it_was(values, kind)
    if at != len(body):
        raise ValueError("a piece of another length")
    return Piece(
        columns,
        about["rows"],
        about["following"],
        Validators(**about["validators"]),
        about["stamp"],
    )


def _small(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Counts and numbers of codes in as few bytes as hold them; ``kind`` tells what they were."""
    if values.dtype.kind == "i":
        return values.astype(np.min_scalar_type(int(values.max(initial=0)))), "number"
    if values.dtype.kind == "f":
        known = np.nan_to_num(values, nan=float(UNKNOWN))
        if (
            known.size
            and known.min() >= 0
            and known.max() <= UNKNOWN
            and (known == np.floor(known)).all()
        ):
            if (values == UNKNOWN).any():
                return values, "as is"
            return known.astype(np.uint16), "count"
    return values, "as is"


def _as_it_was(values: np.ndarray, kind: str) -> np.ndarray:
    if kind == "number":
        return values.astype(np.int32)
    if kind == "count":
        return np.where(values == UNKNOWN, np.nan, values.astype(np.float64))
    return values


class Workshop:
    """``home/loading``: pieces of loads under way, and what is known of the tables that were
    loaded."""

    def __init__(self, home: Path) -> None:
        self.root = Path(home) / "loading"

    def pieces(self, table: str, question: str) -> Pieces:
        """A place for the answers to a question; the same question finds what was kept of it."""
        key = hashlib.sha256(question.encode()).hexdigest()[:16]
        return Pieces(self.root / "pieces" / _plain(table) / key)

    def known(self, name: str) -> dict[str, Any]:
        """What an earlier load noted under this name; empty where there is nothing (readable)."""
        try:
            found: dict[str, Any] = json.loads(
                (self.root / "known" / f"{_plain(name)}.json").read_text(encoding="utf-8")
            )
            return found
        except (OSError, ValueError):
            return {}

    def note(self, name: str, what: Mapping[str, Any]) -> None:
        folder = self.root / "known"
        folder.mkdir(parents=True, exist_ok=True)
        put(
            folder / f"{_plain(name)}.json", json.dumps(what, ensure_ascii=False, indent=1).encode()
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One load at a time in this home; the lock goes with the process, however it ends."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise FigureFileError(
                    "laden",
                    "er wordt op dit moment al geladen.",
                    "Wacht tot dat klaar is en probeer het dan opnieuw.",
                ) from error
            for left in self.root.rglob(".new-*"):
                left.unlink(missing_ok=True)
            yield


def put(file: Path, content: bytes) -> None:
    """A file with this content, whole or not at all.

    Raises
    ------
    FigureFileError
        When the disk is full.
    """
    handle, beside = tempfile.mkstemp(prefix=".new-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as output:
            output.write(content)
        Path(beside).replace(file)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(beside).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise disk_full(file.name) from error
        raise


def disk_full(table: str) -> FigureFileError:
    return FigureFileError(
        table,
        "de schijf is vol.",
        "Maak ruimte en laad opnieuw; wat al binnen was, wordt niet nog eens opgehaald.",
    )


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
