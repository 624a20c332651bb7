from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from koers.figures.queries.side_by_side import Pair
from koers.figures.store import FigureStore


@dataclass(frozen=True)
class ChangedCell:
    """One count that differs; None where a snapshot does not hold it or it is not published."""

    area: str
    topic: str
    period: str
    before: float | None
    after: float | None
    before_held: bool
    after_held: bool

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


def changed_cells(store: FigureStore, before: str, after: str) -> Iterator[ChangedCell]:
    """Every cell that differs, by area, topic and period; raises as ``differences`` does."""
    pair = Pair(store, before, after)
    for first, last in pair.ranges():
        found = pair.db.execute(
            f"""SELECT area, topic, period, b, a, hb, ha FROM ({pair.rows})
                WHERE NOT (hb AND ha) OR b IS DISTINCT FROM a ORDER BY area, topic, period""",
            {"first": first, "last": last},
        )
        while rows := found.fetchmany(10_000):
            yield from (ChangedCell(*row) for row in rows)
