"""What has to be known with a verdict stands wherever the verdict stands."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from koers import dutch
from koers.analysis.effects.called import ALLOWED, CALLED, ENOUGH, called_of_nothing, holds
from koers.analysis.effects.design import simple_design
from koers.analysis.effects.its import its
from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation.judged import Caveat, Judged
from koers.apps.evaluation.models import Course, EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import fixing, proposing, queue
from koers.apps.evaluation.services.calculating import Built, judgement
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting, MeetingDecision
from koers.apps.meetings.services import minutes, paper
from koers.apps.meetings.services.agenda import rows
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Measure
from koers.web import settings
from tests.apps.rules.conftest import new_signal
from tests.apps.rules.test_evaluation import ASKED, result, with_caveat

WEAK = [c for c in Caveat if c != Caveat.AFTER_PEAK]
SOURCE = Path(settings.__file__).resolve().parent.parent


@pytest.fixture
def measure(plan):
    return Measure.objects.of(plan.municipality).filter(adoption="adopted").first()


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(
        municipality=municipality, kind="strategic", date=dt.date(2099, 12, 8)
    )


def evaluated(measure, caveat, verdict=Verdict.BACKFIRES):
    EffectDesign.objects.create(
        municipality=measure.municipality,
        measure=measure,
        indicator="woninginbraak",
        areas=["VB010104"],
        start=dt.date(2025, 1, 1),
        expected_change=-0.2,
    )
    judged = with_caveat(caveat, verdict)
    result = judged.result.model_copy(
        update={"labels": ("2025-01", "2025-02"), "observed": (1, 2), "expected": (1, 1)}
    )
    found = Evaluation.objects.create(
        municipality=measure.municipality,
        measure=measure,
        state="done",
        finished_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        parameters=judged.parameters,
        result=result,
    )
    proposing.propose(found)
    return found


def text_of(response):
    assert response.status_code == 200
    return response.content.decode("utf-8-sig").replace("&#x27;", "'")


@pytest.mark.parametrize("caveat", list(Caveat))
def test_on_every_page_and_in_every_file(adviser, measure, meeting, caveat):
    found = evaluated(measure, caveat)
    sentence = proposing.judged_of(found).sentence.rsplit(". ", 1)[-1]
    short = str(proposing.judged_of(found))
    assert caveat.value in short
    proposal = Proposal.objects.get(evaluation=found)
    rows.refresh(public_shelf(), meeting)
    for path, said in {
        f"/effect/{found.pk}/": (short, sentence),
        f"/effect/{found.pk}/gevoeligheid.csv": (short,),
        f"/effect/{found.pk}/uitkomst.json": (caveat.value,),
        f"/effect/maatregel/{measure.pk}/": (short,),
        f"/effect/voorstel/{proposal.pk}/": (sentence,),
        f"/plan/prioriteit/{measure.priority_id}/": (sentence,),
        f"/overleg/{meeting.pk}/": (sentence,),
    }.items():
        page = text_of(adviser.get(path))
        for words in said:
            assert words in page, (path, words)
    (item,) = meeting.items.filter(kind="evaluation", archived_at=None)
    assert sentence in item.detail


@pytest.mark.parametrize("caveat", list(Caveat))
def test_in_what_a_meeting_keeps_decides_and_mails(measure, meeting, caveat):
    found = evaluated(measure, caveat)
    short = str(proposing.judged_of(found))
    kept = paper._as_it_is(public_shelf(), meeting)
    assert any(short in line for line in kept.proposals)
    proposing.decide(Proposal.objects.get(evaluation=found), meeting, Course.KEEP, "Daarom")
    assert short in MeetingDecision.objects.get(meeting=meeting).text
    assert short in " ".join(minutes.text_of(meeting).texts())


@pytest.mark.parametrize("caveat", WEAK)
def test_koers_never_proposes_to_stop_on_a_weak_verdict(adviser, measure, meeting, caveat):
    found = evaluated(measure, caveat)
    assert Proposal.objects.get(evaluation=found).course in (Course.WAIT, Course.LOOK)
    assert "Voorstel van Koers: <strong>stoppen" not in text_of(adviser.get(f"/effect/{found.pk}/"))


TOO_MUCH = sorted({case[:4] for case in CALLED if not holds(*case[:4])})


def test_of_the_other_methods_some_are_measured_to_call_too_much():
    """Whatever part of the figures it was in, and the primary method holds everywhere."""
    by_part = {c[:4] for c, (said, n) in CALLED.items() if n >= ENOUGH and said / n > ALLOWED}
    assert by_part and by_part <= set(TOO_MUCH)
    assert {case[0] for case in by_part} == {"its", "wdd"}
    assert "eb" not in {case[0] for case in TOO_MUCH}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_where_a_method_was_measured_to_call_too_much_of_nothing_the_page_says_so(case):
    """As an evaluation makes it: from the design and what the method found to the words."""
    method, size, after_peak, ring = case
    places = np.arange(4 * size)
    counts = np.random.default_rng(1).poisson(5.0, (4 * size, 48)).astype(float)
    around = (places >= size) & (places < 2 * size) if ring else np.zeros(4 * size, dtype=bool)
    design = simple_design(counts, places < size, 36, around)
    found = replace(its(design), method=method, after_peak=after_peak)
    setup = ASKED.model_copy(update={"method": method, "areas": tuple(map(str, range(size)))})
    row = judgement("Zoals vastgelegd", found, Built(design, (), (), ()), setup)
    said = Judged(result(row.verdict).model_copy(update={"main": row}), ASKED)
    assert Caveat.NOT_HOLDING in said.caveats and Caveat.NOT_HOLDING.value in said.of_row(row)
    share = called_of_nothing(*case)
    assert f"noemde zij {dutch.number(100 * share, 1)} %" in said.sentence


def test_no_template_takes_a_bare_verdict():
    """``result.main.verdict`` has no text; ``evidence.verdict`` is that of the library."""
    for file in SOURCE.rglob("*.html"):
        for found in re.findall(
            r"{[{%][^}]*(?:main|row|result)\.verdict[^}]*[}%]}", file.read_text()
        ):
            raise AssertionError(f"{file.name}: {found}")


def test_a_signal_in_the_areas_before_the_start_counts_as_chosen_on_it(measure, figures):
    design = fixing.fix(
        measure,
        fixing.Choices("woninginbraak", ("VB010104",), dt.date(2025, 9, 1), "wdd", -0.3, 6),
    )
    assert not queue.setup_of(design).chosen_high
    known = {"topic": "1.1.1", "area_code": "VB010104"}
    new_signal(measure.municipality, **known, period="2025-10")
    new_signal(measure.municipality, **known, period="2025-06", kind="fall")
    new_signal(measure.municipality, **known | {"area_code": "VB010101"}, period="2025-06")
    assert not queue.setup_of(design).chosen_high
    new_signal(measure.municipality, **known, period="2025-07")
    assert queue.setup_of(design).chosen_high
    assert Signal.objects.of(measure.municipality).count() >= 4
