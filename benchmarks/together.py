"""Do the margins of evaluations that are pooled hold what they say?

python -m benchmarks.together [--times 1000]

Made-up evaluations around a fall of 18 % (-0.2 on the log scale) with standard errors of 0.1 to
0.4, as evaluations of 10 to 100 cases have them; the effects themselves are the same everywhere, or
differ by so much (tau). Beside the prediction interval of Koers that of Higgins, Thompson and
Spiegelhalter.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy import stats

from koers.analysis.effects.meta_analysis import Together, meta_analysis

TRUTH, NUMBERS, APART, DRAWS = -0.2, (3, 5, 10), (0.0, 0.1, 0.3), 2_000


def drawn(rng: np.random.Generator, number: int, tau: float) -> tuple[Together, float]:
    """What so many evaluations say together, and the effect of a next one."""
    errors = rng.uniform(0.1, 0.4, number)
    effects = TRUTH + tau * rng.standard_normal(number + 1)
    found = effects[:number] + errors * rng.standard_normal(number)
    return meta_analysis(found, errors, draws=DRAWS), float(effects[number])


def higgins(found: Together) -> tuple[float, float]:
    half = stats.t.ppf(0.975, found.number - 2) * np.hypot(found.standard_error, found.tau2**0.5)
    return found.mean - half, found.mean + half


def measure(number: int, tau: float, times: int) -> None:
    rng = np.random.default_rng([number, int(10 * tau)])
    made = [drawn(rng, number, tau) for _ in range(times)]
    held = np.mean([f.interval[0] <= TRUTH <= f.interval[1] for f, _ in made])
    foreseen = np.mean([f.prediction[0] <= following <= f.prediction[1] for f, following in made])
    others = [higgins(f) for f, _ in made]
    theirs = np.mean([a <= x <= b for (a, b), (_, x) in zip(others, made, strict=True)])
    margins = [[getattr(f, name) for f, _ in made] for name in ("interval", "prediction")]
    usual = [np.round(100 * np.expm1(np.median(x, axis=0))) for x in (*margins, others)]
    cells = [
        f"{100 * share:5.1f} % ({low:+.0f} to {high:+.0f} %)"
        for share, (low, high) in zip((held, foreseen, theirs), usual, strict=True)
    ]
    print(f"{number:2d} evaluations, tau {tau:.1f}: " + "   ".join(cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=1_000)
    wanted = parser.parse_args()
    print("holds (usual margin): the mean; a next effect; the same by Higgins et al.")
    for number in NUMBERS:
        for tau in APART:
            measure(number, tau, wanted.times)


if __name__ == "__main__":
    main()
