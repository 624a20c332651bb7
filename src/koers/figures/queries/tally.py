from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb
import numpy as np

from koers.figures.doubts.tally import Tally, Total, level_of
from koers.figures.queries.writes.indexing import quoted

MEMORY = "700MB"


def tally(file: Path, areas: Collection[str] | None = None) -> Tally:
    """What the figures in a file of observations add up to, for its areas or those of these."""
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as db:
        rows = f"read_parquet('{quoted(file)}')"
        if areas is not None:
            db.execute("SET VARIABLE wanted = ?::VARCHAR[]", [sorted(areas)])
            rows = f"{rows} SEMI JOIN (SELECT unnest(getvariable('wanted')) AS area) USING (area)"
        by_area = db.execute(f"SELECT area, sum(value) FROM {rows} GROUP BY area").fetchall()
        # Two of the first letters tell the levels apart; areas are few beside rows.
        codes = [area for area, _ in by_area]
        known = {"area": codes, "level": [level_of(code) for code in codes]}
        db.register("known", {name: np.array(texts, dtype=object) for name, texts in known.items()})
        found = db.execute(
            f"""SELECT level, topic, period, count(*), count(value), count(*) FILTER (value < 0),
                       count(*) FILTER (value <> 0), coalesce(sum(value), 0),
                       coalesce(bit_xor(hash(area, topic, value)) FILTER (value <> 0), 0)
                FROM {rows} JOIN known USING (area) GROUP BY ALL"""
        ).fetchall()
    return Tally(
        {(level, topic, period): Total(*values) for level, topic, period, *values in found},
        {area: total or 0.0 for area, total in by_area},
    )
