"""The worked examples of the methods are what the code gives."""

from pathlib import Path

import numpy as np

from koers.analysis.clusters import (
    Foretold,
    Places,
    ScanOptions,
    near_repeats,
    scan_foretold,
    scan_poisson,
)
from koers.analysis.comparison import change, shrunken_rates
from koers.analysis.effects.design import simple_design
from koers.analysis.effects.eb import Expected
from koers.analysis.effects.meta_analysis import log_ratio, meta_analysis
from koers.analysis.effects.wdd import wdd
from koers.analysis.forecast import chance_of_target
from koers.dutch import number, percent

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"


def rows(name):
    text = (METHODS / name).read_text(encoding="utf-8")
    return [
        [c.strip() for c in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def test_the_changes_of_the_example():
    page = (METHODS / "vergelijken.md").read_text(encoding="utf-8")
    for before, after, says in ((20, 12, "geen aantoonbaar verschil"), (200, 120, "minder")):
        found = change(after, before)
        margin = f"{percent(found.lower)} tot {percent(found.upper)}"
        assert [str(before), str(after), percent(found.ratio), margin, says] in rows(
            "vergelijken.md"
        )
        assert found.certain == (says == "minder")
    wide = change(120, 200, 2)
    assert f"{percent(wide.lower)} tot {percent(wide.upper)}" in page


def test_the_rates_of_the_example():
    people, cases = np.array([300.0, 900, 2600, 3000, 5200]), np.array([3.0, 12, 20, 30, 90])
    found = shrunken_rates(cases, people)
    for i in range(5):
        one = [number(1000 * x[i], 1) for x in (found.raw, found.rate, found.lower, found.upper)]
        assert [
            number(people[i]),
            number(cases[i]),
            one[0],
            one[1],
            f"{one[2]} tot {one[3]}",
        ] in rows("vergelijken.md")


def test_how_high_a_rate_may_be_where_nothing_was_counted():
    found = shrunken_rates(np.zeros(14), np.full(14, 1000.0))
    page = (METHODS / "vergelijken.md").read_text(encoding="utf-8")
    assert f"de marge loopt tot {number(1000 * found.upper[0], 1)}." in page


def test_the_chances_of_the_example():
    for target, says in ((105, "op koers"), (70, "onzeker")):
        found = chance_of_target(np.array([120.0, 110, 95, 100, 88, 80]), 2, target, "down")
        assert [f"hoogstens {target}", f"{number(100 * found.chance)} %", says] in rows(
            "doel-op-koers.md"
        )
        assert (number(found.expected), number(found.lower), number(found.upper)) == (
            "77",
            "54",
            "108",
        )


def test_the_cluster_of_the_example():
    cases = np.array([2, 2, 2, 8, 8, 8, 2, 2, 2])[:, None]
    places, people = Places(np.arange(9.0), np.zeros(9)), np.full((9, 1), 1000.0)
    found = scan_poisson(places, cases, people, ScanOptions(), prospective=False).clusters[0]
    page = (METHODS / "clusters.md").read_text(encoding="utf-8")
    assert set(found.areas) == {3, 4, 5}
    says = (
        f"{found.cases} gevallen,\n{number(found.expected)} verwacht, score {number(found.llr, 3)},"
        " p = "
    )
    assert says + number(found.p_value, 3) in page


def test_the_clusters_of_the_map_of_the_example():
    places, mean = Places(np.arange(12.0), np.zeros(12)), np.full((1, 1, 12), 2.0)
    counts = np.array([2.0, 1, 3, 2, 7, 7, 7, 2, 1, 3, 2, 2])[None, None]
    page = " ".join((METHODS / "clusters.md").read_text(encoding="utf-8").split())
    for wild, says in ((1.5, "{}: een cluster"), (2.5, "{}: zo'n drietal")):
        found = scan_foretold(places, Foretold(counts, mean, wild * mean, (1,))).clusters[0]
        assert (sorted(found.areas), found.cases) == ([4, 5, 6], 21)
        assert f"{number(wild, 1)} keer het gemiddelde, dan is p = " in page
        assert says.format(f"p = {number(found.p_value, 3)}") in page


def test_the_pairs_of_the_example():
    away = np.array([0.0, 50, 1000, 1050])
    cell = near_repeats(np.zeros(4), away, np.array([1, 3, 101, 103])).cells[5]
    numbers = [
        number(cell.pairs),
        number(cell.expected, 2),
        number(cell.ratio, 1),
        number(cell.p_value, 3),
    ]
    assert [
        f"tot en met {number(cell.distance_to)} m",
        f"tot en met {cell.days_to}",
        *numbers,
    ] in rows("herhaling.md")


def test_the_forecast_of_the_example():
    found = Expected(30.0, 48.0, 80.0)
    middle = float(found.limits(0.5)[0])
    low, high = found.margin(0.95)
    page = " ".join((METHODS / "effect.md").read_text(encoding="utf-8").split())
    parts = " tot ".join(percent(1 + x) for x in found.ratio_margin(0.95))
    says = (
        f"Dat zijn er {number(middle - 30)} minder, met een marge van −{number(-low)} tot"
        f" −{number(-high)} gevallen, of {parts}: *werkt*. Een daling van 40 % was met"
        f" {number(100 * found.power(0.95).at(-0.4))} % kans gebleken."
    )
    assert says in page


def test_the_measure_of_the_example():
    counts = np.array([[20.0, 10], [20, 20]])
    found = wdd(simple_design(counts, np.array([True, False]), 1))
    page = (METHODS / "effect.md").read_text(encoding="utf-8")
    assert f"het effect is −{number(-found.effect)}." in page.lower()
    assert f"−{number(-found.interval[0])} tot +{number(found.interval[1])}" in page
    power = (METHODS / "power.md").read_text(encoding="utf-8")
    assert (
        f"{number(100 * found.power.at(-0.2))} % kans" in power
        and f"{number(100 * found.power.at(-0.6))} %." in power
    )


def test_the_evaluations_of_the_example_together():
    each = [
        (-0.35, 40, (-0.57, -0.04)),
        (-0.10, 120, (-0.29, 0.14)),
        (-0.28, 75, (-0.47, -0.03)),
        (-0.05, 60, (-0.33, 0.33)),
    ]
    shown = rows("samen.md")
    for name, (moved, expected, limits) in zip(
        ("eerste", "tweede", "derde", "vierde"), each, strict=True
    ):
        assert [name, str(expected), percent(1 + moved), _between(*limits)] in shown
    found = meta_analysis(*np.array([log_ratio(*one) for one in each]).T)
    mean = percent(np.exp(found.mean))
    assert ["**samen**", "", mean, _between(*np.expm1(found.interval))] in shown
    assert ["**een volgende**", "", "", _between(*np.expm1(found.prediction))] in shown
    assert f"Samen is het gemiddeld {mean}" in (METHODS / "samen.md").read_text(encoding="utf-8")


def _between(low, high):
    return f"{percent(1 + low)} tot {percent(1 + high)}"
