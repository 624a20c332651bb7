"""Small tables of figures, written in a home of a test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence

import numpy as np

from koers.figures.manifest import Draft, Snapshot
from koers.figures.store import FigureStore

BURGLARY = "1.1.1"


def adding(store: FigureStore) -> Callable[..., Snapshot]:
    """What writes a table of (area, period, value); the ``late`` periods are provisional."""

    def add(
        rows: Sequence[tuple[str, str, float]],
        *,
        table: str = "proef",
        topic: str = BURGLARY,
        scheme: str = "crime",
        late: Collection[str] = (),
    ) -> Snapshot:
        columns = {
            "area": np.array([r[0] for r in rows], dtype=object),
            "topic": np.array([topic] * len(rows), dtype=object),
            "period": np.array([r[1] for r in rows], dtype=object),
            "value": np.array([r[2] for r in rows], dtype=np.float64),
            "status": np.array(
                ["provisional" if r[1] in late else "final" for r in rows], dtype=object
            ),
        }
        draft = Draft(
            source="proef",
            table=table,
            title="Een proef",
            content="observations",
            scheme=scheme,
            sha256=uuid.uuid4().hex,
            address="",
            licence="open data",
            attribution="Politie",
        )
        return store.write(draft, columns)

    return add


def series(
    area: str, periods: Sequence[str], values: Sequence[float]
) -> list[tuple[str, str, float]]:
    return [(area, period, value) for period, value in zip(periods, values, strict=True)]
