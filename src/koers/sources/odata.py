"""A client of the OData v3 services of CBS and police.

What is known of them, and how they fail: docs/sources.md. Codes are padded with spaces in keys and filters, and are
given back without; a filter on an unpadded code silently finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from koers.sources.report import FigureFileError

ATTEMPTS = 5
LATER = "Probeer het later opnieuw; de eerder geladen cijfers blijven in gebruik."
CHANGED = "De bron is veranderd; meld het aan de makers van Koers. De eerder geladen cijfers blijven in gebruik."


class _TryAgainError(Exception):
    """An answer that may well be right the next time."""


@dataclass(frozen=True)
class Dimension:
    """A column of codes: ``kind`` is the OData type (Dimension, TimeDimension, GeoDetail, GeoDimension)."""

    name: str
    kind: str
    codes: tuple[dict[str, str], ...]

    @property
    def width(self) -> int:
        """Characters of a code as the service keeps it, spaces included."""
        return max((len(code["Key"]) for code in self.codes), default=0)

    @property
    def titles(self) -> dict[str, str]:
        return {code["Key"].strip(): (code.get("Title") or "").strip() for code in self.codes}

    def equals(self, codes: Sequence[str]) -> str:
        """A filter on any of these codes, padded as the service wants them."""
        return " or ".join(f"{self.name} eq '{code.ljust(self.width)}'" for code in codes)


class Service:
    """One OData v3 address, such as that of the police tables.

    Every request is tried again with a growing, random pause where the service is busy, broken off or sends half an
    answer; what still fails raises :class:`FigureFileError` with the table's name.
    """

    def __init__(self, address: str, *, timeout: float = 60.0, longest_wait: float = 20.0) -> None:
        self.address = address.rstrip("/")
        self._longest_wait = longest_wait
        self._client = httpx.Client(timeout=httpx.Timeout(timeout, connect=10.0), follow_redirects=True)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def topics(self, table: str) -> tuple[str, ...]:
        """The names of the columns of figures."""
        return tuple(p["Key"] for p in self._properties(table) if p["Type"] == "Topic")

    def dimensions(self, table: str) -> tuple[str, ...]:
        """The names of the columns of codes, with their kinds."""
        return tuple(f"{p['Key']}:{p['Type']}" for p in self._properties(table) if p["Type"] in _DIMENSIONS)

    def dimension(self, table: str, kinds: Sequence[str], where: str = "") -> Dimension:
        """The one dimension of these kinds, with its codes.

        Raises
        ------
        FigureFileError
            When the table has none or several: it is not the table that it was.
        """
        found = [p for p in self._properties(table) if p["Type"] in kinds]
        if len(found) != 1:
            there = ", ".join(self.dimensions(table))
            raise FigureFileError(table, f"de tabel heeft andere kolommen dan verwacht ({there}).", CHANGED)
        name = found[0]["Key"]
        return Dimension(name, found[0]["Type"], tuple(self.rows(table, name, where=where)))

    def _properties(self, table: str) -> list[dict[str, Any]]:
        return list(self.rows(table, "DataProperties"))

    def rows(
        self, table: str, entity: str = "TypedDataSet", select: Sequence[str] = (), where: str = ""
    ) -> Iterator[dict[str, Any]]:
        """The rows of an entity of a table, page after page by the links that the bulk service gives.

        Of the figures themselves (TypedDataSet) the number of rows is compared with what the service counts.
        """
        base = f"{self.address}/ODataFeed/odata/{table}/{entity}"
        first = {"$format": "json"} | ({"$select": ",".join(select)} if select else {})
        first |= {"$filter": where} if where else {}
        expected = self._count(table, where) if entity == "TypedDataSet" else None
        parameters: dict[str, str] | None = first
        seen = 0
        asked = set()
        while parameters is not None:
            page = self._json(table, base, parameters)
            seen += len(page["value"])
            yield from page["value"]
            following = page.get("odata.nextLink")
            # Only what is asked is taken from the link: its host may be one that does not exist outside CBS.
            parameters = dict(parse_qsl(urlsplit(following).query)) if following else None
            if following in asked:
                raise FigureFileError(table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER)
            asked.add(following)
        if expected is not None and seen != expected:
            raise FigureFileError(table, f"{seen} van de {expected} rijen ontvangen.", LATER)

    def _count(self, table: str, where: str) -> int | None:
        """How many rows the service says there are; None where it does not say."""
        address = f"{self.address}/ODataFeed/odata/{table}/TypedDataSet/$count"
        answer = self._get(table, address, {"$filter": where} if where else {})
        text = answer.text.strip("\ufeff \r\n")
        return int(text) if answer.status_code == httpx.codes.OK and text.isdigit() else None

    def _json(self, table: str, address: str, parameters: dict[str, str]) -> dict[str, Any]:
        def checked() -> dict[str, Any]:
            answer = self._once(address, parameters)
            if answer.is_error:
                raise FigureFileError(
                    table, f"de bron weigert de vraag ({answer.status_code}: {answer.text[:80].strip()}).", CHANGED
                )
            try:
                page = answer.json()
            except (JSONDecodeError, UnicodeDecodeError) as error:
                raise _TryAgainError("het antwoord is afgebroken of geen JSON") from error
            if not isinstance(page, dict) or not isinstance(page.get("value"), list):
                raise _TryAgainError("het antwoord heeft een andere vorm dan verwacht")
            return page

        return self._persist(table, checked)

    def _get(self, table: str, address: str, parameters: dict[str, str]) -> httpx.Response:
        return self._persist(table, lambda: self._once(address, parameters))

    def _once(self, address: str, parameters: dict[str, str]) -> httpx.Response:
        try:
            answer = self._client.get(address, params=parameters)
        except httpx.TransportError as error:
            raise _TryAgainError(f"geen verbinding ({type(error).__name__})") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise _TryAgainError(f"de bron is bezet of gestoord ({answer.status_code})")
        return answer

    def _persist(self, table: str, attempt):
        tries = Retrying(
            retry=retry_if_exception_type(_TryAgainError),
            wait=wait_random_exponential(multiplier=0.5, max=self._longest_wait),
            stop=stop_after_attempt(ATTEMPTS),
        )
        try:
            return tries(attempt)
        except RetryError as error:
            reason = error.last_attempt.exception()
            raise FigureFileError(table, f"na {ATTEMPTS} pogingen geen goed antwoord: {reason}.", LATER) from error


_DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension", "GeoDetail")
