"""A client of the OData services of CBS and police: version 3 (both) and version 4 (CBS only).

What is known of them, and how they fail: docs/bronnen.md. Codes are padded with spaces in keys and filters, and are
given back without; a filter on an unpadded code silently finds nothing. Pages are asked several at a time by their
``$skip``; together they must have as many rows as the service counts, none of them twice and none that was not asked.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from koers.sources.layout import Dimension, Layout, Property
from koers.sources.pieces import Piece, Pieces, Workshop
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED, LATER, NotThereError, Patience, Reply, TryAgainError, Web, parsed

ROUNDS = 3
_NO_COUNT = object()
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class TableInfo:
    """What a table says of itself; ``modified`` is text without a zone, '' where it is not said."""

    title: str
    modified: str
    period: str = ""


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
    """The pieces of a table in a fixed order; ``seen`` tells of each dimension which codes occur."""

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


class Service:
    """One OData v3 address, such as that of the police tables."""

    version = "3"
    figures = "TypedDataSet"
    link = "odata.nextLink"
    entity_format: Mapping[str, str] = {"$format": "json"}

    def __init__(self, address: str, patience: Patience | None = None, workshop: Workshop | None = None) -> None:
        self.address = address.rstrip("/")
        self.web = Web(patience)
        self.workshop = workshop
        self._lists: dict[tuple[str, str, str], tuple[dict[str, Any], ...]] = {}
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(self.web.patience.at_once)

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()
        self._beside.shutdown(wait=False, cancel_futures=True)

    def entity(self, table: str, name: str) -> str:
        """The address of one list of a table."""
        return f"{self.address}/ODataFeed/odata/{table}/{name}"

    def info(self, table: str, *, fresh: bool = False) -> TableInfo:
        """Title and moment of change; ``fresh`` asks again."""
        key = (table, "TableInfos", "")
        with self._lock:
            known = self._lists.get(key)
        if known is None or fresh:
            # One row: there is nothing to count.
            known = tuple(self._chain_of_rows(table, "TableInfos", ""))
            with self._lock:
                self._lists[key] = known
        first = (known or ({},))[0]
        return TableInfo(_text(first, "Title"), _text(first, "Modified"), _text(first, "Period"))

    def stamp(self, table: str) -> str:
        """The same as long as the table says that it was not changed and its columns, kinds and periods are the same.

        '' where it does not say when it was changed.
        """
        modified = self.info(table, fresh=True).modified
        if not modified:
            return ""
        lists = [self.rows(table, "DataProperties")]
        lists += [self.rows(table, d.key) for d in self.dimensions(table) if d.kind in ("Dimension", "TimeDimension")]
        text = json.dumps(lists, sort_keys=True, ensure_ascii=False)
        return f"{modified} {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def properties(self, table: str) -> tuple[Property, ...]:
        """The columns of a table: its dimensions and its topics, in order."""
        return tuple(
            Property(
                key=_text(row, "Key"), kind=_text(row, "Type"), title=_text(row, "Title"), unit=_text(row, "Unit"),
                number=row.get("ID"), parent=row.get("ParentID"),
            )
            for row in self.rows(table, "DataProperties")
            if _text(row, "Key") or _text(row, "Type") == "TopicGroup"
        )  # fmt: skip

    def topics(self, table: str) -> tuple[Property, ...]:
        """The columns of figures."""
        return tuple(p for p in self.properties(table) if p.kind == "Topic")

    def dimensions(self, table: str) -> tuple[Property, ...]:
        """The columns of codes."""
        return tuple(p for p in self.properties(table) if p.kind in _DIMENSIONS)

    def headings(self, table: str) -> dict[str, str]:
        """The heading under which each topic stands."""
        groups = {p.number: p.title for p in self.properties(table) if p.kind == "TopicGroup"}
        return {p.key: groups.get(p.parent, "") for p in self.topics(table)}

    def prefetch(self, table: str) -> None:
        """Ask for every list of codes at the same time; what is wrong with one is told to who asks for it."""
        waiting = [self._beside.submit(self.rows, table, self.list_of(d)) for d in self.dimensions(table)]
        for future in waiting:
            future.exception()

    def list_of(self, dimension: Property) -> str:
        """The name of the list with the codes of a dimension."""
        return dimension.key

    def dimension(self, table: str, kinds: Sequence[str], where: str = "") -> Dimension:
        """The one dimension of these kinds, with its codes.

        Raises
        ------
        FigureFileError
            When the table has none or several: it is not the table that it was.
        """
        found = [p for p in self.dimensions(table) if p.kind in kinds]
        if len(found) != 1:
            there = ", ".join(f"{p.key}:{p.kind}" for p in self.dimensions(table))
            raise FigureFileError(table, f"de tabel heeft andere kolommen dan verwacht ({there}).", CHANGED)
        return self.coded(table, found[0], where)

    def coded(self, table: str, column: Property, where: str = "") -> Dimension:
        """A dimension with its codes."""
        codes = self.rows(table, column.key, where=where)
        if not codes or any(not isinstance(code.get("Key"), str) for code in codes):
            raise FigureFileError(table, f"de lijst met codes van {column.key} is leeg of anders van vorm.", CHANGED)
        return Dimension(column.key, column.kind, codes)

    def rows(self, table: str, entity: str, where: str = "", *, fresh: bool = False) -> tuple[dict[str, Any], ...]:
        """Every row of one of a table's lists (not of its figures), counted; asked once."""
        key = (table, entity, where)
        with self._lock:
            known = self._lists.get(key)
        if known is None or fresh:
            known = self._whole_list(table, entity, where)
            with self._lock:
                self._lists[key] = known
        return known

    def _whole_list(self, table: str, entity: str, where: str) -> tuple[dict[str, Any], ...]:
        for attempt in range(ROUNDS):
            counting = self._count_beside(table, entity, where)
            found = self._chain_of_rows(table, entity, where)
            expected = counting.result()
            if expected is None or expected == len(found):
                return tuple(found)
            if attempt == ROUNDS - 1:
                raise FigureFileError(
                    table, f"van de lijst {entity} zijn {len(found)} van de {expected} rijen ontvangen.", LATER
                )
        raise AssertionError

    def _count_beside(self, table: str, entity: str, where: str) -> Future:
        """The count of rows, asked while something else is asked; in a thread of its own, so that nobody waits in a ring."""
        future: Future = Future()

        def count() -> None:
            try:
                future.set_result(self.count(table, entity, where))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=count, daemon=True).start()
        return future

    def _chain_of_rows(self, table: str, entity: str, where: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        parameters: dict[str, str] | None = {**self.entity_format, **({"$filter": where} if where else {})}
        asked: set[str] = set()
        while parameters is not None:
            page = self.web.json(table, self.entity(table, entity), parameters, self._page)
            found.extend(page["value"])
            parameters = self._next(table, page, asked)
        return found

    def _next(self, table: str, page: Mapping[str, Any], asked: set[str]) -> dict[str, str] | None:
        """Only what is asked is taken from the link: its host may be one that does not exist outside CBS."""
        following = page.get(self.link)
        if not following:
            return None
        if following in asked:
            raise FigureFileError(table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER)
        asked.add(following)
        return dict(parse_qsl(urlsplit(following).query))

    def _page(self, page: Any) -> dict[str, Any]:
        rows = page.get("value") if isinstance(page, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
        return page

    def count(self, table: str, entity: str, where: str = "") -> int | None:
        """How many rows the service says there are; None where it cannot count."""

        def number(reply: Reply) -> int:
            text = reply.body.decode("utf-8-sig", errors="replace").strip()
            if not text.isdigit():
                raise TryAgainError(f"het aantal rijen is geen getal ({text[:20]!r})")
            return int(text)

        try:
            return self.web.ask(
                table, f"{self.entity(table, entity)}/$count", {"$filter": where} if where else {}, number
            )
        except NotThereError:
            return None

    # ---- figures -------------------------------------------------------------------------------------------------

    def read(
        self,
        table: str,
        layout: Layout,
        questions: Sequence[Question],
        advance: Advance = lambda done, total: None,
    ) -> Received:
        """All rows that the questions ask for, as pieces on disk (or in memory where there is no workshop).

        ``advance`` is told how many rows are in and how many are known to come.

        Raises
        ------
        FigureFileError
            When not exactly the rows that were asked came in, or the table changed while it was read.
        """
        before = self.info(table, fresh=True)
        stamp = before.modified or date.today().isoformat()
        shape = f"{self.version} {self.address} {table} {layout.fingerprint}"
        pieces = self.workshop.pieces(table, shape) if self.workshop else Pieces(None)
        reading = _Reading(self, table, layout, pieces, stamp, advance)
        received = reading.all(questions)
        if self.info(table, fresh=True).modified != before.modified:
            raise FigureFileError(table, "de tabel is tijdens het laden vernieuwd.", LATER)
        return received

    def finished(self, table: str, received: Received) -> None:
        """What was received is in the archive: keep only the pieces that can be asked for conditionally next time."""
        if any(piece.validators for piece in received):
            return
        received.pieces.clear()

    def parameters(self, layout: Layout, where: str, skip: int) -> dict[str, str]:
        found = {**self.entity_format, "$select": ",".join(layout.columns)}
        found |= {"$filter": where} if where else {}
        return found | ({"$skip": str(skip)} if skip else {})


class ServiceV4(Service):
    """CBS StatLine by OData v4: figures are observations of a measure."""

    version = "4"
    figures = "Observations"
    link = "@odata.nextLink"
    entity_format: Mapping[str, str] = {}
    catalog = "CBS"

    def entity(self, table: str, name: str) -> str:
        return f"{self.address}/{self.catalog}/{table}/{name}"

    def info(self, table: str, *, fresh: bool = False) -> TableInfo:
        def properties(found: Any) -> TableInfo:
            if not isinstance(found, dict):
                raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
            modified = _text(found, "ObservationsModified") or _text(found, "Modified")
            return TableInfo(_text(found, "Title"), modified)

        return self.web.json(table, self.entity(table, "Properties"), {}, properties)

    def stamp(self, table: str) -> str:
        modified = self.info(table).modified
        if not modified:
            return ""
        text = json.dumps([self.rows(table, name) for name in ("Dimensions", "MeasureCodes")], sort_keys=True)
        return f"{modified} {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def topics(self, table: str) -> tuple[Property, ...]:
        return tuple(
            Property(_text(row, "Identifier"), "Topic", _text(row, "Title"), _text(row, "Unit"))
            for row in self.rows(table, "MeasureCodes")
        )

    def dimensions(self, table: str) -> tuple[Property, ...]:
        return tuple(
            Property(_text(row, "Identifier"), _text(row, "Kind"), _text(row, "Title"))
            for row in self.rows(table, "Dimensions")
        )

    def headings(self, table: str) -> dict[str, str]:
        try:
            groups = {str(row.get("Id")): _text(row, "Title") for row in self.rows(table, "MeasureGroups")}
        except NotThereError:
            groups = {}
        return {
            _text(row, "Identifier"): groups.get(str(row.get("MeasureGroupId")), "")
            for row in self.rows(table, "MeasureCodes")
        }

    def coded(self, table: str, column: Property, where: str = "") -> Dimension:
        codes = self.rows(table, f"{column.key}Codes", where=where)
        if not codes or any(not isinstance(code.get("Identifier"), str) for code in codes):
            raise FigureFileError(table, f"de lijst met codes van {column.key} is leeg of anders van vorm.", CHANGED)
        return Dimension(column.key, column.kind, tuple({**code, "Key": code["Identifier"]} for code in codes))

    def list_of(self, dimension: Property) -> str:
        return f"{dimension.key}Codes"

    def measures(self, table: str) -> Dimension:
        """The measures as a dimension of their own."""
        codes = tuple({"Key": p.key, "Title": p.title} for p in self.topics(table))
        if not codes:
            raise FigureFileError(table, "de tabel heeft geen meetwaarden.", CHANGED)
        return Dimension("Measure", "Measure", codes)

    def count(self, table: str, entity: str, where: str = "") -> int | None:
        def number(found: Any) -> Any:
            if not isinstance(found, dict):
                raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
            count = found.get("@odata.count", _NO_COUNT)
            if count is not _NO_COUNT and (isinstance(count, bool) or not isinstance(count, int)):
                raise TryAgainError("het aantal rijen is geen getal")
            return count

        parameters = {"$count": "true", "$top": "0"} | ({"$filter": where} if where else {})
        found = self.web.json(table, self.entity(table, entity), parameters, number)
        return None if found is _NO_COUNT else found


class _Reading:
    """One reading of one table: first the openings (a count and a first page), and behind each its other pages."""

    def __init__(
        self, service: Service, table: str, layout: Layout, pieces: Pieces, stamp: str, advance: Advance
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
        with ThreadPoolExecutor(at_once) as openings, ThreadPoolExecutor(at_once) as pages:
            under_way: list[Future] = [openings.submit(self._answer, question, pages) for question in questions]
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

    def _answer(self, question: Question, pool: ThreadPoolExecutor, *, again: bool = True) -> list[str]:
        """The names of the pieces of one question, all of them received."""
        counting = self.service._count_beside(self.table, self.service.figures, question.where)
        first = self._piece(question, 0, expected=None)
        expected = counting.result()
        self._progress(0, expected or 0)
        size = _skip_of(first.following)
        if expected is None or (first.following and size != first.rows):
            return self._chain(question, first, expected)
        if first.rows == expected:
            return [self._name(question, 0)]
        if not first.following or first.rows > expected:
            # Half an answer, or a count of another moment: ask both once more before it is held against the source.
            self.pieces.drop(self._name(question, 0))
            if again:
                return self._answer(question, pool, again=False)
            raise FigureFileError(self.table, f"{first.rows} van de {expected} rijen ontvangen.", LATER)
        skips = range(size, expected, size)
        waiting = [pool.submit(self._piece, question, skip, min(size, expected - skip)) for skip in skips]
        try:
            for future in waiting:
                future.result()
        finally:
            for future in waiting:
                future.cancel()
        return [self._name(question, skip) for skip in (0, *skips)]

    def _chain(self, question: Question, first: Piece, expected: int | None) -> list[str]:
        """Page after page by the links, for a service that does not count or links in another way."""
        names, rows, piece = [self._name(question, 0)], first.rows, first
        asked = set()
        while piece.following:
            if piece.following in asked:
                raise FigureFileError(self.table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER)
            asked.add(piece.following)
            names.append(f"{question.name}-l{len(names):06d}")
            piece = self._kept_or_asked(names[-1], dict(parse_qsl(piece.following)), question, None)
            rows += piece.rows
        if expected is None:
            parameters = self.service.parameters(self.layout, question.where, rows)
            address = self.service.entity(self.table, self.service.figures)
            behind = self.service.web.json(self.table, address, parameters, self.service._page)
            expected = rows + len(behind["value"])
        if rows != expected:
            for name in names:
                self.pieces.drop(name)
            raise FigureFileError(self.table, f"{rows} van de {expected} rijen ontvangen.", LATER)
        return names

    def _sound(
        self, question: Question, names: list[str], pool: ThreadPoolExecutor, seen: tuple[np.ndarray, ...]
    ) -> tuple[list[str], int]:
        """The names, once no row turns out to be there twice; else its pages are asked again, a few times."""
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

    def _kept_or_asked(self, name: str, parameters: dict[str, str], question: Question, expected: int | None) -> Piece:
        kept = self.pieces.read(name)
        if kept is not None and kept.stamp == self.stamp and expected in (None, kept.rows):
            self._progress(kept.rows, 0)
            return replace(kept, columns={})
        usable = kept if kept is not None and kept.validators and expected in (None, kept.rows) else None

        def use(reply: Reply) -> Piece:
            if reply.unchanged and usable is not None:
                return replace(usable, stamp=self.stamp)
            return self._read_page(reply, question, expected)

        address = self.service.entity(self.table, self.service.figures)
        piece = self.service.web.ask(
            self.table, address, parameters, use, kinds=("json",), validators=usable.validators if usable else None
        )
        self.pieces.write(name, piece)
        self._progress(piece.rows, 0)
        return replace(piece, columns={})

    def _read_page(self, reply: Reply, question: Question, expected: int | None) -> Piece:
        page = self.service._page(parsed(reply.body))
        rows = page["value"]
        if expected is not None and len(rows) != expected:
            raise TryAgainError(f"{len(rows)} van de {expected} rijen van een bladzijde ontvangen")
        columns = self.layout.read(rows)
        for dimension, allowed in zip(self.layout.dimensions, question.allowed, strict=False):
            if allowed is not None and not allowed[columns[dimension.name]].all():
                raise TryAgainError(f"er kwamen rijen die niet gevraagd zijn ({dimension.name})", advice=CHANGED)
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


def _text(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name)
    return found.strip() if isinstance(found, str) else ""


_DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension", "GeoDetail")
