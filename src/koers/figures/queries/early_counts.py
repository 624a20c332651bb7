from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koers.figures.store import FigureStore

MOST = 100


@dataclass(frozen=True)
class EarlyCount:
    """Cases in an area and period, as supplied before their publication."""

    period: str
    area: str
    value: float


def list_early_counts(
    store: FigureStore, topics: Sequence[str], ids: Sequence[str] | None = None
) -> tuple[EarlyCount, ...]:
    """What was supplied before its publication of these topics together, the newest first; the
    first ``MOST`` rows."""
    rows = store.connect(ids).execute(
        f"""SELECT period, area, sum(value) FROM observations
           WHERE scheme = 'early' AND list_contains($topics, topic)
           GROUP BY ALL ORDER BY period DESC, area LIMIT {MOST}""",
        {"topics": list(topics)},
    )
    return tuple(EarlyCount(*row) for row in rows.fetchall())
