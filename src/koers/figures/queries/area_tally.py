from __future__ import annotations

from pathlib import Path

import duckdb

from koers.figures.doubts.tally import Tally, Total, level_of
from koers.figures.queries.tally import MEMORY
from koers.figures.queries.writes.indexing import quoted


def area_tally(file: Path) -> Tally:
    """Which areas stand in a file of areas; there is nothing to add up."""
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as db:
        found = db.execute(f"SELECT code FROM read_parquet('{quoted(file)}')").fetchall()
    codes = [code for (code,) in found]
    return Tally(
        {(level, "", ""): Total() for level in {level_of(code) for code in codes}},
        dict.fromkeys(codes, 0.0),
    )
