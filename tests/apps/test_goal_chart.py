"""The chart of a goal: what was counted, and a fan where there is something to be expected."""

from datetime import date

import pytest

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Goal
from koers.apps.plan.services.outlook import course_of, forecast_chart
from koers.charts import render
from tests.apps.test_readings import (
    COUNTED,
    MONTHS,
    NAN,
    YEARS,
    figures,  # noqa: F401
    series,
)

pytestmark = pytest.mark.django_db
FAN = ("12 maanden tot", "Geteld", "Verwacht")
MARKS_FAN = ("12 maanden tot", "Cijfer", "Verwacht")
NO_FAN = ("12 maanden tot", "Geteld", "Streefwaarde")


@pytest.fixture(autouse=True)
def not_drawn(monkeypatch):
    """Its numbers are looked at here, and drawing is slow."""
    monkeypatch.setattr(render, "_render", lambda spec: '<svg width="1" viewBox="0 0 1 1"></svg>')


def goal(due, target=60, indicator="woninginbraak", area=""):
    return Goal(
        municipality=Municipality(code="GM9001", name="Hier"),
        title="Minder",
        indicator=indicator,
        area_code=area,
        target=target,
        due=due,
    )


def chart_of(*given, **more):
    return forecast_chart(public_shelf(), goal(*given, **more))


def test_without_figures_of_the_area_itself_there_is_no_chart(figures):  # noqa: F811
    figures(series("NL", YEARS, [90000.0] * 9))
    assert chart_of(date(2035, 12, 31)) is None
    assert course_of(public_shelf(), goal(date(2035, 12, 31))).words == "nog geen cijfers"


def test_of_less_than_a_year_there_is_no_chart(figures):  # noqa: F811
    figures(series("GM9001", MONTHS[:11], [5.0] * 11))
    assert chart_of(date(2035, 12, 31)) is None


def test_a_fan_goes_from_the_last_figure_to_the_date_in_quarters(figures):  # noqa: F811
    figures(series("GM9001", MONTHS, [5.0] * 60) + series("GM9002", MONTHS, [50.0] * 60))
    found = chart_of(date(2035, 5, 20))
    assert found.columns[:3] == FAN
    sides = ("Ondergrens", "Bovengrens")
    assert found.columns[3:9] == tuple(f"{s} {n} %" for n in (50, 80, 95) for s in sides)
    counted, ahead = found.rows[:5], found.rows[5:]
    assert [(row[0], row[1]) for row in counted] == [
        (f"januari {year}", 60) for year in range(2021, 2026)
    ]
    assert [row[0] for row in ahead][:4] == [
        "april 2025",
        "juli 2025",
        "oktober 2025",
        "januari 2026",
    ]
    assert ahead[-1][0] == "mei 2035", "the last stands at the date itself"
    assert all(row[1] is None and 30 < row[2] < 90 for row in ahead), "of this area only"
    low, high = ahead[0][3:5]
    assert low < ahead[0][2] < high
    assert found.source.startswith("Bron: ")


def test_where_the_figures_are_too_few_the_chart_shows_what_was_counted(figures):  # noqa: F811
    figures(series("GM9001", YEARS, [3.0] * 9))
    found = chart_of(date(2035, 12, 31))
    assert found.columns == NO_FAN and len(found.rows) == 9
    assert course_of(public_shelf(), goal(date(2035, 12, 31))).words == "te weinig gegevens"


def test_a_date_within_the_figures_has_no_fan_though_its_own_is_not_known(figures):  # noqa: F811
    """As an invented municipality may have them, whose figures run on beyond today."""
    months = [str(2070 + int(m[:4]) - 2020) + m[4:] for m in MONTHS]
    figures(series("GM9001", months, [*[5.0] * 40, NAN, *[5.0] * 19]))
    found = chart_of(date(2073, 8, 31))
    assert found.columns == NO_FAN


def test_twelve_years_are_shown_at_most(figures):  # noqa: F811
    years = [str(year) for year in range(2005, 2025)]
    figures(series("GM9001", years, [70.0] * 20))
    counted = [row for row in chart_of(date(2035, 12, 31)).rows if row[1] is not None]
    assert [counted[0][0], counted[-1][0], len(counted)] == ["januari 2014", "januari 2025", 12]


def test_of_a_survey_the_fan_follows_from_how_marks_of_the_table_come_and_go(figures):  # noqa: F811
    rounds = ["2015", "2017", "2019", "2021", "2023"]
    rows = [
        row
        for k in range(12)
        for row in series(f"GM90{k + 1:02d}", rounds, [14.0, 12 + k % 3, 13.0 - k % 2, 12.0, 13.0])
    ]
    survey = {"topic": "unsafe-own-neighbourhood", "scheme": "survey"}
    figures(rows, table="85146NED", **survey)
    due = date(2035, 12, 31)
    found = chart_of(due, target=10, indicator="onveilig-in-buurt")
    assert found.columns[:3] == MARKS_FAN
    assert [row[1] for row in found.rows if row[1] is not None] == [14, 12, 13, 12, 13]
    expected = [row[2] for row in found.rows if row[2] is not None]
    assert all(11 < value < 14 for value in expected)
    widths = [row[4] - row[3] for row in found.rows if row[2] is not None]
    assert widths[-1] > widths[0] > 0, "what lies further ahead is known less well"
    figures(series("GM9001", rounds, [14.0, 12, 13, 12, 13]), table="85146NED", **survey)
    alone = chart_of(due, target=10, indicator="onveilig-in-buurt")
    assert alone.columns == ("12 maanden tot", "Cijfer", "Streefwaarde"), (
        "one area tells too little of how marks come and go"
    )


def test_a_chance_is_said_where_there_is_one_and_the_date_lies_ahead(figures):  # noqa: F811
    figures(series("GM9001", YEARS, COUNTED))
    ahead, over = date(2035, 12, 31), date(2024, 12, 31)
    for due, target, words, tone, is_over in (
        (ahead, 1000, "✓ op koers", "good", False),
        (ahead, 0, "✗ niet op koers", "bad", False),
        (over, 1000, "✓ gehaald", "good", True),
        (over, 0, "✗ niet gehaald", "bad", True),
        (date(2025, 12, 31), 60, "wacht op het cijfer", "warn", True),
    ):
        found = course_of(public_shelf(), goal(due, target))
        assert (found.badge, found.tone, found.is_over) == (words, tone, is_over)
        assert (found.chance is None) == is_over
        assert found.fails == (target == 0)
