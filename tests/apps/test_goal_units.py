"""A goal is shown and judged in its own unit: a walk over every unit, direction and kind of
target, and the cases of real plans."""

import re
from datetime import date

import numpy as np
import pytest

from koers.analysis.relative import growth_of
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.picture.bars import asked_of
from koers.apps.picture.measured import decimals_of, measured, unit_of, units_for, wanted
from koers.apps.picture.outlook import goal_outlook, on_the_way
from koers.apps.picture.periods import yearly_values
from koers.apps.plan.models import Goal
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.outlook import forecast_chart, set_start
from koers.apps.plan.services.suiting import direction_problem, unit_problem
from koers.charts import render
from koers.dutch import number
from koers.indicators import load_indicators
from koers.indicators.units import GOAL_UNITS, INDEX, said_in
from koers.records.aim import Aim, Step, number_of, number_text, step_line, steps_of
from tests.apps.test_readings import (
    YEARS,
    figures,  # noqa: F401
    series,
)

pytestmark = pytest.mark.django_db
COUNTED = [84.0, 80, 75, 71, 70, 66, 60, 57, 53]
PEOPLE = [20_000 + 250 * k for k in range(9)]
DWELLINGS = [9_000 + 100 * k for k in range(9)]
HOME = "GM9001"
PEERS = tuple(f"GM90{k:02d}" for k in range(2, 8))
MARKS = [6.9, 7.0, 7.0, 7.1, 7.1, 7.2, 7.1, 7.2, 7.3]
PAST, AHEAD = date(2024, 12, 31), date(2026, 12, 31)
TODAY = date(2025, 3, 1)


@pytest.fixture
def town(figures):  # noqa: F811
    """A town with its peers: thefts, people, dwellings, and a mark each year."""
    rng = np.random.default_rng(3)
    crime, people, dwellings, marks = [], [], [], []
    for k, code in enumerate((HOME, *PEERS)):
        size = 1 + 0.2 * k
        counts = [float(round(size * c * (1 + 0.25 * (k > 0)))) for c in COUNTED]
        crime += series(code, YEARS, counts)
        people += series(code, YEARS, [float(size * p) for p in PEOPLE])
        dwellings += series(code, YEARS, [float(size * d) for d in DWELLINGS])
        off = rng.normal(0, 0.05, 9) if k else np.zeros(9)
        marks += series(
            code, YEARS, [round(m - 0.1 * (k > 0) + o, 2) for m, o in zip(MARKS, off, strict=True)]
        )
    figures(crime, topic="1.1.1", table="inbraak")
    figures(crime, topic="1.2.1", table="uit-auto")
    figures(people, topic="inhabitants", scheme="key-figures", table="mensen")
    figures(dwellings, topic="dwellings", scheme="key-figures", table="woningen")
    figures(marks, topic="mark-safety-neighbourhood", scheme="survey", table="85146NED")


def aim(indicator="diefstal-uit-auto", due=PAST, **more):
    return Aim(indicator=indicator, area=HOME, due=due, peers=PEERS, **more)


def judged(asked, today=TODAY):
    return goal_outlook(public_shelf(), asked, today)


# The cases of real plans.


def test_a_mark_of_7_3_is_shown_as_7_3(town):
    asked = aim("cijfer-veiligheid-buurt", target=7.3)
    assert asked_of(asked) == "ten minste rapportcijfer 7,3"
    found = judged(asked)
    assert found.state == "met"
    assert found.text.startswith(
        "Gehaald: rapportcijfer 7,3 in 2024; streefwaarde ten minste rapportcijfer 7,3."
    )
    assert judged(asked.model_copy(update={"target": 7.4})).state == "missed"


def test_a_rate_of_4_8_is_judged_per_1000_inhabitants(town):
    asked = aim(unit="per_1000_inhabitants", target=4.8)
    found = judged(asked)
    assert found.state == "met"  # 53 thefts among 22,000 people
    assert "2,4 per 1.000 inwoners in 2024" in found.text
    assert "hoogstens 4,8 per 1.000 inwoners" in found.text
    assert judged(asked.model_copy(update={"target": 2.3})).state == "missed"
    ahead = judged(asked.model_copy(update={"due": AHEAD}))
    assert ahead.state == "on_course" and "Verwacht wordt 2,2 per 1.000 inwoners" in ahead.text


def test_4_8_without_a_unit_is_asked_about_and_not_taken_for_thefts(town):
    said = unit_problem(public_shelf(), aim(target=2.3))
    assert "De laatste stand is 53 in 2024; dat is 2,4 per 1.000 inwoners" in said
    assert "Bedoelt u 2,3 per 1.000 inwoners?" in said
    assert unit_problem(public_shelf(), aim(target=40)) == ""
    assert unit_problem(public_shelf(), aim(target=2.3, unit="count")) == ""


def test_burglary_is_judged_per_dwelling_and_per_inhabitant(town):
    shelf = public_shelf()
    per = {
        unit: measured(shelf, aim("woninginbraak", unit=unit, target=1)).values[-1]
        for unit in ("per_1000_dwellings", "per_1000_inhabitants", "count")
    }
    assert per == {
        "per_1000_dwellings": pytest.approx(1000 * 53 / DWELLINGS[-1]),
        "per_1000_inhabitants": pytest.approx(1000 * 53 / PEOPLE[-1]),
        "count": 53,
    }


def test_a_unit_in_which_an_indicator_is_not_counted_is_refused_in_words(town):
    found = judged(aim(unit="mark", target=7))
    assert found.state == "none" and "niet in deze eenheid geteld" in found.text


def test_a_rate_without_people_is_none_and_says_so(figures):  # noqa: F811
    figures(series(HOME, YEARS, COUNTED), topic="1.2.1")
    found = judged(aim(unit="per_1000_inhabitants", target=4.8))
    assert found.state == "none" and "het aantal inwoners" in found.text
    # 90 per 1.000 is not more or less than 53 thefts.
    assert direction_problem(public_shelf(), aim(unit="per_1000_inhabitants", target=90)) == ""


def test_keeping_the_level_of_2016_needs_no_number(town):
    asked = aim(kind="keep", base_period="2016")
    assert asked_of(asked) == "hoogstens het niveau van 2016"
    assert "streefwaarde hoogstens 84, het niveau van 2016" in judged(asked).text
    assert judged(asked).state == "met"
    rate = aim(kind="keep", base_period="2016", unit="per_1000_inhabitants")
    # 84 thefts among 20,000 people.
    assert "hoogstens 4,2 per 1.000 inwoners, het niveau van 2016" in judged(rate).text
    typed = aim(kind="keep", base=40.0, base_period="1999")
    assert judged(typed).state == "missed"
    none = judged(aim(kind="keep", base_period="1999"))
    assert none.state == "none" and "1999 staat niet in de cijfers" in none.text


def test_lower_than_the_year_before_is_held_against_that_year(town):
    asked = aim(kind="earlier")
    assert "53 geteld in 2024; streefwaarde lager dan 57 in 2023" in judged(asked).text
    up = asked.model_copy(update={"direction": "least"})
    assert judged(up).state == "missed"
    known = judged(asked.model_copy(update={"due": date(2025, 12, 31)}))
    unknown = judged(asked.model_copy(update={"due": AHEAD}))
    for found in (known, unknown):
        assert 0.3 < found.forecast.chance < 0.8
    assert "lager dan 53 in 2024" in known.text


def test_as_many_as_the_year_before_is_not_lower(figures):  # noqa: F811
    figures(series(HOME, YEARS, [*COUNTED[:-1], COUNTED[-2]]), topic="1.2.1")
    assert judged(aim(kind="earlier")).state == "missed"


def test_better_than_the_peers_is_per_inhabitant_and_names_what_they_have(town):
    asked = aim(kind="peers")
    assert unit_of(asked) == "per_1000_inhabitants"
    found = judged(asked)
    assert found.state == "met"
    assert "lager dan 6 vergelijkbare gemeenten samen: 3,0 per 1.000 inwoners in 2024" in found.text
    ahead = judged(asked.model_copy(update={"due": AHEAD}))
    assert ahead.forecast.chance > 0.7
    worse = judged(asked.model_copy(update={"due": AHEAD, "direction": "least"}))
    assert worse.forecast.chance == pytest.approx(1 - ahead.forecast.chance, abs=0.02)
    marks = judged(aim("cijfer-veiligheid-buurt", kind="peers", due=AHEAD))
    assert marks.forecast.chance > 0.5
    none = judged(asked.model_copy(update={"peers": ()}))
    assert none.state == "none" and "vergelijkbare gemeenten" in none.text


def test_an_index_is_against_its_base(town):
    asked = aim(unit=INDEX, target=75, base_period="2016")
    assert measured(public_shelf(), asked).values[0] == pytest.approx(100)
    assert judged(asked).text.startswith("Gehaald: index 63,1 in 2024")
    assert judged(aim(unit=INDEX, target=75)).state == "none"


def test_the_years_on_the_way_are_judged_each_by_itself(town):
    path = (Step(year=2023, value=50.0), Step(year=2024, value=55.0), Step(year=2025, value=52.0))
    way = on_the_way(public_shelf(), aim(target=45, due=AHEAD, path=path), TODAY)
    assert [w.outlook.state for w in way[:2]] == ["missed", "met"]
    assert [w.figure for w in way] == ["57", "53", ""]
    assert way[2].outlook.forecast is not None


def test_a_survey_says_when_a_miss_lies_within_its_margin(town):
    found = judged(aim("cijfer-veiligheid-buurt", target=7.4))
    assert found.state == "missed" and "binnen de marge van één meting" in found.text
    assert "marge" not in judged(aim("cijfer-veiligheid-buurt", target=9.0)).text


def test_a_direction_of_ones_own_is_no_mistake(town):
    shelf = public_shelf()
    assert "kies een lager getal" in direction_problem(shelf, aim(target=90))
    assert direction_problem(shelf, aim(target=90, direction="most")) == ""
    assert direction_problem(shelf, aim(target=40)) == ""


def test_only_a_number_that_fits_per_1000_is_asked_about(town):
    shelf = public_shelf()
    for more in ({"target": 40.5}, {"target": 0.1}, {"target": 2.3, "kind": "keep"}):
        assert unit_problem(shelf, aim(**more)) == "", more
    assert unit_problem(shelf, aim("cijfer-veiligheid-buurt", target=7.35)) == ""


def test_where_more_is_neither_good_nor_bad_no_direction_is_wrong(town):
    shelf = public_shelf()
    nowhere = Aim(indicator="woninginbraak", area="GM9999", target=99, due=AHEAD)
    assert direction_problem(shelf, nowhere) == ""
    assert direction_problem(shelf, aim(kind="earlier")) == ""


def test_whether_a_goal_can_be_measured_and_when_it_is_known(town):
    shelf = public_shelf()
    nowhere = measurable(shelf, Aim(indicator="woninginbraak", area="GM9999", target=1, due=AHEAD))
    assert nowhere.problems[0].field == "indicator" and nowhere.known_in_words == ""
    (wrong,) = measurable(shelf, aim(unit="mark", target=7)).problems
    assert wrong.field == "unit"
    survey = aim("cijfer-veiligheid-buurt", due=date(2028, 12, 31), target=7.5)
    assert measurable(shelf, survey, TODAY).rounds == "2026, 2028, 2030"
    soon = aim("cijfer-veiligheid-buurt", due=date(2025, 12, 31), target=7.5)
    (late,) = measurable(shelf, soon, TODAY).problems
    assert "om het jaar gehouden: 2026, 2028, 2030" in late.text


def goal_of(**more):
    home = Municipality(code=HOME, name="Hier")
    return Goal(municipality=home, title="Doel", indicator="diefstal-uit-auto", due=AHEAD, **more)


def test_with_a_goal_its_peers_are_fixed(town):
    goal = goal_of(kind="peers")
    set_start(public_shelf(), goal)
    assert set(goal.peers) == set(PEERS)
    assert (goal.start_value, goal.start_period) == (2.4, "2024")
    before = goal_of(kind="keep", start_period="1999")
    set_start(public_shelf(), before)
    assert (before.start_value, before.start_snapshot) == (None, "")


def test_the_chart_has_the_way_to_the_target_and_what_it_is_held_against(town, monkeypatch):
    drawing = '<svg width="1" viewBox="0 0 1 1"></svg>'
    monkeypatch.setattr(render, "_render", lambda spec: drawing)
    beside = forecast_chart(public_shelf(), goal_of(kind="peers", peers=[*PEERS]))
    assert "Vergelijkbare gemeenten" in beside.columns
    alone = forecast_chart(public_shelf(), goal_of(kind="peers"))
    assert "Vergelijkbare gemeenten" not in alone.columns
    goal = goal_of(target=1.8, unit="per_1000_inhabitants", path=["2025: 2,1", "2024: 2,3"])
    way = forecast_chart(public_shelf(), goal)
    wanted_in = {row[0]: row[-1] for row in way.rows}
    assert (wanted_in["januari 2025"], wanted_in["januari 2026"]) == (2.3, 2.1)
    assert wanted_in["december 2026"] == 1.8 and wanted_in["januari 2024"] is None
    assert "hoogstens 1,8 per 1.000 inwoners" in way.description
    assert "2,1 in 2025" in way.description


# Every unit × direction × kind of target.


def combinations():
    for indicator in ("woninginbraak", "diefstal-uit-auto", "cijfer-veiligheid-buurt"):
        for unit in ("", *units_for(load_indicators()[indicator])):
            for direction in ("", "most", "least"):
                for kind in ("value", "keep", "earlier", "peers"):
                    yield indicator, unit, direction, kind


NUMBER = re.compile(r"\d[\d.]*(?:,\d+)?")


def test_of_every_combination_each_number_that_is_said_is_a_figure_in_its_unit(town):
    looked = 0
    for indicator, unit, direction, kind in combinations():
        for due in (PAST, AHEAD):
            asked = aim(
                indicator,
                due,
                unit=unit,
                direction=direction,
                kind=kind,
                target=80.0 if unit == INDEX else 7.3 if "cijfer" in indicator else 4.5,
                base_period="2018",
            )
            m, found = measured(public_shelf(), asked), judged(asked)
            where = (indicator, unit, direction, kind, due)
            assert found.state not in ("none", "words"), (where, found.text)
            looked += 1
            values, _ = yearly_values(m.found, m.values)
            shown = {m.number(v) for v in values} | {m.number(asked.target)}
            if kind == "peers":
                shown |= {number_of_peers(m, i) for i in range(len(values))} | {"6"}
            if found.forecast is not None:
                f = found.forecast
                shown |= {m.number(v) for v in (f.expected, f.lower, f.upper)}
                shown |= {number(100 * f.chance), "1", "99"}
            margin = re.search(r"± ([\d,]+)", found.text)
            shown |= {margin[1]} if margin else set()
            bare = re.sub(r"\b20\d\d\b|1\.000", "", found.text)
            said = {s.rstrip(".,") for s in NUMBER.findall(bare)}
            assert said <= shown, (where, found.text, said - shown)
            if unit_of(asked) != "count":
                assert said_in(unit_of(asked), m.number(values[-1])) in found.text, where
            verdict(asked, m, found, values, kind)
    assert looked > 100


def number_of_peers(m, i):
    from koers.apps.picture.bars import peers_together

    return m.number(yearly_values(m.found, peers_together(m))[0][i])


def verdict(asked, m, found, values, kind):
    """What was met is met by plain comparing, as shown."""
    if found.state not in ("met", "missed"):
        return
    bar = {
        "value": asked.target,
        "keep": values[2],
        "earlier": values[-2],
    }.get(kind)
    if bar is None:
        return
    now, against = round(values[-1], m.decimals), round(bar, m.decimals)
    down, strict = wanted(asked) == "down", kind == "earlier"
    met = (now < against if down else now > against) or (now == against and not strict)
    assert (found.state == "met") == met


@pytest.mark.parametrize(("kind", "more"), [("value", {}), ("keep", {"base_period": "2018"})])
def test_a_lower_target_is_never_more_likely(town, kind, more):
    for unit in ("count", "per_1000_inhabitants"):
        base = 53 if unit == "count" else 2.4
        chances = [
            judged(
                aim(unit=unit, kind="value", due=AHEAD, target=round(base * part, 1))
            ).forecast.chance
            for part in (0.5, 0.8, 1.0, 1.2)
        ]
        assert chances == sorted(chances)


def test_a_rate_has_the_chance_of_the_count_with_the_people_of_then(town):
    growth = growth_of(np.array(PEOPLE, dtype=float), 2)
    then = PEOPLE[-1] * growth
    count = judged(aim(unit="count", target=float(np.floor(2.35 * then / 1000)), due=AHEAD))
    rate = judged(aim(unit="per_1000_inhabitants", target=2.3, due=AHEAD))
    assert rate.forecast.chance == pytest.approx(count.forecast.chance, abs=0.12)


# What is typed.


@pytest.mark.parametrize(
    ("text", "value"),
    [("4,8", 4.8), ("4.8", 4.8), ("1.234,5", 1234.5), ("1.234", 1234.0), ("7", 7)],
)
def test_a_number_is_read_as_it_is_written_in_dutch(text, value):
    assert number_of(text) == value
    assert number_of(number_text(value)) == value


def test_years_on_the_way_are_read_and_written_alike():
    lines = ["2026: 5,6", "2025: 5,9", "2027=1.200"]
    steps = steps_of(lines)
    assert [(s.year, s.value) for s in steps] == [(2025, 5.9), (2026, 5.6), (2027, 1200.0)]
    assert steps_of([step_line(s) for s in steps]) == steps
    with pytest.raises(ValueError, match="'straks: 4' is geen jaar met een getal"):
        steps_of(["straks: 4"])
    with pytest.raises(ValueError, match="2026 staat er twee keer"):
        steps_of(["2026: 4", "2026: 5"])


def test_decimals_are_those_of_the_goal():
    assert decimals_of(aim(target=40), "count") == 0
    assert decimals_of(aim(target=7), "mark") == 1
    assert decimals_of(aim(target=4.85), "per_1000_inhabitants") == 2
    assert decimals_of(aim(target=0.4), "per_1000_inhabitants") == 2


def test_only_what_is_counted_or_divided_is_set_as_a_number_of_cases():
    known = load_indicators()
    assert units_for(known["cijfer-veiligheid-buurt"]) == ("mark", INDEX)
    assert units_for(known["onveilig-in-buurt"]) == (known["onveilig-in-buurt"].unit, INDEX)
    cases = ("count", "per_1000_inhabitants", INDEX)
    assert set(units_for(known["diefstal-uit-auto"])) >= set(cases)


def test_a_rate_follows_the_pace_of_all_years_of_its_table(town):
    rates = measured(public_shelf(), aim(unit="per_1000_inhabitants", target=2)).rates
    assert rates.course.pace < -0.03, "thefts per inhabitant fell by a half in eight years"


def test_every_unit_says_its_number():
    for unit in GOAL_UNITS:
        assert "4,8" in said_in(unit, "4,8")
