from __future__ import annotations

import csv

import numpy as np
import pytest

from koers.analysis.screening.ears import ears
from koers.analysis.screening.glr import glr, glr_panel
from tests.analysis.screening.farrington.reference import column, differences, evaluations, sources

EARS = {"earsC1": ("C1", 7), "earsC2": ("C2", 7), "earsC3": ("C3", 7), "earsC1_b12": ("C1", 12)}
GLR = ["meningo.age", "n1", "rotaBB", "salmonella.agona"]


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "reference" / "farrington"


@pytest.fixture(scope="module")
def others(folder):
    return evaluations(folder / "out_other_algorithms.csv.gz", "alg", "dataset")


@pytest.mark.shared
@pytest.mark.parametrize("name", EARS)
def test_ears_agrees_with_r_on_every_data_set(folder, others, name):
    compared = 0
    for data, source in sources(folder).items():
        rows = others.get((name, data), [])
        method, baseline = EARS[name]
        found = ears(source.panel.counts[:, 0], method, baseline=baseline)
        place = (
            np.array([source.panel.areas.index(row["unit"]) for row in rows], dtype=int),
            column(rows, "k").astype(int) - 1,
        )
        assert (differences(found.upper[place], column(rows, "upperbound")) <= 1).all()
        alarms = column(rows, "alarm")
        assert (found.alarm[place] == (alarms == 1))[~np.isnan(alarms)].all()
        compared += len(rows)
    assert compared > 1000


@pytest.mark.shared
@pytest.mark.parametrize("data", GLR)
def test_glr_agrees_with_r_on_its_means(folder, others, data):
    rows = others["glrnb_intercept", data]
    with (folder / f"glrnb_mu0_{data}.csv").open() as file:
        model = {int(row["k"]): row for row in csv.DictReader(file)}
    mean = np.array([float(model[int(row["k"])]["mu0"]) for row in rows])
    alpha = float(next(iter(model.values()))["alpha"])
    found = glr(column(rows, "observed"), mean, alpha)
    assert (differences(found.score, column(rows, "upperbound")) <= 1).all()
    assert (found.alarm == (column(rows, "alarm") == 1)).all()
