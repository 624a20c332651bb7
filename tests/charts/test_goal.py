"""The picture of a goal: what was counted, the fan to its date, the target; and which areas were
chosen."""

import datetime as dt
import json
import math
import re

import pytest

from koers.charts.chosen import chosen_map
from koers.charts.goal import Fan, FanPoint, Target, goal_chart
from koers.figures.areas import Area

MOMENTS = [dt.date(2024, 8, 1), dt.date(2025, 8, 1), dt.date(2026, 8, 1)]
FAN = [
    FanPoint(dt.date(2026, 8, 1), 45, ((45, 45), (45, 45))),
    FanPoint(dt.date(2027, 12, 31), 43.2, ((38, 50), (26.4, 72.3))),
]


def chart(fan=FAN):
    return goal_chart(
        "g",
        "Minder",
        MOMENTS,
        [50, math.nan, 45],
        Fan(fan, (0.5, 0.95)),
        Target(40, dt.date(2027, 12, 31)),
        unit="stuks",
    )


def test_the_chart_says_where_it_stands_what_is_expected_and_what_is_wanted():
    found = chart()
    for word in ("geteld", "verwacht", "streefwaarde"):
        assert word in found.svg
    assert found.description.startswith(
        "Laatste stand: 45 in de 12 maanden tot augustus 2026. De streefwaarde is 40 op 31 december"
        " 2027."
    )
    assert "met 95 % kans ligt het tussen 26 en 72" in found.description


def test_its_table_holds_counts_and_forecast_and_a_gap_for_what_is_not_known():
    found = chart()
    assert found.columns == (
        "12 maanden tot",
        "Geteld",
        "Verwacht",
        "Ondergrens 50 %",
        "Bovengrens 50 %",
        "Ondergrens 95 %",
        "Bovengrens 95 %",
        "Streefwaarde",
    )
    assert found.rows[1] == ("augustus 2025", None, None, None, None, None, None, 40)
    assert found.rows[-1] == ("december 2027", None, 43.2, 38, 50, 26.4, 72.3, 40)


def test_without_a_forecast_only_counts_and_target_are_drawn():
    found = chart(fan=[])
    assert found.columns == ("12 maanden tot", "Geteld", "Streefwaarde")
    assert "Verwacht wordt" not in found.description


def test_the_figure_of_a_year_stands_above_the_name_of_that_year():
    # As the plan gives them: the first day after each year.
    moments = [dt.date(year + 1, 1, 1) for year in (2023, 2024, 2025)]
    target = Target(40, dt.date(2027, 12, 31))
    found = goal_chart("g", "Minder", moments, [50, 48, 45], Fan([], ()), target, unit="stuks")
    places = {
        label: float(x)
        for x, label in re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>(20\d\d)</text>', found.svg)
    }
    assert set(places) == {"2023", "2024", "2025", "2026", "2027"}
    assert places["2025"] == pytest.approx((places["2023"] + places["2027"]) / 2, abs=2)


def area(code, x, boundary=True):
    ring = [[x, 52.0], [x + 0.01, 52.0], [x + 0.01, 52.01], [x, 52.01], [x, 52.0]]
    geometry = json.dumps({"type": "Polygon", "coordinates": [ring]}) if boundary else ""
    return Area(code, f"Buurt {code}", "neighbourhood", "W", 52.005, x + 0.005, geometry)


def test_chosen_areas_are_named_and_drawn_with_and_without_boundaries():
    for boundary in (True, False):
        found = chosen_map(
            "m", "Waar", [area("1", 4.6, boundary), area("2", 4.62, boundary)], {"2"}
        )
        assert found.description == "Gekozen: Buurt 2."
        assert found.rows == (("Buurt 1", False), ("Buurt 2", True))
        assert "niet gekozen" in found.svg and found.missing == ()


def test_an_area_without_a_place_is_named_as_missing():
    lost = Area("3", "Buurt 3", "neighbourhood", "W", None, None, "")
    assert chosen_map("m", "Waar", [area("1", 4.6), lost], ()).missing == ("Buurt 3",)
