"""What stands out: how often something is said of a municipality in which nothing goes on, and
whether what was planted is said.

``python -m benchmarks.highlights [--towns 1000]``: municipalities as the country is (rates of
eleven kinds of crime, years that come and go as registered crime does), of 8,000 to 200,000 people;
then the same with one kind of at least fifty a year multiplied in its last year or its last three.
"""

from __future__ import annotations

import argparse

import numpy as np

from koers.analysis.dispersion import Dispersion
from koers.analysis.highlights import YearSeries, highlights, standing
from koers.analysis.panel import Floats

YEARS = tuple(range(2012, 2026))
RATES = (0.0008, 0.0002, 0.0015, 0.0004, 0.0047, 0.0001, 0.0014, 0.0023, 0.0044, 0.002, 0.0007)
"""Of eleven kinds of crime in a year, each inhabitant: about the country's in 2025."""
WILD = Dispersion(0.15)
PLANTED = [(ratio, years) for ratio in (2.0, 3.0, 0.5, 1 / 3) for years in (1, 3)]
Change = tuple[float, int]


def drawn(chance: np.random.Generator, mean: Floats) -> Floats:
    """Counts that come and go as ``WILD`` says."""
    above = np.maximum(WILD.at_each(mean) - 1, 1e-9)
    return chance.negative_binomial(np.maximum(mean / above, 1e-9), 1 / (1 + above)).astype(float)


def town(
    chance: np.random.Generator, people: float, kind: int = -1, change: Change = (1.0, 1)
) -> list[YearSeries]:
    """A municipality as the country is, but for one kind in its last years."""
    found = []
    for number, rate in enumerate(RATES):
        mean = np.full(len(YEARS), rate * people)
        if number == kind:
            mean[-change[1] :] *= change[0]
        others = chance.uniform(10_000, 150_000, 200)
        found.append(
            YearSeries(
                str(number),
                YEARS,
                drawn(chance, mean),
                np.full(len(YEARS), people),
                np.full(len(YEARS), rate * 17e6),
                np.full(len(YEARS), 17e6),
                drawn(chance, rate * others),
                others,
                WILD,
            )
        )
    return found


def said_of_nothing(towns: int, seed: int = 1) -> float:
    """The share of municipalities of which something is said though nothing goes on."""
    chance = np.random.default_rng(seed)
    sizes = chance.uniform(8e3, 2e5, towns)
    return float(np.mean([bool(standing(town(chance, people))) for people in sizes]))


def found_of_planted(towns: int, change: Change, seed: int = 2) -> float:
    """The share in which the kind that was changed is in one of the three sentences."""
    chance = np.random.default_rng(seed)
    found = 0
    for _ in range(towns):
        kind = int(chance.integers(len(RATES)))
        people = float(chance.uniform(1, 4) * 50 / RATES[kind])
        facts = highlights(town(chance, people, kind, change))
        found += any(fact.key == str(kind) for fact in facts)
    return found / towns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=1000)
    towns = parser.parse_args().towns
    print(f"| {towns} municipalities a row | |\n|---|---|")
    print(f"| nothing goes on: something is said | {100 * said_of_nothing(towns):.1f} % |")
    shares = []
    for ratio, years in PLANTED:
        shares.append(found_of_planted(towns, (ratio, years)))
        last = "the last year" if years == 1 else f"the last {years} years"
        print(f"| × {ratio:.2f} in {last}: is in the three sentences | {100 * shares[-1]:.1f} % |")
    print(f"| all of these together | {100 * np.mean(shares):.1f} % |")


if __name__ == "__main__":
    main()
