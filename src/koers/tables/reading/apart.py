"""Files that somebody brings, opened by a helper that may die: what ``book`` and ``grid`` do, with
limits on time and memory and with every failure as a refusal in plain words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TypeVar

from koers.limited import Apart, ApartError
from koers.tables.reading import book, grid, whole
from koers.tables.reading.book import SAVE_AGAIN, Book, Formulas
from koers.tables.reading.grid import Grid
from koers.tables.reading.size import BookError
from koers.tables.reading.whole import WholeDocument

Takes = ParamSpec("Takes")
Gives = TypeVar("Gives")

TOO_MUCH = (
    "Dit bestand lezen kost te veel tijd of geheugen. Haal weg wat niet nodig is, of zet alleen de"
    " tabel die u nodig hebt in een nieuw bestand."
)
_HELPERS = Apart(("koers.tables.reading.whole",), seconds=60, megabytes=2_000)
log = logging.getLogger(__name__)


def open_book(path: Path, suffix: str) -> Book:
    """Read a file as ``book.open_book`` does.

    Raises
    ------
    BookError
        Also when reading it takes too long or too much, or what reads it crashes.
    """
    return replace(_asked(book.open_book, path, suffix), find_formulas=_formulas_of)


def open_grids(path: Path, suffix: str) -> tuple[Grid, ...]:
    """The tables of a file, as ``grid.open_grids`` gives them.

    Raises
    ------
    BookError
        Also when reading it takes too long or too much, or what reads it crashes.
    """
    return _asked(grid.open_grids, path, suffix)


def open_document(path: Path, suffix: str) -> WholeDocument:
    """A whole document, as ``whole.open_document`` gives it.

    Raises
    ------
    BookError
        Also when reading it takes too long or too much, or what reads it crashes.
    """
    return _asked(whole.open_document, path, suffix)


def _formulas_of(path: Path) -> Formulas:
    return _asked(book.formulas_of, path)


def _asked(work: Callable[Takes, Gives], *args: Takes.args, **kwargs: Takes.kwargs) -> Gives:
    try:
        return _HELPERS.do(work, *args, **kwargs)
    except BookError:
        raise
    except ApartError as error:
        log.warning("A file was not read: %s", error)
        raise BookError(TOO_MUCH) from error
    except Exception as error:
        # A reader that trips over a damaged file does so in many ways.
        log.exception("A file could not be read")
        raise BookError(f"Het bestand is beschadigd. {SAVE_AGAIN}") from error
