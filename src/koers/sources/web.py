"""Asking a source over HTTP, politely: few at a time, again where it stumbles, and later where it
says so.

What cannot be trusted never gets out of here as an answer: half a body, another content type, a
busy or broken server are tried again with a growing, random pause; what still fails is a
:class:`FigureFileError` that names the table.
"""

from __future__ import annotations

import json
import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from json import JSONDecodeError
from typing import Any, TypeVar

import httpx
from pydantic_core import from_json

from koers.sources.bounded import MOST_REDIRECTS, redirected, unpacked
from koers.sources.headers import retry_after
from koers.sources.report import FigureFileError

ATTEMPTS = 6
AT_ONCE = 10
LATER = "Probeer het later opnieuw; de eerder geladen cijfers blijven in gebruik."
CHANGED = (
    "De bron is veranderd; meld het aan de makers van Koers. De eerder geladen cijfers blijven in"
    " gebruik."
)
SINCE_EARLIER = "Vraag met --since een eerdere periode, of wacht tot de bron verder is."
USER_AGENT = "Koers (open source; lokale veiligheidscyclus van gemeenten)"

Answer = TypeVar("Answer")


class TryAgainError(Exception):
    """An answer that may well be right the next time.

    ``after`` is how long the source asks to wait (seconds), ``advice`` what to tell when it never
    comes right.
    """

    def __init__(self, reason: str, after: float | None = None, advice: str = LATER) -> None:
        super().__init__(reason)
        self.after, self.advice = after, advice


class NotThereError(FigureFileError):
    """The source answers, but does not have this table or file (any more)."""


class NothingNewerError(FigureFileError):
    """The source has nothing yet from the period on that is asked; there is nothing wrong with
    it."""


class OutOfTimeError(FigureFileError):
    """The time for the whole load is up."""

    def __init__(self, table: str) -> None:
        super().__init__(
            table,
            "de tijd voor het ophalen is om (KOERS_LOAD_MINUTES).",
            "De volgende keer gaat Koers verder waar het was; de eerder geladen cijfers blijven in"
            " gebruik.",
        )


class NoConnectionError(FigureFileError):
    """The source did not answer at all."""


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try; tests make it short.

    ``timeout`` is how long a source may be silent, ``whole`` how long one answer may take in all: a
    source that drips is never silent and never done. ``until`` is when all that is asked must be
    done, by ``time.monotonic``: a source that drips a little in every answer takes no worker for
    ever.
    """

    attempts: int = ATTEMPTS
    timeout: float = 60.0
    whole: float = 300.0
    first_wait: float = 0.5
    longest_wait: float = 20.0
    at_once: int = AT_ONCE
    until: float = math.inf

    def within(self, seconds: float) -> Patience:
        """The same, with all that is asked done within so many seconds from now."""
        return replace(self, until=time.monotonic() + seconds)

    @property
    def over(self) -> bool:
        """Whether the time for all of it is up."""
        return time.monotonic() > self.until


@dataclass(frozen=True)
class Validators:
    """What a source gave to ask next time whether an answer has changed."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        found = {"If-None-Match": self.etag} if self.etag else {}
        return found | ({"If-Modified-Since": self.modified} if self.modified else {})

    def __bool__(self) -> bool:
        return bool(self.etag or self.modified)


@dataclass(frozen=True)
class Reply:
    """A whole answer; ``unchanged`` where the source says that what we have still holds."""

    body: bytes
    status: int
    validators: Validators = field(default_factory=Validators)

    @property
    def unchanged(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED


class Manners:
    """How many requests are under way at one source, and until when it wants to be left alone.

    A source that says it is busy gets half as many at a time; every twenty good answers, one more.
    """

    def __init__(self, at_once: int) -> None:
        self._most = at_once
        self._allowed = at_once
        self._busy = 0
        self._good = 0
        self._quiet_until = 0.0
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, until: float = math.inf) -> Iterator[None]:
        with self._changed:
            while True:
                pause = min(self._quiet_until, until) - time.monotonic()
                if pause <= 0 and self._busy < self._allowed:
                    break
                self._changed.wait(min(pause, 1.0) if pause > 0 else None)
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def too_much(self, after: float | None) -> None:
        with self._changed:
            self._allowed = max(1, self._allowed // 2)
            self._good = 0
            if after:
                self._quiet_until = max(self._quiet_until, time.monotonic() + after)

    def good(self) -> None:
        with self._changed:
            self._good += 1
            if self._good >= 20 and self._allowed < self._most:
                self._allowed, self._good = self._allowed + 1, 0
                self._changed.notify_all()


class Web:
    """A connection to one source; safe to use from several threads."""

    def __init__(
        self, patience: Patience | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.patience = patience or Patience()
        self.manners = Manners(self.patience.at_once)
        self.requests = 0
        self.bytes = 0
        self._stopped = threading.Event()
        self._client = httpx.Client(
            timeout=httpx.Timeout(self.patience.timeout, connect=min(10.0, self.patience.timeout)),
            follow_redirects=False,
            limits=httpx.Limits(
                max_connections=self.patience.at_once,
                max_keepalive_connections=self.patience.at_once,
            ),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            transport=transport,
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stopped.set()
        self._client.close()

    def json(
        self,
        table: str,
        address: str,
        parameters: Mapping[str, str],
        check: Callable[[Any], Answer],
    ) -> Answer:
        """The JSON at an address as ``check`` makes of it; ``check`` may raise
        :class:`TryAgainError`."""
        return self.ask(
            table, address, parameters, lambda reply: check(parsed(reply.body)), kinds=("json",)
        )

    def ask(
        self,
        table: str,
        address: str,
        parameters: Mapping[str, str],
        use: Callable[[Reply], Answer],
        *,
        kinds: tuple[str, ...] = (),
        validators: Validators | None = None,
    ) -> Answer:
        """What ``use`` makes of a whole answer of one of these content types.

        Raises
        ------
        NotThereError
            When the source answers that it has no such thing (404, 410).
        NoConnectionError
            When it never answered.
        FigureFileError
            When no answer was good enough, after the last attempt.
        """
        reason: TryAgainError | None = None
        for attempt in range(self.patience.attempts):
            if attempt and reason is not None:
                self._rest(attempt, reason)
            try:
                with self.manners.turn(self.patience.until):
                    self._in_time(table)
                    reply = self._once(table, address, parameters, kinds, validators)
                # Somebody else may ask while this one reads.
                answer = use(reply)
                self.manners.good()
                return answer
            except TryAgainError as error:
                reason = error
        raise _given_up(table, self.patience.attempts, reason)

    def _rest(self, attempt: int, reason: TryAgainError) -> None:
        """Full jitter: anything up to a bound that doubles, but never less than the source asks
        for."""
        bound = min(self.patience.longest_wait, self.patience.first_wait * 2**attempt)
        pause = max(random.uniform(0, bound), reason.after or 0.0)
        self._stopped.wait(min(pause, max(self.patience.until - time.monotonic(), 0.0)))

    def _in_time(self, table: str) -> None:
        if self.patience.over:
            raise OutOfTimeError(table)

    def _once(
        self,
        table: str,
        address: str,
        parameters: Mapping[str, str],
        kinds: tuple[str, ...],
        validators: Validators | None,
    ) -> Reply:
        self.requests += 1
        try:
            answer, body = self._received(
                table,
                address,
                params=dict(parameters) or None,
                headers=validators.headers if validators else None,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryAgainError(f"geen verbinding ({type(error).__name__})") from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise TryAgainError(f"de verbinding is verbroken ({type(error).__name__})") from error
        self.bytes += len(body)
        status = answer.status_code
        if (
            status == httpx.codes.TOO_MANY_REQUESTS
            or status == httpx.codes.REQUEST_TIMEOUT
            or answer.is_server_error
        ):
            after = retry_after(answer.headers.get("Retry-After", ""))
            if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
                self.manners.too_much(after)
            raise TryAgainError(f"de bron is bezet of gestoord ({status})", after)
        if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise NotThereError(table, f"de bron kent dit niet ({status}).", CHANGED)
        if status == httpx.codes.NOT_MODIFIED and validators:
            return Reply(b"", status, validators)
        if status != httpx.codes.OK:
            raise FigureFileError(
                table, f"de bron weigert de vraag ({status}: {_start_of(body)}).", CHANGED
            )
        kind = answer.headers.get("Content-Type", "").lower()
        if kinds and not any(word in kind for word in kinds):
            raise TryAgainError(
                f"het antwoord is van een andere soort dan gevraagd ({kind[:40] or 'onbekend'})"
            )
        found = Validators(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))
        return Reply(body, status, found)

    def _received(self, table: str, address: str, **asked: Any) -> tuple[httpx.Response, bytes]:
        """An answer with its whole body, within the time and the bytes that one answer may
        take."""
        end = time.monotonic() + self.patience.whole
        where: str | httpx.URL = address
        for _ in range(MOST_REDIRECTS + 1):
            parts = []
            with self._client.stream("GET", where, **asked) as answer:
                following = redirected(table, answer)
                if following is not None:
                    # What was asked stands in the address that the source gives.
                    where, asked = following, {**asked, "params": None}
                    continue
                for part in unpacked(table, answer):
                    parts.append(part)
                    self._in_time(table)
                    if time.monotonic() > end:
                        raise TryAgainError(
                            f"het antwoord was na {self.patience.whole:g} seconden nog niet binnen"
                        )
            return answer, b"".join(parts)
        raise TryAgainError("de bron verwijst steeds door", advice=CHANGED)


def _start_of(body: bytes) -> str:
    return body[:200].decode("utf-8", errors="replace")[:80].strip()


def _given_up(table: str, attempts: int, reason: TryAgainError | None) -> FigureFileError:
    text = f"na {attempts} pogingen geen goed antwoord: {reason}."
    kind = (
        NoConnectionError
        if reason is not None and str(reason).startswith("geen verbinding")
        else FigureFileError
    )
    return kind(table, text, reason.advice if reason is not None else LATER)


def _no_constant(name: str) -> None:
    """NaN and Infinity are no JSON, though Python would take them."""
    raise TryAgainError(f"het antwoord bevat {name}, en dat is geen getal")


def parsed(body: bytes) -> Any:
    """JSON, or :class:`TryAgainError` where it is broken off or is none."""
    try:
        # A quarter less time for a page of figures; what it does not take, Python's own reader
        # judges.
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        pass
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TryAgainError("het antwoord is afgebroken of geen JSON") from error
