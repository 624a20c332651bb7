"""Every sentence that Koers makes of the figures of two municipalities, read by the rule of
``tests.claims``."""

import datetime as dt
import math

import pytest

from koers import dutch
from koers.apps.decisions.services.figures import figure_data
from koers.apps.evaluation import words
from koers.apps.evaluation.presenters import course_chart
from koers.apps.evaluation.services import fixing, proposing, queue, running
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import priorities
from koers.apps.meetings.services.agenda.candidates import candidates
from koers.apps.people.models import Municipality
from koers.apps.picture import presenters
from koers.apps.picture.models import Screening, Signal
from koers.apps.picture.outlook import goal_outlook
from koers.apps.picture.readings import reading
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Measure
from koers.indicators import load_indicators
from koers.records.aim import Aim
from tests.claims import unexplained

HOMES = ("VB01", "VB02")


def written(*values):
    """Numbers as a sentence writes them."""
    known = [float(v) for v in values if v is not None and math.isfinite(float(v))]
    return {dutch.number(abs(v), d) for v in known for d in (0, 1)}


def counted_in(chart):
    """What the table of a chart counted: not its columns of expectations and limits."""
    own = [
        i for i, c in enumerate(chart.columns) if not c.startswith(("Verwacht", "Onder", "Boven"))
    ]
    values = [row[i] for row in chart.rows for i in own if isinstance(row[i], (int, float))]
    return written(*values, *range(len(chart.rows) + 1))


def check(sentence, counted, *about):
    assert sentence.strip(), about
    assert unexplained(sentence, counted) == [], (*about, sentence)


@pytest.fixture
def both(municipality, other, figures):
    return (municipality, other)


def readings_of(home):
    shelf = public_shelf()
    found = (reading(shelf, home, i) for i in load_indicators())
    return [r for r in found if r.available]


@pytest.mark.parametrize("home", HOMES)
def test_readings_and_what_is_expected_of_goals(both, home):
    looked = 0
    for found in readings_of(home):
        counted = written(*found.observed, found.recent, found.before)
        check(f"{found.recent_text} {found.recent_label}; {found.verdict}.", counted, "verdict")
        check(found.source_line, counted, "source")
        for part in (0.5, 0.9, 1.5):
            target = round(part * found.recent) if math.isfinite(found.recent) else 1
            aim = Aim(
                indicator=found.indicator.id,
                area=home,
                target=target,
                due=dt.date(2028, 12, 31),
            )
            goal = goal_outlook(public_shelf(), aim)
            sums = written(*(sum(found.observed[k : k + 12]) for k in range(len(found.observed))))
            check(goal.text, counted | sums, "goal", found.indicator.id)
        looked += 1
    assert looked > 5


@pytest.mark.parametrize("home", HOMES)
def test_the_alternative_texts_of_charts(both, home):
    shelf, seen = public_shelf(), set()
    for found in readings_of(home):
        made = {"klein": presenters.sparkline(found)}
        made |= {name: draw(shelf, found) for name, draw in presenters.CHARTS.items()}
        for name, chart in made.items():
            if chart is not None:
                seen.add(name)
                check(chart.description, counted_in(chart), name, found.indicator.id)
                for remark in chart.remarks:
                    check(remark, set(), name)
    assert {"klein", "trend", "kaart"} <= seen


@pytest.mark.parametrize("home", HOMES)
def test_what_would_have_been_seen_and_the_agenda(both, home):
    municipality = Municipality.objects.get(code=home)
    screen_municipality(municipality)
    found = list(Screening.objects.of(municipality))
    assert found
    for screening in found:
        said = screening.smallest_rise
        number = said.split("geteld is ")[1].split(" in ")[0]
        assert number
        check(said, {number}, "visible")
        assert said.index("geteld is") < said.index("verwacht") < said.index("nodig")
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    for item in candidates(public_shelf(), meeting):
        if item.kind in ("signal", "cluster", "goal"):
            observed = [s.observed for s in Signal.objects.of(municipality)]
            last = [r.recent for r in readings_of(home)]
            check(item.detail, written(*observed, *last), item.kind)
    for signal in Signal.objects.of(municipality):
        check(priorities.suggestion(signal)["reason"], written(signal.observed), "suggestion")


def test_the_number_that_was_counted_in_the_sentence_of_an_empty_list(municipality, figures):
    """It is the count of the area, kind and months that it names."""
    from koers.analysis.screening import screen_family
    from koers.apps.picture.services.screening import monthly_table

    shelf = public_shelf().with_patience()
    entry = monthly_table(shelf, municipality.code)
    table = shelf.table(entry.table, "neighbourhood", "month", tuple(sorted(entry.topics)))
    period = next(
        p
        for p, late in zip(reversed(table.panel.periods), reversed(table.open_months), strict=True)
        if not late
    )
    seen = screen_family(table.panel, period, municipality.code).visible
    assert seen is not None and math.isfinite(seen.observed)
    last = table.panel.periods.index(period) + 1
    inside = [
        i
        for i, a in enumerate(table.panel.areas)
        if seen.cell.area in (a, *table.panel.groups.get(a, ()))
    ]
    topics = [
        k
        for k, t in enumerate(table.panel.topics)
        if t == seen.cell.topic or t.startswith(f"{seen.cell.topic}.") or seen.cell.topic == "*"
    ] or list(range(len(table.panel.topics)))
    window = table.panel.counts[inside][:, topics, last - seen.cell.window : last]
    assert seen.observed == window.sum()


def test_what_is_said_of_a_measure(plan, figures):
    measure = Measure.objects.of(plan.municipality).filter(adoption="adopted").first()
    for method in ("wdd", "its", "synthetic"):
        for areas in (("VB010104", "VB010204"), ("VB010101",)):
            made = fixing.Choices("misdrijven-totaal", areas, dt.date(2025, 9, 1), method, -0.3, 6)
            fixing.fix(measure, made, reason="Anders")
            found, _ = queue.start(measure)
            running.carry_out(found.pk)
            found.refresh_from_db()
            result = found.result
            counted = written(result.main.observed, result.main.months, result.horizon)
            counted |= {str(len(result.sensitivity)), *map(str, range(13))}
            judged = proposing.judged_of(found)
            check(judged.sentence, counted, method)
            check(words.power_sentence(result.main, -0.3), counted, method)
            if said := words.displacement_sentence(result):
                check(said, counted, method)
            chart = course_chart(found, result)
            check(chart.description, counted | counted_in(chart), method)


def test_the_figure_of_a_decision(plan, figures):
    figure = figure_data(plan)
    assert figure is not None
    found = reading(public_shelf(), plan.municipality.code, figure.indicator)
    check(figure.verdict, written(found.recent, found.before), "decision")
