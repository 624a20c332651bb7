from __future__ import annotations

from collections.abc import Sequence

from koers.figures.store import FigureStore


def list_bordering(
    store: FigureStore, municipality: str, ids: Sequence[str] | None = None
) -> tuple[str, ...]:
    """The codes of the municipalities that border on this one, as a source says."""
    rows = store.connect(ids).execute(
        "SELECT topic FROM observations WHERE scheme = 'neighbours' AND area = ? ORDER BY topic",
        [municipality],
    )
    return tuple(code for (code,) in rows.fetchall())
