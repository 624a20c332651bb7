"""Evaluations of the same measure of the library are pooled over the municipalities that share
it."""

import csv
import datetime as dt
import io
import math
from itertools import count

import pytest
from django.utils import timezone

from koers.analysis.effects.meta_analysis import log_ratio, meta_analysis
from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation.models import EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import pooling
from koers.apps.intake.background import RunState
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Measure, Plan, Priority
from koers.apps.plan.together import FoundTogether
from koers.records.evaluation import Judgement, Parameters, Result

SLUG, OTHER_SLUG, OUTCOME = "hang-en-sluitwerk", "halt-verwijzing", "woninginbraak"
START = dt.date(2024, 1, 1)
FALLS = (-0.30, -0.25, -0.35)
numbers = count()


def measure_of(municipality, library=SLUG, **changed):
    """A measure of the library in a plan of its own."""
    plan = Plan.objects.create(
        municipality=municipality,
        slug=f"samen-{next(numbers)}",
        title="Samen",
        start_year=2024,
        end_year=2026,
    )
    line = Priority.objects.create(
        municipality=municipality,
        plan=plan,
        title="Inbraak",
        slug="p",
        number=1,
        indicators=[OUTCOME],
    )
    given = {"title": "Inbraak samen", "adoption": "adopted", "library": library} | changed
    return Measure.objects.create(municipality=municipality, priority=line, **given)


def evaluated(measure, change=-0.3, *, asked=None, found=None, horizon=12, days=0):
    """An evaluation of it that is done, of 100 expected cases and a margin of a third to each
    side."""
    kept = {
        "method": "eb",
        "indicator": OUTCOME,
        "areas": ("VB010104",),
        "ring": (),
        "comparison": (),
        "start": START,
        "planned_change": -0.2,
        "horizon": horizon,
        "fixed_at": dt.datetime(2023, 12, 1, tzinfo=dt.UTC),
    } | (asked or {})
    main = {
        "what": "Zoals vastgelegd",
        "method": "eb",
        "verdict": Verdict.TOO_LITTLE,
        "months": 12,
        "observed": 100 * (1 + change),
        "expected": 100.0,
        "effect": 100 * change,
        "relative": change,
        "lower": 0.0,
        "upper": 0.0,
        "lower_part": (1 + change) * 0.75 - 1,
        "upper_part": (1 + change) / 0.75 - 1,
    } | (found or {})
    result = Result(
        main=Judgement(**main),
        labels=("2023-12", "2024-01"),
        observed=(1.0, 1.0),
        expected=(1.0, 1.0),
        first="2024-01",
        last="2024-12",
        horizon=horizon,
        planned_change=-0.2,
        parts=(),
    )
    return Evaluation.objects.create(
        municipality=measure.municipality,
        measure=measure,
        state=RunState.DONE,
        parameters=Parameters(**kept),
        snapshots=[],
        result=result,
        created_at=timezone.now() + dt.timedelta(days=days),
    )


@pytest.fixture
def third(db):
    return Municipality.objects.create(code="VB03", name="Verzonnenstad", fictitious=True)


@pytest.fixture
def three(municipality, other, third):
    """A measure of each of three municipalities, shared with both others, and its evaluation."""
    all_three = (municipality, other, third)
    measures = [measure_of(one) for one in all_three]
    for measure, change in zip(measures, FALLS, strict=True):
        measure.shared_with.set(set(all_three) - {measure.municipality})
        evaluated(measure, change)
    return measures


def only(municipality, measure=""):
    (found,) = pooling.found_together(municipality, measure)
    return found


def test_three_that_share_are_pooled_and_each_sees_the_same(three):
    found = {only(measure.municipality) for measure in three}
    assert len(found) == 1
    one = found.pop()
    assert (one.measure, one.indicator) == (SLUG, OUTCOME)
    assert (one.evaluations, one.municipalities) == (3, 3)
    each = [log_ratio(x, 100.0, ((1 + x) * 0.75 - 1, (1 + x) / 0.75 - 1)) for x in FALLS]
    by_hand = meta_analysis(*zip(*each, strict=True))
    assert math.log1p(one.change) == pytest.approx(by_hand.mean)
    assert (math.log1p(one.low), math.log1p(one.high)) == pytest.approx(by_hand.interval)
    assert (math.log1p(one.next_low), math.log1p(one.next_high)) == pytest.approx(
        by_hand.prediction
    )
    assert one.expected_fall == 30


def test_with_fewer_than_three_nothing_is_shown(three, adviser):
    Evaluation.objects.filter(measure=three[2]).delete()
    assert pooling.found_together(three[0].municipality) == ()
    for page in ("/plan/bibliotheek/", f"/plan/bibliotheek/{SLUG}/"):
        assert "samen maten" not in adviser.get(page).content.decode()


def test_who_does_not_share_adds_nothing_and_sees_what_others_share(three, other, third):
    """Not shared by itself, then not at all: its own evaluation is left out of what it sees too."""
    ours = three[0]
    ours.shared_with.clear()
    for measure in three:
        assert pooling.found_together(measure.municipality) == ()
    more = measure_of(other)
    more.shared_with.set([ours.municipality])
    evaluated(more, -0.1)
    assert only(ours.municipality).evaluations == 3
    # The third was not given the second of the other.
    assert pooling.found_together(third) == ()


def test_a_measure_counts_for_whom_it_is_shared_with(three, other):
    three[2].shared_with.set([other])
    assert pooling.found_together(three[0].municipality) == ()
    assert only(other).evaluations == 3


def test_a_plan_that_is_shared_shares_its_measures(three):
    for measure in three:
        given = list(measure.shared_with.all())
        measure.shared_with.clear()
        measure.priority.plan.shared_with.set(given)
    assert {only(measure.municipality).evaluations for measure in three} == {3}


def test_shared_with_nobody_but_itself_is_not_shared(three):
    three[0].shared_with.set([three[0].municipality])
    assert pooling.found_together(three[1].municipality) == ()
    assert pooling.found_together(three[0].municipality) == ()


def left_out(measure):
    assert pooling.found_together(measure.municipality) == ()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"fixed_late": True}, {}),
        ({"late_changes": 1}, {}),
        ({"fixed_at": None}, {}),
        ({"indicator": "fietsendiefstal"}, {}),
        ({"indicator": "bestaat-niet"}, {}),
        ({}, {"months": 11}),
        ({}, {"net": True}),
        ({}, {"withheld": True}),
        ({}, {"false_calls": 0.08}),
        ({}, {"lower_part": None}),
        ({}, {"upper_part": None}),
        ({}, {"relative": None}),
        ({}, {"expected": 0.0}),
        ({}, {"upper_part": -0.3, "lower_part": -0.3}),
        ({}, {"error": "Te weinig maanden"}),
    ],
)
def test_what_was_not_fixed_beforehand_or_says_nothing_is_left_out(three, asked, found):
    measure = three[1]
    Evaluation.objects.filter(measure=measure).delete()
    evaluated(measure, asked=asked, found=found)
    left_out(measure)


def test_without_a_result_or_while_it_runs_it_is_left_out(three):
    Evaluation.objects.filter(measure=three[1]).update(state=RunState.FAILED)
    left_out(three[1])
    Evaluation.objects.filter(measure=three[1]).update(state=RunState.DONE, result=None)
    left_out(three[1])


def test_of_a_measure_the_latest_over_its_whole_term_counts_once(three):
    evaluated(three[0], -0.6, days=1)
    evaluated(three[0], 0.5, found={"months": 3}, days=2)
    found = only(three[1].municipality)
    assert found.evaluations == 3 and found.change < -0.35


def test_a_late_change_is_not_passed_by_with_an_older_evaluation(three):
    evaluated(three[0], asked={"late_changes": 1}, days=1)
    left_out(three[1])


def test_a_withdrawn_evaluation_drops_out_and_an_older_one_counts(three):
    again = evaluated(three[0], -0.6, days=1)
    assert only(three[1].municipality).change < -0.35
    again.archive()
    assert only(three[1].municipality).expected_fall == 30
    Evaluation.objects.get(measure=three[0], archived_at=None).archive()
    left_out(three[1])


def test_an_evaluation_whose_decision_was_taken_back_counts_when_decided_again(three):
    evaluation = Evaluation.objects.get(measure=three[0])
    proposal = Proposal.objects.create(
        municipality=evaluation.municipality,
        evaluation=evaluation,
        course="keep",
        why="x",
        taken_back="doorgaan. Waarom teruggenomen: verkeerde buurt",
    )
    left_out(three[1])
    Proposal.objects.filter(pk=proposal.pk).update(decision="keep")
    assert only(three[1].municipality).evaluations == 3


@pytest.mark.parametrize("what", ["measure", "priority", "plan", "example"])
def test_what_is_archived_or_no_more_than_an_example_drops_out(three, what):
    line = three[2]
    match what:
        case "measure":
            line.archive()
        case "priority":
            line.priority.archive()
        case "plan":
            line.priority.plan.archive()
        case "example":
            Measure.objects.filter(pk=line.pk).update(adoption="example")
    left_out(three[0])
    left_out(line)


def test_other_measures_and_own_ones_are_not_mixed_in(three, other):
    for library in (OTHER_SLUG, ""):
        measure = measure_of(other, library)
        measure.shared_with.set([three[0].municipality])
        evaluated(measure, 0.9)
    assert only(three[0].municipality).evaluations == 3
    assert pooling.found_together(three[0].municipality, OTHER_SLUG) == ()
    assert only(three[0].municipality, SLUG).evaluations == 3


# What is said


def found(change=-0.18, low=-0.32, high=-0.02, next_low=-0.45, next_high=0.22, **more):
    return FoundTogether(
        SLUG, OUTCOME, "Woninginbraken", 4, more.get("where", 3), change, low, high, next_low,
        next_high,
    )  # fmt: skip


def test_a_fall_is_said_with_its_margin_and_that_it_may_rise_elsewhere():
    assert found().sentence == (
        "4 evaluaties in 3 gemeenten, met een opzet die vooraf vastlag, vonden voor"
        " 'Woninginbraken' samen gemiddeld 18 % minder gevallen dan zonder de maatregel te"
        " verwachten was (95 %-marge −32 % tot −2 %). Dat wijst op een daling. Een volgende"
        " evaluatie vindt met 95 % kans een effect van −45 % tot +22 %: elders kan het ook stijgen."
    )


def test_a_rise_and_nothing_shown_are_said_as_such():
    rise = found(0.2, 0.05, 0.4, -0.1, 0.6, where=1)
    assert "4 evaluaties in 1 gemeente, " in rise.sentence
    assert "20 % meer gevallen" in rise.sentence and "wijst op een stijging" in rise.sentence
    assert rise.sentence.endswith("elders kan het ook dalen.")
    assert rise.expected_fall is None
    nothing = found(0.001, -0.3, 0.4)
    assert "ongeveer evenveel gevallen" in nothing.sentence
    assert "niet aangetoond" in nothing.sentence and "elders" not in nothing.sentence
    assert nothing.expected_fall is None
    # As it is printed: a limit of "0 %" shows no fall.
    assert "niet aangetoond" in found(high=-0.004).sentence
    assert found(next_high=-0.1).sentence.endswith("−45 % tot −10 %.")


def test_what_few_leave_open_is_not_told_in_thousands_of_percents():
    wide = found(next_high=math.inf)
    assert "−45 % tot meer dan +900 %" in wide.sentence
    assert found(change=-0.99).expected_fall == 95


# Where it is shown


def test_the_library_shows_it_beside_what_research_says_with_a_file(three, adviser):
    listed = adviser.get("/plan/bibliotheek/").content.decode()
    assert "Wat gemeenten hier samen maten" in listed and "−30 %" in listed
    page = adviser.get(f"/plan/bibliotheek/{SLUG}/").content.decode()
    said = only(three[0].municipality)
    assert said.sentence.replace("'", "&#x27;") in page
    for path in ("/plan/bibliotheek/", f"/plan/bibliotheek/{SLUG}/"):
        answer = adviser.get(path, {"csv": "samen-gemeten"})
        (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert row["Maatregel"].startswith("Beter hang- en sluitwerk") and row["Herkomst"]
        assert (row["Evaluaties"], row["Gemeenten"]) == ("3", "3")
        assert row["Verandering samen (%)"] == f"{100 * said.change:.1f}".replace(".", ",")
        assert row["95 %-marge, laagste (%)"] == f"{100 * said.low:.1f}".replace(".", ",")
    assert "samen maten" not in adviser.get("/plan/bibliotheek/?thema=jeugd").content.decode()
    assert "samen maten" not in adviser.get(f"/plan/bibliotheek/{OTHER_SLUG}/").content.decode()


def test_it_names_no_measure_or_title_of_another_municipality(three, adviser):
    Measure.objects.filter(pk__in=[m.pk for m in three[1:]]).update(title="Alleen van de buren")
    for path in ("/plan/bibliotheek/", f"/plan/bibliotheek/{SLUG}/"):
        page = adviser.get(path).content.decode()
        assert "Alleen van de buren" not in page and "Fictiedam" not in page


def test_it_is_the_fall_to_expect_where_the_measure_is_planned(three, adviser, municipality):
    planned = measure_of(municipality)
    page = adviser.get(f"/effect/maatregel/{planned.pk}/vastleggen/").content.decode()
    assert only(municipality).sentence.replace("'", "&#x27;") in page
    assert 'name="expected_fall" value="30"' in page
    assert (
        "samen gemiddeld 30 % minder"
        in adviser.get(f"/plan/maatregel/{planned.pk}/").content.decode()
    )
    adviser.post(
        f"/effect/maatregel/{planned.pk}/vastleggen/",
        {
            "indicator": OUTCOME,
            "areas": ["VB010104"],
            "start": "2099-03-01",
            "expected_fall": "30",
            "horizon": "12",
            "method": "wdd",
        },
    )
    assert EffectDesign.objects.get(measure=planned).expected_change == -0.3
    page = adviser.get(f"/effect/maatregel/{planned.pk}/").content.decode()
    assert "een daling van 30 %" in page and "samen gemiddeld 30 % minder" in page
    # What was fixed stays, whatever others find since.
    evaluated(three[1], -0.1, days=1)
    page = adviser.get(f"/effect/maatregel/{planned.pk}/vastleggen/").content.decode()
    assert 'name="expected_fall" value="30"' in page


def test_where_it_did_not_fall_no_fall_is_filled_in(three, adviser, municipality):
    for measure in three:
        evaluated(measure, 0.2, days=1)
    page = adviser.get(
        f"/effect/maatregel/{measure_of(municipality).pk}/vastleggen/"
    ).content.decode()
    assert "20 % meer gevallen" in page and 'name="expected_fall" value' not in page


def test_without_others_the_usual_fall_is_filled_in(adviser, municipality):
    page = adviser.get(
        f"/effect/maatregel/{measure_of(municipality).pk}/vastleggen/"
    ).content.decode()
    assert 'name="expected_fall" value="20"' in page
