"""One indicator in one area: which figures are taken, and what is said of them."""

from __future__ import annotations

import math
import uuid
from datetime import date

import numpy as np
import pytest
from django.conf import settings

from koers.analysis.period import Period, span
from koers.apps.picture.readings import goal_outlook, reading, yearly_values
from koers.figures.manifest import Draft
from koers.figures.store import FigureStore

NAN = math.nan
BURGLARY = "1.1.1"
MONTHS = [str(p) for p in span(Period(2020, 1, "month"), Period(2024, 12, "month"))]
YEARS = [str(year) for year in range(2016, 2025)]


@pytest.fixture
def figures(tmp_path, monkeypatch):
    """Adds a table of (area, period, value) to a home of its own; the last ``late`` periods are provisional."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    store = FigureStore(tmp_path)

    def add(rows, *, table="proef", topic=BURGLARY, scheme="crime", late=()):
        columns = {
            "area": np.array([r[0] for r in rows], dtype=object),
            "topic": np.array([topic] * len(rows), dtype=object),
            "period": np.array([r[1] for r in rows], dtype=object),
            "value": np.array([r[2] for r in rows], dtype=np.float64),
            "status": np.array(["provisional" if r[1] in late else "final" for r in rows], dtype=object),
        }
        draft = Draft(source="proef", table=table, title="Een proef", content="observations", scheme=scheme, sha256=uuid.uuid4().hex,
                      address="", licence="open data", attribution="Politie")  # fmt: skip
        return store.write(draft, columns)

    return add


def series(area, periods, values):
    return [(area, period, value) for period, value in zip(periods, values, strict=True)]


def test_the_last_twelve_complete_months_are_held_against_the_twelve_before(figures):
    values = [2.0] * 34 + [3.0] * 12 + [9.0] * 12 + [1.0, 0.0]
    snapshot = figures(series("GM9001", MONTHS, values), late=MONTHS[-2:])
    found = reading("GM9001", "woninginbraak")
    assert (found.recent, found.before) == (108, 36)
    assert found.recent_label == "in 12 maanden t/m oktober 2024"
    assert found.verdict.startswith("meer: +200 % (marge ")
    assert found.snapshot == snapshot.manifest.id
    assert f"peilmoment {found.snapshot}" in found.source_line


def test_a_month_that_is_not_published_makes_the_year_unknown_and_not_smaller(figures):
    values = [4.0] * 60
    values[-5] = NAN
    figures(series("GM9001", MONTHS, values))
    found = reading("GM9001", "woninginbraak")
    assert math.isnan(found.recent)
    assert found.before == 48
    assert found.verdict == "te weinig gegevens voor een vergelijking"
    assert math.isnan(found.observed[-5])


def test_few_cases_get_no_percentage(figures):
    figures(series("GM9001", MONTHS, [0.0] * 48 + [0, 1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0]))
    found = reading("GM9001", "woninginbraak")
    assert (found.recent, found.before) == (4, 0)
    assert "%" not in found.verdict


def test_months_go_before_years_and_years_do_where_there_are_no_months(figures):
    figures(series("GM9001", YEARS, [50.0] * 9), table="jaren")
    assert reading("GM9001", "woninginbraak").frequency == "year"
    figures(series("GM9001", MONTHS, [4.0] * 60), table="maanden")
    assert reading("GM9001", "woninginbraak").frequency == "month"


def test_a_municipality_is_the_sum_of_its_neighbourhoods_where_it_has_no_figures_of_its_own(figures):
    rows = series("BU90010001", MONTHS, [1.0] * 60) + series("BU90010002", MONTHS, [2.0] * 60)
    figures(rows)
    found = reading("GM9001", "woninginbraak")
    assert (found.recent, found.summed, found.is_own) == (36, True, True)
    assert "som van de buurten" in found.source_line


def test_without_figures_of_its_own_the_country_is_shown_and_named_so(figures):
    figures(series("NL", YEARS, [90000.0] * 9))
    found = reading("GM9001", "woninginbraak")
    assert found.national
    assert not found.is_own
    assert found.shown.code == "NL"


def test_without_any_figure_it_says_for_which_table_it_waits(figures):
    figures(series("GM9001", YEARS, [5.0] * 9), topic="2.2.1")
    found = reading("GM9001", "woninginbraak")
    assert not found.available
    assert {"47013NED", "47018NED", "47022NED"} <= set(found.indicator.waits_for.split(", "))
    assert goal_outlook("woninginbraak", "GM9001", 1, date(2030, 1, 1)).state == "none"


def test_the_rate_is_per_thousand_of_what_the_indicator_names_and_unknown_where_that_is(figures):
    figures(series("GM9001", YEARS, [50.0] * 9))
    figures([("GM9001", "2024", 20000.0)], table="mensen", topic="inhabitants", scheme="key-figures")
    assert math.isnan(reading("GM9001", "woninginbraak").rate)
    assert "woningen" in reading("GM9001", "woninginbraak").rate_missing
    figures([("GM9001", "2024", 10000.0)], table="woningen", topic="dwellings", scheme="key-figures")
    assert reading("GM9001", "woninginbraak").rate == 5.0
    assert reading("GM9001", "woninginbraak").rate_missing == ""


def test_an_older_snapshot_gives_the_reading_of_then(figures):
    old = figures(series("GM9001", YEARS, [50.0] * 9))
    figures(series("GM9001", YEARS, [60.0] * 9))
    assert reading("GM9001", "woninginbraak").recent == 60
    assert reading("GM9001", "woninginbraak", [old.manifest.id]).recent == 50


def test_yearly_values_do_not_overlap_and_leave_provisional_months_out(figures):
    figures(series("GM9001", MONTHS, range(60)), late=MONTHS[-2:])
    values, ends = yearly_values(reading("GM9001", "woninginbraak"))
    assert values.tolist() == [sum(range(10 + 12 * k, 22 + 12 * k)) for k in range(4)]
    assert ends == 2024 + 10 / 12


@pytest.mark.parametrize(
    ("target", "state", "words"),
    [(90, "on_course", "Op koers: kans"), (70, "unsure", "Onzeker: kans"), (20, "off_course", "Niet op koers: kans")],
)
def test_a_goal_is_followed_by_the_figures(figures, target, state, words):
    figures(series("GM9001", YEARS[-6:], [120.0, 110, 95, 100, 88, 80]))
    found = goal_outlook("woninginbraak", "GM9001", target, date(2027, 1, 1))
    assert (found.state, found.text.startswith(words)) == (state, True)
    assert f"streefwaarde {target}" in found.text


@pytest.mark.parametrize(("target", "says"), [(1, "kans minder dan 1 %"), (9999, "kans meer dan 99 %")])
def test_no_goal_is_called_impossible_or_certain(figures, target, says):
    figures(series("GM9001", YEARS[-6:], [120.0, 110, 95, 100, 88, 80]))
    assert says in goal_outlook("woninginbraak", "GM9001", target, date(2027, 1, 1)).text


def test_a_goal_with_too_short_a_history_is_told_so(figures):
    figures(series("GM9001", YEARS[-3:], [120.0, 110, 95]))
    assert goal_outlook("woninginbraak", "GM9001", 90, date(2027, 1, 1)).state == "too_few"
