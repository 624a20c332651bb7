"""A small OData server on this machine that answers as CBS and the police do (v3 and v4): paged,
padded, and sometimes badly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.sources.server import NOT_FOUND, Answer, Running, serving

Row = dict[str, Any]


@dataclass
class Table:
    """``entities``: TableInfos, DataProperties, TypedDataSet and one for each dimension, with keys
    as they are padded.

    A table of v4 has Properties (one row), Dimensions, MeasureCodes, …Codes and Observations.
    """

    entities: dict[str, list[Row]]


@dataclass
class Recorded(Running):
    """A running server with its tables."""

    tables: dict[str, Table] | None = None
    page: int = 10_000
    counts: bool = True


@contextmanager
def serve(tables: dict[str, Table], page: int = 10_000) -> Iterator[Recorded]:
    state = Recorded(answer=lambda path: NOT_FOUND, tables=tables, page=page)
    state.answer = lambda path: answer(state, path)
    with serving(state):
        yield state


def answer(state: Recorded, path: str) -> Answer:
    split = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(split.query).items()}
    parts = split.path.strip("/").split("/")
    if len(parts) >= 4 and parts[0] == "ODataFeed":
        return _v3(state, split.path, parts[2:], asked)
    if len(parts) >= 4 and parts[:2] == ["v4", "CBS"]:
        return _v4(state, split.path, parts[2:], asked)
    return NOT_FOUND


def _rows(state: Recorded, table: str, entity: str, asked: dict[str, str]) -> list[Row] | None:
    found = state.tables.get(table)
    rows = found.entities.get(entity) if found else None
    if rows is not None and (where := asked.get("$filter")):
        holds = _filter(where)
        rows = [row for row in rows if holds(row)]
    return rows


def _shown(rows: list[Row], asked: dict[str, str], page: int) -> tuple[list[Row], int | None]:
    """A page of rows, and where the next begins."""
    skip = int(asked.get("$skip", "0"))
    shown = rows[skip : skip + page]
    if select := asked.get("$select"):
        shown = [{name: row[name] for name in select.split(",")} for row in shown]
    return shown, skip + page if skip + page < len(rows) else None


def _v3(state: Recorded, path: str, parts: list[str], asked: dict[str, str]) -> Answer:
    rows = _rows(state, parts[0], parts[1], asked)
    if rows is None:
        return NOT_FOUND
    if parts[-1] == "$count":
        return (
            Answer(kind="text/plain", body=str(len(rows)).encode()) if state.counts else NOT_FOUND
        )
    if asked.get("$format") != "json":
        return Answer(
            kind="application/atom+xml", body=b'<?xml version="1.0" encoding="utf-8"?><feed/>'
        )
    shown, following = _shown(rows, asked, state.page)
    body: Row = {"odata.metadata": f"http://internal.invalid/{parts[0]}/$metadata", "value": shown}
    if following is not None:
        # The real service's links may name a host that nobody outside can find.
        body["odata.nextLink"] = f"http://internal.invalid{path}?{_query(asked, following)}"
    return Answer(body=json.dumps(body).encode())


def _v4(state: Recorded, path: str, parts: list[str], asked: dict[str, str]) -> Answer:
    rows = _rows(state, parts[0], parts[1], asked)
    if rows is None:
        return NOT_FOUND
    if parts[1] == "Properties":
        return Answer(body=json.dumps(rows[0]).encode())
    if asked.get("$count") == "true" and asked.get("$top") == "0":
        return Answer(body=json.dumps({"@odata.count": len(rows), "value": []}).encode())
    shown, following = _shown(rows, asked, state.page)
    body: Row = {"@odata.context": "http://internal.invalid/$metadata", "value": shown}
    if following is not None:
        body["@odata.nextLink"] = f"http://internal.invalid{path}?{_query(asked, following)}"
    return Answer(body=json.dumps(body).encode())


def _query(asked: dict[str, str], skip: int) -> str:
    return "&".join(f"{n}={quote(v)}" for n, v in {**asked, "$skip": str(skip)}.items())


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
    topic: tuple[str, dict[str, str]] | None,
    area: tuple[str, str, dict[str, str]],
    periods: dict[str, str],
    value: str,
    rows: list[tuple[str, str, str, float | None]],
    *,
    topic_width: int = 6,
    area_width: int = 10,
    modified: str = "2026-11-15T02:00:00",
) -> Table:
    """A table in the shape of the recorded ones; ``rows`` are (topic, area, period, value) with
    codes unpadded."""
    area_name, area_kind, area_titles = area
    properties: list[Row] = []
    entities: dict[str, list[Row]] = {
        "TableInfos": [{"ID": 0, "Title": value, "Modified": modified}]
    }
    if topic is not None:
        properties.append({"Key": topic[0], "Type": "Dimension", "Title": topic[0]})
        entities[topic[0]] = [
            {"Key": code.ljust(topic_width), "Title": title, "Description": None}
            for code, title in topic[1].items()
        ]
    properties.append({"Key": area_name, "Type": area_kind, "Title": area_name})
    entities[area_name] = [
        {"Key": code.ljust(area_width), "Title": title, "Description": ""}
        for code, title in area_titles.items()
    ]
    if periods:
        properties.append({"Key": "Perioden", "Type": "TimeDimension", "Title": "Perioden"})
        entities["Perioden"] = [
            {"Key": key, "Title": key, "Status": status} for key, status in periods.items()
        ]
    properties += [
        {"Key": "", "Type": "TopicGroup", "Title": "Groep"},
        {"Key": value, "Type": "Topic", "Title": value},
    ]
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
