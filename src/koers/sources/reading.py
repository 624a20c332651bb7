"""Reading the figures of a table: several questions and pages at a time, kept as pieces, and judged
as a whole."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from koers.sources.bounded import bound_rows
from koers.sources.layout import Layout
from koers.sources.pieces import Piece, Pieces
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED, LATER, Reply, TryAgainError, Web, parsed

ROUNDS = 3
READING = 4
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """A filter, and of each dimension (by position) which codes may come back; None: every code."""

    where: str
    allowed: tuple[np.ndarray | None, ...] = ()

    @property
    def name(self) -> str:
        return hashlib.sha256(self.where.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Received:
    """The pieces of a table in a fixed order; ``seen`` tells of each dimension which codes
    occur."""

    pieces: Pieces
    names: tuple[str, ...]
    rows: int
    seen: tuple[np.ndarray, ...]

    def __iter__(self) -> Iterator[Piece]:
        for name in self.names:
            piece = self.pieces.read(name)
            if piece is None:
                raise FigureFileError(name, "een al ontvangen deel is verdwenen.", LATER)
            yield piece


class Service(Protocol):
    """What a reading asks of the service that holds the table."""

    figures: str
    link: str
    web: Web

    def entity(self, table: str, name: str) -> str: ...

    def parameters(self, layout: Layout, where: str, skip: int) -> dict[str, str]: ...

    def page(self, page: Any) -> dict[str, Any]: ...

    def count_beside(self, table: str, entity: str, where: str) -> Future[int | None]: ...


class Reading:
    """One reading of one table: first the openings (a count and a first page), and behind each its
    other pages."""

    def __init__(
        self,
        service: Service,
        table: str,
        layout: Layout,
        pieces: Pieces,
        stamp: str,
        advance: Advance,
    ) -> None:
        self.service, self.table, self.layout, self.pieces = service, table, layout, pieces
        self.stamp, self._advance = stamp, advance
        self._done = self._total = 0
        self._lock = threading.Lock()

    def all(self, questions: Sequence[Question]) -> Received:
        names: list[str] = []
        rows = 0
        seen = tuple(np.zeros(len(d.codes), dtype=bool) for d in self.layout.dimensions)
        at_once = self.service.web.patience.at_once
        # More hands than requests at a time: as many as the source allows stay under way while
        # others read.
        with (
            ThreadPoolExecutor(at_once) as openings,
            ThreadPoolExecutor(at_once + READING) as pages,
        ):
            under_way: list[Future[Any]] = [
                openings.submit(self._answer, question, pages) for question in questions
            ]
            try:
                for question, found in zip(questions, under_way, strict=True):
                    these, these_rows = self._sound(question, found.result(), pages, seen)
                    names += these
                    rows += these_rows
            except BaseException:
                openings.shutdown(wait=False, cancel_futures=True)
                pages.shutdown(wait=False, cancel_futures=True)
                raise
        return Received(self.pieces, tuple(names), rows, seen)

    def _answer(
        self, question: Question, pool: ThreadPoolExecutor, *, again: bool = True
    ) -> list[str]:
        """The names of the pieces of one question, all of them received."""
        counting = self.service.count_beside(self.table, self.service.figures, question.where)
        first = self._piece(question, 0, expected=None)
        expected = counting.result()
        self._progress(0, expected or 0)
        size = _skip_of(first.following)
        if expected is None or (first.following and size != first.rows):
            return self._chain(question, first, expected)
        if first.rows == expected:
            self._nothing_behind(question, first, expected, [self._name(question, 0)])
            return [self._name(question, 0)]
        if not first.following or first.rows > expected:
            # Half an answer, or a count of another moment: ask both once more before it is held
            # against the source.
            self.pieces.drop(self._name(question, 0))
            if again:
                return self._answer(question, pool, again=False)
            raise FigureFileError(
                self.table, f"{first.rows} van de {expected} rijen ontvangen.", LATER
            )
        skips = range(size, expected, size)
        bound_rows(self.table, expected, len(skips))
        waiting = [
            pool.submit(self._piece, question, skip, min(size, expected - skip)) for skip in skips
        ]
        try:
            last = [future.result() for future in waiting][-1]
        finally:
            for future in waiting:
                future.cancel()
        names = [self._name(question, skip) for skip in (0, *skips)]
        self._nothing_behind(question, last, expected, names)
        return names

    def _nothing_behind(
        self, question: Question, last: Piece, expected: int, names: Sequence[str]
    ) -> None:
        """A link under the last page: either there are more rows than were counted, or it leads to
        an empty page."""
        if not last.following:
            return
        behind = self._rows_behind(question, expected)
        if behind:
            for name in names:
                self.pieces.drop(name)
            text = f"de bron telt {expected} rijen, maar geeft er daarna nog {behind}."
            raise FigureFileError(self.table, text, LATER)

    def _rows_behind(self, question: Question, rows: int) -> int:
        """How many rows a page has that begins behind this many."""
        parameters = self.service.parameters(self.layout, question.where, rows)
        address = self.service.entity(self.table, self.service.figures)
        return len(
            self.service.web.json(self.table, address, parameters, self.service.page)["value"]
        )

    def _chain(self, question: Question, first: Piece, expected: int | None) -> list[str]:
        """Page after page by the links, for a service that does not count or links in another
        way."""
        names, rows, piece = [self._name(question, 0)], first.rows, first
        asked = set()
        while piece.following:
            if piece.following in asked:
                raise FigureFileError(
                    self.table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER
                )
            asked.add(piece.following)
            names.append(f"{question.name}-l{len(names):06d}")
            piece = self._kept_or_asked(names[-1], dict(parse_qsl(piece.following)), question, None)
            rows += piece.rows
            bound_rows(self.table, rows, len(names))
        if expected is None:
            expected = rows + self._rows_behind(question, rows)
        if rows != expected:
            for name in names:
                self.pieces.drop(name)
            raise FigureFileError(self.table, f"{rows} van de {expected} rijen ontvangen.", LATER)
        return names

    def _sound(
        self,
        question: Question,
        names: list[str],
        pool: ThreadPoolExecutor,
        seen: tuple[np.ndarray, ...],
    ) -> tuple[list[str], int]:
        """The names, once no row turns out to be there twice; else its pages are asked again, a few
        times."""
        for attempt in range(ROUNDS):
            keys = []
            for name in names:
                piece = self.pieces.read(name)
                if piece is None:
                    raise FigureFileError(self.table, "een al ontvangen deel is verdwenen.", LATER)
                keys.append(self.layout.keys(piece.columns))
                for there, dimension in zip(seen, self.layout.dimensions, strict=True):
                    there[piece.columns[dimension.name]] = True
            together = np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)
            ordered = np.sort(together)
            twice = ordered[1:][ordered[1:] == ordered[:-1]]
            if len(twice) == 0:
                return names, len(together)
            for name in names:
                self.pieces.drop(name)
            if attempt < ROUNDS - 1:
                names = self._answer(question, pool)
        text = ", ".join(self.layout.codes_of(int(twice[0])))
        raise FigureFileError(self.table, f"{text} komt twee keer voor.", CHANGED)

    def _name(self, question: Question, skip: int) -> str:
        return f"{question.name}-{skip:010d}"

    def _piece(self, question: Question, skip: int, expected: int | None) -> Piece:
        parameters = self.service.parameters(self.layout, question.where, skip)
        return self._kept_or_asked(self._name(question, skip), parameters, question, expected)

    def _kept_or_asked(
        self, name: str, parameters: dict[str, str], question: Question, expected: int | None
    ) -> Piece:
        kept = self.pieces.read(name)
        if kept is not None and kept.stamp == self.stamp and expected in (None, kept.rows):
            self._progress(kept.rows, 0)
            return replace(kept, columns={})
        usable = (
            kept if kept is not None and kept.validators and expected in (None, kept.rows) else None
        )

        def use(reply: Reply) -> Piece:
            if reply.unchanged and usable is not None:
                return replace(usable, stamp=self.stamp)
            return self._read_page(reply, question, expected)

        address = self.service.entity(self.table, self.service.figures)
        piece = self.service.web.ask(
            self.table,
            address,
            parameters,
            use,
            kinds=("json",),
            validators=usable.validators if usable else None,
        )
        self.pieces.write(name, piece)
        self._progress(piece.rows, 0)
        return replace(piece, columns={})

    def _read_page(self, reply: Reply, question: Question, expected: int | None) -> Piece:
        page = self.service.page(parsed(reply.body))
        rows = page["value"]
        if expected is not None and len(rows) != expected:
            raise TryAgainError(f"{len(rows)} van de {expected} rijen van een bladzijde ontvangen")
        columns = self.layout.read(rows)
        for dimension, allowed in zip(self.layout.dimensions, question.allowed, strict=False):
            if allowed is not None and not allowed[columns[dimension.name]].all():
                raise TryAgainError(
                    f"er kwamen rijen die niet gevraagd zijn ({dimension.name})", advice=CHANGED
                )
        following = urlsplit(page.get(self.service.link) or "").query
        return Piece(columns, len(rows), following, reply.validators, self.stamp)

    def _progress(self, done: int, total: int) -> None:
        with self._lock:
            self._done += done
            self._total += total
            self._advance(self._done, max(self._total, self._done))


def _skip_of(query: str) -> int:
    """The ``$skip`` in a link; -1 where it has none, or links in another way."""
    text = dict(parse_qsl(query)).get("$skip", "")
    return int(text) if text.isdigit() else -1
