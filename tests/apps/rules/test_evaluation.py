"""What an evaluation proposes, what a meeting decides on, and what was fixed beforehand."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation import words
from koers.apps.evaluation.judged import LABELS, Caveat, Judged
from koers.apps.evaluation.models import (
    Course,
    DesignChange,
    EffectDesign,
    Evaluation,
    Proposal,
)
from koers.apps.evaluation.services import proposing, running
from koers.apps.evaluation.services.region import choose_comparison, region_of
from koers.apps.meetings.models import Meeting, MeetingDecision
from koers.apps.plan.models import Action, Measure
from koers.records.evaluation import Judgement, Parameters, Result
from tests.apps.rules.conftest import TODAY, TOMORROW

HELD_ON = dt.date(2026, 12, 8)
ASKED = Parameters(
    method="wdd",
    indicator="woninginbraak",
    areas=("VB010101",),
    ring=(),
    comparison=(),
    start=HELD_ON,
    planned_change=-0.2,
    horizon=12,
)


def design_of(each, **more):
    kept = {
        "indicator": "woninginbraak",
        "areas": [f"{each.municipality.code}0101"],
        "start": TODAY,
        "expected_change": -0.3,
    }
    return EffectDesign.objects.create(
        municipality=each.municipality, measure=each.measure, **kept | more
    )


def proposal_of(each, **more):
    """A proposal on the measure of ``ours`` or ``theirs``."""
    evaluation = Evaluation.objects.create(
        municipality=each.municipality,
        measure=each.measure,
        state="done",
        parameters=ASKED,
        result=result(Verdict.WORKS),
    )
    return Proposal.objects.create(
        municipality=each.municipality, evaluation=evaluation, course="keep", why="x", **more
    )


def strategic(each, day=HELD_ON, **more):
    return Meeting.objects.create(
        municipality=each.municipality, date=day, kind="strategic", **more
    )


# What is fixed beforehand


@pytest.mark.parametrize(("start", "asks"), [(TODAY, True), (TOMORROW, False)])
def test_from_the_day_of_the_start_a_change_asks_for_a_reason(ours, start, asks):
    design = design_of(ours, start=start)
    assert design.started == asks
    design.horizon = 24
    if not asks:
        design.save()
        assert not DesignChange.objects.exists()
        return
    with pytest.raises(ValidationError, match="al begonnen"):
        design.save()
    with pytest.raises(ValidationError):
        design.save(reason="  ")
    design.save(reason=" Het duurt langer ")
    kept = DesignChange.objects.get()
    assert (kept.reason, kept.municipality) == ("Het duurt langer", ours.municipality)
    assert (kept.was.changed, kept.was.horizon) == (["horizon"], 12)
    assert kept.what == "termijn"


def test_moving_the_start_ahead_opens_nothing(ours):
    design = design_of(ours, start=TODAY)
    design.start = TOMORROW
    with pytest.raises(ValidationError, match="al begonnen"):
        design.save()


def test_saving_without_a_change_asks_for_nothing(ours):
    design_of(ours, start=TODAY).save()
    assert not DesignChange.objects.exists()


@pytest.mark.parametrize(("days", "late"), [(-1, True), (0, False), (1, False)])
def test_a_design_is_fixed_late_when_it_was_fixed_after_the_day_of_the_start(ours, days, late):
    assert design_of(ours, start=TODAY + dt.timedelta(days=days)).fixed_late == late


def test_an_evaluation_that_is_done_never_changes_but_can_be_archived(ours):
    done = proposal_of(ours).evaluation
    done.text = "anders"
    with pytest.raises(ValidationError, match="verandert niet meer"):
        done.save()
    done.archive()
    assert Evaluation.objects.get(pk=done.pk).archived_at is not None


# What stands on the paper of a meeting


@pytest.mark.parametrize("gone", ["decided", "archived", "example", "measure archived", "running"])
def test_open_is_a_proposal_without_decision_on_an_adopted_measure(ours, theirs, gone):
    found, _ = proposal_of(ours), proposal_of(theirs)
    assert list(proposing.open_proposals(ours.municipality)) == [found]
    if gone == "decided":
        Proposal.objects.filter(pk=found.pk).update(decision="keep")
    elif gone == "archived":
        found.archive()
    elif gone == "example":
        Measure.objects.filter(pk=ours.measure.pk).update(adoption="example")
    elif gone == "measure archived":
        ours.measure.archive()
    else:
        Evaluation.objects.filter(pk=found.evaluation_id).update(state="running")
    assert not proposing.open_proposals(ours.municipality).exists()


def test_a_proposal_stands_on_the_first_strategic_meeting_to_come(ours, theirs):
    found = proposal_of(ours)
    strategic(ours, dt.date(2026, 11, 1), state="held")
    strategic(theirs, dt.date(2026, 11, 2))
    strategic(ours, dt.date(2026, 11, 3)).archive()
    later, first = strategic(ours, dt.date(2027, 1, 5)), strategic(ours)
    assert proposing.next_meeting(ours.municipality) == first
    assert proposing.on_paper(first) == [found]
    assert proposing.on_paper(later) == []
    assert proposing.on_paper(ours.meeting) == []


# What other methods say


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((), "Andere berekeningen waren met deze cijfers niet mogelijk."),
        ((None,), "Andere berekeningen waren met deze cijfers niet mogelijk."),
        ((True, None), "Een andere berekening wijst dezelfde kant op."),
        ((True, True), "Alle 2 andere berekeningen wijzen dezelfde kant op."),
        ((True, False), "Van de 2 andere berekeningen wijst er 1 dezelfde kant op."),
        ((False, False, None), "Van de 2 andere berekeningen wijzen er geen enkele dezelfde"),
    ],
)
def test_it_is_said_how_many_other_calculations_agree(others, said):
    """None is a calculation that gave no answer: it counts for neither side."""
    rows = tuple(
        Judgement(what="a", method="wdd", net=bool(agrees), error="" if agrees is not None else "e")
        for agrees in others
    )
    found = result(Verdict.WORKS).model_copy(update={"sensitivity": rows})
    assert words.agreement_sentence(found, lambda row: row.net).startswith(said)


def test_where_no_effect_was_shown_others_point_no_way_either():
    """One method may find more and another less: they agree that nothing is shown."""
    rows = (Judgement(what="a", method="wdd"), Judgement(what="b", method="wdd"))
    found = result(Verdict.TOO_LITTLE).model_copy(update={"sensitivity": rows})
    said = words.agreement_sentence(found, lambda row: True)
    assert said == "Alle 2 andere berekeningen tonen ook geen effect aan."


# What is decided


@pytest.mark.parametrize(
    ("course", "state", "actions"),
    [(Course.KEEP, "running", 0), (Course.ADJUST, "running", 1), (Course.STOP, "stopped", 0)],
)
def test_what_the_meeting_decides_is_done_and_written_down(ours, course, state, actions):
    Measure.objects.filter(pk=ours.measure.pk).update(
        state="running", owner_department="Handhaving"
    )
    found, meeting = proposal_of(ours), strategic(ours)
    proposing.decide(found, meeting, course, "Daarom")
    found.refresh_from_db()
    ours.measure.refresh_from_db()
    assert (found.decision, found.reason, found.meeting) == (course, "Daarom", meeting)
    assert found.decided_at is not None
    assert ours.measure.state == state
    made = Action.objects.filter(measure=ours.measure).exclude(pk=ours.action.pk)
    assert list(made.values_list("owner_department", flat=True)) == ["Handhaving"] * actions
    assert meeting.actions.count() == actions
    said = MeetingDecision.objects.get(meeting=meeting)
    assert said.settled and "Reden: Daarom" in said.text
    assert said.municipality == ours.municipality


@pytest.mark.parametrize("letters", [1, 400, 600])
def test_a_long_reason_makes_a_decision_that_fits_and_ends_with_the_judgement(ours, letters):
    found, meeting = proposal_of(ours), strategic(ours)
    proposing.decide(found, meeting, Course.KEEP, "d" * letters)
    said = MeetingDecision.objects.get(meeting=meeting).text
    assert said.endswith(".)") and "(Oordeel van Koers: " in said
    assert len(said) <= MeetingDecision._meta.get_field("text").max_length
    if letters == 600:
        assert len(said) == 500, "as much of the reason as fits"


def test_what_was_decided_is_not_decided_again(ours):
    found, meeting = proposal_of(ours), strategic(ours)
    proposing.decide(found, meeting, Course.KEEP, "Daarom")
    with pytest.raises(ValidationError, match="al besloten"):
        proposing.decide(found, meeting, Course.STOP, "Toch niet")
    ours.measure.refresh_from_db()
    assert ours.measure.state == "planned"
    assert MeetingDecision.objects.filter(meeting=meeting).count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize("course", [Course.KEEP, Course.ADJUST, Course.STOP])
def test_a_decision_that_is_taken_back_is_open_again_and_leaves_a_trace(ours, course):
    Measure.objects.filter(pk=ours.measure.pk).update(state="at_risk")
    found, meeting = proposal_of(ours), strategic(ours)
    proposing.decide(found, meeting, course, "Daarom")
    proposing.take_back(found, "Het was een vergissing")
    found.refresh_from_db()
    ours.measure.refresh_from_db()
    assert (found.decision, found.reason, found.meeting, found.decided_at) == ("", "", None, None)
    assert "vergissing" in found.taken_back and course.label in found.taken_back
    assert ours.measure.state == "at_risk"
    made = Action.objects.filter(measure=ours.measure).exclude(pk=ours.action.pk)
    assert not made.filter(archived_at=None).exists()
    said = [d.text for d in MeetingDecision.objects.filter(meeting=meeting).order_by("pk")]
    assert len(said) == 2 and said[1].startswith("Teruggenomen: ") and "vergissing" in said[1]
    assert proposing.on_paper(meeting) == [found]
    with pytest.raises(ValidationError, match="geen besluit meer"):
        proposing.take_back(found, "Nog eens")


def test_what_was_done_since_a_decision_stays_when_it_is_taken_back(ours):
    found, meeting = proposal_of(ours), strategic(ours)
    proposing.decide(found, meeting, Course.ADJUST, "Daarom")
    made = Action.objects.filter(measure=ours.measure).exclude(pk=ours.action.pk)
    made.update(state="done")
    proposing.take_back(found, "Het was een vergissing")
    assert made.filter(archived_at=None).exists()
    proposing.decide(found, meeting, Course.STOP, "Toch")
    Measure.objects.filter(pk=ours.measure.pk).update(state="done")
    type(meeting).objects.all().delete()
    proposing.take_back(found, "Nog een vergissing")
    ours.measure.refresh_from_db()
    assert ours.measure.state == "done"
    assert not MeetingDecision.objects.exists(), "there is no meeting to tell it to"


# What follows from a verdict


def result(verdict, months=12, horizon=12, upper_80=None):
    main = Judgement(
        what="Zoals vastgelegd", method="wdd", verdict=verdict, months=months, upper_80=upper_80
    )
    others = [main.model_copy(update={"what": "Zonder de ring"})]
    return Result(
        main=main,
        sensitivity=others,
        labels=(),
        observed=(),
        expected=(),
        first="2025-01",
        last="2025-12",
        horizon=horizon,
        planned_change=-0.2,
        parts=(),
    )


@pytest.mark.parametrize(
    ("verdict", "more", "course", "says"),
    [
        (Verdict.BACKFIRES, {}, Course.STOP, "meer"),
        (Verdict.BACKFIRES, {"months": 3}, Course.WAIT, "nog niet om"),
        (Verdict.WORKS, {}, Course.KEEP, "aantoonbaar"),
        (Verdict.PROBABLY, {}, Course.KEEP, "waarschijnlijk"),
        (Verdict.NOTHING, {}, Course.ADJUST, "zij is er niet"),
        (Verdict.TOO_LITTLE, {}, Course.ADJUST, "na de hele termijn"),
        (Verdict.TOO_LITTLE, {"months": 11}, Course.WAIT, "nog niet om"),
        (Verdict.NOTHING, {"months": 11}, Course.WAIT, "nog niet om"),
        (Verdict.NOTHING, {"upper_80": -0.1}, Course.ADJUST, "verplaatsen"),
        (Verdict.NOTHING, {"upper_80": 0.0}, Course.ADJUST, "zij is er niet"),
    ],
)
def test_what_is_proposed_follows_from_the_verdict_and_the_term(verdict, more, course, says):
    found, why = proposing.course_of(Judged(result(verdict, **more), ASKED))
    assert found == course and says in why


OTHER = {
    Verdict.WORKS: Verdict.NOTHING,
    Verdict.PROBABLY: Verdict.BACKFIRES,
    Verdict.BACKFIRES: Verdict.TOO_LITTLE,
    Verdict.NOTHING: Verdict.WORKS,
    Verdict.TOO_LITTLE: Verdict.PROBABLY,
}


def with_caveat(caveat, verdict):
    """A verdict about which this has to be said, and nothing else."""
    found, asked = result(verdict), ASKED
    if caveat == Caveat.INTERIM:
        found = result(verdict, months=5)
    elif caveat == Caveat.LATE:
        asked = asked.model_copy(update={"fixed_late": True})
    elif caveat == Caveat.CHANGED:
        asked = asked.model_copy(update={"late_changes": 2})
    elif caveat == Caveat.DISAGREE:
        against = found.sensitivity[0].model_copy(update={"verdict": OTHER[verdict]})
        found = found.model_copy(update={"sensitivity": (*found.sensitivity, against)})
    elif caveat == Caveat.ALONE:
        failed = found.sensitivity[0].model_copy(update={"verdict": None, "error": "Te weinig."})
        found = found.model_copy(update={"sensitivity": (failed,)})
    elif caveat == Caveat.NOT_HOLDING:
        rows = [
            r.model_copy(update={"false_calls": 0.09}) for r in (found.main, *found.sensitivity)
        ]
        found = found.model_copy(update={"main": rows[0], "sensitivity": tuple(rows[1:])})
    else:
        peak = {"after_peak": True, "left_out": 12, "withheld": caveat == Caveat.WITHHELD}
        rows = [row.model_copy(update=peak) for row in (found.main, *found.sensitivity)]
        found = found.model_copy(update={"main": rows[0], "sensitivity": tuple(rows[1:])})
    return Judged(found, asked)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("caveat", list(Caveat))
def test_nothing_strong_is_proposed_on_a_verdict_with_a_caveat(caveat, verdict):
    judged = with_caveat(caveat, verdict)
    assert judged.caveats == (caveat,)
    course, _ = proposing.course_of(judged)
    if caveat == Caveat.AFTER_PEAK:
        # The margin allows for the peak.
        assert course == proposing.course_of(Judged(result(verdict), ASKED))[0]
    else:
        assert course == (Course.WAIT if caveat == Caveat.INTERIM else Course.LOOK)
        assert judged.tone == "warn"


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("caveat", list(Caveat))
def test_a_verdict_is_never_told_without_its_caveats(caveat, verdict):
    judged = with_caveat(caveat, verdict)
    assert caveat.value in str(judged)
    assert len(judged.sentence) > len(Judged(result(verdict), ASKED).sentence)
    for bare in (str(judged.verdict), f"{judged.verdict}", repr(judged.result.main.verdict.name)):
        assert LABELS[verdict] not in bare, "a page that shows the bare verdict shows no Dutch word"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_before_the_term_only_what_the_limits_for_looking_allow_is_firm(verdict):
    """Known early counts for a verdict that says that something happened, and for no other."""
    found = result(verdict, months=7)
    main = found.main.model_copy(update={"known_since": 5, "level": 0.997})
    labels = tuple(f"2025-{month:02d}" for month in range(1, 8))
    rows = (found.sensitivity[0].model_copy(update={"known_since": 5}),)
    judged = Judged(
        found.model_copy(update={"main": main, "labels": labels, "sensitivity": rows}), ASKED
    )
    if verdict in (Verdict.WORKS, Verdict.BACKFIRES):
        assert judged.caveats == ()
        assert "bekend na maand 5 van de 12 (mei 2025)" in judged.sentence
        assert proposing.course_of(judged)[0] in (Course.KEEP, Course.STOP)
    else:
        assert judged.caveats == (Caveat.INTERIM,)
        assert "bekend na" not in judged.sentence
    assert "marge bij tussentijds kijken" in judged.sentence and "95 %" not in judged.sentence


def test_what_was_known_at_the_end_of_the_term_is_not_told_as_known_before_it():
    found = result(Verdict.WORKS)
    main = found.main.model_copy(update={"known_since": 12})
    assert words.known_sentence(found.model_copy(update={"main": main})) == ""


def test_which_calculations_speak_against_a_verdict():
    """A weaker word for the same side does not."""
    sides = [{"werkt", "werkt waarschijnlijk"}, {"averechts"}]
    sides.append({"geen aantoonbaar effect", "te weinig gegevens"})
    for one in Verdict:
        for two in Verdict:
            found = result(one)
            other = found.sensitivity[0].model_copy(update={"verdict": two})
            found = found.model_copy(update={"sensitivity": (other,)})
            same = any({one.value, two.value} <= side for side in sides)
            assert (Caveat.DISAGREE in Judged(found, ASKED).caveats) != same


# Months and areas


@pytest.fixture
def region(figures):
    return region_of("woninginbraak", "VB01")


def test_whole_months_count_before_and_with_a_measure(region):
    labels = [x for x, whole in zip(region.labels, region.complete, strict=True) if whole]
    assert region.after(dt.date(2025, 3, 1)) == [x for x in labels if x >= "2025-03"]
    assert region.after(dt.date(2025, 3, 2)) == [x for x in labels if x >= "2025-04"]
    assert region.before(dt.date(2025, 3, 2)) == [x for x in labels if x < "2025-03"]
    assert not set(region.labels[-2:]) & set(region.after(dt.date(2020, 1, 1)))


def test_ones_own_areas_lie_within_the_boundary_and_the_ring_also_across_it(region):
    assert region.own and all(code.startswith("VB01") for code in region.own)
    assert [region.name(c) for c in region.own] == sorted(region.name(c) for c in region.own)
    ring = region.around(region.own)
    assert ring and not set(ring) & set(region.own)
    assert {region.municipality(c) for c in ring} - {""} != {"Voorbeeldrecht"}


def test_compared_is_with_areas_outside_the_measure_and_its_ring(region):
    areas = region.own[:2]
    ring = region.around(areas)
    start = dt.date(2025, 3, 1)
    found = choose_comparison(region, areas, ring, start, "wdd")
    assert len(found) == len(areas) + len(ring)
    assert not set(found) & {*areas, *ring}
    without = choose_comparison(region, areas, ring, start, "wdd", without=found)
    assert not set(without) & {*areas, *ring, *found}
    assert choose_comparison(region, [], ring, start, "wdd") == []


def test_the_comparison_does_not_look_at_what_came_after_the_start(region):
    areas, start = region.own[:2], dt.date(2025, 3, 1)
    before = choose_comparison(region, areas, [], start, "wdd")
    counts = region.counts.copy()
    late = [region.labels.index(x) for x in region.after(start)]
    counts[:, late] = np.arange(counts.shape[0])[:, None] * 100
    assert choose_comparison(replace(region, counts=counts), areas, [], start, "wdd") == before


def test_each_verdict_has_a_word_of_its_own():
    assert set(LABELS) == set(Verdict)
    assert len(set(LABELS.values())) == len(Verdict)
    assert (LABELS[Verdict.WORKS], LABELS[Verdict.BACKFIRES]) == ("werkt", "averechts")


def test_an_evaluation_that_is_no_longer_in_the_queue_is_left_alone(ours, monkeypatch):
    monkeypatch.setattr(running, "_judged", lambda *given: pytest.fail("judged again"))
    done = proposal_of(ours).evaluation
    running.carry_out(done.pk)
    done.refresh_from_db()
    assert (done.state, done.started_at) == ("done", None)
