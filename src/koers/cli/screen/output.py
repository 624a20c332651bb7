"""The table that `koers screen` writes."""

import os
import sys
from pathlib import Path

import numpy as np

from koers.cli.target import beside

COLUMNS = ("area", "topic", "period", "observed", "expected", "lower", "upper", "score", "p_value", "q_value", "signal")
TEXTS = ("area", "topic", "period", "signal")
WHOLE = ("observed",)


def table(counts, judged) -> dict:
    """A column each: by period, then topic, then area, as one reads a month."""
    panel = counts.panel
    t, k, a = np.nonzero(judged.rows.transpose(2, 1, 0))
    cell = (a, k, t)
    return {
        "area": np.array(panel.areas, dtype=object)[a],
        "topic": np.array(panel.topics, dtype=object)[k],
        "period": np.array(counts.labels, dtype=object)[t],
        "observed": panel.counts[cell],
        "expected": judged.expected[cell],
        "lower": judged.lower[cell],
        "upper": judged.upper[cell],
        "score": judged.score[cell],
        "p_value": judged.p[cell],
        "q_value": judged.q[cell],
        "signal": judged.signal[cell],
    }


def write(columns: dict, target: Path | None, whole: tuple[str, ...] = WHOLE) -> None:
    """CSV or Parquet, written beside and renamed into place; no value is an empty cell."""
    import duckdb

    with duckdb.connect() as db:
        db.register("rows", columns)
        chosen = "SELECT " + ", ".join(_cell(name, whole) for name in COLUMNS) + " FROM rows"
        if target is None:
            _to_stdout(db.execute(chosen))
            return
        shape = "FORMAT parquet" if target.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
        with beside(target) as draft:
            quoted = str(draft).replace("'", "''")
            db.execute(f"COPY ({chosen}) TO '{quoted}' ({shape})")


def _cell(name: str, whole: tuple[str, ...]) -> str:
    if name in TEXTS:
        return f"CAST({name} AS VARCHAR) AS {name}"
    value = f"CASE WHEN isfinite({name}) THEN {name} END"
    return f"CAST({value} AS BIGINT) AS {name}" if name in whole else f"{value} AS {name}"


def _to_stdout(result) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    try:
        writer.writerow(COLUMNS)
        while rows := result.fetchmany(10_000):
            writer.writerows(rows)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
