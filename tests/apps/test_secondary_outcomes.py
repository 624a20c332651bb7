"""Outcomes that are fixed beside the one of the verdict: estimates, and never a verdict."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.exceptions import ValidationError

from koers.apps.evaluation import words
from koers.apps.evaluation.models import DesignChange, EffectDesign
from koers.apps.evaluation.services import fixing, judging, proposing, queue, running
from koers.apps.evaluation.services.region import region_of
from koers.apps.evaluation.services.secondary import Other
from koers.apps.plan.models import Measure
from koers.records.evaluation import Beside
from tests.apps.rules.conftest import new_signal

BESIDE = ("woninginbraak", "mishandeling")


@pytest.fixture
def measure(plan):
    return Measure.objects.of(plan.municipality).filter(adoption="adopted").first()


def fixed(measure, secondary=BESIDE, reason="", **more):
    kept = {"method": "wdd", "expected_change": -0.3, "horizon": 6} | more
    areas, start = ("VB010104", "VB010204"), dt.date(2025, 9, 1)
    chosen = fixing.Choices("misdrijven-totaal", areas, start, **kept, secondary=secondary)
    return fixing.fix(measure, chosen, reason)


@pytest.fixture
def evaluation(measure):
    found, _ = queue.start(fixed(measure).measure)
    running.carry_out(found.pk)
    found.refresh_from_db()
    return found


def table_of(adviser, evaluation, name):
    text = adviser.get(f"/effect/{evaluation.pk}/?csv={name}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_verdict_is_the_same_with_and_without_other_outcomes(evaluation):
    setup = evaluation.parameters.model_copy(update={"secondary": ()})
    region = region_of("misdrijven-totaal", "VB01", tuple(evaluation.snapshots))
    alone = judging.evaluate(region, setup)
    assert alone == evaluation.result.model_copy(update={"secondary": ()})
    assert proposing.judged_of(evaluation).verdict == alone.main.verdict


def test_other_outcomes_have_estimates_and_no_verdict(evaluation):
    found = evaluation.result.secondary
    assert tuple(one.indicator for one in found) == BESIDE
    for one in found:
        assert one.found.verdict is None and not one.found.error
        assert one.found.lower < one.found.effect < one.found.upper
        assert (one.found.months, one.found.known_since) == (evaluation.result.main.months, 0)


def test_margins_of_other_outcomes_are_widened_for_their_number_and_that_of_the_verdict_is_not(
    measure, figures
):
    """Each has half of the error when there are two, and p is doubled."""
    setup = queue.setup_of(fixed(measure))
    main = region_of("misdrijven-totaal", "VB01")
    both = [Other(Beside(indicator=name), region_of(name, "VB01")) for name in BESIDE]
    alone = judging.evaluate(main, setup, beside=both[:1]).secondary[0].found
    found = judging.evaluate(main, setup, beside=both)
    together = found.secondary[0].found
    assert (alone.level, together.level, found.main.level) == (0.95, 0.975, 0.95)
    assert together.effect == alone.effect
    assert together.lower < alone.lower and together.upper > alone.upper
    assert together.p_value == pytest.approx(min(2 * alone.p_value, 1.0))


def test_an_outcome_of_which_there_are_no_counts_says_so_and_the_verdict_stands(measure, figures):
    setup = queue.setup_of(fixed(measure))
    gone = Other(Beside(indicator="bestaat-niet"), None)
    found = judging.evaluate(region_of("misdrijven-totaal", "VB01"), setup, beside=[gone])
    assert found.main.verdict is not None
    assert "geen cijfers" in found.secondary[0].found.error


def test_a_signal_of_that_outcome_in_the_areas_counts_as_chosen_on_it(measure, figures):
    design = fixed(measure)
    known = {"topic": "1.1.1", "area_code": "VB010104", "period": "2025-07"}
    new_signal(measure.municipality, **known)
    assert [(b.indicator, b.chosen_high) for b in queue.setup_of(design).secondary] == [
        ("woninginbraak", True),
        ("mishandeling", False),
    ]


def test_which_outcomes_are_looked_at_is_fixed_beforehand(measure, figures):
    design = fixed(measure, BESIDE[:1])
    with pytest.raises(ValidationError, match="al begonnen"):
        fixed(measure, BESIDE)
    fixed(measure, BESIDE, reason="Mishandeling hoort erbij")
    change = DesignChange.objects.get(design=design)
    assert (change.was.secondary, change.what) == (BESIDE[:1], "nevenuitkomsten")


def test_the_page_and_its_files_say_that_they_are_no_verdict(adviser, evaluation):
    page = adviser.get(f"/effect/{evaluation.pk}/").content.decode()
    said = words.secondary_sentence(evaluation.result)
    assert "geen oordeel" in said and "Bonferroni" in said and said in page
    header, main, *rest = table_of(adviser, evaluation, "uitkomsten")
    assert main[header.index("Telt als")].startswith("oordeel: ")
    assert main[header.index("Zekerheid van de marge")] == "95 %"
    assert len(rest) == 2
    for row in rest:
        assert row[header.index("Telt als")].startswith("nevenuitkomst, geen oordeel (let op:")
        assert row[header.index("Zekerheid van de marge")] == "97,5 %"
    kept = json.loads(adviser.get(f"/effect/{evaluation.pk}/uitkomst.json").content)
    assert [one["found"]["verdict"] for one in kept["result"]["secondary"]] == [None, None]
    assert kept["about_secondary"] == said
    assert kept["parameters"]["secondary"][0]["indicator"] == "woninginbraak"


def test_without_other_outcomes_nothing_is_said_of_them(adviser, measure, figures):
    found, _ = queue.start(fixed(measure, ()).measure)
    running.carry_out(found.pk)
    found.refresh_from_db()
    assert words.secondary_sentence(found.result) == ""
    assert "De andere uitkomsten" not in adviser.get(f"/effect/{found.pk}/").content.decode()
    assert adviser.get(f"/effect/{found.pk}/?csv=uitkomsten").status_code == 404


FORM = {
    "indicator": "misdrijven-totaal",
    "areas": ["VB010104"],
    "start": "2099-03-01",
    "expected_fall": "30",
    "horizon": "12",
    "method": "wdd",
}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (("misdrijven-totaal",), "rust het oordeel al"),
        (("woninginbraak", "woninginbraak-inwoners"), "tellen hetzelfde"),
        ((*BESIDE, "straatroof", "vernieling"), "hooguit 3"),
    ],
)
def test_an_adviser_chooses_a_few_other_outcomes_and_not_that_of_the_verdict(
    adviser, measure, chosen, said
):
    url = f"/effect/maatregel/{measure.pk}/vastleggen/"
    assert said in adviser.post(url, {**FORM, "secondary": chosen}).content.decode()
    assert not EffectDesign.objects.exists()
    adviser.post(url, {**FORM, "secondary": BESIDE})
    assert EffectDesign.objects.get().secondary == list(BESIDE)
    page = adviser.get(f"/effect/maatregel/{measure.pk}/").content.decode()
    assert "Nevenuitkomsten, zonder oordeel" in page and "Mishandeling" in page
