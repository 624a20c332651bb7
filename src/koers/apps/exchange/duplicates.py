"""New lines that are there already, in the plan or higher up in the table, and one line that is
there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from koers.apps.exchange.columns import ACTION, BY_KEY, GOAL, MEASURE, OF_PRIORITY
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import Line
from koers.apps.exchange.shown import mark_of
from koers.apps.exchange.values import plain


def point_out_duplicates(lines: Sequence[Line], known: Known) -> None:
    marks: dict[tuple[str, int], Line] = {}
    names: dict[tuple, Line] = {}
    for line in (
        x
        for x in lines
        if x.uses is None and not x.left_out and not x.as_text and not x.is_judgement
    ):
        if line.existing is not None:
            _twice(line, marks)
        elif line.title and not line.problems:
            _already_there(line, names, known)


def _twice(line: Line, marks: dict[tuple[str, int], Line]) -> None:
    first = marks.setdefault((line.of, line.existing.pk), line)
    if first is not line:
        line.wrong(
            BY_KEY[f"{line.of}.id"],
            f"{mark_of(line.existing)} staat ook op rij {first.source.row}",
        )


def _already_there(line: Line, names: dict[tuple, Line], known: Known) -> None:
    key = (line.of, _identity(line.above), plain(line.title), *_more(line.values.get))
    first = names.setdefault(key, line)
    if line.is_goal:
        line.is_there = _is_there(line, first, known)
        if line.is_there:
            return
    title = BY_KEY[f"{line.of}.title"]
    if first is not line:
        line.wrong(title, f"dubbel: staat ook op rij {first.source.row}")
    elif there := _there(line, key, known):
        line.wrong(
            title,
            f"dubbel: staat al in het plan ({there}). Laat de rij weg of geef haar een andere"
            " titel",
        )


def _is_there(line: Line, first: Line, known: Known) -> bool:
    """Whether a goal stands in the plan, or higher up in the table, in these words."""
    written = line.values.get("written")
    if first is not line:
        return bool(first.values.get("written") == written)
    return any(
        _identity(goal.priority) == _identity(line.above) and goal.written == written
        for goal in known.goals.values()
    )


def _there(line: Line, key: tuple, known: Known) -> str:
    found: Iterator[Any]
    if line.is_goal:
        found = (
            g
            for g in known.goals.values()
            if (GOAL, _identity(g.priority), plain(g.title), *_more(vars(g).get)) == key
        )
    elif line.of == OF_PRIORITY:
        found = (p for p in known.priorities if plain(p.title) == plain(line.title))
    elif line.is_measure:
        found = (
            m
            for m in known.measures.values()
            if (MEASURE, _identity(m.priority), plain(m.title), *_more(vars(m).get)) == key
        )
    else:
        found = (
            a
            for a in known.actions.values()
            if (ACTION, _identity(a.measure), plain(a.title), *_more(vars(a).get)) == key
        )
    return next((mark_of(x) for x in found), "")


def _more(value_of: Callable[[str], Any]) -> tuple:
    """What tells apart lines of one title in one place."""
    return value_of("due"), plain(value_of("sub_theme") or "")


def _identity(above: object) -> tuple:
    """What a line falls under, for comparison."""
    if isinstance(above, Line):
        return ("line", id(above))
    if isinstance(above, NewPriority):
        return ("new", plain(above.title))
    return (type(above).__name__, getattr(above, "pk", None))
