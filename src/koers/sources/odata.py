"""A client of the OData services of CBS and police: version 3 (both) and version 4 (CBS only).

What is known of them, and how they fail: docs/bronnen.md. Codes are padded with spaces in keys and
filters, and are given back without; a filter on an unpadded code silently finds nothing. Pages are
asked several at a time by their ``$skip``; together they must have as many rows as the service
counts, none of them twice and none that was not asked.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from koers.sources.bounded import bound_list
from koers.sources.layout import Dimension, Layout, Property
from koers.sources.pieces import Pieces, Workshop
from koers.sources.reading import ROUNDS, Advance, Question, Reading, Received
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED, LATER, NotThereError, Patience, Reply, TryAgainError, Web


@dataclass(frozen=True)
class TableInfo:
    """What a table says of itself; ``modified`` is text without a zone, '' where it is not said."""

    title: str
    modified: str
    period: str = ""


class Service:
    """One OData v3 address, such as that of the police tables."""

    version = "3"
    figures = "TypedDataSet"
    link = "odata.nextLink"
    entity_format: Mapping[str, str] = {"$format": "json"}

    def __init__(
        self, address: str, patience: Patience | None = None, workshop: Workshop | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self.web = Web(patience)
        self.workshop = workshop
        self._lists: dict[tuple[str, str, str], tuple[dict[str, Any], ...]] = {}
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(self.web.patience.at_once)

    def __enter__(self) -> Self:
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
        return TableInfo(
            text_of(first, "Title"), text_of(first, "Modified"), text_of(first, "Period")
        )

    def stamp(self, table: str) -> str:
        """The same as long as the table says that it was not changed and its columns, kinds and
        periods are the same.

        '' where it does not say when it was changed.
        """
        modified = self.info(table, fresh=True).modified
        if not modified:
            return ""
        lists = [self.rows(table, "DataProperties")]
        lists += [
            self.rows(table, d.key)
            for d in self.dimensions(table)
            if d.kind in ("Dimension", "TimeDimension")
        ]
        text = json.dumps(lists, sort_keys=True, ensure_ascii=False)
        return f"{modified} {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def properties(self, table: str) -> tuple[Property, ...]:
        """The columns of a table: its dimensions and its topics, in order."""
        return tuple(
            Property(
                key=text_of(row, "Key"),
                kind=text_of(row, "Type"),
                title=text_of(row, "Title"),
                unit=text_of(row, "Unit"),
                number=row.get("ID"),
                parent=row.get("ParentID"),
            )
            for row in self.rows(table, "DataProperties")
            if text_of(row, "Key") or text_of(row, "Type") == "TopicGroup"
        )

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
        """Ask for every list of codes at the same time; what is wrong with one is told to who asks
        for it."""
        about = self._beside.submit(self.info, table)
        waiting: list[Future[Any]] = [
            about,
            *(
                self._beside.submit(self.rows, table, self.list_of(d))
                for d in self.dimensions(table)
            ),
        ]
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
            raise FigureFileError(
                table, f"de tabel heeft andere kolommen dan verwacht ({there}).", CHANGED
            )
        return self.coded(table, found[0], where)

    def coded(self, table: str, column: Property, where: str = "") -> Dimension:
        """A dimension with its codes."""
        codes = self.rows(table, column.key, where=where)
        if not codes or any(not isinstance(code.get("Key"), str) for code in codes):
            raise FigureFileError(
                table, f"de lijst met codes van {column.key} is leeg of anders van vorm.", CHANGED
            )
        return Dimension(column.key, column.kind, codes)

    def rows(
        self, table: str, entity: str, where: str = "", *, fresh: bool = False
    ) -> tuple[dict[str, Any], ...]:
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
            counting = self.count_beside(table, entity, where)
            found = self._chain_of_rows(table, entity, where)
            expected = counting.result()
            if expected is None or expected == len(found):
                return tuple(found)
            if attempt == ROUNDS - 1:
                raise FigureFileError(
                    table,
                    f"van de lijst {entity} zijn {len(found)} van de {expected} rijen ontvangen.",
                    LATER,
                )
        raise AssertionError

    def count_beside(self, table: str, entity: str, where: str) -> Future[int | None]:
        """The count of rows, asked while something else is asked; in a thread of its own, so that
        nobody waits in a ring."""
        future: Future[int | None] = Future()

        def count() -> None:
            try:
                future.set_result(self.count(table, entity, where))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=count, daemon=True).start()
        return future

    def _chain_of_rows(self, table: str, entity: str, where: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        parameters: dict[str, str] | None = {
            **self.entity_format,
            **({"$filter": where} if where else {}),
        }
        asked: set[str] = set()
        while parameters is not None:
            page = self.web.json(table, self.entity(table, entity), parameters, self.page)
            found.extend(page["value"])
            bound_list(table, len(found), len(asked))
            parameters = self._next(table, page, asked)
        return found

    def _next(self, table: str, page: Mapping[str, Any], asked: set[str]) -> dict[str, str] | None:
        """Only what is asked is taken from the link: its host may be one that does not exist
        outside CBS."""
        following = page.get(self.link)
        if not following:
            return None
        if following in asked:
            raise FigureFileError(table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER)
        asked.add(following)
        return dict(parse_qsl(urlsplit(following).query))

    def page(self, page: Any) -> dict[str, Any]:
        rows = page.get("value") if isinstance(page, dict) else None
        if not isinstance(rows, list) or not {dict}.issuperset(map(type, rows)):
            raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
        checked: dict[str, Any] = page
        return checked

    def count(self, table: str, entity: str, where: str = "") -> int | None:
        """How many rows the service says there are; None where it cannot count."""

        def number(reply: Reply) -> int:
            text = reply.body.decode("utf-8-sig", errors="replace").strip()
            if not text.isdigit():
                raise TryAgainError(f"het aantal rijen is geen getal ({text[:20]!r})")
            return int(text)

        try:
            return self.web.ask(
                table,
                f"{self.entity(table, entity)}/$count",
                {"$filter": where} if where else {},
                number,
            )
        except NotThereError:
            return None

    # ---- figures

    def read(
        self,
        table: str,
        layout: Layout,
        questions: Sequence[Question],
        advance: Advance = lambda done, total: None,
    ) -> Received:
        """All rows that the questions ask for, as pieces on disk (or in memory where there is no
        workshop).

        ``advance`` is told how many rows are in and how many are known to come.

        Raises
        ------
        FigureFileError
            When not exactly the rows that were asked came in, or the table changed while it was
            read.
        """
        # As it was said before the lists of codes were read: what changes after that is seen at the
        # end.
        before = self.info(table)
        stamp = before.modified or date.today().isoformat()
        shape = f"{self.version} {self.address} {table} {layout.fingerprint}"
        pieces = self.workshop.pieces(table, shape) if self.workshop else Pieces(None)
        reading = Reading(self, table, layout, pieces, stamp, advance)
        received = reading.all(questions)
        if self.info(table, fresh=True).modified != before.modified:
            raise FigureFileError(table, "de tabel is tijdens het laden vernieuwd.", LATER)
        return received

    def finished(self, table: str, received: Received) -> None:
        """What was received is in the archive: keep only the pieces that can be asked for
        conditionally next time."""
        if any(piece.validators for piece in received):
            return
        received.pieces.clear()

    def parameters(self, layout: Layout, where: str, skip: int) -> dict[str, str]:
        found = {**self.entity_format, "$select": ",".join(layout.columns)}
        found |= {"$filter": where} if where else {}
        return found | ({"$skip": str(skip)} if skip else {})


def text_of(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name)
    return found.strip() if isinstance(found, str) else ""


_DIMENSIONS = ("Dimension", "TimeDimension", "GeoDimension", "GeoDetail")
