"""What is odd about figures that are held, beside what is in use, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from koers import dutch
from koers.apps.intake.services.counting import whole
from koers.apps.intake.services.held import instead_words
from koers.figures.doubts.doubt import Doubt
from koers.figures.doubts.words import TITLES, level_words, sentence, topic_words
from koers.figures.held import Held
from koers.figures.queries.tally import tally
from koers.tables import NUMBER, PERIOD, Column, Look, Place, Table

ODD = (
    Column("oddity", "Wat er vreemd is", lambda row: TITLES[row.doubt.oddity]),
    Column("level", "Gebieden", lambda row: level_words(row.doubt.level) or "alle"),
    Column("topic", "Soort", lambda row: topic_words(row.doubt.topic, row.topics) or "alle"),
    Column("period", "Periode", lambda row: row.doubt.period, PERIOD, empty=""),
    Column("before", "Was, of is gewoon", lambda row: whole(row.doubt.before), NUMBER, empty=""),
    Column("after", "Is nu", lambda row: whole(row.doubt.after), NUMBER, empty=""),
    Column(
        "sentence",
        "In woorden",
        lambda row: sentence(row.doubt, row.topics),
        place=Place.FILE,
    ),
)
SIDES = (
    Column("level", "Gebieden", lambda row: level_words(row.level) or "alle"),
    Column("period", "Periode", kind=PERIOD),
    Column("before", "In gebruik", kind=NUMBER, empty=""),
    Column("after", "Apart gehouden", kind=NUMBER, empty=""),
    Column("change", "Verschil", kind=NUMBER, empty=""),
)


@dataclass(frozen=True)
class OddRow:
    doubt: Doubt
    topics: Mapping[str, str]


@dataclass(frozen=True)
class SideRow:
    """The total of one period at one level, in use and held."""

    level: str
    period: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def odd_table(held: Held) -> Table:
    topics = held.snapshot.manifest.topics
    rows = [OddRow(doubt, topics) for doubt in held.doubts]
    return Table("vreemd", "Wat er vreemd is", ODD, rows, origin=origin(held), look=Look.LINES)


def sides_table(held: Held) -> Table:
    """Of each period the total of what is in use and of what is held, over all its areas."""
    caption = "Totaal per periode, de nieuwste eerst"
    return Table("naast-elkaar", caption, SIDES, _sides(held), origin=origin(held))


def _sides(held: Held) -> Sequence[SideRow]:
    m = held.snapshot.manifest
    if m.content != "observations":
        return []
    new = tally(held.snapshot.data)
    old = tally(held.instead.data) if held.instead is not None else None
    rows = []
    for level in sorted({*new.levels, *(old.levels if old else ())}):
        after = new.at(level, new.topics(level))
        before = old.at(level, old.topics(level)) if old else {}
        for period in sorted({*before, *after}, reverse=True):
            was, now = before.get(period), after.get(period)
            rows.append(SideRow(level, period, was.sum if was else None, now.sum if now else None))
    return rows


def origin(held: Held) -> str:
    m = held.snapshot.manifest
    day = dutch.day(timezone.localdate(m.retrieved))
    return (
        f"Bron: {m.attribution}, {m.title}. Peilmoment {m.id}, opgehaald op {day}; niet in gebruik."
        f" {instead_words(held)}"
    )
