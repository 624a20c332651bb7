"""The country: 14,500 neighbourhoods, 48 topics, 156 months, screened from Parquet.

python -m benchmarks.country [--all] [--curve] [--region CODE] [--areas 14500] [--cores 2] [--keep
FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period, span
from koers.analysis.screening import screen_family
from koers.figures.manifest import Draft
from koers.figures.queries.panel import get_panel
from koers.figures.store import FigureStore

SHARED = Path(__file__).resolve().parents[2] / "shared"
TOPICS = tuple(
    f"{a}.{b}.{c}"
    for a, b, n in (
        (1, 1, 2),
        (1, 2, 5),
        (1, 4, 7),
        (1, 6, 3),
        (2, 1, 1),
        (2, 2, 1),
        (2, 4, 2),
        (2, 5, 2),
        (2, 6, 8),
        (2, 7, 2),
        (3, 1, 3),
        (3, 2, 2),
        (3, 3, 2),
        (3, 5, 2),
        (3, 6, 2),
        (3, 7, 2),
        (3, 9, 2),
    )
    for c in range(1, n + 1)
)


YEARLY = 20.0


def frame(areas: int, months: int) -> Panel:
    """The neighbourhoods of the Netherlands with their population; no counts."""
    rows = duckdb.execute(
        "SELECT nhood_id, coalesce(try_cast(population AS DOUBLE), 0) FROM read_csv(?) ORDER BY"
        " hash(nhood_id) LIMIT ?",
        [str(SHARED / "data/population/buurten_2024.csv"), areas],
    ).fetchall()
    codes = tuple(sorted(code for code, _ in rows))
    people = dict(rows)
    population = np.array([people[code] or np.nan for code in codes])[:, None].repeat(months, 1)
    first = Period(2013, 1, "month")
    groups = {code: (f"WK{code[2:8]}", f"GM{code[2:6]}") for code in codes}
    return Panel(
        np.empty((len(codes), 0, months)),
        codes,
        (),
        span(first, first.shift(months - 1)),
        population,
        groups,
    )


def generate(shape: Panel, topics: tuple[str, ...], file: Path, seed: int = 1) -> dict[str, float]:
    """Write counts in the store's long format, at about the sparsity of real figures: rates from
    Zipf-like to rare."""
    rng = np.random.default_rng(seed)
    months, areas = len(shape.periods), len(shape.areas)
    people = np.nan_to_num(shape.population[:, 0], nan=50.0)
    town = np.unique([a[2:6] for a in shape.areas], return_inverse=True)[1]
    # Per 1,000 inhabitants a year, before what areas differ.
    yearly = YEARLY / np.arange(2, len(topics) + 2) ** 1.35
    t = np.arange(months)
    zeros = total = 0.0
    with duckdb.connect() as db:
        db.execute(
            "CREATE TABLE t (area VARCHAR, topic VARCHAR, period VARCHAR, value DOUBLE, status"
            " VARCHAR)"
        )
        db.execute("SET preserve_insertion_order = true; SET memory_limit = '6GB'")
        names = np.array(shape.areas, dtype=object).repeat(months)
        when = np.tile(np.array([str(p) for p in shape.periods], dtype=object), areas)
        db.register("labels", {"area": names.astype(str), "period": when.astype(str)})
        db.execute("CREATE TABLE labels_kept AS SELECT * FROM labels")
        parts = []
        for k, topic in enumerate(topics):
            local = np.exp(rng.normal(0, 0.7, areas) + rng.normal(0, 0.3, town.max() + 1)[town])
            wave = (
                0.2 * np.cos(2 * np.pi * t / 12 + rng.uniform(0, 6)) + rng.normal(0, 0.04) * t / 12
            )
            mean = (people / 1000 * yearly[k] / 12 * local)[:, None] * np.exp(wave)[None, :]
            counts = rng.negative_binomial(np.maximum(mean, 1e-9) / 0.3, 1 / 1.3)
            zeros += float((counts == 0).mean()) / len(topics)
            total += float(counts.sum())
            db.register("values_now", {"value": counts.ravel().astype(float)})
            part = file.with_name(f"{file.stem}-{k:02d}.parquet")
            db.execute(
                f"COPY (SELECT area, '{topic}' AS topic, period, value, 'final' AS status FROM"
                f" labels_kept POSITIONAL JOIN values_now) TO '{part}' (FORMAT parquet, COMPRESSION"
                " zstd)"
            )
            parts.append(part)
        listed = ", ".join(f"'{part}'" for part in parts)
        db.execute(
            f"COPY (FROM read_parquet([{listed}])) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"
        )
        for part in parts:
            part.unlink()
    return {"rows": float(areas * months * len(topics)), "counted": total, "share of zeros": zeros}


class Reader:
    """Counts of one topic at a time out of one long Parquet file (area, topic, period, value,
    status)."""

    def __init__(self, file: Path, shape: Panel) -> None:
        self.file, self.shape = file, shape
        self.db = duckdb.connect()
        self.db.execute(
            "CREATE TABLE a AS SELECT unnest(?) AS area, unnest(range(?)) AS i",
            [list(shape.areas), len(shape.areas)],
        )
        names = [str(p) for p in shape.periods]
        self.db.execute(
            "CREATE TABLE p AS SELECT unnest(?) AS period, unnest(range(?)) AS t",
            [names, len(names)],
        )

    def __call__(self, topic: str) -> Floats:
        """Counts (periods, areas); NaN where the file holds nothing or no value. A cell stands in
        it once at most."""
        cells = len(self.shape.periods) * len(self.shape.areas)
        held = self.db.execute(
            "SELECT count(*) FROM read_parquet(?) WHERE topic = ?", [str(self.file), topic]
        )
        # Where a topic holds every cell, what is not read is zero: most is.
        whole = held.fetchall()[0][0] == cells
        rows = self.db.execute(
            "SELECT (p.t * ? + a.i)::INTEGER AS cell, value FROM read_parquet(?) o JOIN a USING"
            " (area) JOIN p USING (period) WHERE o.topic = ?"
            f" {'AND o.value IS DISTINCT FROM 0' if whole else ''}",
            [len(self.shape.areas), str(self.file), topic],
        ).fetchnumpy()
        counts = np.zeros(cells) if whole else np.full(cells, np.nan)
        counts[rows["cell"]] = np.ma.filled(np.ma.asarray(rows["value"], dtype=np.float64), np.nan)
        return counts.reshape(len(self.shape.periods), len(self.shape.areas))


def region(code: str, shape: Panel, file: Path, topics: tuple[str, ...]) -> None:
    """A municipality and its neighbours end to end: from the store's Parquet to the list of
    signals."""
    listed = json.loads((SHARED / "data/geo/gemeente_buren_2024.json").read_text())
    around = {code, *next(row["buren"] for row in listed if row["gemeente"] == code)}
    inside = [a for a in shape.areas if shape.groups[a][-1] in around]
    rows = duckdb.execute(
        "SELECT area, topic, period, value, status FROM read_parquet(?) WHERE area IN (SELECT"
        " unnest(?)) AND topic IN (SELECT unnest(?)) AND period <= ?",
        [str(file), inside, list(topics), str(shape.periods[-1])],
    ).fetchnumpy()
    columns = {name: np.ma.getdata(values) for name, values in rows.items()}
    with tempfile.TemporaryDirectory() as home:
        FigureStore(Path(home)).write(
            Draft(
                source="made-up",
                table="country",
                title="Benchmark",
                content="observations",
                scheme="crime",
                sha256="0" * 64,
                address="",
                licence="",
                attribution="",
            ),
            columns,
        )
        people = np.array([shape.population[shape.areas.index(a), 0] for a in inside])
        FigureStore(Path(home)).write(
            Draft(
                source="made-up",
                table="people",
                title="Benchmark",
                content="observations",
                scheme="key-figures",
                sha256="1" * 64,
                address="",
                licence="",
                attribution="",
            ),
            {
                "area": np.array(inside, dtype=object),
                "topic": np.array(["inhabitants"] * len(inside), dtype=object),
                "period": np.array(["2024"] * len(inside), dtype=object),
                "value": np.nan_to_num(people),
                "status": np.array(["final"] * len(inside), dtype=object),
            },
        )
        # As the site does: one store, which keeps its files open, and a panel read anew for each
        # question.
        store = FigureStore(Path(home))
        spent, parts = [], []
        for _ in range(12):
            start = time.perf_counter()
            found = get_panel(store, table="country", level="neighbourhood", topics=topics)
            read = time.perf_counter()
            assert found is not None
            family = screen_family(found.panel, found.panel.periods[-1], code)
            spent.append(time.perf_counter() - start)
            parts.append(read - start)
    print(
        f"region of {len(around)} municipalities, {len(inside)} neighbourhoods x {len(topics)}"
        f" topics x {len(shape.periods)} months, 3 levels, 3 windows, {family.tested:,} tests of"
        f" the municipality: median {np.median(spent[2:]):.3f} s, worst {max(spent[2:]):.3f} s, of"
        f" which reading {np.median(parts[2:]):.3f} s; the first time in a process {spent[0]:.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=14_500)
    parser.add_argument("--topics", type=int, default=48)
    parser.add_argument("--months", type=int, default=156)
    parser.add_argument(
        "--all", action="store_true", help="every month as it would have been screened then"
    )
    parser.add_argument(
        "--curve", action="store_true", help="cost a series from 1,000 to 700,000 series"
    )
    parser.add_argument(
        "--region", metavar="CODE", help="only a municipality with its neighbours, end to end"
    )
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("/tmp/koers-country.parquet"))
    wanted = parser.parse_args()
    os.environ["KOERS_CORES"] = str(wanted.cores)
    from koers.analysis.screening.stream import screen_stream

    shape = frame(wanted.areas, wanted.months)
    topics = TOPICS[: wanted.topics]
    if not wanted.keep.exists():
        start = time.perf_counter()
        print(
            "generated",
            generate(shape, topics, wanted.keep),
            f"{time.perf_counter() - start:.0f} s",
        )
    print(
        f"{len(shape.areas)} areas x {len(topics)} topics x {wanted.months} months,"
        f" {wanted.keep.stat().st_size / 1e6:.0f} MB Parquet"
    )
    if wanted.region:
        region(wanted.region, shape, wanted.keep, topics)
        return
    if wanted.curve:
        rng = np.random.default_rng(0)
        for n in (20, 100, 500, 2_000, 5_000, 14_500):
            small = frame(n, wanted.months)
            made = rng.poisson(0.4, (wanted.months, len(small.areas))).astype(float)
            screen_stream(small, topics[:2], lambda _, made=made: made)
            start = time.perf_counter()
            screen_stream(small, topics, lambda _, made=made: made)
            spent = time.perf_counter() - start
            series = n * len(topics)
            print(
                f"{series:>8} series: {spent:7.2f} s, {1e6 * spent / series:7.1f} microseconds a"
                " series"
            )
        return
    warm = frame(200, 40)
    screen_stream(warm, topics[:2], lambda _: np.ones((40, 200)), last=None)
    for last in (1, *([None] if wanted.all else [])):
        start = time.perf_counter()
        shape = frame(wanted.areas, wanted.months)
        found = screen_stream(shape, topics, Reader(wanted.keep, shape), last=last)
        spent = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        what = "one month" if last else "every month as it would have been screened then"
        print(
            f"{what}: {spent:.1f} s, {peak:.2f} GB, {found.tested.sum():,} tests, {found.p.size:,}"
            " signals"
        )


if __name__ == "__main__":
    main()
