from __future__ import annotations

import numpy as np
import numpy.typing as npt

from koers.figures.store import FigureStore

NAMES = ("area", "topic", "period", "value", "status")


def snapshot_rows(store: FigureStore, snapshot: str) -> dict[str, npt.NDArray[np.generic]]:
    """The observations of a snapshot by column, in the order of period, topic and area; NaN is not
    published.

    Raises
    ------
    KeyError
        When there is no such snapshot (any more).
    """
    rows = store.connect([snapshot]).execute(
        "SELECT area, topic, period, coalesce(value, 'nan'::DOUBLE) AS value, status FROM"
        " observations ORDER BY period, topic, area"
    )
    return {name: np.asarray(np.ma.filled(values)) for name, values in rows.fetchnumpy().items()}
