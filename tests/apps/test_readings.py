"""One indicator in one area: which figures are taken, and what is said of them."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings

from koers.analysis.comparison import CountChange
from koers.analysis.forecast import chance_of_target
from koers.analysis.period import Period, span
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.outlook import goal_outlook
from koers.apps.picture.periods import yearly_values
from koers.apps.picture.reading import said_of_change
from koers.apps.picture.readings import _redrawn, reading
from koers.figures.renumbering import Break
from koers.figures.store import FigureStore
from koers.records.aim import Aim
from tests.apps.small_tables import adding, series

NAN = math.nan
MONTHS = [str(p) for p in span(Period(2020, 1, "month"), Period(2024, 12, "month"))]
YEARS = [str(year) for year in range(2016, 2025)]


@pytest.fixture
def figures(tmp_path, monkeypatch):
    """Adds a table of (area, period, value) to a home of its own; the last ``late`` periods are
    provisional."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return adding(FigureStore(tmp_path))


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (1.001, 1.15, "meer: +7 % (marge +0,1 % tot +15 %)"),
        (0.85, 0.998, "minder: −7 % (marge −15 % tot −0,2 %)"),
        (0.997, 1.15, "geen aantoonbaar verschil (marge 0 % tot +15 %)"),
    ],
)
def test_a_margin_does_not_contradict_what_is_said(lower, upper, said):
    ratio = 1.07 if upper > 1 else 0.93
    assert said_of_change(CountChange(107, 100, ratio, lower, upper, True)) == said


def test_the_last_twelve_complete_months_are_held_against_the_twelve_before(figures):
    values = [2.0] * 34 + [3.0] * 12 + [9.0] * 12 + [1.0, 0.0]
    snapshot = figures(series("GM9001", MONTHS, values), late=MONTHS[-2:])
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert (found.recent, found.before) == (108, 36)
    assert found.recent_label == "in 12 maanden t/m oktober 2024"
    assert found.verdict.startswith("meer: +200 % (marge ")
    assert found.snapshot == snapshot.manifest.id
    assert f"peilmoment {found.snapshot}" in found.source_line


def test_a_month_that_is_not_published_makes_the_year_unknown_and_not_smaller(figures):
    values = [4.0] * 60
    values[-5] = NAN
    figures(series("GM9001", MONTHS, values))
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert math.isnan(found.recent)
    assert found.before == 48
    assert found.verdict == "te weinig gegevens voor een vergelijking"
    assert math.isnan(found.observed[-5])


def test_few_cases_get_no_percentage(figures):
    figures(series("GM9001", MONTHS, [0.0] * 48 + [0, 1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0]))
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert (found.recent, found.before) == (4, 0)
    assert "%" not in found.verdict


def test_months_go_before_years_and_years_do_where_there_are_no_months(figures):
    figures(series("GM9001", YEARS, [50.0] * 9), table="jaren")
    assert reading(public_shelf(), "GM9001", "woninginbraak").frequency == "year"
    figures(series("GM9001", MONTHS, [4.0] * 60), table="maanden")
    assert reading(public_shelf(), "GM9001", "woninginbraak").frequency == "month"


def test_a_municipality_is_the_sum_of_its_neighbourhoods_where_it_has_no_figures_of_its_own(
    figures,
):
    rows = series("BU90010001", MONTHS, [1.0] * 60) + series("BU90010002", MONTHS, [2.0] * 60)
    figures(rows)
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert (found.recent, found.summed, found.is_own) == (36, True, True)
    assert "som van de buurten" in found.source_line


def test_without_figures_of_its_own_the_country_is_shown_and_named_so(figures):
    figures(series("NL", YEARS, [90000.0] * 9))
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert found.national
    assert not found.is_own
    assert found.shown.code == "NL"


def test_without_any_figure_it_says_for_which_table_it_waits(figures):
    figures(series("GM9001", YEARS, [5.0] * 9), topic="2.2.1")
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert not found.available
    assert {"47013NED", "47018NED", "47022NED"} <= set(found.indicator.waits_for.split(", "))
    assert judged(1, date(2030, 1, 1), None).state == "none"


def test_the_rate_is_per_thousand_of_what_the_indicator_names_and_unknown_where_that_is(figures):
    figures(series("GM9001", YEARS, [50.0] * 9))
    figures(
        [("GM9001", "2024", 20000.0)], table="mensen", topic="inhabitants", scheme="key-figures"
    )
    assert math.isnan(reading(public_shelf(), "GM9001", "woninginbraak").rate)
    assert "woningen" in reading(public_shelf(), "GM9001", "woninginbraak").rate_missing
    figures(
        [("GM9001", "2024", 10000.0)], table="woningen", topic="dwellings", scheme="key-figures"
    )
    assert reading(public_shelf(), "GM9001", "woninginbraak").rate == 5.0
    assert reading(public_shelf(), "GM9001", "woninginbraak").rate_missing == ""


def test_an_older_snapshot_gives_the_reading_of_then(figures):
    old = figures(series("GM9001", YEARS, [50.0] * 9))
    figures(series("GM9001", YEARS, [60.0] * 9))
    assert reading(public_shelf(), "GM9001", "woninginbraak").recent == 60
    assert reading(public_shelf([old.manifest.id]), "GM9001", "woninginbraak").recent == 50


def test_yearly_values_do_not_overlap_and_leave_provisional_months_out(figures):
    figures(series("GM9001", MONTHS, range(60)), late=MONTHS[-2:])
    values, ends = yearly_values(reading(public_shelf(), "GM9001", "woninginbraak"))
    assert values.tolist() == [sum(range(10 + 12 * k, 22 + 12 * k)) for k in range(4)]
    assert ends == 12 * 2024 + 10


@pytest.mark.parametrize(
    ("target", "state", "words"),
    [
        (120, "on_course", "Op koers: kans"),
        (70, "unsure", "Onzeker: kans"),
        (20, "off_course", "Niet op koers: kans"),
    ],
)
def test_a_goal_is_followed_by_the_figures(figures, target, state, words):
    figures(series("GM9001", YEARS[-6:], [120.0, 110, 95, 100, 88, 80]))
    found = judged(target, date(2027, 1, 1), None)
    assert (found.state, found.text.startswith(words)) == (state, True)
    assert f"streefwaarde hoogstens {target}" in found.text


@pytest.mark.parametrize(
    ("target", "says"), [(1, "kans minder dan 1 %"), (9999, "kans meer dan 99 %")]
)
def test_no_goal_is_called_impossible_or_certain(figures, target, says):
    figures(series("GM9001", YEARS[-6:], [120.0, 110, 95, 100, 88, 80]))
    assert says in judged(target, date(2027, 1, 1), None).text


def test_a_goal_with_too_short_a_history_is_told_so(figures):
    figures(series("GM9001", YEARS[-3:], [120.0, 110, 95]))
    assert judged(90, date(2027, 1, 1), None).state == "too_few"


# A goal whose date has passed. TODAY is a day on which 2024 is long over.

TODAY = date(2026, 11, 30)
COUNTED = [70.0, 72, 75, 71, 80, 77, 70, 66, 63]


def judged(target, due, today=TODAY, area="GM9001", indicator="woninginbraak"):
    aim = Aim(indicator=indicator, area=area, target=target, due=due)
    return goal_outlook(public_shelf(), aim, today)


@pytest.mark.parametrize(
    ("target", "state", "words"),
    [
        (60, "missed", "Niet gehaald: 63 geteld in 2024; streefwaarde hoogstens 60."),
        (63, "met", "Gehaald: 63 geteld in 2024; streefwaarde hoogstens 63."),
    ],
)
def test_a_date_that_has_passed_is_met_or_missed_and_never_a_chance(figures, target, state, words):
    figures(series("GM9001", YEARS, COUNTED))
    for due in (date(2024, 12, 31), date(2024, 12, 1), date(2025, 1, 1), date(2025, 6, 30)):
        found = judged(target, due)
        assert (found.state, found.text, found.forecast) == (state, words, None)


def test_the_figure_of_the_date_decides_and_not_the_newest(figures):
    figures(series("GM9001", YEARS, COUNTED))
    assert judged(76, date(2021, 12, 31)).text.startswith("Niet gehaald: 77 geteld in 2021")
    assert judged(76, date(2021, 11, 30)).state == "missed"  # 80 in 2020
    assert judged(70, date(2022, 12, 31)).state == "met"


def test_a_provisional_year_decides_and_is_named_so(figures):
    figures(series("GM9001", YEARS, COUNTED), late=YEARS[-1:])
    assert "63 geteld in 2024 (voorlopig)" in judged(60, date(2024, 12, 31)).text


def test_a_goal_whose_figure_is_not_there_yet_is_waited_for(figures):
    figures(series("GM9001", YEARS, COUNTED))
    found = judged(60, date(2025, 12, 31))
    assert (found.state, found.forecast) == ("waiting", None)
    assert "in 2025 is er nog niet" in found.text
    assert judged(60, date(2025, 12, 31), today=date(2025, 12, 31)).forecast is not None


def test_a_last_year_that_is_not_published_moves_the_horizon_and_not_the_figures(figures):
    figures(series("GM9001", YEARS, [*COUNTED[:-1], NAN]))
    waiting = judged(60, date(2024, 12, 31))
    assert waiting.state == "waiting"
    due, today = date(2026, 12, 31), date(2024, 6, 1)
    late = judged(60, due, today)
    figures(series("GM9001", YEARS[:-1], COUNTED[:-1]))
    assert judged(60, due, today) == late
    years, end = yearly_values(reading(public_shelf(), "GM9001", "woninginbraak"))
    assert (len(years), end) == (8, 12 * 2024)


def test_a_year_that_was_never_published_is_said_and_keeps_its_place(figures):
    figures(series("GM9001", YEARS, [*COUNTED[:5], NAN, *COUNTED[6:]]))
    found = judged(60, date(2021, 12, 31))
    assert found.state == "waiting"
    assert "in 2021 is geen volledig cijfer gepubliceerd" in found.text
    years, _ = yearly_values(reading(public_shelf(), "GM9001", "woninginbraak"))
    assert math.isnan(years[5]) and len(years) == 9


@pytest.mark.parametrize("day", [1, 15, 31])
def test_months_decide_with_the_month_of_the_date(figures, day):
    figures(series("GM9001", MONTHS, [5.0] * 47 + [9.0, *[4.0] * 12]), late=MONTHS[-2:])
    met = judged(60, date(2023, 10, day))  # November 2022 to October 2023: 12 x 5
    assert met.text.startswith("Gehaald: 60 geteld in 12 maanden t/m oktober 2023")
    assert judged(60, date(2023, 12, day)).state == "missed"
    assert judged(60, date(2024, 11, min(day, 30))).state == "waiting"  # still provisional


def test_horizons_count_to_the_end_of_the_due_month(figures, monkeypatch):
    asked = []

    def chance(years, ahead, *rest):
        asked.append(round(12 * ahead))
        return chance_of_target(years, ahead, *rest)

    monkeypatch.setattr("koers.apps.picture.chances.chance_of_target", chance)
    figures(series("GM9001", MONTHS, [5.0] * 60), late=MONTHS[-2:])
    for due in (date(2027, 12, 1), date(2027, 12, 31), date(2028, 1, 1)):
        judged(60, due)
    assert asked == [38, 38, 39]


def test_more_is_better_where_the_indicator_says_so(figures):
    figures(
        series("GM9001", YEARS, [40.0] * 9),
        topic="hours-in-neighbourhood",
        scheme="local",
        table="eigen",
    )
    found = [judged(t, date(2024, 12, 31), indicator="uren-in-de-wijk").state for t in (40, 41)]
    assert found == ["met", "missed"]


def test_a_share_of_a_survey_is_met_or_missed_too(figures):
    figures(
        series("GM9001", ["2019", "2021", "2023"], [14.0, 12.5, 11.0]),
        table="85146NED",
        topic="unsafe-own-neighbourhood",
        scheme="survey",
    )
    found = judged(11.5, date(2024, 6, 30), indicator="onveilig-in-buurt")
    assert (found.state, found.forecast) == ("met", None)
    assert "11,0" in found.text and "in 2023" in found.text
    assert judged(12, date(2021, 12, 31), indicator="onveilig-in-buurt").state == "missed"
    assert judged(12, date(2025, 12, 31), indicator="onveilig-in-buurt").state == "waiting"


def test_a_mark_gets_a_chance_from_its_own_rounds_and_those_of_others(figures):
    rng, rounds = np.random.default_rng(1), ["2015", "2017", "2019", "2021", "2023"]
    rows = series("GM9001", rounds, [24.0, 22.5, 21, 19.5, 18])
    for k in range(2, 12):
        level = 20 + np.cumsum(rng.normal(0, 1, 5))
        rows += series(f"GM90{k:02d}", rounds, (level + rng.normal(0, 1.5, 5)).round(1))
    figures(rows, table="85146NED", topic="unsafe-own-neighbourhood", scheme="survey")
    due, today = date(2026, 12, 31), date(2026, 11, 30)
    found = [judged(t, due, today, indicator="onveilig-in-buurt") for t in (14, 19, 30)]
    chances = [f.forecast.chance for f in found]
    assert chances == sorted(chances)
    assert chances[0] < 0.3 and chances[2] > 0.95
    assert (
        "waarschijnlijk tussen" in found[1].text
        and "Laatste stand: 18,0 % in 2023." in found[1].text
    )
    alone = series("GM9001", rounds, [24.0, 22.5, 21, 19.5, 18])
    figures(alone, table="85146NED", topic="unsafe-own-neighbourhood", scheme="survey")
    assert judged(19, due, today, indicator="onveilig-in-buurt").forecast is None


def test_of_a_goal_on_months_that_is_nearly_due_most_is_known(figures):
    figures(series("GM9001", MONTHS, [5.0] * 60), late=MONTHS[-2:])
    nearly = judged(65, date(2024, 12, 31), date(2024, 12, 30)).forecast
    later = judged(65, date(2025, 12, 31), date(2024, 12, 30)).forecast
    assert nearly.upper - nearly.lower < (later.upper - later.lower) / 2
    assert nearly.chance > later.chance


@pytest.mark.parametrize(("year", "between"), [(2023, 0), (2024, 2024), (2025, 0)])
def test_of_years_only_new_boundaries_of_the_last_lie_between_what_is_compared(year, between):
    gap = Break("GM9001", year, "redrawn", ())
    table = SimpleNamespace(panel=SimpleNamespace(frequency="year"), broken=(gap,))
    assert _redrawn(table, "GM9001", YEARS, YEARS.index("2024")) == between
    assert _redrawn(table, "GM9002", YEARS, YEARS.index("2024")) == 0
