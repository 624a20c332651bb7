"""A table of a million rows from a server that answers each page after 150 ms: Koers beside
``cbsodata``.

    python -m benchmarks.load [--rows 1000000] [--wait 0.15]

Server and clients are processes of their own; the same table, the same server, the same values at
the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
from tests.sources.server import NOT_FOUND, Answer, Running, serving

TABLE, VALUE, PAGE = "47022NED", "GeregistreerdeMisdrijven_1", 10_000
TOPICS = [f"{a}.{b}.{c}" for a in (1, 2) for b in range(1, 6) for c in (1, 2)]
PERIODS = [f"{year}MM{month:02d}" for year in range(2017, 2026) for month in range(1, 13)][:100]


def areas(rows: int) -> list[str]:
    return [f"BU9{k:07d}" for k in range(rows // (len(TOPICS) * len(PERIODS)))]


def value_of(number: int) -> int | None:
    return None if number % 997 == 0 else (number * 2_654_435_761 % 2**32) % 23


def table_rows(rows: int, begin: int, end: int):
    """Rows in the shape of the recorded ones: keys padded, the name of the municipality 30
    characters wide."""
    places = areas(rows)
    for number in range(begin, end):
        topic, rest = divmod(number, len(places) * len(PERIODS))
        area, period = divmod(rest, len(PERIODS))
        yield {
            "ID": number,
            "SoortMisdrijf": TOPICS[topic].ljust(6),
            "WijkenEnBuurten": places[area].ljust(10),
            "Perioden": PERIODS[period],
            VALUE: value_of(number),
            "Gemeentenaam_2": "Waterdorp".ljust(30),
            "SoortRegio_3": "Buurt   ",
        }


def lists(rows: int) -> dict[str, list[dict]]:
    codes = {
        "SoortMisdrijf": (TOPICS, 6),
        "WijkenEnBuurten": (areas(rows), 10),
        "Perioden": (PERIODS, 8),
    }
    kinds = {
        "SoortMisdrijf": "Dimension",
        "WijkenEnBuurten": "GeoDetail",
        "Perioden": "TimeDimension",
    }
    found = {
        name: [{"Key": code.ljust(width), "Title": code, "Status": "Definitief"} for code in these]
        for name, (these, width) in codes.items()
    }
    found["TableInfos"] = [{"ID": 0, "Title": "Misdrijven", "Modified": "2026-11-15T02:00:00"}]
    found["DataProperties"] = [{"Key": name, "Type": kind} for name, kind in kinds.items()]
    found["DataProperties"] += [{"Key": VALUE, "Type": "Topic", "Unit": "aantal"}]
    return found


def server(rows: int, wait: float, tell) -> None:
    """Serves pages that were written out before, so that the clients are measured and not the
    server."""
    small = lists(rows)
    base = f"/ODataFeed/odata/{TABLE}"
    names = [*small, "TypedDataSet", "UntypedDataSet"]
    pages: dict[tuple[str, int], bytes] = {}
    state = Running(answer=lambda path: NOT_FOUND, wait=wait)

    def page(select: str, skip: int) -> bytes:
        these = list(table_rows(rows, skip, min(skip + PAGE, rows)))
        if select:
            these = [{name: row[name] for name in select.split(",")} for row in these]
        body = {"odata.metadata": "", "value": these}
        if skip + PAGE < rows:
            chosen = f"&$select={quote(select)}" if select else ""
            body["odata.nextLink"] = (
                f"{state.address}{base}/TypedDataSet?$format=json{chosen}&$skip={skip + PAGE}"
            )
        return json.dumps(body).encode()

    def answer(path: str) -> Answer:
        split = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        entity = split.path.removeprefix(base).strip("/")
        if entity == "":
            listed = [{"name": name, "url": f"{state.address}{base}/{name}"} for name in names]
            return Answer(body=json.dumps({"value": listed}).encode())
        if entity == "TypedDataSet/$count":
            return Answer(kind="text/plain", body=str(rows).encode())
        if entity.endswith("/$count"):
            return Answer(
                kind="text/plain", body=str(len(small[entity.removesuffix("/$count")])).encode()
            )
        if entity == "TypedDataSet":
            return Answer(body=pages[asked.get("$select", ""), int(asked.get("$skip", "0"))])
        return (
            Answer(body=json.dumps({"value": small[entity]}).encode())
            if entity in small
            else NOT_FOUND
        )

    state.answer = answer
    with serving(state):
        for select in ("", f"SoortMisdrijf,WijkenEnBuurten,Perioden,{VALUE}"):
            for skip in range(0, rows, PAGE):
                pages[select, skip] = page(select, skip)
        tell.put(state.address)
        threading_forever()


def threading_forever() -> None:
    while True:
        time.sleep(3600)


def by_koers(address: str) -> dict:
    from koers.figures.manifest import Draft
    from koers.figures.store import FigureStore
    from koers.sources.coded import CodedRows, Labels
    from koers.sources.layout import Layout
    from koers.sources.odata import Service
    from koers.sources.pieces import Workshop
    from koers.sources.reading import Question

    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        with Service(address, workshop=Workshop(Path(home))) as service:
            service.prefetch(TABLE)
            dimensions = tuple(
                service.dimension(TABLE, [kind])
                for kind in ("Dimension", "GeoDetail", "TimeDimension")
            )
            received = service.read(TABLE, Layout(dimensions, (VALUE,)), [Question("")])
            loaded = time.perf_counter() - begin
            topic, area, period = dimensions
            labels = Labels(
                area=(area.name, list(area.plain)),
                topic=(topic.name, list(topic.plain)),
                period=(period.name, list(period.plain)),
                status=["final"] * len(period.codes),
            )
            rows = CodedRows(received, labels, VALUE)
            made = Draft(
                source="politie",
                table=TABLE,
                title="Misdrijven",
                content="observations",
                sha256=rows.digest(),
                address=address,
                licence="",
                attribution="",
                scheme="crime",
            )
            FigureStore(Path(home)).write_stream(made, rows.batches())
            kept = time.perf_counter() - begin
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            found = hashlib.sha256()
            for batch in rows.batches():
                codes = (
                    [batch[n].labels[code] for code in batch[n].codes]
                    for n in ("topic", "area", "period")
                )
                found.update(fingerprint(*codes, batch["value"]))
    return {
        "seconds": loaded,
        "kept": kept,
        "peak": peak,
        "rows": received.rows,
        "sha256": found.hexdigest(),
    }


def by_cbsodata(address: str) -> dict:
    import cbsodata
    from cbsodata import cbsodata3

    cbsodata3.options.use_https = False
    begin = time.perf_counter()
    # By default (typed=False) version 1.3.5 fetches TypedDataSet, with typed=True the untyped one.
    rows = cbsodata.get_data(TABLE, catalog_url=address.removeprefix("http://"))
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    columns = [
        [row[name].strip() for row in rows]
        for name in ("SoortMisdrijf", "WijkenEnBuurten", "Perioden")
    ]
    values = np.array(
        [np.nan if row[VALUE] is None else row[VALUE] for row in rows], dtype=np.float64
    )
    found = hashlib.sha256()
    # cbsodata gives titles for codes that it finds; here titles are the codes.
    found.update(fingerprint(*columns, values))
    return {
        "seconds": seconds,
        "kept": seconds,
        "peak": peak,
        "rows": len(rows),
        "sha256": found.hexdigest(),
    }


def fingerprint(topic, area, period, value) -> bytes:
    text = zip(topic, area, period, value, strict=True)
    return "".join(f"{t}|{a}|{p}|{'' if v != v else int(v)};" for t, a, p, v in text).encode()


def apart(client: str, address: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", "--client", client, "--address", address],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--wait", type=float, default=0.15)
    parser.add_argument("--client", choices=("koers", "cbsodata"))
    parser.add_argument("--address", default="")
    asked = parser.parse_args()
    if asked.client:
        print(json.dumps({"koers": by_koers, "cbsodata": by_cbsodata}[asked.client](asked.address)))
        return
    context = multiprocessing.get_context("spawn")
    tell = context.Queue()
    serving_process = context.Process(
        target=server, args=(asked.rows, asked.wait, tell), daemon=True
    )
    serving_process.start()
    try:
        address = tell.get()
        found = {client: apart(client, address) for client in ("koers", "cbsodata")}
    finally:
        serving_process.kill()
    for client, result in found.items():
        print(
            f"{client:>9}: {result['seconds']:7.2f} s received, {result['kept']:7.2f} s in the"
            f" archive, {result['peak']:6.0f} MB, {result['rows']:,} rows, {result['sha256'][:12]}"
        )
    same = len({result["sha256"] for result in found.values()}) == 1
    faster = found["cbsodata"]["seconds"] / found["koers"]["seconds"]
    kept = found["cbsodata"]["seconds"] / found["koers"]["kept"]
    print(
        f"same values: {same}; {faster:.1f} times as fast to receive, {kept:.1f} times with the"
        " archive written"
    )
    if not same:
        raise SystemExit("the values differ")


if __name__ == "__main__":
    main()
