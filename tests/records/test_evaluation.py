"""What is kept of a judgement reads back, also in the form from before records."""

import datetime as dt

import pytest

from koers.records.evaluation import Detectable, Former, Parameters, Power, Result

PARAMETERS = {
    "method": "wdd",
    "indicator": "woninginbraak",
    "areas": ["VB010104"],
    "ring": ["VB010103"],
    "comparison": [],
    "start": "2025-09-01",
    "planned_change": -0.3,
    "horizon": 6,
    "fixed_at": "2026-01-12T09:30:00+00:00",
    "fixed_late": True,
    "late_changes": 1,
}
JUDGEMENT = {"what": "Zoals vastgelegd", "method": "wdd", "verdict": "werkt", "months": 6}
RESULT = {
    "main": JUDGEMENT | {"effect": -4.5, "lower": None, "upper": -1.0},
    "ring": None,
    "sensitivity": [{"what": "Zonder de ring", "method": "wdd", "error": "Te weinig maanden."}],
    "labels": ["2025-08", "2025-09"],
    "observed": [3.0, 1.0],
    "expected": [3.5, None],
    "first": "2025-09",
    "last": "2026-02",
    "horizon": 6,
    "planned_change": -0.3,
    "parts": [{"code": "A", "name": "Buurt", "municipality": "", "role": "maatregel"}],
    "balance": [{"name": "b", "treated": 1.0, "weighted": 1.1, "unweighted": 9.0}],
    "jackknife": [None, 0.2],
    "placebos": 0,
    "comparison_areas": 4,
    "notes": [],
}


@pytest.mark.parametrize(
    ("record", "older"),
    [
        (Parameters, PARAMETERS),
        (Result, RESULT),
        (Former, {"start": "2025-09-01", "areas": ["VB010104"]}),
        (Power, [{"months": 6, "smallest": -0.4, "chance": None}]),
    ],
)
def test_what_was_kept_before_records_reads_and_is_kept_with_its_schema(record, older):
    found = record.read(older)
    assert found.kept()["schema"] == 1
    assert record.read(found.kept()) == found


def test_what_was_fixed_has_its_types():
    found = Parameters.read(PARAMETERS)
    assert (found.start, found.areas) == (dt.date(2025, 9, 1), ("VB010104",))
    assert found.fixed_at == dt.datetime(2026, 1, 12, 9, 30, tzinfo=dt.UTC)


def test_a_result_is_final_once_its_term_is_over():
    found = Result.read(RESULT)
    assert found.final and found.sensitivity[0].error == "Te weinig maanden."
    early = found.model_copy(update={"main": found.main.model_copy(update={"months": 5})})
    assert not early.final


def test_what_could_be_shown_is_asked_by_its_term():
    found = Power.read([{"months": 6, "smallest": -0.4, "chance": 0.9}])
    assert found.after(6) == Detectable(months=6, smallest=-0.4, chance=0.9)
    assert found.after(12) is None and Power().after(6) is None


def test_a_change_names_only_what_changed():
    found = Former.read({"start": "2025-09-01", "ring": []})
    assert found.changed == ["ring", "start"]


def test_of_an_older_evaluation_there_are_no_other_outcomes():
    assert Parameters.read(PARAMETERS).secondary == ()
    assert Result.read(RESULT).secondary == ()
    assert "secondary" not in Former.read({"start": "2025-09-01"}).changed
