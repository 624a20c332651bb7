"""Deliberate faults in the rules, queries and statistics of Koers: how many do the tests see?

python -m benchmarks.mutants [--seed 1] [--count 200] [--skip 0] [--only FOLDER] [--tests ...]

A seeded sample of all faults. Each test runs once as it is, and again with each fault that it
reached and that no test has seen yet. Ends with 1 when fewer than 90 % of the faults are seen,
those left out that are no other behaviour (same.yaml says why). Outcomes are kept: what is broken
off goes on, and with other tests only what is left is tried. Compiled kernels are left out: their
tests hold them against references.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.mutants import kept
from benchmarks.mutants.faults import ROOT, SOURCE, Fault, Place, places
from benchmarks.mutants.kept import KILLED, NOT_INJECTED, SAME, Judged
from benchmarks.mutants.plugin import Work

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
# In this order: who sees most in the least time comes first.
TESTS = (
    *("tests/apps/rules", "tests/analysis", "tests/records", "tests/tables", "tests/figures"),
    *("tests/indicators", "tests/charts", "tests/apps", "tests/documents", "tests/sources"),
    *("tests/upkeep", "tests/web"),
)
# What takes long for a fault, and what works in a process of its own, where no fault is.
UNASKED = "not slow and not wheel and not browser"
LEAST = 0.9
SAME_BEHAVIOUR = Path(__file__).with_name("same.yaml")
"""Of each file the faults with which it reads otherwise and does the same, by name, and why."""
Outcome = tuple[Fault, Judged]


def main() -> None:
    asked = _arguments()
    sample = _sample(asked.only, asked.count, asked.seed)[asked.skip :]
    faults = [place.write() for place in sample]
    same = same_behaviour()
    if asked.again:
        asked.kept.unlink(missing_ok=True)
    open_ones = [f for f in faults if f.name not in same]
    _try_all(Work(open_ones, asked.tests, asked.seconds, asked.kept.resolve(), asked.near))
    judged = kept.read(asked.kept) | {name: Judged(SAME, why) for name, why in same.items()}
    raise SystemExit(_report([(fault, judged.get(fault.name, Judged())) for fault in faults]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--skip", type=int, default=0, help="leave out so many of the sample")
    parser.add_argument("--only", nargs="*", default=[], help="files or folders, from the root")
    parser.add_argument("--tests", nargs="*", default=list(TESTS), help="test files or folders")
    parser.add_argument(
        "--seconds", type=float, default=120, help="of processor time that one fault may take"
    )
    parser.add_argument("--near", type=int, default=0, help="ask so many of the nearest tests only")
    outcomes = ROOT / ".cache" / "mutants" / "outcomes.json"
    parser.add_argument("--kept", type=Path, default=outcomes, help="outcomes so far")
    parser.add_argument("--again", action="store_true", help="forget the outcomes so far")
    return parser.parse_args()


def same_behaviour() -> dict[str, str]:
    of_files = yaml.safe_load(SAME_BEHAVIOUR.read_text()).values()
    return {name: why for found in of_files for name, why in found.items()}


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
    # By a number of its own, so that a fault stays in the sample when code elsewhere changes.
    return sorted(found, key=lambda place: _drawn(seed, place.name))[:count]


def _drawn(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _try_all(work: Work) -> None:
    """In one process of pytest, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        given = Path(home) / "work"
        given.write_bytes(pickle.dumps(work))
        known = {
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "DJANGO_SETTINGS_MODULE": "koers.web.settings",
            "KOERS_HOME": home,
            "OPENBLAS_NUM_THREADS": "1",
            "HYPOTHESIS_EXAMPLES": "few",
        }
        call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header"]
        call += ["-p", "benchmarks.mutants.plugin", f"--work={given}", "-m", UNASKED, *work.order]
        if subprocess.run(call, cwd=ROOT, env=os.environ | known, check=False).returncode not in (
            0,
            5,
        ):
            raise SystemExit("the tests could not be run")


def _report(outcomes: Sequence[Outcome]) -> int:
    made = [o for o in outcomes if o[1].outcome != NOT_INJECTED]
    for fault, judged in sorted(made, key=lambda o: (o[0].path, o[0].lines)):
        if judged.is_open():
            asked = f"{judged.tests} tests in {judged.seconds:.0f} s"
            print(f"\n{fault.name} {fault.where} {fault.function} ({fault.operator})")
            print(f"{judged.outcome}: {asked}\n{fault.diff}")
    print("\n" + _by_area(made))
    for fault, judged in outcomes:
        if judged.outcome == NOT_INJECTED:
            print(f"not made: {fault.name} {fault.where} ({fault.operator}) {judged.by}")
    same = sum(judged.outcome == SAME for _, judged in made)
    seen = sum(judged.outcome == KILLED for _, judged in made)
    counted = len(made) - same
    share = seen / counted if counted else 1.0
    print(f"{seen} of {counted} faults seen ({100 * share:.1f} %); {same} are no other behaviour, ")
    print(f"{len(outcomes) - len(made)} could not be made")
    return 0 if share >= LEAST else 1


def _by_area(outcomes: Sequence[Outcome]) -> str:
    areas: dict[str, Counter[str]] = {}
    for fault, judged in outcomes:
        parts = Path(fault.path).relative_to("src/koers").parts
        areas.setdefault("/".join(parts[:2]), Counter())[judged.outcome] += 1
    return "\n".join(
        f"  {area:24s} " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
        for area, counts in sorted(areas.items())
    )


if __name__ == "__main__":
    main()
