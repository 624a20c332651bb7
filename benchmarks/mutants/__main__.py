"""Deliberate faults in the rules, queries and statistics of Koers: how many do the tests see?

python -m benchmarks.mutants [--seed 1] [--count 200] [--skip 0] [--only FOLDER] [--tests ...]

A seeded sample of all faults; of each the tests that reach its line are run, quickest first, until
one fails. Ends with 1 when fewer than 90 % of the faults are seen. A fault on a line that no test
reaches was not seen. Compiled kernels are left out: their tests hold them against references.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants.faults import ROOT, SOURCE, Fault, Place, places
from benchmarks.mutants.plugin import KILLED, NOT_INJECTED, SURVIVED, Trial
from benchmarks.mutants.reach import Reach, measured, pytest

# Rules stand here: who may, what may become of what, what is asked of the figures, what is said.
RULES = (
    "apps/*/rules.py",
    "apps/*/services/**/*.py",
    "apps/*/services.py",
    "apps/*/models.py",
    "apps/*/models/**/*.py",
    "apps/*/forms.py",
    "apps/*/forms/**/*.py",
    "apps/*/*.py",
    "apps/plan/overviews/*.py",
    "figures/queries/*.py",
    "analysis/**/*.py",
)
# Addresses, wiring and pages: what they do wrong is seen in a browser.
NO_RULES = ("urls.py", "apps.py", "enrolled.py", "views.py", "html.py", "__init__.py")
TESTS = ("tests/apps", "tests/figures", "tests/analysis", "tests/records", "tests/tables")
NOT_REACHED = "no test reaches it"
LEAST = 0.9
MOST_TESTS, MOST_SECONDS = 150, 60.0


@dataclass(frozen=True)
class Outcome:
    fault: Fault
    outcome: str
    by: str = ""
    tests: int = 0


def main() -> None:
    asked = _arguments()
    reach = measured(asked.reach, asked.tests, asked.workers)
    sample = _sample(asked.only, asked.count, asked.seed)[asked.skip :]
    outcomes = _try_all([place.write() for place in sample], reach, asked.tests, asked.workers)
    raise SystemExit(_report(outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--skip", type=int, default=0, help="faults of the sample tried before")
    parser.add_argument("--only", nargs="*", default=[], help="files or folders, from the root")
    parser.add_argument("--tests", nargs="*", default=list(TESTS), help="test files or folders")
    parser.add_argument("--workers", type=int, default=2)
    kept = ROOT / ".cache" / "mutants" / "reach.json"
    parser.add_argument("--reach", type=Path, default=kept, help="what was measured before")
    return parser.parse_args()


def files_with_rules() -> list[Path]:
    found = {f for pattern in RULES for f in SOURCE.glob(pattern)}
    return sorted(f for f in found if f.name not in NO_RULES and "migrations" not in f.parts)


def _sample(only: Sequence[str], count: int, seed: int) -> list[Place]:
    files = [
        f
        for f in files_with_rules()
        if not only or any(f.is_relative_to((ROOT / o).resolve()) for o in only)
    ]
    found = [place for file in files for place in places(file)]
    print(
        f"{len(found)} faults in {len(files)} files; {min(count, len(found))} are tried", flush=True
    )
    return random.Random(seed).sample(found, min(count, len(found)))


def _try_all(
    faults: Sequence[Fault], reach: Reach, tests: Sequence[str], workers: int
) -> list[Outcome]:
    outcomes, trials = [], []
    for number, fault in enumerate(faults):
        chosen = _chosen(reach, fault, tests)
        if chosen:
            seconds = 20 + 5 * sum(reach.seconds[t] for t in chosen)
            trials.append(Trial(number, fault, tuple(chosen), seconds))
        else:
            outcomes.append(Outcome(fault, NOT_REACHED))
    with ThreadPoolExecutor(workers) as pool:
        for found in pool.map(_work, [trials[n::workers] for n in range(workers)]):
            outcomes += [
                Outcome(faults[o["number"]], o["outcome"], o["by"], o["tests"]) for o in found
            ]
    return outcomes


def _chosen(reach: Reach, fault: Fault, tests: Sequence[str]) -> list[str]:
    """As many of the quickest tests as fit in the time that a fault may take."""
    found, spent = [], 0.0
    reached = reach.tests_of if fault.function else reach.tests_of_names
    for test in reached(fault.path, fault.lines):
        if any(test.startswith(t) for t in tests):
            spent += reach.seconds[test]
            if found and (spent > MOST_SECONDS or len(found) == MOST_TESTS):
                break
            found.append(test)
    return found


def _work(trials: Sequence[Trial]) -> list[dict]:
    """One process tries these one after another."""
    if not trials:
        return []
    with tempfile.TemporaryDirectory() as folder:
        given, outcomes = Path(folder) / "trials", Path(folder) / "outcomes"
        given.write_bytes(pickle.dumps(list(trials)))
        files = sorted({t.partition("::")[0] for trial in trials for t in trial.tests})
        pytest([*files, f"--trials={given}", f"--outcomes={outcomes}", "--no-header"])
        if not outcomes.is_file():
            raise SystemExit("the tests could not be collected")
        return [json.loads(line) for line in outcomes.read_text().splitlines()]


def _report(outcomes: Sequence[Outcome]) -> int:
    counted = [o for o in outcomes if o.outcome != NOT_INJECTED]
    for one in sorted(counted, key=lambda o: (o.fault.path, o.fault.lines)):
        if one.outcome != KILLED:
            said = f"{one.outcome}" + (f" {one.tests} tests" if one.outcome == SURVIVED else "")
            print(f"\n{one.fault.where} {one.fault.function} ({one.fault.operator}): {said}")
            print(one.fault.diff)
    seen = sum(o.outcome == KILLED for o in counted)
    print("\n" + _by_area(counted))
    left = len(outcomes) - len(counted)
    for one in outcomes:
        if one.outcome == NOT_INJECTED:
            print(f"not made: {one.fault.where} ({one.fault.operator}) {one.by}")
    share = seen / len(counted) if counted else 1.0
    print(f"{seen} of {len(counted)} faults seen ({100 * share:.1f} %); {left} could not be made")
    return 0 if share >= LEAST else 1


def _by_area(outcomes: Sequence[Outcome]) -> str:
    areas: dict[str, Counter[str]] = {}
    for one in outcomes:
        parts = Path(one.fault.path).relative_to("src/koers").parts
        areas.setdefault("/".join(parts[:2]), Counter())[one.outcome] += 1
    return "\n".join(
        f"  {area:24s} " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
        for area, counts in sorted(areas.items())
    )


if __name__ == "__main__":
    main()
