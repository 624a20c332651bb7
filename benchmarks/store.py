"""The country in the store: bytes a count, memory and time of loading, and how long three questions
take.

python -m benchmarks.store [--areas 14500] [--topics 48] [--months 156] [--rate 48] [--home MAP]
[--repeats 40]

Counts are drawn by chance (seeded) over the neighbourhoods and people of a population file, at the
level of registered crime: about 48 a year per 1,000 inhabitants over all kinds, most of it in few
kinds, uneven over neighbourhoods, so that about nine of ten counts are zero. The last two months
are provisional, one kind in fifty is not published by month.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from koers.analysis.period import Period, span
from koers.figures.manifest import Draft, Snapshot
from koers.figures.queries.cross_section import get_cross_section
from koers.figures.queries.panel import get_panel
from koers.figures.queries.writes.writing import Coded
from koers.figures.store import FigureStore

FRAME = Path(__file__).resolve().parents[2] / "shared/data/population/buurten_2024.csv"
SEED = 20240101
YEARLY_RATE = 48.0
TABLE = "benchmark-land"
LAST = Period(2024, 12, "month")
BATCH = 100
SMALL, LARGE = "GM0397", "GM0363"


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--areas", type=int, default=14_500)
    ask.add_argument("--topics", type=int, default=48)
    ask.add_argument("--months", type=int, default=156)
    ask.add_argument(
        "--rate",
        type=float,
        default=YEARLY_RATE,
        help="counts a year per 1,000 inhabitants, all kinds together",
    )
    ask.add_argument("--repeats", type=int, default=40)
    ask.add_argument("--home", type=Path, help="keep the store here (a later run reads it again)")
    ask.add_argument(
        "--part",
        choices=("load", "ask"),
        help="what a process of its own does; used by this command",
    )
    ask.add_argument("--question", default="")
    chosen = ask.parse_args()
    if chosen.part:
        print(json.dumps(_load(chosen) if chosen.part == "load" else _ask(chosen)))
        return
    with tempfile.TemporaryDirectory(prefix="koers-benchmark-") as folder:
        chosen.home = chosen.home or Path(folder)
        _report(chosen)


def _report(chosen: argparse.Namespace) -> None:
    if not list(FigureStore(chosen.home).of_table(TABLE)):
        print(f"load: {_apart(chosen, 'load')}")
    snapshot = FigureStore(chosen.home).of_table(TABLE)[0]
    rows = snapshot.manifest.rows
    for name in sorted(snapshot.manifest.files):
        print(f"{name}: {(snapshot.path / name).stat().st_size / rows:.3f} bytes a count")
    print(
        f"all files: {snapshot.manifest.size / rows:.3f} bytes a count, {rows:,} counts,"
        f" {snapshot.manifest.size / 1e6:.0f} MB"
    )
    for question in QUESTIONS:
        cold = [_apart(chosen, "ask", question, cold=True) for _ in range(5)]
        warm = _apart(chosen, "ask", question)
        first = [c["first_ms"] for c in cold]
        print(
            f"{question}: {warm['values']:,} values; warm median {warm['median_ms']:.1f} ms, p95"
            f" {warm['p95_ms']:.1f} ms; first question of a new process, files out of the page"
            f" cache: median {np.median(first):.0f} ms (of which opening"
            f" {np.median([c['open_ms'] for c in cold]):.0f} ms)"
        )


def _apart(chosen: argparse.Namespace, part: str, question: str = "", cold: bool = False) -> dict:
    """Every measurement in a process of its own, so that its memory and its caches are its own."""
    if cold:
        for snapshot in FigureStore(chosen.home).snapshots():
            _forget(snapshot)
    command = [
        sys.executable,
        "-m",
        "benchmarks.store",
        "--home",
        str(chosen.home),
        "--part",
        part,
        "--question",
        question,
    ]
    command += [
        "--areas",
        str(chosen.areas),
        "--topics",
        str(chosen.topics),
        "--months",
        str(chosen.months),
    ]
    command += ["--rate", str(chosen.rate)]
    command += ["--repeats", "1" if cold else str(chosen.repeats)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _forget(snapshot: Snapshot) -> None:
    """Drop a snapshot's files from the page cache."""
    for file in snapshot.path.iterdir():
        handle = os.open(file, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def _frame(areas: int) -> tuple[list[str], np.ndarray]:
    with FRAME.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))[:areas]
    return [row["nhood_id"] for row in rows], np.array(
        [float(row["population"] or 0) for row in rows]
    )


def _topics(number: int) -> tuple[str, ...]:
    return tuple(f"{1 + i // 16}.{1 + i // 8 % 2}.{1 + i % 8}" for i in range(number))


def _load(chosen: argparse.Namespace) -> dict:
    codes, people = _frame(chosen.areas)
    store = FigureStore(chosen.home)
    store.write(
        _draft("inwoners", "key-figures"),
        {
            "area": np.array(codes, dtype=object),
            "topic": np.array(["inhabitants"] * len(codes), dtype=object),
            "period": np.array(["2024"] * len(codes), dtype=object),
            "value": people,
            "status": np.array(["final"] * len(codes), dtype=object),
        },
    )
    begin = time.perf_counter()
    drawing = [0.0]
    snapshot = store.write_stream(_draft(TABLE, "crime"), _batches(chosen, codes, people, drawing))
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {
        "rows": snapshot.manifest.rows,
        "seconds": round(seconds),
        "of which drawing the counts": round(drawing[0]),
        "peak memory MB": round(peak),
        "zero": round(_zero_share(store), 3),
    }


def _zero_share(store: FigureStore) -> float:
    query = "SELECT count(*) FILTER (value = 0) / count(*) FROM observations WHERE table_name = ?"
    return store.connect().execute(query, [TABLE]).fetchone()[0]


def _batches(
    chosen: argparse.Namespace, codes: list[str], people: np.ndarray, drawing: list[float]
) -> Iterator[dict]:
    rng = np.random.default_rng(SEED)
    topics = _topics(chosen.topics)
    periods = tuple(str(p) for p in span(LAST.shift(1 - chosen.months), LAST))
    share = rng.lognormal(0, 1.3, len(topics))
    rate = chosen.rate / 12 / 1000 * share / share.sum()
    season = 1 + 0.15 * np.cos(2 * np.pi * np.arange(len(periods)) / 12)
    unpublished = (
        np.arange(len(topics)) % 50 == 49 if len(topics) >= 50 else np.zeros(len(topics), bool)
    )
    for start in range(0, len(codes), BATCH):
        begin = time.perf_counter()
        here = people[start : start + BATCH]
        level = here[:, None] * rate * rng.gamma(2, 0.5, (len(here), len(topics)))
        values = rng.poisson(level[:, :, None] * season).astype(np.float64)
        values[:, unpublished] = np.nan
        a, t, p = np.meshgrid(
            np.arange(len(here)), np.arange(len(topics)), np.arange(len(periods)), indexing="ij"
        )
        late = (p.ravel() >= len(periods) - 2).astype(np.int32)
        batch = {
            "area": Coded(tuple(codes[start : start + BATCH]), a.ravel().astype(np.int32)),
            "topic": Coded(topics, t.ravel().astype(np.int32)),
            "period": Coded(periods, p.ravel().astype(np.int32)),
            "value": values.ravel(),
            "status": Coded(("final", "provisional"), late),
        }
        drawing[0] += time.perf_counter() - begin
        yield batch


def _draft(table: str, scheme: str) -> Draft:
    return Draft(
        source="benchmark",
        table=table,
        title=table,
        content="observations",
        scheme=scheme,
        sha256="0" * 64,
        address="",
        licence="",
        attribution="",
    )


def _series(store: FigureStore, chosen: argparse.Namespace):
    area, topic = f"{SMALL.replace('GM', 'BU')}0000", _topics(chosen.topics)[3]
    found = get_panel(store, table=TABLE, level="neighbourhood", topics=[topic], within=[area])
    return found.panel.counts


def _panel(code: str):
    def question(store: FigureStore, chosen: argparse.Namespace):
        topics = _topics(chosen.topics)
        return get_panel(
            store, table=TABLE, level="neighbourhood", topics=topics, within=[code]
        ).panel.counts

    return question


def _cross(store: FigureStore, chosen: argparse.Namespace):
    found = get_cross_section(
        store, table=TABLE, period=str(LAST.shift(-30)), level="neighbourhood"
    )
    return found.counts


QUESTIONS = {
    "one neighbourhood, one kind, all months": _series,
    f"panel of a small municipality ({SMALL})": _panel(SMALL),
    "panel of one of middle size (GM0392)": _panel("GM0392"),
    f"panel of the largest ({LARGE})": _panel(LARGE),
    "the country in one month": _cross,
}


def _ask(chosen: argparse.Namespace) -> dict:
    question = QUESTIONS[chosen.question]
    store = FigureStore(chosen.home)
    begin = time.perf_counter()
    store.connect()
    opened = 1000 * (time.perf_counter() - begin)
    times = []
    for _ in range(chosen.repeats + 1):
        begin_one = time.perf_counter()
        counts = question(store, chosen)
        # Zeros that nobody touched are not yet in memory: that is part of the time as well.
        float(counts.sum())
        times.append(1000 * (time.perf_counter() - begin_one))
    first = opened + times[0]
    rest = times[1:]
    return {
        "values": int(counts.size),
        "open_ms": opened,
        "first_ms": first,
        "median_ms": float(np.median(rest)),
        "p95_ms": float(np.percentile(rest, 95)),
    }


if __name__ == "__main__":
    main()
