"""Faults of every kind, injected in the loading of one table; what may come of it is the right
figures or a clear error."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from koers.figures.store import FigureStore
from koers.sources.live import Addresses, load_live
from koers.sources.web import Patience
from tests.sources import country
from tests.sources.odata_server import Recorded, answer, serve
from tests.sources.server import Answer

TABLE = "47022NED"
REGION = ["GM9001", "GM9002"]
PATIENCE = Patience(attempts=5, timeout=0.25, first_wait=0.001, longest_wait=0.005, whole=0.5)
KINDS = (
    "drop",
    "429",
    "500",
    "503",
    "slow",
    "cut",
    "half a page",
    "garbage",
    "repeated page",
    "missing page",
    "wrong content type",
    "no number",
    "unknown code",
    "wrong count",
    "drip",
)

# The answers have 174 and 1,914 rows: some of these sizes fit them exactly, so that the last page
# is a full one.
PAGES = (97, 301, 87, 174, 319, 638, 957, 1914)


@dataclass
class Outcome:
    """What 500 faults led to: loads that ended right, with a clear error, or (never) wrong."""

    faults: Counter = field(default_factory=Counter)
    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    reasons: Counter = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.faults.values())


def expected() -> dict[tuple[str, str, str], float | None]:
    """The true figures of the region and the country."""
    areas = {
        a: a
        for a in country.MUNICIPALITIES | country.DISTRICTS | country.NEIGHBOURHOODS
        if a[2:6] in ("9001", "9002")
    }
    areas["NL00"] = "NL"
    return {
        (label, topic, month.replace("MM", "-")): country.count(topic, code, month)
        for code, label in areas.items()
        for topic in country.CRIME
        for month in country.MONTHS
    }


def inject(wanted: int, seed: int) -> Outcome:
    """Loads with faults until as many have been injected, in pages of sizes that fit the answers
    exactly or do not."""
    chance = random.Random(seed)
    outcome = Outcome()
    truth = expected()
    with serve(country.police_tables()) as source:
        loads = 0
        while outcome.total < wanted or loads < len(KINDS):
            kind = KINDS[loads % len(KINDS)]
            loads += 1
            source.page = chance.choice(PAGES)
            share = chance.choice((0.1, 0.2, 0.5, 1.0))
            stubborn = chance.random() < 0.15
            source.fault = _fault(source, kind, share, stubborn, chance, outcome)
            _one_load(source, truth, kind, outcome)
    return outcome


def _fault(
    source: Recorded,
    kind: str,
    share: float,
    stubborn: bool,
    chance: random.Random,
    outcome: Outcome,
):
    """Stubborn faults come back at every attempt for the same question; the others only once for
    each."""
    hit: dict[str, bool] = {}
    budget = 12

    def fault(number: int, path: str):
        nonlocal budget
        first = path not in hit
        if first:
            hit[path] = chance.random() < share
        if path == "/" or not hit[path] or (not first and not stubborn) or budget == 0:
            return None
        bad = _bad(source, kind, path, chance)
        if bad is not None:
            budget -= 1
            outcome.faults[kind] += 1
        return bad

    return fault


def _bad(source: Recorded, kind: str, path: str, chance: random.Random) -> Answer | None:
    good = answer(source, path)
    plain = {
        "drop": Answer(drop=True),
        "429": Answer(429, "text/plain", b"", {"Retry-After": "0"}),
        "500": Answer(500, "text/html", b"<h1>Server Error</h1>"),
        "503": Answer(503, "text/plain", b""),
        "slow": replace(good, wait=0.6),
        "drip": replace(good, drip=0.1),
        "cut": replace(good, cut=True) if good.body else None,
        "garbage": replace(good, body=bytes(chance.randrange(256) for _ in range(200))),
        "wrong content type": Answer(200, "text/html", b"<html>Onderhoud</html>"),
        "wrong count": (
            replace(good, body=str(chance.randrange(5000)).encode()) if "$count" in path else None
        ),
    }
    if kind in plain:
        return plain[kind]
    if "$count" in path:
        return None
    document = json.loads(good.body)
    rows = document["value"]
    if kind == "half a page":
        document["value"] = rows[: len(rows) // 2]
        return replace(good, body=json.dumps(document).encode()) if len(rows) > 1 else None
    if kind == "missing page":
        return replace(good, body=json.dumps({"value": []}).encode())
    if "TypedDataSet" not in path or not rows:
        return None
    if kind == "repeated page":
        skip = parse_qs(urlsplit(path).query).get("$skip")
        if not skip:
            return None
        other = answer(source, path.replace(f"skip={skip[0]}", "skip=0"))
        document["value"] = (json.loads(other.body)["value"] * 2)[: len(rows)]
    elif kind == "no number":
        column = "GeregistreerdeMisdrijven_1"
        rows[chance.randrange(len(rows))][column] = chance.choice(
            ["12", True, -3, float("nan"), float("inf"), [1]]
        )
    elif kind == "unknown code":
        rows[chance.randrange(len(rows))]["WijkenEnBuurten"] = "BU12345678"
    return replace(good, body=json.dumps(document).encode())


def _one_load(source: Recorded, truth: dict, kind: str, outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory() as home:
        store = FigureStore(Path(home))
        addresses = Addresses(
            source.address,
            source.address,
            source.address,
            source.address,
            source.address,
            source.address,
        )
        report = load_live(store, REGION, None, 2028, addresses, sources=[TABLE], patience=PATIENCE)
        query = "SELECT area, topic, period, value FROM observations"
        found = {(a, t, p): v for a, t, p, v in store.connect().execute(query).fetchall()}
    if found == truth and not report.refused:
        outcome.right += 1
    elif not found and report.refused:
        outcome.refused += 1
        outcome.reasons[report.refused[0].problem.split(":")[0][:60]] += 1
    else:
        outcome.wrong.append(
            f"{kind}: {len(found)} of {len(truth)} figures, {[str(r) for r in report.refused]}"
        )
