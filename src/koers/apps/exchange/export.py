"""Measures, actions, goals and what people said of them, to take along in the columns in which they
can come back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from koers.apps.exchange.columns import (
    ACTION_COLUMNS,
    GOAL_LINE_COLUMNS,
    JUDGEMENT_COLUMNS,
    MEASURE_COLUMNS,
    PLAN_COLUMNS,
    PRIORITY_COLUMNS,
    SHEETS,
    FileColumn,
)
from koers.apps.exchange.known import Known
from koers.apps.exchange.shown import mark_of, safe, shown
from koers.apps.people.owned import Owned
from koers.tables.writing.csv import rows_to_csv
from koers.tables.writing.ods import write_ods
from koers.tables.writing.sheet import NewSheet
from koers.tables.writing.xlsx import write_xlsx

MEASURES, ACTIONS, GOALS, JUDGEMENTS, PRIORITIES, PLAN = SHEETS


def measures_sheet(known: Known) -> list[list[Any]]:
    return _rows(
        sorted(known.measures.values(), key=lambda m: (m.priority.number, m.priority_id, m.pk)),
        MEASURE_COLUMNS,
        known,
    )


def actions_sheet(known: Known) -> list[list[Any]]:
    found = sorted(
        known.actions.values(), key=lambda a: (a.measure_id is None, a.measure_id or 0, a.pk)
    )
    return _rows(found, ACTION_COLUMNS, known)


def goals_sheet(known: Known) -> list[list[Any]]:
    found = sorted(
        known.goals.values(), key=lambda g: (g.priority.number, g.priority_id, g.due, g.pk)
    )
    return _rows(found, GOAL_LINE_COLUMNS, known)


def judgements_sheet(known: Known) -> list[list[Any]]:
    """What people said of goals in words, the first first."""
    return [
        [
            mark_of(known.goals[goal]),
            *(safe(t) if isinstance(t, str) else t for t in (
                known.goals[goal].title, one.on, one.answer, one.reason, one.judges
            )),
        ]
        for goal, several in known.judgements.items()
        if goal in known.goals
        for one in several
    ]  # fmt: skip


def priorities_sheet(known: Known) -> list[list[Any]]:
    return _rows(known.priorities, PRIORITY_COLUMNS, known)


def plan_sheet(known: Known) -> list[list[Any]]:
    return _rows([known.plan], PLAN_COLUMNS, known)


def _rows(lines: Iterable[Owned], columns: tuple[FileColumn, ...], known: Known) -> list[list[Any]]:
    return [[shown(line, column, known) for column in columns] for line in lines]


def _headers(columns: tuple[FileColumn, ...]) -> list[str]:
    return [column.header for column in columns]


def _sheets(known: Known) -> list[NewSheet]:
    return [
        _sheet(MEASURES, MEASURE_COLUMNS, measures_sheet(known)),
        _sheet(ACTIONS, ACTION_COLUMNS, actions_sheet(known)),
        _sheet(GOALS, GOAL_LINE_COLUMNS, goals_sheet(known)),
        _sheet(JUDGEMENTS, JUDGEMENT_COLUMNS, judgements_sheet(known)),
        _sheet(PRIORITIES, PRIORITY_COLUMNS, priorities_sheet(known)),
        _sheet(PLAN, PLAN_COLUMNS, plan_sheet(known)),
    ]


def _sheet(name: str, columns: tuple[FileColumn, ...], rows: list[list[Any]]) -> NewSheet:
    wide = {n for n, column in enumerate(columns) if column.is_long}
    return NewSheet(name, _headers(columns), rows, frozenset(wide))


def as_ods(known: Known) -> bytes:
    return write_ods(_sheets(known))


def as_xlsx(known: Known) -> bytes:
    return write_xlsx(_sheets(known))


def measures_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(MEASURE_COLUMNS), measures_sheet(known))


def goals_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(GOAL_LINE_COLUMNS), goals_sheet(known))


def judgements_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(JUDGEMENT_COLUMNS), judgements_sheet(known))


def priorities_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(PRIORITY_COLUMNS), priorities_sheet(known))


def plan_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(PLAN_COLUMNS), plan_sheet(known))


def actions_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(ACTION_COLUMNS), actions_sheet(known))
