"""Did it work: fixed beforehand, evaluated in the background, decided on in the strategic
meeting."""

import csv
import dataclasses
import datetime as dt
import io
import json

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from koers.analysis.effects.verdict import Verdict
from koers.apps.evaluation import words
from koers.apps.evaluation.models import Course, DesignChange, EffectDesign, Evaluation, Proposal
from koers.apps.evaluation.services import calculating, fixing, judging, proposing, queue, running
from koers.apps.evaluation.services.region import (
    choose_comparison,
    first_month,
    outcomes,
    region_of,
)
from koers.apps.intake import archive
from koers.apps.intake.archive import public_shelf
from koers.apps.intake.background import RunState
from koers.apps.meetings.models import Meeting, MeetingDecision
from koers.apps.meetings.services import paper
from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Measure
from koers.charts.roles import ROLES
from koers.records.evaluation import Setup
from koers.sources.own import OWN

START = dt.date(2025, 9, 1)


@pytest.fixture
def measure(plan):
    return Measure.objects.of(plan.municipality).filter(adoption="adopted").first()


@pytest.fixture
def region(figures):
    return region_of("woninginbraak", "VB01")


def choices(**changed):
    kept = {
        "indicator": "misdrijven-totaal",
        "areas": ("VB010104", "VB010204"),
        "start": START,
        "method": "wdd",
        "expected_change": -0.3,
        "horizon": 6,
    }
    return fixing.Choices(**kept | changed)


@pytest.fixture
def design(measure):
    return fixing.fix(measure, choices())


@pytest.fixture
def evaluation(design):
    found, _ = queue.start(design.measure)
    running.carry_out(found.pk)
    found.refresh_from_db()
    return found


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(
        municipality=municipality, kind="strategic", date=dt.date(2026, 12, 8)
    )


def form(**changed):
    kept = {
        "indicator": "misdrijven-totaal",
        "areas": ["VB010104"],
        "start": "2099-03-01",
        "expected_fall": "30",
        "horizon": "12",
        "method": "wdd",
    }
    return kept | changed


# What is measured where


def test_a_measure_that_begins_halfway_a_month_counts_from_the_next():
    assert first_month(dt.date(2026, 3, 1)) == "2026-03"
    assert first_month(dt.date(2026, 12, 2)) == "2027-01"


def test_only_outcomes_of_which_fewer_is_better_can_be_chosen(figures):
    found = {i.id for i in outcomes("VB01")}
    assert "woninginbraak" in found
    assert all(i.direction == "down" for i in outcomes("VB01"))
    assert outcomes("GM9999") == []


def test_the_ring_crosses_the_municipal_boundary(region):
    ring = region.around(["VB010104"])
    assert {"VB010103", "VB010203", "VB010204"} <= set(ring)
    assert any(code.startswith("VB02") for code in ring)


def test_comparison_areas_come_from_the_region_and_not_from_measure_or_ring(region):
    areas, ring = ["VB010104", "VB010204"], region.around(["VB010104", "VB010204"])
    found = choose_comparison(region, areas, ring, START, "wdd")
    assert len(found) == len(areas) + len(ring), "the ring has comparison areas of its own"
    assert not set(found) & {*areas, *ring}
    assert any(
        not c.startswith("VB01") for c in choose_comparison(region, areas, ring, START, "synthetic")
    )


def test_each_area_is_compared_with_the_one_that_counted_most_alike_before(region):
    areas = ["VB010104", "VB010204"]
    before = [region.labels.index(label) for label in region.before(START)]
    counted = dict(zip(region.codes, region.counts[:, before].sum(axis=1), strict=True))
    left = {code: n for code, n in counted.items() if code not in areas and np.isfinite(n)}
    nearest = []
    for area in sorted(areas, key=lambda code: -counted[code]):
        nearest.append(min(left, key=lambda code: abs(left[code] - counted[area])))
        del left[nearest[-1]]
    assert choose_comparison(region, areas, [], START, "wdd") == sorted(nearest)


def test_comparison_areas_are_chosen_without_a_look_at_the_outcome(region):
    from dataclasses import replace

    areas = ["VB010104", "VB010204"]
    after = region.labels.index("2025-09")
    changed = region.counts.copy()
    changed[:, after:] = 0
    blind = replace(region, counts=changed)
    for method in ("wdd", "synthetic"):
        assert choose_comparison(region, areas, [], START, method) == choose_comparison(
            blind, areas, [], START, method
        )


def test_own_figures_are_no_outcome_also_for_those_who_may_see_them(figures, monkeypatch):
    """An effect is seen by everybody who works here, own figures are not."""

    def never(municipality):
        raise AssertionError("own figures were asked for")

    monkeypatch.setattr(archive, "internal_shelf", never)
    assert outcomes("VB01")
    region = region_of("woninginbraak", "VB01")
    assert all(region.shelf.manifest(i).source != OWN for i in region.snapshots)


# Fixing


def test_what_is_fixed_is_shown_with_what_can_be_shown(adviser, measure):
    adviser.post(f"/effect/maatregel/{measure.pk}/vastleggen/", form())
    design = EffectDesign.objects.get(measure=measure)
    assert (design.method, design.horizon, design.expected_change) == ("wdd", 12, -0.3)
    assert [p.months for p in design.power.horizons] == [6, 12, 24]
    assert any(c.startswith("VB02") for c in design.ring)
    page = adviser.get(f"/effect/maatregel/{measure.pk}/").content.decode()
    assert "na 6, 12 en 24 maanden" in page
    assert "aan te tonen" in page and f"opzet-{design.pk}" in page, "with a map of its areas"
    measure.refresh_from_db()
    assert (measure.start, measure.areas) == (dt.date(2099, 3, 1), ["VB010104"])


def test_koers_chooses_the_method_that_fits_the_areas(adviser, measure):
    url = f"/effect/maatregel/{measure.pk}/vastleggen/"
    for areas, method in (
        ({"areas": ["VB010104"]}, "eb"),
        ({"areas": [], "everywhere": "on"}, "its"),
    ):
        adviser.post(url, form(**areas, method=""))
        assert EffectDesign.objects.get().method == method
    assert len(EffectDesign.objects.get().areas) == 12
    assert "Kies ten minste één buurt" in adviser.post(url, form(areas=[])).content.decode()


def test_a_change_that_can_never_show_is_told_so(measure):
    design = fixing.fix(
        measure, choices(indicator="overval", areas=("VB010104",), expected_change=-0.05)
    )
    said = words.planned_sentence(design.power, design.expected_change, design.horizon)
    assert said.startswith("Dit is niet aan te tonen")


def test_before_the_start_everything_may_change_without_a_reason(adviser, measure):
    url = f"/effect/maatregel/{measure.pk}/vastleggen/"
    adviser.post(url, form())
    adviser.post(url, form(expected_fall="10", method="its"))
    design = EffectDesign.objects.get()
    assert (design.method, design.expected_change, design.comparison) == ("its", -0.1, [])
    assert not DesignChange.objects.exists()


def test_after_the_start_a_change_asks_for_a_reason_that_is_kept(adviser, design):
    url = f"/effect/maatregel/{design.measure_id}/vastleggen/"
    # Moving the start ahead opens nothing either.
    page = adviser.post(url, form()).content.decode()
    assert "Dit veld is verplicht" in page
    with pytest.raises(ValidationError, match="al begonnen"):
        fixing.fix(design.measure, choices(expected_change=-0.1))
    adviser.post(url, form(reason="De buurt is anders ingedeeld"))
    change = DesignChange.objects.get()
    assert change.reason == "De buurt is anders ingedeeld"
    assert change.was.start == dt.date(2025, 9, 1)
    assert "begin" in change.what
    page = adviser.get(f"/effect/maatregel/{design.measure_id}/").content.decode()
    assert "De buurt is anders ingedeeld" in page


def test_what_is_fixed_after_the_start_says_so(adviser, design):
    assert design.fixed_late
    assert (
        "pas na het begin vastgelegd"
        in adviser.get(f"/effect/maatregel/{design.measure_id}/").content.decode()
    )


def test_ring_and_comparison_can_be_changed(adviser, measure):
    design = fixing.fix(measure, choices(start=dt.date(2099, 1, 1)))
    url = f"/effect/maatregel/{measure.pk}/omgeving/"
    page = adviser.get(url)
    assert "Fictiedam" in page.content.decode()
    chosen = [page.context["form"][name].value() for name in ("ring", "comparison")]
    assert chosen == [design.ring, design.comparison], "they stay unless somebody says otherwise"
    stay = design.ring[1:]
    adviser.post(url, {"ring": stay, "comparison": design.comparison, "add_comparison": "VB030101"})
    design.refresh_from_db()
    assert design.ring == stay
    assert "VB030101" in design.comparison
    page = adviser.post(url, {"ring": stay, "comparison": []}).content.decode()
    assert "Laat ten minste één gebied staan" in page


def test_a_municipality_without_monthly_figures_is_told_what_koers_waits_for(
    adviser, measure, municipality
):
    municipality.code = "GM9999"
    municipality.save()
    page = adviser.get(f"/effect/maatregel/{measure.pk}/").content.decode()
    assert "wacht op tabel 47022NED" in page
    assert adviser.get(f"/effect/maatregel/{measure.pk}/vastleggen/").status_code == 302


# Evaluating


@pytest.mark.postgres
def test_an_evaluation_is_asked_for_and_done_in_the_background(adviser, design):
    url = f"/effect/maatregel/{design.measure_id}/evalueer/"
    answer = adviser.post(url)
    found = Evaluation.objects.get()
    assert answer["Location"] == f"/effect/{found.pk}/"
    assert "Koers begint zo" in adviser.get(f"/effect/{found.pk}/").content.decode()
    assert adviser.post(url)["Location"] == f"/effect/{found.pk}/"
    running.carry_out(found.pk)
    found.refresh_from_db()
    assert found.state == RunState.DONE
    assert adviser.get(f"/effect/{found.pk}/stand/")["HX-Refresh"] == "true"


def test_an_evaluation_keeps_its_figures_and_choices_and_never_changes(evaluation, design):
    assert evaluation.snapshots
    assert evaluation.parameters.method == "wdd"
    assert evaluation.parameters.fixed_late is True
    asked, result = evaluation.parameters, evaluation.result
    assert asked.ring and result.comparison_areas == len(asked.comparison) > 0
    assert [(part.role, part.code) for part in result.parts] == [
        (role, code)
        for role, codes in zip(ROLES, (asked.areas, asked.ring, asked.comparison), strict=False)
        for code in codes
    ]
    evaluation.result = {}
    with pytest.raises(ValidationError, match="verandert niet meer"):
        evaluation.save()


def test_the_same_snapshots_give_the_same_result_again(evaluation):
    setup = evaluation.parameters
    again = judging.evaluate(region_of(setup.indicator, "VB01", tuple(evaluation.snapshots)), setup)
    assert again == evaluation.result


def test_the_verdict_is_over_the_term_that_was_fixed_and_not_longer(evaluation):
    result = evaluation.result
    assert (result.main.months, result.horizon, result.final) == (6, 6, True)
    assert (result.first, result.last) == ("2025-09", "2026-02")
    assert any(row.what.startswith("Alle") for row in result.sensitivity)


def test_what_is_expected_adds_up_to_the_verdict(evaluation):
    result = evaluation.result
    after = [i for i, label in enumerate(result.labels) if label >= result.first]
    assert sum(result.observed[i] for i in after) == result.main.observed
    assert sum(result.expected[i] for i in after) == pytest.approx(result.main.expected)


def test_measure_and_ring_have_comparison_areas_of_their_own(evaluation):
    setup = evaluation.parameters
    built = calculating.build(region_of(setup.indicator, "VB01"), setup, 6)
    local, displaced = (set(built.compared_with(ring)) for ring in (False, True))
    assert local | displaced == set(built.codes) & set(setup.comparison)
    assert len(displaced) == built.design.ring.sum() > 0
    assert local and not local & displaced


def test_a_month_that_was_not_counted_is_left_out_and_named(evaluation):
    setup = evaluation.parameters
    region = region_of(setup.indicator, "VB01")
    counts = region.counts.copy()
    counts[region.places(setup.areas), region.labels.index("2025-03")] = np.nan
    built = calculating.build(dataclasses.replace(region, counts=counts), setup, 6)
    assert "2025-03" not in built.labels
    assert "Niet volledig geteld, en dus niet gebruikt: maart 2025." in built.notes


def test_the_part_that_changed_lies_between_its_limits(evaluation):
    result = evaluation.result
    rows = [r for r in (result.main, *result.sensitivity) if r.lower_part is not None]
    assert rows and all(r.lower_part < r.relative < r.upper_part for r in rows)


def test_a_fall_that_is_really_there_is_found(region):
    from dataclasses import replace

    region = region_of("misdrijven-totaal", "VB01")
    areas = region.own[:6]
    fallen = region.counts.copy()
    fallen[region.places(areas), region.labels.index("2025-09") :] *= 0.5
    compared = choose_comparison(region, areas, [], START, "synthetic")
    setup = Setup(
        method="synthetic",
        indicator="misdrijven-totaal",
        areas=tuple(areas),
        ring=(),
        comparison=tuple(compared),
        start=START,
        planned_change=-0.3,
        horizon=6,
    )
    result = judging.evaluate(replace(region, counts=fallen), setup)
    assert result.main.verdict == Verdict.WORKS
    assert {"wdd", "its"} <= {row.method for row in result.sensitivity}


def test_displacement_has_its_own_margin(evaluation):
    result = evaluation.result
    assert result.ring.effect == pytest.approx(result.main.displacement)
    assert result.ring.lower < result.ring.effect < result.ring.upper


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (3, 20, "Dat kan verplaatsing zijn"),
        (-20, -3, "Van verplaatsing is geen sprake"),
        (-3, 20, "niet aan te tonen"),
    ],
)
def test_displacement_is_said_as_strongly_as_its_margin_allows(evaluation, lower, upper, said):
    result = evaluation.result
    ring = result.ring.model_copy(
        update={"lower": lower, "upper": upper, "effect": (lower + upper) / 2}
    )
    assert said in words.displacement_sentence(result.model_copy(update={"ring": ring}))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_one_sentence_with_its_margin(evaluation, verdict):
    found = evaluation.result.main.model_copy(update={"verdict": verdict})
    said = words.verdict_sentence(found)
    assert "95 %-marge" in said
    assert said.count(". ") == 0


def test_a_measure_that_has_not_begun_is_not_evaluated(adviser, measure):
    fixing.fix(measure, choices(start=dt.date(2099, 1, 1)))
    adviser.post(f"/effect/maatregel/{measure.pk}/evalueer/")
    assert not Evaluation.objects.exists()
    page = adviser.get(f"/effect/maatregel/{measure.pk}/").content.decode()
    assert "Nog niet te evalueren" in page


@pytest.mark.postgres
def test_an_evaluation_whose_worker_died_makes_room(design):
    found, _ = queue.start(design.measure)
    long_ago = timezone.now() - dt.timedelta(minutes=5)
    Evaluation.objects.filter(pk=found.pk).update(state=RunState.RUNNING, heartbeat_at=long_ago)
    again, new = queue.start(design.measure)
    assert new
    assert again.pk != found.pk


def test_an_evaluation_that_cannot_be_made_says_why(design, adviser):
    found, _ = queue.start(design.measure)
    Evaluation.objects.filter(pk=found.pk).update(
        parameters=found.parameters.model_copy(update={"areas": ("bestaat-niet",)})
    )
    running.carry_out(found.pk)
    found.refresh_from_db()
    assert (found.state, found.claim) == (RunState.FAILED, None)
    assert "zijn er geen cijfers" in adviser.get(f"/effect/{found.pk}/").content.decode()


def test_the_page_says_verdict_method_sensitivity_and_power(adviser, evaluation):
    page = adviser.get(f"/effect/{evaluation.pk}/").content.decode()
    for said in (
        "95 %-marge",
        "Maakt een andere berekening verschil?",
        "Zo is het berekend",
        "Zonder de ring",
        "Breuk in de eigen reeks",
        "80 % kans",
        evaluation.snapshots[0],
        "Voorstel van Koers",
    ):
        assert said in page, said
    assert page.count('role="img"') == 2


def test_charts_tables_and_numbers_can_be_taken_along(adviser, evaluation):
    base = f"/effect/{evaluation.pk}/"
    rows = list(
        csv.reader(
            io.StringIO(adviser.get(f"{base}verloop.csv").content.decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert rows[0] == ["Periode", "Geteld", "Verwacht zonder de maatregel", "Met de maatregel"]
    assert [row[3] for row in rows].count("ja") == 6
    assert b"<svg" in adviser.get(f"{base}kaart.svg").content
    assert "ring eromheen" in adviser.get(f"{base}kaart.csv").content.decode("utf-8-sig")
    assert "Zoals vastgelegd" in adviser.get(f"{base}gevoeligheid.csv").content.decode("utf-8-sig")
    assert json.loads(adviser.get(f"{base}uitkomst.json").content)["result"]["horizon"] == 6
    design = f"/effect/maatregel/{evaluation.measure_id}/"
    assert b"<svg" in adviser.get(f"{design}kaart.svg").content
    assert "24 maanden" in adviser.get(f"{design}aan-te-tonen.csv").content.decode("utf-8-sig")
    assert adviser.get(f"{base}iets.svg").status_code == 404


# Deciding


def test_the_proposal_stands_on_the_next_strategic_meeting_and_no_other(
    adviser, evaluation, meeting, municipality
):
    later = Meeting.objects.create(
        municipality=municipality, kind="strategic", date=dt.date(2027, 1, 12)
    )
    operational = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    assert "Maatregelen: doorgaan" in adviser.get(f"/overleg/{meeting.pk}/").content.decode()
    for other in (later, operational):
        assert "Maatregelen: doorgaan" not in adviser.get(f"/overleg/{other.pk}/").content.decode()


def test_a_decision_and_its_reason_stand_at_the_meeting_and_the_measure(
    adviser, evaluation, meeting
):
    proposal = Proposal.objects.get()
    adviser.post(
        f"/effect/voorstel/{proposal.pk}/", {"decision": "stop", "reason": "Het helpt niet"}
    )
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.meeting) == ("stop", meeting)
    evaluation.measure.refresh_from_db()
    assert evaluation.measure.state == "stopped"
    assert "stoppen. Reden: Het helpt niet" in MeetingDecision.objects.get().text
    for url in (
        f"/overleg/{meeting.pk}/",
        f"/effect/maatregel/{evaluation.measure_id}/",
        f"/effect/{evaluation.pk}/",
        f"/plan/prioriteit/{evaluation.measure.priority_id}/",
    ):
        assert "Het helpt niet" in adviser.get(url).content.decode(), url
    assert not proposing.on_paper(meeting)


def test_a_decision_is_taken_back_with_a_reason_where_it_was_taken(adviser, evaluation, meeting):
    proposal = Proposal.objects.get()
    url = f"/effect/voorstel/{proposal.pk}/"
    adviser.post(url, {"decision": "stop", "reason": "Het helpt niet"})
    page = adviser.get(url).content.decode()
    assert "Besluit terugnemen" in page and "staat van ervoor" in page
    assert "Besluit terugnemen" in adviser.get(f"/effect/{evaluation.pk}/").content.decode()
    adviser.post(url, {"why": ""})
    adviser.post(url, {"why": "Mevrouw Jansen vindt van niet"})
    proposal.refresh_from_db()
    assert proposal.decision == "stop"
    adviser.post(url, {"why": "Wij keken naar de verkeerde buurt"})
    proposal.refresh_from_db()
    evaluation.measure.refresh_from_db()
    assert proposal.decision == "" and evaluation.measure.state != "stopped"
    for path in (url, f"/effect/{evaluation.pk}/"):
        assert "Wij keken naar de verkeerde buurt" in adviser.get(path).content.decode()
    assert "Teruggenomen" in adviser.get(f"/overleg/{meeting.pk}/").content.decode()


def test_a_decision_without_a_reason_is_refused_and_a_person_in_it_is_pointed_out(
    adviser, evaluation, meeting
):
    url = f"/effect/voorstel/{Proposal.objects.get().pk}/"
    adviser.post(url, {"decision": "keep", "reason": ""})
    page = adviser.post(
        url, {"decision": "keep", "reason": "Mevrouw Jansen wil het"}
    ).content.decode()
    assert "Dit lijkt op persoonsgegevens" in page
    assert not MeetingDecision.objects.exists()


@pytest.mark.postgres
def test_to_adjust_becomes_an_action_of_the_meeting(evaluation, meeting):
    proposing.decide(Proposal.objects.get(), meeting, Course.ADJUST, "Te klein gebied")
    action = Action.objects.get(
        measure=evaluation.measure, title__startswith="Werk de bijstelling uit"
    )
    assert action in meeting.actions.all()
    with pytest.raises(ValidationError, match="intussen al besloten"):
        proposing.decide(Proposal.objects.get(), meeting, Course.KEEP, "Toch niet")


def test_a_newer_evaluation_takes_the_place_of_an_open_proposal(evaluation, meeting):
    again, _ = queue.start(evaluation.measure)
    running.carry_out(again.pk)
    assert [p.evaluation_id for p in proposing.on_paper(meeting)] == [again.pk]


def test_an_example_does_not_come_to_the_meeting_until_it_is_adopted(evaluation, meeting):
    Measure.objects.update(adoption="example")
    assert proposing.on_paper(meeting) == []


def test_what_was_left_undecided_stays_in_the_closed_paper_and_goes_to_the_next(
    evaluation, meeting
):
    following = paper.close(public_shelf(), meeting)
    assert str(evaluation.measure) in meeting.paper.proposals[0]
    assert proposing.on_paper(following)


# Who may what


def test_who_works_here_sees_effects_and_only_an_adviser_fixes_and_evaluates(
    client, person, evaluation
):
    client.force_login(person(Role.COMMITTEE))
    assert client.get(f"/effect/{evaluation.pk}/").status_code == 200
    pk = evaluation.measure_id
    assert client.get(f"/effect/maatregel/{pk}/vastleggen/").status_code == 403
    assert client.post(f"/effect/maatregel/{pk}/evalueer/").status_code == 403
    assert client.post(f"/effect/voorstel/{Proposal.objects.get().pk}/").status_code == 403


def test_an_evaluation_of_another_municipality_does_not_exist(client, person, other, evaluation):
    client.force_login(person(Role.ADVISER, where=other))
    for path in (
        f"{evaluation.pk}/",
        f"maatregel/{evaluation.measure_id}/",
        f"{evaluation.pk}/verloop.svg",
        f"voorstel/{Proposal.objects.get().pk}/",
    ):
        assert client.get(f"/effect/{path}").status_code == 404, path
