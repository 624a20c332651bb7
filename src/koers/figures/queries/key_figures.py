from __future__ import annotations

from collections.abc import Sequence

from koers.figures.store import FigureStore


def newest_key_figures(
    store: FigureStore, ids: Sequence[str] | None = None
) -> dict[tuple[str, str], float]:
    """The newest value above zero of each key figure of each municipality, by (area, topic)."""
    rows = store.connect(ids).execute(
        """SELECT o.area, o.topic, arg_max(o.value, (o.period, o.rank)) FROM observations o
           JOIN known_areas a ON a.code = o.area
           WHERE o.scheme = 'key-figures' AND a.level = 'municipality' AND o.value > 0 GROUP BY
           ALL"""
    )
    return {(area, topic): value for area, topic, value in rows.fetchall()}
