"""The text of a file that a user brings: UTF-8, or what Excel in Windows writes."""

from __future__ import annotations

import re

UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


class DamagedTextError(Exception):
    """Bytes that are text in no encoding; ``row`` (from 1) is where they stand."""

    def __init__(self, row: int, ended: bool) -> None:
        self.row = row
        self.problem = "het bestand is afgebroken midden in een letter." if ended else "hier staan beschadigde tekens."
        super().__init__(f"rij {row}: {self.problem}")


def decode(raw: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 (with or without mark), else Latin-1 as Windows writes it (cp1252).

    Bytes that are no UTF-8 beside letters that are make a damaged file, not one in another encoding.

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
    return DamagedTextError(raw.count(b"\n", 0, error.start) + 1, error.reason == "unexpected end of data")
