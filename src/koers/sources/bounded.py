"""What a source may cost this machine: bytes as sent and as unpacked, redirects, and whereto. What
goes beyond is refused before it is taken in; nothing here trusts what an answer says of itself."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

import httpx

from koers.sources.report import FigureFileError

MOST_SENT = 512_000_000
MOST_UNPACKED = 128_000_000
"""An answer of a source is at most some ten million bytes; a zip of a year of accidents some
fifty."""
MOST_SAVED = 1_000_000_000
MOST_MEMBERS = 1_000
MOST_LISTED = 200_000
MOST_ROWS = 400_000_000
MOST_PAGES = 200_000
MOST_REDIRECTS = 5
PART = 1_000_000
TOO_MUCH = (
    "Dat kan niet kloppen; meld het aan de makers van Koers. De eerder geladen cijfers blijven in"
    " gebruik."
)


class TooMuchError(FigureFileError):
    """A source gives more than it can have; it is not asked again."""


def unpacked(table: str, answer: httpx.Response) -> Iterator[bytes]:
    """The body of an answer in parts of bounded size, however small it was packed.

    Raises
    ------
    TooMuchError
        As soon as more came in than an answer can hold.
    """
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
    if packing not in ("identity", "gzip", "deflate"):
        raise TooMuchError(table, f"het antwoord is ingepakt met {packing[:20]!r}.", TOO_MUCH)
    # 32: gzip or zlib, whichever it begins with.
    unpack = None if packing == "identity" else zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
    sent = found = 0
    # As it comes in: what drips is seen to drip.
    for raw in answer.iter_raw():
        sent += len(raw)
        _bound(table, sent, MOST_SENT)
        for part in (raw,) if unpack is None else _parts(unpack, raw):
            found += len(part)
            _bound(table, found, MOST_UNPACKED if unpack is not None else MOST_SENT)
            yield part
    if unpack is not None and sent and not unpack.eof:
        raise httpx.DecodingError("broken off")


def _parts(unpack: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    try:
        yield from _plain_parts(unpack, raw)
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from error


def _bound(table: str, size: int, most: int) -> None:
    if size > most:
        raise TooMuchError(table, f"het antwoord is groter dan {most // 10**6} MB.", TOO_MUCH)


def redirected(table: str, answer: httpx.Response) -> httpx.URL | None:
    """Where an answer refers to, within the same host; None where it does not.

    Raises
    ------
    TooMuchError
        When it refers to another machine, or to a connection that anybody can read along.
    """
    if answer.next_request is None:
        return None
    here, there = answer.url, answer.next_request.url
    upgraded = (here.scheme, there.scheme, there.port) == ("http", "https", None)
    if here.host != there.host or not (
        upgraded or (here.scheme, here.port) == (there.scheme, there.port)
    ):
        raise TooMuchError(
            table, f"de bron verwijst door naar een andere machine ({there.host[:60]}).", TOO_MUCH
        )
    return there


def bound_list(table: str, found: int, pages: int) -> None:
    """Refuse a list of codes or areas, which is held in memory, of more than there are."""
    if found > MOST_LISTED or pages > MOST_LISTED // 100:
        raise TooMuchError(
            table, f"de bron geeft al {found} codes of gebieden, in {pages} bladzijden.", TOO_MUCH
        )


def bound_rows(table: str, rows: int, pages: int = 0) -> None:
    """Refuse more rows or pages than any table has, before room is made for them."""
    if rows > MOST_ROWS or pages > MOST_PAGES:
        raise TooMuchError(
            table, f"de bron zegt {rows} rijen te hebben, in {pages} bladzijden.", TOO_MUCH
        )


def bound_zip(table: str, archive: zipfile.ZipFile) -> None:
    """Refuse a zip that unpacks to more than such a file holds. No more is unpacked of a member
    than it says of itself: ``zipfile`` sees to that."""
    size = sum(member.file_size for member in archive.infolist())
    if size > MOST_SENT or len(archive.infolist()) > MOST_MEMBERS:
        raise TooMuchError(
            table, f"het zip-bestand wordt uitgepakt {size // 10**6} MB groot.", TOO_MUCH
        )


def gunzipped(name: str, packed: bytes) -> bytes:
    """The bytes of a saved file that was packed, within bounds.

    Raises
    ------
    EOFError, zlib.error
        When it is broken off or damaged.
    TooMuchError
        When it unpacks to more than a file of figures holds.
    """
    parts, size = [], 0
    while packed:
        unpack = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        for part in _plain_parts(unpack, packed):
            size += len(part)
            if size > MOST_SAVED:
                raise TooMuchError(
                    name,
                    f"het bestand wordt uitgepakt groter dan {MOST_SAVED // 10**6} MB.",
                    "Zet het goede bestand onder deze naam.",
                )
            parts.append(part)
        if not unpack.eof:
            raise EOFError
        packed = unpack.unused_data
    return b"".join(parts)


def _plain_parts(unpack: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    while raw:
        yield unpack.decompress(raw, PART)
        raw = unpack.unconsumed_tail
