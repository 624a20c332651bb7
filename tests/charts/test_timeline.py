"""The timeline of a plan says what it shows, and has one key for its marks."""

from dataclasses import replace
from datetime import date

from koers.charts.timeline import Bar, Mark, timeline_chart

TODAY = date(2026, 1, 1)
BAR = Bar("Boa in de wijk", date(2025, 4, 1), date(2026, 3, 1), "gepland")
GOAL = Mark("", "Minder inbraken", date(2026, 12, 31), "streefdatum")
LATE = Mark("Boa in de wijk", "Rooster maken", date(2025, 8, 1), "over tijd")


def drawn(bars, marks):
    return timeline_chart("tijdlijn", "Tijdlijn", bars, marks, TODAY)


def test_colour_and_shape_of_a_mark_are_one_key():
    svg = drawn([BAR], [GOAL, LATE]).svg
    assert svg.count(">Datum van<") == 1
    assert svg.count(">streefdatum<") == svg.count(">over tijd<") == 1


def test_one_is_one():
    said = drawn([BAR], [GOAL]).description
    assert said.startswith("1 maatregel en 1 datum van acties en doelen.")
    assert drawn([BAR, BAR], [GOAL, LATE]).description.startswith("2 maatregelen en 2 datums van")


def test_a_heading_stands_once_above_its_bars_and_none_where_no_bar_has_one():
    others = [replace(BAR, band="Jeugd"), replace(BAR, band="Jeugd"), BAR]
    svg = drawn(others, [GOAL]).svg
    assert svg.count(">Jeugd<") == svg.count(">Zonder veld<") == 1
    assert svg.index(">Jeugd<") < svg.index(">Zonder veld<")
    assert "Zonder veld" not in drawn([BAR], [GOAL]).svg
