"""The country over the wire: counts of every neighbourhood, kind and month, from a server without
delay to the archive.

    python -m benchmarks.wire [--areas 2700 --areas 14500] [--topics 48] [--months 156]

The server is a process of its own that makes its pages out of what it wrote before: the rows of
every kind are those of the first with another code. Each size is loaded in a process of its own, as
`koers load 47022NED --all` does; its peak memory is that of the whole process. At the end counts
and sum in the archive are held against what was served.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.sources.server import NOT_FOUND, Answer, Running, serving

TABLE, VALUE, PAGE = "47022NED", "GeregistreerdeMisdrijven_1", 10_000
LAST_YEAR = 2025
FIRST_TOPIC = "0.0.0 "
_TOPIC = re.compile(r"SoortMisdrijf eq '([^']*)'")


def topics_of(number: int) -> list[str]:
    others = (f"{1 + i // 20}.{1 + i // 10 % 2}.{1 + i % 10}".ljust(6) for i in range(number - 1))
    return [FIRST_TOPIC, *others]


def months_of(number: int) -> list[str]:
    last = 12 * (LAST_YEAR + 1)
    return [f"{m // 12}MM{m % 12 + 1:02d}" for m in range(last - number, last)]


def areas_of(number: int) -> list[str]:
    """Neighbourhoods of made-up municipalities of forty."""
    return [f"BU{1000 + k // 40:04d}{k % 40:04d}" for k in range(number)]


def value_of(number: int) -> int:
    """Nine of ten are zero, as in the country."""
    drawn = number * 2_654_435_761 % 2**32
    return drawn % 7 if drawn % 10 == 0 else 0


def server(asked: argparse.Namespace, tell) -> None:
    topics, months, areas = topics_of(asked.topics), months_of(asked.months), areas_of(asked.areas)
    rows = len(areas) * len(months)
    codes = {"SoortMisdrijf": topics, "WijkenEnBuurten": areas, "Perioden": months}
    kinds = {
        "SoortMisdrijf": "Dimension",
        "WijkenEnBuurten": "GeoDetail",
        "Perioden": "TimeDimension",
    }
    small = {
        n: [{"Key": c, "Title": c.strip(), "Status": "Definitief"} for c in these]
        for n, these in codes.items()
    }
    small["TableInfos"] = [{"ID": 0, "Title": "Misdrijven", "Modified": "2026-01-15T02:00:00"}]
    small["DataProperties"] = [{"Key": name, "Type": kind} for name, kind in kinds.items()]
    small["DataProperties"] += [{"Key": VALUE, "Type": "Topic", "Unit": "aantal"}]
    base = f"/ODataFeed/odata/{TABLE}/"

    def page(skip: int) -> bytes:
        these = [
            {
                "SoortMisdrijf": FIRST_TOPIC,
                "WijkenEnBuurten": areas[n // len(months)],
                "Perioden": months[n % len(months)],
                VALUE: value_of(n),
            }
            for n in range(skip, min(skip + PAGE, rows))
        ]
        body = {"odata.metadata": "", "value": these}
        if skip + PAGE < rows:
            body["odata.nextLink"] = (
                f"http://internal.invalid{base}TypedDataSet?$format=json&$skip={skip + PAGE}"
            )
        return json.dumps(body).encode()

    pages = {skip: page(skip) for skip in range(0, rows, PAGE)}

    def answer(path: str) -> Answer:
        split = urlsplit(path)
        said = {name: values[0] for name, values in parse_qs(split.query).items()}
        entity = split.path.removeprefix(base)
        if entity.startswith("TypedDataSet"):
            topic = _TOPIC.findall(said.get("$filter", ""))
            if len(topic) != 1 or topic[0] not in topics:
                return NOT_FOUND
            if entity.endswith("$count"):
                return Answer(kind="text/plain", body=str(rows).encode())
            whole = pages[int(said.get("$skip", "0"))]
            return Answer(body=whole.replace(f'"{FIRST_TOPIC}"'.encode(), f'"{topic[0]}"'.encode()))
        if entity.endswith("/$count"):
            return Answer(
                kind="text/plain", body=str(len(small[entity.removesuffix("/$count")])).encode()
            )
        return (
            Answer(body=json.dumps({"value": small[entity]}).encode())
            if entity in small
            else NOT_FOUND
        )

    with serving(Running(answer=answer)) as state:
        tell.put(
            (state.address, asked.topics * rows, asked.topics * sum(map(value_of, range(rows))))
        )
        while True:
            time.sleep(3600)


def client(address: str, months: int) -> dict:
    from koers.analysis.period import Period
    from koers.figures.store import FigureStore
    from koers.sources.live import Addresses, load_live

    since = Period.parse(months_of(months)[0])
    with tempfile.TemporaryDirectory(prefix="koers-benchmark-") as home:
        store = FigureStore(Path(home))
        received = [0.0]
        begin = time.perf_counter()

        def progress(done: float, total: float, text: str) -> None:
            received[0] = time.perf_counter() - begin if text else received[0]

        report = load_live(
            store,
            None,
            None,
            LAST_YEAR + 1,
            Addresses(*[address] * 6),
            progress,
            sources=[TABLE],
            since=since,
        )
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        if report.refused:
            raise SystemExit(str(report.refused[0]))
        query = "SELECT count(*), sum(value) FROM observations"
        rows, total = store.connect().execute(query).fetchone()
        size = report.loaded[0].manifest.size
    return {
        "received": received[0],
        "seconds": seconds,
        "peak": peak,
        "rows": rows,
        "sum": total,
        "bytes": size / rows,
    }


def measure(asked: argparse.Namespace, areas: int) -> None:
    asked = argparse.Namespace(**{**vars(asked), "areas": areas})
    context = multiprocessing.get_context("spawn")
    tell = context.Queue()
    serving_process = context.Process(target=server, args=(asked, tell), daemon=True)
    serving_process.start()
    try:
        address, rows, total = tell.get()
        command = [
            sys.executable,
            "-m",
            "benchmarks.wire",
            "--client",
            address,
            "--months",
            str(asked.months),
        ]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    finally:
        serving_process.kill()
    found = json.loads(done.stdout.splitlines()[-1])
    right = (found["rows"], found["sum"]) == (rows, total)
    print(
        f"{found['rows']:>12,} rows: {found['received']:6.0f} s received, {found['seconds']:6.0f} s"
        f" in the archive, peak {found['peak']:5.0f} MB, {found['bytes']:.3f} bytes a count, as"
        f" served: {right}",
        flush=True,
    )
    if not right:
        raise SystemExit("the archive does not hold what was served")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--areas", type=int, action="append")
    parser.add_argument("--topics", type=int, default=48)
    parser.add_argument("--months", type=int, default=156)
    parser.add_argument(
        "--client", default="", help="what a process of its own does; used by this command"
    )
    asked = parser.parse_args()
    if asked.client:
        print(json.dumps(client(asked.client, asked.months)))
        return
    for areas in asked.areas or [2_700, 14_500]:
        measure(asked, areas)


if __name__ == "__main__":
    main()
