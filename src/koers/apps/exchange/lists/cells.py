"""The text of a cell as a form takes it."""

from __future__ import annotations

from typing import Any

from koers.apps.described import Type
from koers.apps.exchange import values
from koers.apps.exchange.known import Known
from koers.apps.exchange.lists.columns import ListColumn
from koers.tables.reading.cells import CellError


def typed_of(column: ListColumn, text: str, known: Known) -> Any:
    """What is sent in the field of the form for this text.

    Raises
    ------
    CellError
        When it is no such thing; says what to write.
    """
    field = column.field
    if not text:
        return _empty(column)
    match field.type:
        case Type.CHOICE:
            return _choice(column, text)
        case Type.DAY:
            return _day(column, text)
        case Type.PERSON:
            return known.people.find(text).pk
        case Type.REFERENCES:
            return [_partner(name, known) for name in values.list_of(text)]
        case Type.INDICATOR:
            return known.topic(text)
        case Type.AREA:
            return known.area(text)
        case Type.MONEY:
            return _amount(text)
    return text


def _empty(column: ListColumn) -> Any:
    """Of a choice what a new line begins with."""
    match column.field.type:
        case Type.CHOICE:
            return column.field.field.get_default()
        case Type.REFERENCES:
            return []
    return ""


def _choice(column: ListColumn, text: str) -> str:
    choices = column.field.choices
    of = {"Measure": "measure", "Action": "action"}.get(column.field.model.__name__, "")
    words = values.CHOICES.get(f"{of}.{column.name}", {})
    all_words = {v: (values.plain(label), *words.get(v, ())) for v, label in choices.items()}
    try:
        return values.choice_of(text, all_words)
    except values.UnknownError:
        raise CellError(f"kies {', '.join(choices.values())}") from None


def _day(column: ListColumn, text: str) -> str:
    day, _ = values.date_of(text, column.field.said.until)
    if day is None:
        raise CellError(f"'{text[:40]}' is geen datum: schrijf dat bij Planning")
    return day.isoformat()


def _amount(text: str) -> str:
    try:
        amount = values.money_of(text)
    except CellError:
        amount = None
    if amount is None:
        raise CellError(f"'{text[:40]}' is geen bedrag: schrijf dat bij Budget in woorden")
    return str(amount)


def _partner(name: str, known: Known) -> int:
    found = known.partners.get(values.plain(name))
    if found is None:
        raise CellError(f"partner '{name[:40]}' is er niet: voeg die eerst toe bij Partners")
    return found.pk
