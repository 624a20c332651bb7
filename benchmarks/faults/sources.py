"""Faults injected in loads: drops, 429, 500, slow, cut off, garbage, repeated and missing pages,
wrong content types.

    python -m benchmarks.faults sources [--faults 500] [--seed 1]
"""

from __future__ import annotations

import argparse
import time

from tests.sources.faults import inject


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.faults sources", description=__doc__)
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(given)
    begin = time.perf_counter()
    outcome = inject(asked.faults, asked.seed)
    seconds = time.perf_counter() - begin
    print(
        f"{outcome.total} faults in {outcome.right + outcome.refused + len(outcome.wrong)} loads"
        f" ({seconds:.0f} s)"
    )
    for kind, number in sorted(outcome.faults.items()):
        print(f"  {number:5d} {kind}")
    print(
        f"exactly the right figures: {outcome.right}; a clear error: {outcome.refused}; wrong:"
        f" {len(outcome.wrong)}"
    )
    for reason, number in outcome.reasons.most_common():
        print(f"  {number:5d} {reason}")
    if outcome.wrong:
        raise SystemExit("\n".join(outcome.wrong))
