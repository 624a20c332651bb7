"""The text of a file that a user brings: UTF-8, or what Excel in Windows writes."""

from __future__ import annotations

import re

UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_LINE_END = re.compile(r"\r\n|\r|\n")


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula, with an apostrophe in front; ``as_meant``
    takes it off again.

    Of a text that has apostrophes before the sign of a formula there is one more, so that nothing
    is lost.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(text: str) -> str:
    """A text as it was before ``harmless``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def first_line(text: str) -> str:
    """The first line without its end, which is that of Windows (CR LF), of Unix (LF) or of an old
    Mac (CR)."""
    return _LINE_END.split(text, maxsplit=1)[0]


class DamagedTextError(Exception):
    """Bytes that are text in no encoding; ``row`` (from 1) is where they stand."""

    def __init__(self, row: int, ended: bool) -> None:
        self.row = row
        self.problem = (
            "het bestand is afgebroken midden in een letter."
            if ended
            else "hier staan beschadigde tekens."
        )
        super().__init__(f"rij {row}: {self.problem}")


def decode(raw: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 (with or without mark), else Latin-1 as Windows writes it
    (cp1252).

    Bytes that are no UTF-8 beside letters that are make a damaged file, not one in another
    encoding.

    Raises
    ------
    DamagedTextError
        Where the bytes are damaged.
    """
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        if UTF8_LETTER.search(raw):
            raise _damaged(raw, error) from error
    try:
        return raw.decode("cp1252"), "Latin-1"
    except UnicodeDecodeError as error:
        raise _damaged(raw, error) from error


def _damaged(raw: bytes, error: UnicodeDecodeError) -> DamagedTextError:
    return DamagedTextError(
        raw.count(b"\n", 0, error.start) + 1, error.reason == "unexpected end of data"
    )
