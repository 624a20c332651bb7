"""The steps of a decision, what is frozen, and which figures and texts it holds."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from koers.apps.decisions.models import TRANSITIONS, Decision, DecisionState, DecisionStep
from koers.apps.decisions.services import figures
from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.decisions.services.texts import enumeration
from koers.apps.people.models import Role
from koers.apps.plan.models import Goal, Measure, Priority
from tests.apps.confirming import confirm_all

FOLLOWS = {
    "draft": {"intended"},
    "intended": {"with_committee", "draft"},
    "with_committee": {"adopted", "draft"},
    "adopted": set(),
}


@pytest.fixture
def decision(ours):
    return confirm_all(latest_decision(ours.plan))


def put(decision, state):
    """In a state, without the steps that lead there."""
    Decision.objects.filter(pk=decision.pk).update(state=state)
    decision.refresh_from_db()
    return decision


@pytest.mark.parametrize("state", FOLLOWS)
def test_only_the_next_steps_can_be_taken(decision, state):
    for to in DecisionState.values:
        put(decision, state)
        if to in FOLLOWS[state]:
            step = move(decision, to, "Daarom")
            assert (step.from_state, step.to_state, step.note) == (state, to, "Daarom")
            assert str(step) == f"{DecisionState(state).label} → {DecisionState(to).label}"
            assert decision.state == to
        else:
            with pytest.raises(ValueError, match="kan dit besluit niet naar"):
                move(decision, to)
            assert put(decision, state).state == state


def test_the_table_of_steps_is_that_of_the_city_hall():
    assert {str(k): {str(s) for s in v} for k, v in TRANSITIONS.items()} == FOLLOWS


def test_the_plan_is_adopted_with_the_decision_and_not_before(decision, ours):
    for to in ("intended", "draft", "intended", "with_committee"):
        move(decision, to)
        ours.plan.refresh_from_db()
        assert ours.plan.state == "draft" and not ours.plan.versions.exists()
    move(decision, "adopted")
    ours.plan.refresh_from_db()
    assert ours.plan.state == "adopted"
    assert ours.plan.versions.get().adopted_on == decision.meeting_date
    assert DecisionStep.objects.filter(decision=decision).count() == 5


def test_an_adopted_decision_does_not_change(client, worker, decision):
    put(decision, "adopted")
    decision.meeting_date = dt.date(2030, 1, 1)
    with pytest.raises(ValidationError, match="vastgesteld"):
        decision.save()
    client.force_login(worker("adviseur", Role.ADVISER))
    held = Decision.objects.get(pk=decision.pk)
    for rest in ("bewerken/", "opnieuw-vullen/", "stap/"):
        client.post(f"/besluiten/{decision.pk}/{rest}", {"to": "draft", "subject": "Anders"})
    now = Decision.objects.get(pk=decision.pk)
    assert (now.state, now.meeting_date) == (held.state, held.meeting_date)
    assert now.texts == held.texts


def test_a_draft_follows_the_figures_and_what_was_sent_keeps_its_own(decision, ours):
    def with_other_figures(state):
        Decision.objects.filter(pk=decision.pk).update(state=state, figures=None)
        return latest_decision(ours.plan).figures

    assert decision.figures
    assert with_other_figures("draft") == decision.figures
    for state in ("intended", "with_committee", "adopted"):
        assert with_other_figures(state) is None, state


def test_a_plan_has_one_decision_of_its_own_municipality(decision, ours, theirs):
    assert latest_decision(ours.plan) == decision
    strange = latest_decision(theirs.plan)
    assert strange != decision
    assert (strange.municipality, strange.plan) == (theirs.municipality, theirs.plan)
    Decision.objects.get(pk=decision.pk).archive()
    assert latest_decision(ours.plan) not in (decision, strange)


def test_an_example_is_in_no_text_of_a_decision(ours):
    hidden = "Alleen-een-voorbeeld"
    Goal.objects.filter(pk=ours.goal.pk).update(title=hidden, adoption="example")
    Measure.objects.filter(pk=ours.measure.pk).update(title=hidden, adoption="example")
    assert hidden not in str(latest_decision(ours.plan).texts)


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.COLLEGE, True), (Role.ADVISER, True), (Role.COMMITTEE, False), (Role.POLICE, False)],
)
def test_the_college_and_the_adviser_take_the_step(client, worker, decision, role, may):
    client.force_login(worker("iemand", role))
    client.post(f"/besluiten/{decision.pk}/stap/", {"to": "intended"})
    decision.refresh_from_db()
    assert (decision.state == "intended") == may


# The figure of a decision


def test_a_plan_without_figures_of_its_own_municipality_says_so(ours, theirs):
    found = figures.figure_data(ours.plan)
    assert found is not None and found.title == "Woninginbraak in Voorbeeldrecht"
    assert figures.figure_table(found) is not None
    Priority.objects.filter(plan=theirs.plan).update(indicators=["onveilig-in-buurt"])
    assert figures.figure_data(theirs.plan) is None
    (said,) = figures.figure_blocks(None)
    assert said.text.startswith("Er zijn nog geen gepubliceerde cijfers van deze gemeente")
    assert figures.figure_table(None) is None


def test_the_figure_is_of_the_first_adopted_priority_that_has_one(ours):
    Priority.objects.filter(plan=ours.plan).update(adoption="example")
    assert figures.figure_data(ours.plan) is None
    mine = {"municipality": ours.municipality, "plan": ours.plan}
    for number, indicators in (
        (1, ["onveilig-in-buurt"]),
        (2, ["onveilig-in-buurt", "fietsdiefstal"]),
        (3, ["woninginbraak"]),
    ):
        Priority.objects.create(
            **mine, number=number, title=str(number), slug=f"p{number}", indicators=indicators
        )
    assert figures.figure_data(ours.plan).indicator == "fietsdiefstal"


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a en b"), (["a", "b", "c"], "a, b en c")],
)
def test_words_are_enumerated_as_one_says_them(words, said):
    assert enumeration(words) == said
