from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

Cells = tuple[tuple[str, ...], npt.NDArray[np.int64]]


def read_csv_cells(
    file: Path, places: Mapping[str, int], width: int, delimiter: str
) -> dict[str, Cells] | None:
    """Of each column of a user's CSV (by its place) the different texts in order of appearance,
    without the spaces around them, and the index of that of each row; None when DuckDB cannot read
    the file."""
    blank = " AND ".join(f"trim(coalesce(c{i}, '')) = ''" for i in range(width))
    chosen = ", ".join(
        f"trim(coalesce(c{place}, ''), $spaces) AS {_quoted(name)}"
        for name, place in places.items()
    )
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    try:
        with duckdb.connect() as db:
            db.execute("SET enable_progress_bar = false")
            db.execute(
                f"""CREATE TABLE cells AS SELECT {chosen} FROM read_csv($file, delim = $delimiter,
                    header = true, quote = '"', escape = '"', auto_detect = false,
                    all_varchar = true, strict_mode = true, columns = {{{columns}}})
                    WHERE NOT ({blank})""",
                {"file": str(file), "delimiter": delimiter, "spaces": " \t\r\n\f\v\u00a0"},
            )
            return {name: _column(db, name) for name in places}
    except duckdb.Error:
        return None


def _column(db: duckdb.DuckDBPyConnection, name: str) -> Cells:
    column = _quoted(name)
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE texts AS SELECT {column} AS text, min(rowid) AS first FROM"
        " cells GROUP BY 1"
    )
    texts = [
        str(text) for (text,) in db.execute("SELECT text FROM texts ORDER BY first").fetchall()
    ]
    codes = db.execute(f"""SELECT numbered.code AS code FROM cells JOIN
            (SELECT text, row_number() OVER (ORDER BY first) - 1 AS code FROM texts) numbered
            ON cells.{column} = numbered.text ORDER BY cells.rowid""").fetchnumpy()["code"]
    return tuple(texts), np.asarray(codes, dtype=np.int64)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
