"""The columns of a list that is typed, and a field as the text of its cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from koers.apps.described import LineField, Type
from koers.apps.exchange.known import Known
from koers.apps.exchange.shown import names_of
from koers.apps.exchange.values import listed, plain
from koers.apps.plan.kinds import KINDS
from koers.records.aim import number_text

NAMES = {
    "maatregel": (
        "title",
        "kind",
        "state",
        "state_reason",
        "owner",
        "owner_department",
        "partners",
        "planning",
        "start",
        "end",
        "budget",
        "budget_words",
    ),
    "actie": ("title", "owner", "owner_department", "planning", "due", "state"),
    "doel": ("title", "kind", "indicator", "area_code", "target", "due", "question"),
}
"""What most lines say; the rest of a line stands on its own form."""


@dataclass(frozen=True)
class ListColumn:
    """A field of the lines of a list."""

    field: LineField

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def label(self) -> str:
        return self.field.header

    @property
    def wide(self) -> bool:
        return self.name in ("title", "planning", "state_reason", "question", "indicator")

    @cached_property
    def called(self) -> frozenset[str]:
        """The headers by which it is known where rows are pasted with theirs."""
        return frozenset(plain(w) for w in (self.label, self.field.label, *self.field.words))

    def text_of(self, line: Any, known: Known) -> str:
        """What its cell says of a line."""
        value = getattr(line, self.name)
        if value is None or value == "":
            return ""
        match self.field.type:
            case Type.CHOICE:
                return self.field.choices.get(value, str(value))
            case Type.DAY:
                return f"{value:%d-%m-%Y}"
            case Type.PERSON:
                return known.people.name_of(value)
            case Type.REFERENCES:
                return listed(names_of(line, self.name))
            case Type.INDICATOR:
                return known.topic_name(value)
            case Type.AREA:
                return known.area_name(value)
            case Type.MONEY:
                return f"{value:.2f}".replace(".", ",")
            case Type.NUMBER:
                return number_text(value)
        return " ".join(str(value).split())

    def choices(self, known: Known) -> list[str]:
        """What can be typed, where that is one of a few."""
        match self.field.type:
            case Type.CHOICE:
                return list(self.field.choices.values())
            case Type.PERSON:
                return [known.people.name_of(user) for user in known.people.users]
            case Type.REFERENCES:
                return [partner.name for partner in known.partners.values()]
            case Type.INDICATOR:
                return [title for _, title in known.topics()]
            case Type.AREA:
                return [known.area_name(area.code) for area in known.areas]
        return []


def columns_of(kind: str) -> tuple[ListColumn, ...]:
    return tuple(ListColumn(KINDS[kind].by_name[name]) for name in NAMES[kind])
