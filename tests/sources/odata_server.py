"""A small OData v3 server on this machine that answers as CBS and the police do: paged, padded, and sometimes badly."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

Row = dict[str, Any]
# A fault looks at the request's number and address, and may give (status, content type, body) or None.
Fault = Callable[[int, str], tuple[int, str, bytes] | None]


@dataclass
class Table:
    """``entities``: TableInfos, DataProperties, TypedDataSet and one for each dimension, with keys as they are padded."""

    entities: dict[str, list[Row]]


@dataclass
class Recorded:
    """What was asked so far; ``fault`` may be changed while the server runs."""

    tables: dict[str, Table]
    page: int = 10_000
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serve(tables: dict[str, Table], page: int = 10_000) -> Iterator[Recorded]:
    state = Recorded(tables, page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def _handler(state: Recorded) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            fault = state.fault(len(state.asked), self.path) if state.fault else None
            self._send(*(fault or _answer(state, self.path)))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _answer(state: Recorded, path: str) -> tuple[int, str, bytes]:
    split = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(split.query).items()}
    parts = split.path.strip("/").split("/")
    if len(parts) < 4 or parts[0] != "ODataFeed" or parts[2] not in state.tables:
        return 404, "text/plain", b"Resource not found"
    rows = state.tables[parts[2]].entities.get(parts[3])
    if rows is None:
        return 404, "text/plain", b"Resource not found"
    if where := asked.get("$filter"):
        holds = _filter(where)
        rows = [row for row in rows if holds(row)]
    if parts[-1] == "$count":
        return 200, "text/plain", str(len(rows)).encode()
    if asked.get("$format") != "json":
        return 200, "application/atom+xml", b'<?xml version="1.0" encoding="utf-8"?><feed/>'
    skip = int(asked.get("$skip", "0"))
    select = asked.get("$select")
    shown = rows[skip : skip + state.page]
    if select:
        shown = [{name: row[name] for name in select.split(",")} for row in shown]
    body: Row = {"odata.metadata": f"http://internal.invalid/{parts[2]}/$metadata", "value": shown}
    if skip + state.page < len(rows):
        query = "&".join(f"{n}={quote(v)}" for n, v in {**asked, "$skip": str(skip + state.page)}.items())
        # The real service's links may name a host that nobody outside can find.
        body["odata.nextLink"] = f"http://internal.invalid{split.path}?{query}"
    return 200, "application/json", json.dumps(body).encode()


_CALLS = {
    "startswith": lambda text, start: text.startswith(start),
    "substringof": lambda part, text: part in text,
    "substring": lambda text, start, length: text[start : start + length],
}


def _filter(where: str) -> Callable[[Row], bool]:
    """The part of OData's filter language that CBS documents."""
    expression = re.sub(r"\beq\b", "==", where)
    assert not re.search(r"\b(ge|gt|le|lt|ne)\b", re.sub(r"'[^']*'", "", expression)), where
    code = compile(expression, "$filter", "eval")
    return lambda row: bool(eval(code, {"__builtins__": {}}, {**row, **_CALLS}))


def table(
    topic: tuple[str, dict[str, str]] | None, area: tuple[str, str, dict[str, str]], periods: dict[str, str],
    value: str, rows: list[tuple[str, str, str, float | None]], *, topic_width: int = 6, area_width: int = 10,
) -> Table:  # fmt: skip
    """A table in the shape of the recorded ones; ``rows`` are (topic, area, period, value) with codes unpadded."""
    area_name, area_kind, area_titles = area
    properties: list[Row] = []
    entities: dict[str, list[Row]] = {"TableInfos": [{"ID": 0, "Title": value, "Modified": "2026-11-15T02:00:00"}]}
    if topic is not None:
        properties.append({"Key": topic[0], "Type": "Dimension", "Title": topic[0]})
        entities[topic[0]] = [
            {"Key": code.ljust(topic_width), "Title": title, "Description": None} for code, title in topic[1].items()
        ]
    properties.append({"Key": area_name, "Type": area_kind, "Title": area_name})
    entities[area_name] = [
        {"Key": code.ljust(area_width), "Title": title, "Description": ""} for code, title in area_titles.items()
    ]
    if periods:
        properties.append({"Key": "Perioden", "Type": "TimeDimension", "Title": "Perioden"})
        entities["Perioden"] = [{"Key": key, "Title": key, "Status": status} for key, status in periods.items()]
    properties += [{"Key": "", "Type": "TopicGroup", "Title": "Groep"}, {"Key": value, "Type": "Topic", "Title": value}]
    entities["DataProperties"] = properties
    entities["TypedDataSet"] = [
        {"ID": number}
        | ({topic[0]: t.ljust(topic_width)} if topic else {})
        | {area_name: a.ljust(area_width)}
        | ({"Perioden": p} if periods else {})
        | {value: v, "Gemeentenaam_2": "" if v == 0 else "Naam".ljust(30)}
        for number, (t, a, p, v) in enumerate(rows)
    ]
    return Table(entities)
