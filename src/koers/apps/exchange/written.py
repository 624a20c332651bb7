"""What people write for days, money and states, kept beside what Koers understands of it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from koers.apps.exchange import values
from koers.apps.exchange.columns import BY_KEY, FileColumn
from koers.apps.exchange.lines import Line
from koers.apps.plan.models import ActionState, MeasureState
from koers.apps.plan.models.measures import NEEDS_A_REASON
from koers.tables.reading.budget import Budget, Money, budget_of
from koers.tables.reading.cells import CellError
from koers.tables.reading.planning import Planning, When, planning_of
from koers.tables.reading.said import said as words_of

NO_DAY = "is geen datum of periode die Koers kent"
_WHY = {
    When.WORDS: NO_DAY,
    When.NO_YEAR: "het jaar staat er niet bij",
    When.ALWAYS: "heeft geen begin of einde",
    When.REPEATED: "is geen periode",
    When.UNKNOWN: "is nog niet bekend",
}
_MONEY = {
    Money.A_YEAR: "is een bedrag per jaar",
    Money.RANGE: "is een bandbreedte",
    Money.ABOUT: "is geen vast bedrag",
    Money.HOURS: "is een aantal uren",
    Money.WITHIN: "kost geen eigen budget",
    Money.RESERVED: "is nog geen bedrag",
    Money.UNKNOWN: "is nog niet bekend",
    Money.NOTHING: "is geen bedrag",
    Money.WORDS: "is geen bedrag dat Koers kent",
}


def planning_in(line: Line, cell: Any) -> Planning:
    return planning_of(cell, line.source.year)


def keep_planning(line: Line, column: FileColumn, found: Planning) -> None:
    """Say of a planning why it gives no days, or which year was taken."""
    header = line.source.headers[column.key]
    why = "" if found.spans else _WHY.get(found.when, "")
    if found.taken_year and found.spans:
        why = f"het jaar {found.taken_year} staat er niet bij; dat komt van de tabel of het plan"
    if why:
        line.kept.append((header, found.written, why))


def day_in(line: Line, column: FileColumn, cell: Any) -> date | None:
    """The day that a column of days says; what is no exact day is kept in the planning too.

    Raises
    ------
    CellError
        For a day or year that cannot be.
    """
    try:
        day, note = values.date_of(cell, column.field.said.until)
        if day and not note:
            return day
    except CellError as problem:
        if "bestaat niet" in str(problem) or "kan niet kloppen" in str(problem):
            raise
    found = planning_in(line, cell)
    if found.when == When.IMPOSSIBLE:
        raise CellError("deze dag bestaat niet")
    if found.when != When.NOTHING:
        line.written[column.name] = found.written
        keep_planning(line, column, found)
    return found.end if column.field.said.until else found.start


def planning_written(line: Line) -> str:
    """The planning in words of a line whose begin and end were no exact days."""
    if not line.written:
        return ""
    first = line.written.get("start") or words_of(line.source.cells.get(f"{line.of}.start"))
    last = next(
        (
            text
            for name in ("end", "due")
            if (
                text := line.written.get(name)
                or words_of(line.source.cells.get(f"{line.of}.{name}"))
            )
        ),
        "",
    )
    if first and last:
        return first if first == last else f"{first} t/m {last}"
    return f"vanaf {first}" if first else last


def budget_in(line: Line, column: FileColumn, cell: Any) -> Decimal | None:
    """The amount of a column of money; what is more or less than an amount is kept in words."""
    header = line.source.headers[column.key]
    found = budget_of(cell, header)
    if found.kind == Money.NOTHING and not any(c.isalpha() for c in found.written):
        return None
    if found.amount is None or _says_more(found):
        line.add_words("budget_words", found.written)
    if found.amount is None:
        line.kept.append((header, found.written, _MONEY[found.kind]))
    elif found.amount >= 10**9:
        raise CellError("dit bedrag is te groot")
    if found.hours is not None:
        line.words["hours"] = found.hours
    return found.amount


def _says_more(found: Budget) -> bool:
    """Whether the words say more than the amount that was read of them."""
    words = re.sub(r"(?i)\b(?:eur|euro)\b|[€\d.,=\s-]", "", found.written)
    return bool(words) or budget_of(found.written).amount != found.amount


def state_in(line: Line, column: FileColumn, text: str) -> str:
    """The state of a text such as 'Oranje: te weinig capaciteit'; the text is kept as its reason.

    Raises
    ------
    UnknownError
        When it begins with no state.
    """
    words = values.CHOICES[column.key]
    of_action = column.of == "action"
    if (share := _share(text, line.source.headers.get(column.key, ""))) is not None:
        where = "note" if of_action else "description"
        line.add_words(where, f"{line.source.headers[column.key]}: {share:g} %")
        if of_action:
            return ActionState.DONE if share == 100 else ActionState.OPEN
        return (
            MeasureState.DONE
            if share == 100
            else MeasureState.RUNNING
            if share
            else MeasureState.PLANNED
        )
    if not of_action:
        state, more = values.state_of(text, words)
        needs = state in NEEDS_A_REASON and values.plain(text) != MeasureState(state).label
        if more or needs:
            line.words["state_reason"] = text
        return state
    try:
        state, more = values.state_of(text, words)
    except values.UnknownError:
        measured, more = values.state_of(text, values.STATES_OF_MEASURES)
        state = {
            MeasureState.DONE.value: ActionState.DONE.value,
            MeasureState.STOPPED.value: ActionState.DROPPED.value,
        }.get(measured, ActionState.OPEN.value)
    if more or (state == ActionState.OPEN and _says_how_far(text)):
        line.add_words("note", f"{line.source.headers[column.key]}: {text}")
    return state


def _share(text: str, header: str) -> float | None:
    """How much is done, of '50 %' or of a number in a column of percentages."""
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*(%?)", text)
    if not found or not (found[2] or "%" in header):
        return None
    share = float(found[1].replace(",", "."))
    # A cell of a workbook that is shown as 50 % holds 0.5.
    share = share if found[2] or share > 1 else 100 * share
    return round(share, 1) if share <= 100 else None


def _says_how_far(text: str) -> bool:
    """Whether 'open' says less of an action than its text."""
    known = values.STATES_OF_MEASURES
    return values.plain(text) in (*known[MeasureState.RUNNING], *known[MeasureState.AT_RISK])


def fitting(line: Line, column: FileColumn, text: str, longest: int) -> str:
    """A text that is longer than its field, cut at a word; the whole of it stays in the
    explanation."""
    header = line.source.headers.get(column.key, column.header)
    cut = text[: longest - 1]
    cut = (cut.rpartition(" ")[0] or cut) + "…"
    where = "note" if column.of == "action" else "description"
    line.add_words(where, f"{header}: {text}")
    label = BY_KEY[f"{column.of}.{where}"].header.lower()
    line.notes.append(f"{header}: te lang voor dit veld; de hele tekst staat bij {label}")
    return cut
