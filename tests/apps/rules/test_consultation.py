"""On which decisions suggestions are taken, and whose they are."""

import math

import pytest

from koers.apps.consultation import surveys
from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.models import Decision
from koers.apps.decisions.services.document import latest_decision
from koers.apps.people.models import Role


@pytest.fixture
def decision(plan):
    return latest_decision(plan)


@pytest.fixture
def member(client, worker):
    """A client in which a member of the committee is signed in."""
    client.force_login(worker("raadslid", Role.COMMITTEE))
    return client


def suggest(client, decision):
    return client.post(
        f"/raadpleging/suggestie/{decision.pk}/", {"party": "Fractie", "text": "Meer licht"}
    )


@pytest.mark.parametrize(
    ("state", "taken"),
    [("draft", False), ("intended", True), ("with_committee", True), ("adopted", False)],
)
def test_suggestions_are_taken_between_the_draft_and_the_adoption(member, decision, state, taken):
    Decision.objects.filter(pk=decision.pk).update(state=state)
    suggest(member, decision)
    assert Suggestion.objects.exists() == taken
    listed = member.get("/raadpleging/").context["decisions"]
    assert (decision in listed) == taken


def test_a_suggestion_belongs_to_the_decision_and_is_of_its_municipality(member, decision):
    Decision.objects.filter(pk=decision.pk).update(state="intended")
    suggest(member, decision)
    found = Suggestion.objects.get()
    assert (found.decision, found.municipality) == (decision, decision.municipality)
    assert (found.state, found.answer) == ("received", "")


def test_decisions_and_suggestions_of_the_neighbours_are_not_listed(member, theirs):
    strange = latest_decision(theirs.plan)
    Decision.objects.filter(pk=strange.pk).update(state="intended")
    Suggestion.objects.create(
        municipality=theirs.municipality, decision=strange, text="Van de buren"
    )
    page = member.get("/raadpleging/")
    assert strange not in page.context["decisions"]
    assert "Van de buren" not in page.content.decode()
    assert "Van de buren" not in member.get("/raadpleging/?csv=suggesties").content.decode()
    assert suggest(member, strange).status_code == 404


# Results of surveys

HEAD = "thema;groep;aantal;deelnemers\n"


def bring(plan, rows, head=HEAD):
    return surveys.bring_in(plan, "Enquête", "2026", (head + rows).encode())


def test_shares_have_wilsons_interval_and_stand_most_named_first(plan):
    found = surveys.shares(bring(plan, "Wonen;jong;10;40\nWater;jong;20;40\nWonen;oud;5;\n"))
    assert [(s.theme, s.group) for s in found] == [
        ("Water", "jong"),
        ("Wonen", "jong"),
        ("Wonen", "oud"),
    ]
    half, quarter, unknown = found
    assert (half.share, quarter.share) == (50, 25)
    assert half.lower == pytest.approx(35.20, abs=0.01)
    assert half.upper == pytest.approx(64.80, abs=0.01)
    assert math.isnan(unknown.share) and unknown.respondents is None


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "Rij 2: er staan geen rijen"),
        ("Wonen;jong;41;40\n", "Rij 2, kolom aantal: 41 is meer dan het aantal deelnemers (40)"),
        ("Wonen;jong;-1;40\n", "Rij 2, kolom aantal: -1 is kleiner dan nul"),
        ("Wonen;jong;veel;40\n", "Rij 2, kolom aantal: 'veel' is geen geheel getal"),
        ("Wonen;;1;40\n", "Rij 2, kolom groep: hier staat niets"),
        (";jong;1;40\n", "Rij 2, kolom thema: hier staat niets"),
        ("Wonen;jong;1;40\nWonen;jong;2;40\n", "Rij 3: Wonen, jong staat ook al op rij 2"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_the_file_is_kept(plan, rows, says):
    with pytest.raises(surveys.SurveyFileError) as told:
        bring(plan, rows)
    assert says in str(told.value)
    assert not Survey.objects.exists()


@pytest.mark.parametrize("count", [0, 40])
def test_nobody_and_everybody_are_counts_too(plan, count):
    (found,) = surveys.shares(bring(plan, f"Wonen;jong;{count};40\n"))
    assert found.share == 100 * count / 40
    assert 0 <= found.lower < found.upper <= 100


def test_a_file_without_a_column_or_text_is_refused(plan):
    with pytest.raises(surveys.SurveyFileError, match="kolom 'groep' ontbreekt"):
        bring(plan, "Wonen;1\n", "thema;aantal\n")
    with pytest.raises(surveys.SurveyFileError, match="is leeg"):
        surveys.bring_in(plan, "Enquête", "2026", b"  \n")


def test_a_survey_is_of_the_municipality_of_its_plan(theirs, plan):
    found = bring(theirs.plan, "Wonen;jong;1;2\n")
    assert found.municipality == theirs.municipality
    assert found.counts.get().municipality == theirs.municipality
