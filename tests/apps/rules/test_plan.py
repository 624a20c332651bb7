"""What an adopted plan holds fast, whose references attach, what is shared, what is late."""

import datetime as dt

import pytest

from koers.apps.people.models import Role
from koers.apps.plan.models import Adjustment, Adoption, Measure, Priority
from koers.apps.plan.overviews.filters import overdue
from koers.apps.plan.overviews.rows import NO_OWNER, OVERDUE, is_overdue, rows_of
from koers.apps.plan.services import adjustments
from koers.apps.plan.services.owners import lines_without_owner, own_open_actions, without_owner
from koers.apps.plan.services.sharing import readable_measures, shared_measures, shared_plans
from koers.apps.plan.services.versions import adopt, decided_on, differences, plan_content
from tests.apps.rules.conftest import TODAY, TOMORROW, YESTERDAY

DAY = dt.date(2026, 11, 2)
DECISION = adjustments.Decision(None, DAY, "Strategisch overleg")


@pytest.fixture
def adopted(ours):
    adopt(ours.plan, DAY, "het college")
    ours.plan.refresh_from_db()
    return ours


def form_of(client, kind, line):
    """What the form of a line holds, as a browser sends it back."""
    form = client.get(f"/plan/bewerken/{kind}/{line.pk}/").context["form"]
    held = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, (list, tuple)) or hasattr(value, "all"):
            value = [getattr(one, "pk", one) for one in value]
        if value not in (None, False):
            held[name] = value
    return held


# What is decided with the plan

HELD_FAST = [
    ("plan", "title", "Anders"),
    ("plan", "start_year", 2024),
    ("plan", "end_year", 2029),
    ("plan", "summary", "Anders"),
    ("plan", "frameworks", "framework"),
    ("prioriteit", "title", "Anders"),
    ("prioriteit", "kind", "attention"),
    ("prioriteit", "number", 77),
    ("prioriteit", "description", "Anders"),
    ("prioriteit", "indicators", ["fietsdiefstal"]),
    ("prioriteit", "frameworks", "framework"),
    ("prioriteit", "without_framework", "Past nergens bij"),
    ("doel", "title", "Anders"),
    ("doel", "indicator", "fietsdiefstal"),
    ("doel", "area_code", "VB010101"),
    ("doel", "target", 2),
    ("doel", "due", "2029-12-31"),
    ("maatregel", "title", "Anders"),
    ("maatregel", "description", "Anders"),
    ("maatregel", "kind", "care"),
    ("maatregel", "start", "2026-01-01"),
    ("maatregel", "end", "2027-01-01"),
    ("maatregel", "areas", ["VB010101"]),
    ("maatregel", "topics", ["fietsdiefstal"]),
    ("maatregel", "budget", "1500"),
    ("maatregel", "hours", 40),
    ("maatregel", "partners", "partner"),
]
OF_A_KIND = {"plan": "plan", "prioriteit": "priority", "doel": "goal", "maatregel": "measure"}


def test_every_field_that_is_decided_on_changes_by_a_proposal_only(adviser, adopted):
    for kind, name, value in HELD_FAST:
        line = getattr(adopted, OF_A_KIND[kind])
        if isinstance(value, str) and hasattr(adopted, value) and name.endswith("s"):
            value = [getattr(adopted, value).pk]
        before = plan_content(adopted.plan)
        sent = form_of(adviser, kind, line) | {
            name: value,
            "reason": "Het kan beter",
            "accept_unmeasured": "on",
        }
        adviser.post(f"/plan/bewerken/{kind}/{line.pk}/", sent)
        assert plan_content(adopted.plan) == before, f"{kind}: {name}"
        made = Adjustment.objects.filter(kind=kind, line=line.pk).first()
        assert made is not None and name in made.new.values, f"{kind}: {name}"
        made.delete()


def test_what_research_says_changes_by_a_proposal_only(adviser, adopted):
    sent = form_of(adviser, "maatregel", adopted.measure) | {
        "evidence": "Werkt elders",
        "evidence_source": "Een rapport",
        "reason": "Nu bekend",
    }
    adviser.post(f"/plan/bewerken/maatregel/{adopted.measure.pk}/", sent)
    adopted.measure.refresh_from_db()
    assert (adopted.measure.evidence, adopted.measure.evidence_source) == ("", "")
    assert set(Adjustment.objects.get().new.values) == {"evidence", "evidence_source"}


def test_the_work_of_every_day_is_saved_at_once(adviser, adopted, person):
    colleague = person(Role.ENFORCEMENT)
    sent = form_of(adviser, "maatregel", adopted.measure) | {
        "state": "running",
        "owner": colleague.pk,
        "owner_department": "Handhaving",
        "deputy": colleague.pk,
        "deputy_department": "Veiligheid",
    }
    adviser.post(f"/plan/bewerken/maatregel/{adopted.measure.pk}/", sent)
    found = Measure.objects.get(pk=adopted.measure.pk)
    assert (found.state, found.owner, found.deputy) == ("running", colleague, colleague)
    assert (found.owner_department, found.deputy_department) == ("Handhaving", "Veiligheid")
    assert not Adjustment.objects.exists()


def test_an_example_in_an_adopted_plan_is_nobodys_decision_and_stays_open(adviser, adopted):
    Measure.objects.filter(pk=adopted.measure.pk).update(adoption=Adoption.EXAMPLE)
    sent = form_of(adviser, "maatregel", adopted.measure) | {"budget": "10"}
    adviser.post(f"/plan/bewerken/maatregel/{adopted.measure.pk}/", sent)
    adopted.measure.refresh_from_db()
    assert adopted.measure.budget == 10


@pytest.mark.parametrize(
    ("field", "theirs_is"), [("partners", "partner"), ("frameworks", "framework")]
)
def test_a_reference_of_another_municipality_does_not_attach(adopted, theirs, field, theirs_is):
    line = adopted.measure if field == "partners" else adopted.priority
    mine, strange = getattr(adopted, theirs_is), getattr(theirs, theirs_is)
    new = {field: (mine, strange)}
    adjustments.accept(adjustments.propose_change(line, new, "Daarom", None), DECISION)
    assert list(getattr(line, field).all()) == [mine]


def test_a_new_line_takes_references_of_its_own_municipality_only(adopted, theirs):
    both = (adopted.partner, theirs.partner)
    made = adjustments.propose_new(
        adopted.priority, "maatregel", {"title": "Nieuw", "partners": both}, "Daarom", None
    )
    adjustments.accept(made, DECISION)
    added = Measure.objects.get(pk=made.line)
    assert (added.priority, added.municipality) == (adopted.priority, adopted.municipality)
    assert list(added.partners.all()) == [adopted.partner]


@pytest.mark.parametrize("above", ["priority", "measure"])
def test_a_proposal_on_what_was_archived_meanwhile_is_refused(adopted, above):
    made = adjustments.propose_change(adopted.measure, {"title": "Anders"}, "Daarom", None)
    assert adjustments.stale(made) == ""
    getattr(adopted, above).archive()
    assert "gearchiveerd" in adjustments.stale(made)
    with pytest.raises(adjustments.AdjustmentError, match="gearchiveerd"):
        adjustments.accept(made, DECISION)
    adopted.measure.refresh_from_db()
    assert adopted.measure.title == "Avondronde"


def test_adjustments_that_are_accepted_together_make_one_version(adopted):
    goal = adjustments.propose_change(adopted.goal, {"title": "Meer rust"}, "Daarom", None)
    title = adjustments.propose_change(adopted.measure, {"title": "Nacht"}, "Daarom", None)
    budget = adjustments.propose_change(adopted.measure, {"budget": 10}, "Daarom", None)
    (version,) = adjustments.accept_all([budget, title, goal], DECISION)
    assert (version.number, adopted.plan.versions.count()) == (2, 2)
    adopted.measure.refresh_from_db()
    assert (adopted.measure.title, adopted.measure.budget) == ("Nacht", 10)
    assert {a.state for a in Adjustment.objects.all()} == {"accepted"}


def test_of_adjustments_together_none_is_made_where_one_cannot_be_and_it_is_named(adopted):
    fits = adjustments.propose_change(adopted.goal, {"title": "Meer rust"}, "Daarom", None)
    stale = adjustments.propose_change(adopted.measure, {"title": "Nacht"}, "Daarom", None)
    Measure.objects.filter(pk=adopted.measure.pk).update(title="Ochtend")
    with pytest.raises(adjustments.AdjustmentError, match="Avondronde: De regel is gewijzigd"):
        adjustments.accept_all([fits, stale], DECISION)
    assert adopted.plan.versions.count() == 1
    fits.refresh_from_db()
    assert fits.state == "proposed"


def test_on_the_page_what_is_ticked_is_decided_on_together(adviser, adopted):
    one = adjustments.propose_change(adopted.goal, {"title": "Meer rust"}, "Daarom", None)
    two = adjustments.propose_change(adopted.measure, {"title": "Nacht"}, "Daarom", None)
    three = adjustments.propose_change(adopted.measure, {"budget": 10}, "Daarom", None)
    page = "/plan/aanpassingen/samen/"
    assert adviser.get(page).content.decode().count('type="checkbox"') == 3
    decided = {"decided_on": DAY, "decided_in": "het college"}
    none = adviser.post(page, decided | {"besluit": "overnemen"}).content.decode()
    assert "Vink aan waarover is besloten" in none
    ticked = {f"a-{one.pk}": "1", f"a-{two.pk}": "1"}
    done = adviser.post(page, decided | ticked | {"besluit": "overnemen"}, follow=True)
    assert "2 aanpassingen zijn overgenomen" in done.content.decode()
    assert adopted.plan.versions.count() == 2
    adopted.measure.refresh_from_db()
    adviser.post(page, decided | {f"a-{three.pk}": "1", "besluit": "afwijzen"})
    three.refresh_from_db()
    assert (three.state, adopted.plan.versions.count()) == ("rejected", 2)
    assert "Er wacht geen voorstel" in adviser.get(page).content.decode()
    assert adviser.get(f"{page}?voorstel=geen-nummer").status_code == 200


def test_on_the_page_what_cannot_be_made_is_told_and_nothing_is_made(adviser, adopted):
    one = adjustments.propose_change(adopted.measure, {"title": "Nacht"}, "Daarom", None)
    Measure.objects.filter(pk=adopted.measure.pk).update(title="Ochtend")
    sent = {"decided_on": DAY, "decided_in": "x", f"a-{one.pk}": "1", "besluit": "overnemen"}
    page = adviser.post("/plan/aanpassingen/samen/", sent).content.decode()
    assert "Er is niets overgenomen. Avondronde: De regel is gewijzigd" in page
    assert adopted.plan.versions.count() == 1


def test_a_new_line_under_what_was_archived_is_refused(adopted):
    made = adjustments.propose_new(adopted.priority, "maatregel", {"title": "Nieuw"}, "Ja", None)
    adopted.priority.archive()
    with pytest.raises(adjustments.AdjustmentError, match="staat niet meer in het plan"):
        adjustments.accept(made, DECISION)


def test_a_line_of_another_municipality_is_not_reached_by_a_proposal(adopted, theirs):
    made = adjustments.propose_change(adopted.measure, {"title": "Anders"}, "Daarom", None)
    Adjustment.objects.filter(pk=made.pk).update(line=theirs.measure.pk)
    made.refresh_from_db()
    with pytest.raises(adjustments.AdjustmentError, match="bestaat niet meer"):
        adjustments.accept(made, DECISION)
    below = adjustments.propose_new(adopted.priority, "doel", {"title": "Nieuw"}, "Ja", None)
    Adjustment.objects.filter(pk=below.pk).update(parent=theirs.priority.pk)
    below.refresh_from_db()
    with pytest.raises(adjustments.AdjustmentError, match="staat niet meer in het plan"):
        adjustments.accept(below, DECISION)


def test_taking_out_and_putting_back_are_decided_on_too(adopted):
    out = adjustments.propose_archiving(adopted.measure, "Het werkt niet", None)
    assert adjustments.what(out) == "weghalen"
    first = adjustments.accept(out, DECISION)
    adopted.measure.refresh_from_db()
    assert adopted.measure.archived_at is not None
    back = adjustments.propose_restoring(adopted.measure, "Toch wel", None)
    assert adjustments.what(back) == "terugzetten"
    second = adjustments.accept(back, DECISION)
    adopted.measure.refresh_from_db()
    assert adopted.measure.archived_at is None
    assert second.number == first.number + 1
    with pytest.raises(adjustments.AdjustmentError, match="al besloten"):
        adjustments.reject(back, DECISION)
    again = adjustments.propose_restoring(adopted.measure, "Nog eens", None)
    assert "staat al weer in het plan" in adjustments.stale(again)


def test_a_version_leaves_out_what_is_archived(adopted):
    gone = {("prioriteit", adopted.priority.pk)}
    before = {(e.kind, e.line) for e in plan_content(adopted.plan).lines}
    assert {("maatregel", adopted.measure.pk), ("actie", adopted.action.pk)} <= before
    adopted.action.archive()
    adopted.goal.archive()
    after = {(e.kind, e.line) for e in plan_content(adopted.plan).lines}
    assert before - after == {("actie", adopted.action.pk), ("doel", adopted.goal.pk)}
    adopted.priority.archive()
    last = {(e.kind, e.line) for e in plan_content(adopted.plan).lines}
    assert after - last == gone | {("maatregel", adopted.measure.pk)}


def test_decided_on_is_what_somebody_confirmed_under_a_priority_that_somebody_confirmed(adopted):
    def decided():
        return {(e.kind, e.line) for e in decided_on(adopted.plan).lines}

    goal, measure = ("doel", adopted.goal.pk), ("maatregel", adopted.measure.pk)
    priority = ("prioriteit", adopted.priority.pk)
    assert {priority, goal, measure} <= decided()
    Measure.objects.filter(pk=adopted.measure.pk).update(adoption="example")
    assert {priority, goal, measure} & decided() == {priority, goal}
    Priority.objects.filter(pk=adopted.priority.pk).update(adoption="example")
    assert not {priority, goal, measure} & decided()


def test_a_version_holds_nothing_of_another_plan(adopted, theirs):
    held = {(e.kind, e.line) for e in plan_content(adopted.plan).lines}
    assert not {("maatregel", theirs.measure.pk), ("actie", theirs.action.pk)} & held


def test_two_versions_differ_in_what_was_added_changed_and_taken_out(adopted):
    old = plan_content(adopted.plan)
    Measure.objects.filter(pk=adopted.measure.pk).update(hours=12)
    adopted.goal.archive()
    added = Measure.objects.create(
        municipality=adopted.municipality, priority=adopted.priority, title="Erbij"
    )
    found = {
        (c.kind, c.line, c.field, c.old, c.new)
        for c in differences(old, plan_content(adopted.plan))
    }
    assert found == {
        ("maatregel", "Avondronde", "Uren", "–", "12"),
        ("doel", adopted.goal.title, "weggehaald", adopted.goal.title, "–"),
        ("maatregel", added.title, "toegevoegd", "–", added.title),
    }


# What neighbours share


def test_an_archived_plan_is_shared_no_longer(adviser, theirs, municipality):
    theirs.plan.shared_with.add(municipality)
    assert theirs.plan in shared_plans(municipality)
    assert adviser.get(f"/plan/gedeeld/plan/{theirs.plan.pk}/").status_code == 200
    theirs.plan.archive()
    assert theirs.plan not in shared_plans(municipality)
    assert theirs.measure not in readable_measures(municipality)
    assert adviser.get(f"/plan/gedeeld/plan/{theirs.plan.pk}/").status_code == 404


@pytest.mark.parametrize("gone", ["measure", "priority", "plan", "example"])
def test_a_shared_measure_is_read_as_long_as_it_stands_in_an_adopted_form(
    theirs, municipality, gone
):
    theirs.measure.shared_with.add(municipality)
    assert list(shared_measures(municipality)) == [theirs.measure]
    assert list(readable_measures(municipality)) == [theirs.measure]
    if gone == "example":
        Measure.objects.filter(pk=theirs.measure.pk).update(adoption="example")
    else:
        getattr(theirs, gone).archive()
    assert not shared_measures(municipality).exists()
    assert not readable_measures(municipality).exists()


def test_a_shared_plan_opens_its_measures_but_does_not_list_them_by_themselves(
    theirs, municipality
):
    theirs.plan.shared_with.add(municipality)
    assert list(readable_measures(municipality)) == [theirs.measure]
    assert not shared_measures(municipality).exists()


def test_nobody_shares_with_themselves(ours, municipality):
    ours.plan.shared_with.add(municipality)
    ours.measure.shared_with.add(municipality)
    assert not shared_plans(municipality).exists()
    assert not shared_measures(municipality).exists()


# What is late, and whose it is


@pytest.mark.parametrize(("due", "late"), [(YESTERDAY, True), (TODAY, False), (TOMORROW, False)])
def test_what_is_due_today_is_not_overdue(adviser, ours, due, late):
    ours.action.due = ours.measure.end = due
    ours.action.save()
    ours.measure.save()
    for line in (ours.action, ours.measure):
        assert is_overdue(line, TODAY) == late
        assert overdue(type(line).objects.filter(pk=line.pk), TODAY).exists() == late
        row = rows_of([line], None, TODAY)[0]
        assert (OVERDUE in row.flags) == late
    for page in ("acties", "maatregelen"):
        shown = adviser.get(f"/plan/{page}/?over_tijd=on").content.decode()
        title = ours.action.title if page == "acties" else ours.measure.title
        assert (title in shown) == late


@pytest.mark.parametrize(
    ("kind", "state", "late"),
    [
        ("action", "open", True),
        ("action", "done", False),
        ("action", "dropped", False),
        ("measure", "planned", True),
        ("measure", "running", True),
        ("measure", "at_risk", True),
        ("measure", "stopped", False),
        ("measure", "done", False),
    ],
)
def test_what_has_ended_is_never_overdue(ours, kind, state, late):
    line = getattr(ours, kind)
    line.state = state
    if kind == "action":
        line.due = YESTERDAY
    else:
        line.end = YESTERDAY
    line.save()
    assert is_overdue(line, TODAY) == late
    assert overdue(type(line).objects.filter(pk=line.pk), TODAY).exists() == late


def test_the_board_puts_what_is_due_today_in_this_month(adviser, ours):
    counts = {}
    for day in (YESTERDAY, TODAY, None):
        type(ours.action).objects.filter(pk=ours.action.pk).update(due=day)
        columns = adviser.get("/plan/bord/?naar=datum").context["columns"]
        counts[day] = [ours.action.title in "".join(column.cards) for column in columns]
    assert counts == {
        YESTERDAY: [True, False, False],
        TODAY: [False, True, False],
        None: [False, False, True],
    }


def test_a_line_without_owner_is_one_without_department_and_without_a_colleague(
    ours, worker, other
):
    def alone():
        return ours.measure in without_owner(Measure.objects.all(), ours.municipality)

    def give(owner=None, department="", **more):
        Measure.objects.filter(pk=ours.measure.pk).update(
            owner=owner, owner_department=department, **more
        )

    assert alone()
    give(department="Handhaving")
    assert not alone()
    give(owner=worker("collega", Role.ENFORCEMENT))
    assert not alone()
    give(owner=worker("vertrokken", Role.ENFORCEMENT, is_active=False))
    assert alone()
    give(owner=worker("buur", Role.ENFORCEMENT, where=other))
    assert alone()
    give(owner=worker("inwoner", Role.PUBLIC))
    assert alone()
    assert NO_OWNER in rows_of([Measure.objects.get(pk=ours.measure.pk)], None, TODAY)[0].flags
    for ended in ("stopped", "done"):
        give(state=ended)
        assert not alone()
    give(state="planned", adoption="example")
    assert not alone()


def test_lines_without_owner_are_of_ones_own_municipality(ours, theirs):
    found = lines_without_owner(ours.municipality)
    assert {ours.measure, ours.action} <= set(found)
    assert not {theirs.measure, theirs.action} & set(found)


def test_ones_own_work_is_open_adopted_and_here_soonest_first(ours, theirs, worker):
    somebody = worker("collega", Role.ENFORCEMENT)
    make = type(ours.action).objects.create
    mine = {"municipality": ours.municipality, "owner": somebody}
    late = make(**mine, title="Later", due=TOMORROW)
    never = make(**mine, title="Ooit")
    soon = make(**mine, title="Gauw", due=TODAY)
    make(**mine, title="Klaar", state="done", due=TODAY)
    make(**mine, title="Voorbeeld", adoption="example", due=TODAY)
    make(municipality=theirs.municipality, owner=somebody, title="Elders", due=TODAY)
    make(**mine, title="Weg", due=TODAY).archive()
    assert own_open_actions(somebody, ours.municipality) == [soon, late, never]
