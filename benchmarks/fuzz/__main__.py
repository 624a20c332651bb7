"""Hostile submissions of every form and mutated files of every importer, drawn with a seed.

    python -m benchmarks.fuzz --seed 1 --submissions 10000 --files 5000 [--database postgres]

Pages and forms are found by walking the site (every address that it knows, every link, every form
of every page) as somebody with all roles; a twelfth of the submissions comes from a visitor. Each
round is taken back, so that all start from the same site. Counted are answers of 500 with their
tracebacks, refused files of which something was loaded, and whether the process is there at the
end. It ends with 1 when there is any. ``--minutes`` stops earlier, and says after how many.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz.files import Files, bring_in
from benchmarks.fuzz.site import Site, settle, walk
from benchmarks.fuzz.submissions import every_address, submit
from benchmarks.fuzz.writes import undone
from benchmarks.waking import WALKED, wake

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Outcome:
    """``faults`` by their last lines, with how often; ``partial`` are loads in part."""

    submissions: int = 0
    files: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    traces: dict[str, str] = field(default_factory=dict)
    partial: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def good(self) -> bool:
        return not self.faults and not self.partial and not self.statuses[500]

    def note(self, site: Site, round_: str) -> None:
        for trace in site.troubles():
            last = "".join(trace.splitlines()[-4:-2])[:200] + " " + trace.splitlines()[-1][:200]
            self.faults[last] += 1
            self.traces.setdefault(last, f"{round_}\n{trace}")


def fuzz(
    site: Site, seed: int, submissions: int, files: int, until: float = float("inf")
) -> Outcome:
    """So many rounds of each kind, in turns; each draws from a seed of its own."""
    outcome, made = Outcome(), Files()
    for kind, number in _turns(submissions, files):
        if time.monotonic() > until:
            break
        chance = random.Random(f"{seed}-{kind}-{number}")
        begin = time.monotonic()
        with undone(), site.signed_in():
            if kind == "submission":
                outcome.statuses[submit(site, made, chance)] += 1
                outcome.submissions += 1
            else:
                statuses, partial = bring_in(site, made, chance)
                outcome.statuses.update(statuses)
                outcome.partial += [f"{kind} {number}: {each}" for each in partial]
                outcome.files += 1
        outcome.slowest = max(outcome.slowest, time.monotonic() - begin)
        outcome.note(site, f"{kind} {number}")
    return outcome


def _turns(submissions: int, files: int) -> Iterator[tuple[str, int]]:
    every = max(1, round(submissions / files)) if files else submissions + 1
    given = 0
    for number in range(submissions):
        yield "submission", number
        if number % every == 0 and given < files:
            yield "file", given
            given += 1
    yield from (("file", number) for number in range(given, files))


def _report(outcome: Outcome, seconds: float, say: Callable[[str], None] = print) -> None:
    say(
        f"{outcome.submissions} submissions and {outcome.files} files in {seconds:.0f} s;"
        f" slowest round {outcome.slowest:.1f} s"
    )
    say("answers: " + ", ".join(f"{n} of {s}" for s, n in sorted(outcome.statuses.items())))
    say(f"tracebacks: {sum(outcome.faults.values())} of {len(outcome.faults)} kinds")
    for fault, number in outcome.faults.most_common():
        say(f"--- {number} times\n{outcome.traces[fault]}")
    say(f"loaded in part: {len(outcome.partial)}")
    for each in outcome.partial[:20]:
        say(f"    {each}")
    say("the process is alive")


@contextlib.contextmanager
def _database(wanted: str) -> Iterator[None]:
    if wanted == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        yield
        return
    sys.path.insert(0, str(ROOT / "scripts"))
    from with_postgres import find_programs, server

    programs = find_programs()
    if programs is None:
        raise SystemExit("There is no PostgreSQL here.")
    with server(programs) as url:
        os.environ["DATABASE_URL"] = url
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--pages", type=int, default=400, help="how many pages are walked at most")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="koers-fuzz-") as home, _database(asked.database):
        nowhere = "django.core.mail.backends.dummy.EmailBackend"
        wake(home, **WALKED, EMAIL_BACKEND=nowhere)
        # A line for each of ten thousand requests says nothing here.
        logging.getLogger("koers.requests").setLevel(logging.WARNING)
        site = settle()
        walk(site, asked.pages)
        print(f"{len(site.addresses)} pages, {len(site.forms)} forms, {len(site.parameters)} names")
        begin = time.monotonic()
        until = begin + 60 * asked.minutes
        outcome = fuzz(site, asked.seed, asked.submissions, asked.files, until)
        outcome.statuses.update(status for _, status in every_address(site))
        outcome.note(site, "every address")
        _report(outcome, time.monotonic() - begin)
    raise SystemExit(0 if outcome.good else 1)


if __name__ == "__main__":
    main()
