"""What stands beside a municipality: rates as rates, percentages as their source gives them, and
areas that still exist."""

import numpy as np
import pytest
from django.conf import settings

from koers.apps.intake.archive import public_shelf
from koers.apps.picture import presenters
from koers.apps.picture.readings import reading
from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.store import FigureStore
from tests.figures.rows import changes, draft, kept

pytestmark = pytest.mark.django_db

TOWNS = ("GM9001", "GM9002", "GM9003")
YEARS = ("2023", "2024", "2025")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def named(home, codes, names=None):
    """The names of these areas as a snapshot."""
    listed = {**dict.fromkeys(codes, ""), **(names or {})}
    columns = {
        "code": np.array(codes, dtype=object),
        "name": np.array([listed[c] or f"Gebied {c}" for c in codes], dtype=object),
        "level": np.array([cbs_level(c) for c in codes], dtype=object),
        "parent": np.array([cbs_parent(c) for c in codes], dtype=object),
        "latitude": np.full(len(codes), 52.3),
        "longitude": np.linspace(4.6, 4.7, len(codes)),
        "geometry": np.array([""] * len(codes), dtype=object),
    }
    FigureStore(home).write(draft(codes, "namen", content="areas", scheme=""), columns)


def people(home, codes, number=26_000.0):
    kept(
        home,
        [(c, "inhabitants", y, number) for c in codes for y in YEARS],
        table="mensen",
        scheme="key-figures",
    )


def test_a_percentage_is_set_beside_others_as_published_and_divided_by_nothing(home):
    named(home, TOWNS)
    people(home, TOWNS)
    shares = [
        (town, "prio1-within-norm", year, 80.0 + k)
        for k, town in enumerate(TOWNS)
        for year in YEARS
    ]
    kept(home, shares, table="47008NED", scheme="response")
    chart = presenters.beside_neighbours(
        public_shelf(), reading(public_shelf(), "GM9001", "reactietijd-prio-1")
    )
    assert chart.rows[-1] == ("2025", 80.0, 81.0, 82.0)
    assert "(%)" in chart.description and "inwoners" not in chart.description


def test_without_neighbours_it_stands_beside_those_that_are_like_it_and_no_more_is_claimed(home):
    named(home, TOWNS)
    people(home, TOWNS)
    kept(
        home,
        [(t, "1.1.1", y, 26.0 * (k + 1)) for k, t in enumerate(TOWNS) for y in YEARS],
        table="47018NED",
    )
    chart = presenters.beside_neighbours(
        public_shelf(), reading(public_shelf(), "GM9001", "misdrijven-totaal")
    )
    assert chart is None
    kept(
        home,
        [(t, "0.0.0", y, 26.0 * (k + 1)) for k, t in enumerate(TOWNS) for y in YEARS],
        table="totaal",
    )
    chart = presenters.beside_neighbours(
        public_shelf(), reading(public_shelf(), "GM9001", "misdrijven-totaal")
    )
    assert "die erop lijken" in chart.title and "alle andere" not in chart.title
    assert chart.rows[-1] == ("2025", 1.0, 2.0, 3.0)


def test_a_municipality_alone_is_compared_with_nobody(home):
    named(home, TOWNS[:1])
    people(home, TOWNS[:1])
    kept(home, [("GM9001", "0.0.0", year, 100.0) for year in YEARS], table="totaal")
    found = reading(public_shelf(), "GM9001", "misdrijven-totaal")
    assert found.is_own
    assert presenters.comparison(public_shelf(), found) is None
    assert presenters.beside_neighbours(public_shelf(), found) is None


def test_a_municipality_is_compared_with_the_one_other_that_has_figures(home):
    named(home, TOWNS[:2])
    people(home, TOWNS[:2])
    rows = [(t, "0.0.0", year, 100.0 + k) for k, t in enumerate(TOWNS[:2]) for year in YEARS]
    kept(home, rows, table="totaal")
    shelf = public_shelf()
    chart = presenters.comparison(shelf, reading(shelf, "GM9001", "misdrijven-totaal"))
    assert {row[0] for row in chart.rows} == {"Gebied GM9001", "Gebied GM9002"}


def test_a_neighbourhood_that_was_split_is_no_longer_on_the_map(home):
    old, parts, whole = "BU90010002", ("BU90010005", "BU90010006"), "BU90010000"
    named(home, (old, *parts, whole, "WK900100", "GM9001"))
    changes(home, [(old, part, 2025, "split", 0.5) for part in parts])
    months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    rows = [(whole, "1.1.1", month, 1.0) for month in months]
    rows += [(old, "1.1.1", month, 2.0) for month in months if month < "2025"]
    rows += [(part, "1.1.1", month, 1.0) for month in months if month >= "2025" for part in parts]
    kept(home, rows, table="eigen")
    shown = [
        area.code for area in presenters.neighbourhoods(public_shelf(), "GM9001", "woninginbraak")
    ]
    assert shown == [whole, *parts]


def test_of_a_survey_that_is_loaded_it_is_said_that_too_few_were_asked_and_not_that_koers_waits(
    home,
):
    named(home, ("GM9001", "NL"), {"NL": "Nederland"})
    kept(
        home, [("NL", "unsafe-own-neighbourhood", "2025", 14.5)], table="85146NED", scheme="survey"
    )
    found = reading(public_shelf(), "GM9001", "onveilig-in-buurt")
    assert found.national
    assert "te weinig mensen ondervraagd" in found.own_missing
    assert "basisteam" in found.team_missing
    assert "14,5" in presenters.trend(found).description
