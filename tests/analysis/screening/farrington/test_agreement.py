"""Agreement with R's farringtonFlexible on every reference evaluation (marked shared)."""

from __future__ import annotations

import csv
import gzip
import json

import numpy as np
import pytest

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span
from koers.analysis.screening.farrington import UnsuitableOptionsError, farrington
from tests.analysis.screening.farrington.reference import (
    column,
    differences,
    evaluations,
    options_of,
    sources,
)

pytestmark = pytest.mark.shared
TINY_MEAN = 1e-6
SERIES_CONFIGS = {"default": "default", "nb_w1p10": "m_w1p10_nb", "delta_w1p10": "m_w1p10_delta"}
DATA = [
    "hepatitisA",
    "meningo.age",
    "n1",
    "rotaBB",
    "rotaBB_yearly",
    "salmNewport",
    "salmNewport_monthly",
    "salmonella.agona",
]


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "reference" / "farrington"


@pytest.fixture(scope="module")
def configs(folder):
    return json.loads((folder / "configs.json").read_text())


@pytest.fixture(scope="module")
def given(folder):
    return sources(folder)


@pytest.fixture(scope="module")
def expected(folder):
    return evaluations(folder / "out_farringtonFlexible.csv.gz", "dataset", "config")


def disagreements(found, rows, area, period) -> int:
    """How many of the rows differ in bound, alarm, expected count or p-value."""
    tiny = column(rows, "expected") < TINY_MEAN
    place = (area, np.zeros(len(rows), dtype=int), period)
    bad = found.alarm[place] != (column(rows, "alarm") == 1)
    bad |= differences(found.upper[place], column(rows, "upperbound")) > 1
    for ours, name in ((found.expected, "expected"), (found.p, "pvalue")):
        bad |= (differences(ours[place], column(rows, name)) > 1) & ~tiny
    return int(bad.sum())


@pytest.mark.parametrize("data", DATA)
def test_every_evaluation_of_a_data_set_agrees(configs, given, expected, data):
    source = given[data]
    compared = {}
    for (name, config), rows in expected.items():
        if name != data:
            continue
        period = column(rows, "k").astype(int) - 1
        area = np.array([source.panel.areas.index(row["unit"]) for row in rows])
        options = options_of(configs[source.frequency][config])
        found = farrington(source.panel, options, source.dates, sorted(set(period.tolist())))
        compared[config] = (disagreements(found, rows, area, period), len(rows))
        assert found.judged[period].all()
    assert sum(rows for _, rows in compared.values()) >= 28
    assert {config: bad for config, (bad, _) in compared.items() if bad} == {}


def test_the_combination_with_overwritten_blocks_is_refused(configs, given):
    options = options_of(configs["monthly"]["m_w3p10_nb_BLOCKBUG"])
    with pytest.raises(UnsuitableOptionsError) as refused:
        farrington(given["rotaBB"].panel, options, given["rotaBB"].dates)
    assert (refused.value.option, refused.value.largest) == ("no_periods", 6)


@pytest.mark.parametrize("kind", ["null", "outbreak"])
@pytest.mark.parametrize("config", SERIES_CONFIGS)
def test_the_thousand_simulated_series_agree(folder, configs, config, kind):
    with gzip.open(folder / "series_input.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    counts = np.array([float(row["count"]) for row in rows]).reshape(1000, 1, 120)
    if kind == "outbreak":
        counts[:, 0, 119] = np.array([float(row["count_outbreak"]) for row in rows]).reshape(
            1000, 120
        )[:, 119]
    months = span(Period(2014, 1, "month"), Period(2023, 12, "month"))
    panel = Panel(counts, tuple(map(str, range(1000))), ("x",), months, np.ones((1000, 120)))
    results = evaluations(folder / f"series_{config}_{kind}.csv.gz")[()]
    series, period = column(results, "series").astype(int), column(results, "month").astype(int) - 1
    found = farrington(
        panel,
        options_of(configs["monthly"][SERIES_CONFIGS[config]]),
        positions=sorted(set(period.tolist())),
    )
    assert disagreements(found, results, series, period) == 0
