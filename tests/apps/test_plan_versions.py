"""An adopted plan is frozen as a version; what it holds fast changes by an adjustment that somebody
decided on."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.people.models import Role
from koers.apps.plan.models import (
    Action,
    Adjustment,
    AdjustmentState,
    Goal,
    Measure,
    Plan,
    PlanVersion,
    Priority,
)
from koers.apps.plan.services import adjustments, versions
from tests.apps.confirming import confirm_all
from tests.apps.tables import read_csv

pytestmark = pytest.mark.postgres

DAY = dt.date(2026, 11, 2)


@pytest.fixture
def adopted(plan):
    Measure.objects.filter(priority__plan=plan).update(adoption="adopted")
    Goal.objects.filter(priority__plan=plan).update(adoption="adopted")
    versions.adopt(plan, DAY, "het college")
    return plan


@pytest.fixture
def measure(adopted):
    return Measure.objects.of(adopted.municipality).first()


def typed(measure, **changed):
    """What the form of a measure sends when only these fields were touched."""
    held = {
        "title": measure.title,
        "description": measure.description,
        "kind": measure.kind,
        "state": measure.state,
        "state_reason": measure.state_reason,
        "owner_department": measure.owner_department,
        "revision": measure.revision,
        "partners": [p.pk for p in measure.partners.all()],
        "start": measure.start or "",
    }
    return held | changed


def edit(measure):
    return f"/plan/bewerken/maatregel/{measure.pk}/"


def proposal(client, measure, **changed):
    client.post(edit(measure), typed(measure, **{"reason": "Het kan beter", **changed}))
    return Adjustment.objects.get()


def decide(client, adjustment, how="overnemen", **given):
    data = {"decided_on": "2026-11-20", "decided_in": "Strategisch overleg", "besluit": how} | given
    return client.post(
        f"/plan/aanpassing/{adjustment.pk}/besluit/", data, follow=True
    ).content.decode()


@pytest.fixture
def example(plan):
    Measure.objects.filter(pk=Measure.objects.of(plan.municipality).last().pk).update(
        adoption="example"
    )
    return Measure.objects.get(adoption="example")


def test_a_version_holds_every_line_and_says_which_are_examples(plan, example):
    found = versions.adopt(plan, DAY, "het college")
    entries = found.content.lines
    assert {e.kind for e in entries} == {"plan", "prioriteit", "doel", "maatregel", "actie"}
    for model, kind in ((Priority, "prioriteit"), (Goal, "doel"), (Measure, "maatregel")):
        assert {e.line for e in entries if e.kind == kind} == set(
            model.objects.values_list("pk", flat=True)
        )
    assert [e.line for e in entries if e.kind == "maatregel" and e.example] == [example.pk]
    assert plan.state == "adopted"


def test_a_version_never_changes(adopted):
    found = adopted.versions.get()
    found.content = {}
    with pytest.raises(ValidationError, match="verandert niet meer"):
        found.save()
    Measure.objects.update(title="Anders")
    assert "Anders" not in str(PlanVersion.objects.get().content)


def test_what_stood_in_the_database_before_records_is_read_and_held_beside_the_plan_of_now(
    adviser, adopted, measure
):
    found = adopted.versions.get()
    kept = {
        "kind": "maatregel",
        "line": measure.pk,
        "parent": measure.priority_id,
        "title": "Oud",
        "example": False,
        "fields": {"title": "Oud", "start": "2026-03-01", "budget": "1500.50", "partners": []},
    }
    plan = {
        "kind": "plan",
        "line": adopted.pk,
        "parent": None,
        "title": str(adopted),
        "example": False,
        "fields": {"title": str(adopted), "frameworks": [{"id": 1, "name": "Kader"}]},
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plan_planversion SET content = %s WHERE id = %s",
            [json.dumps({"lines": [plan, kept]}), found.pk],
        )
    record = PlanVersion.objects.get(pk=found.pk).content.lines[1]
    assert record.values["start"] == dt.date(2026, 3, 1)
    rows = read_csv(
        adviser.get(f"/plan/versies/{adopted.pk}/verschil/?van=1&naar=nu&csv=verschil").content
    )
    told = {(r["Regel"], r["Veld"]): r for r in rows}
    assert told[measure.title, "Budget in euro's"]["Versie 1"] == "1.500,50"
    assert told[measure.title, "Begin"]["Versie 1"] == "1 maart 2026"


def test_a_proposal_from_before_records_is_decided_on(adviser, adopted, measure):
    made = adjustments.propose_change(measure, {"title": "Anders"}, "Daarom", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plan_adjustment SET old = %s, new = %s WHERE id = %s",
            [
                json.dumps({"title": measure.title, "end": None, "budget": None}),
                json.dumps({"title": "Nieuw", "end": "2027-12-31", "budget": "99.50"}),
                made.pk,
            ],
        )
    assert "nu versie 2" in decide(adviser, made)
    measure.refresh_from_db()
    assert (measure.title, measure.end, str(measure.budget)) == (
        "Nieuw",
        dt.date(2027, 12, 31),
        "99.50",
    )


def test_a_version_names_no_people(adopted, person):
    Measure.objects.update(owner=person(Role.POLICE))
    assert "police@example.org" not in str(versions.plan_content(adopted))


def test_an_adopted_decision_adopts_its_plan(plan):
    decision = confirm_all(latest_decision(plan))
    for state in ("intended", "with_committee"):
        move(decision, state)
        assert not plan.versions.exists()
    move(decision, "adopted")
    found = plan.versions.get()
    assert found.number == 1 and found.adopted_on == decision.meeting_date
    assert "Collegebesluit" in found.decided_in
    assert Plan.objects.get().state == "adopted"


def test_a_plan_is_adopted_by_hand_where_the_decision_was_taken_elsewhere(adviser, plan):
    url = f"/plan/versies/{plan.pk}/vaststellen/"
    assert (
        "in de toekomst"
        in adviser.post(url, {"decided_on": "2099-01-01", "decided_in": "x"}).content.decode()
    )
    adviser.post(url, {"decided_on": "2026-11-02", "decided_in": "Collegevergadering"})
    page = adviser.get(f"/plan/versies/{plan.pk}/").content.decode()
    assert "Collegevergadering" in page and "adviser-administrator@example.org" in page


def test_where_it_was_decided_is_offered_from_decisions_and_meetings(adviser, plan, municipality):
    from koers.apps.meetings.models import Meeting

    latest_decision(plan)
    Meeting.objects.create(municipality=municipality, date="2026-11-03", kind="strategic")
    page = adviser.get(f"/plan/versies/{plan.pk}/vaststellen/").content.decode()
    assert "Strategisch overleg 3 november 2026" in page
    assert "Collegebesluit" in page


def test_in_a_draft_everything_changes_at_once(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    adviser.post(edit(measure), typed(measure, title="Nieuwe titel"))
    measure.refresh_from_db()
    assert measure.title == "Nieuwe titel"
    assert not Adjustment.objects.exists()


def test_the_title_of_a_measure_in_an_adopted_plan_changes_only_by_a_proposal(adviser, measure):
    old = measure.title
    made = proposal(adviser, measure, title="Nieuwe titel")
    measure.refresh_from_db()
    assert measure.title == old
    assert (made.old.values, made.new.values, made.reason) == (
        {"title": old},
        {"title": "Nieuwe titel"},
        "Het kan beter",
    )
    page = adviser.get(f"/plan/aanpassing/{made.pk}/").content.decode()
    assert old in page and "Nieuwe titel" in page


def test_a_proposal_without_a_reason_is_refused_and_keeps_what_was_typed(adviser, measure):
    page = adviser.post(edit(measure), typed(measure, title="Nieuwe titel")).content.decode()
    assert "Schrijf op waarom" in page and 'value="Nieuwe titel"' in page
    assert not Adjustment.objects.exists()


def test_the_work_of_every_day_in_an_adopted_plan_is_saved_at_once(adviser, measure):
    adviser.post(edit(measure), typed(measure, state="at_risk", state_reason="Te weinig mensen"))
    measure.refresh_from_db()
    assert (measure.state, measure.state_reason) == ("at_risk", "Te weinig mensen")
    assert not Adjustment.objects.exists()


def test_areas_in_another_order_are_no_change(adviser, measure):
    Measure.objects.filter(pk=measure.pk).update(areas=["VB010104", "VB010102"])
    adviser.post(edit(measure), typed(measure, state="done", areas=["VB010102", "VB010104"]))
    measure.refresh_from_db()
    assert measure.state == "done"
    assert not Adjustment.objects.exists()


def test_one_form_saves_the_daily_part_and_proposes_the_rest(adviser, measure):
    old = measure.title
    made = proposal(adviser, measure, title="Nieuwe titel", state="running", partners=[])
    measure.refresh_from_db()
    assert (measure.state, measure.title) == ("running", old)
    assert measure.partners.exists() or "partners" not in made.new.values
    assert "state" not in made.new.values


def test_an_action_is_never_frozen(adviser, measure):
    action = Action.objects.create(municipality=measure.municipality, measure=measure, title="Bel")
    adviser.post(
        f"/plan/bewerken/actie/{action.pk}/",
        {"title": "Bel twee keer", "state": "open", "revision": 0},
    )
    action.refresh_from_db()
    assert action.title == "Bel twee keer"
    adviser.post(f"/plan/toevoegen/actie/{measure.pk}/", {"title": "Schrijf", "state": "open"})
    assert Action.objects.filter(title="Schrijf").exists()


def test_accepting_changes_the_plan_and_makes_the_next_version(adviser, measure, adopted):
    made = proposal(adviser, measure, title="Nieuwe titel", budget="1500")
    assert "nu versie 2" in decide(adviser, made)
    measure.refresh_from_db()
    assert (measure.title, measure.budget) == ("Nieuwe titel", 1500)
    made.refresh_from_db()
    assert (made.state, made.decided_in, made.decided_on) == (
        "accepted",
        "Strategisch overleg",
        dt.date(2026, 11, 20),
    )
    assert made.decided_by is not None
    assert adopted.versions.first().decided_in == "Strategisch overleg"


def test_rejecting_and_withdrawing_leave_the_plan_as_it_was(adviser, measure, adopted):
    old = measure.title
    decide(adviser, proposal(adviser, measure, title="Nieuwe titel"), "afwijzen")
    second = adjustments.propose_change(measure, {"title": "Nog een"}, "Daarom", None)
    adviser.post(f"/plan/aanpassing/{second.pk}/intrekken/")
    measure.refresh_from_db()
    assert measure.title == old and adopted.versions.count() == 1
    assert set(Adjustment.objects.values_list("state", flat=True)) == {"rejected", "withdrawn"}


def test_what_was_decided_is_not_decided_again(adviser, measure, adopted):
    made = proposal(adviser, measure, title="Nieuwe titel")
    decide(adviser, made, "afwijzen")
    assert "al besloten" in decide(adviser, made)
    assert adopted.versions.count() == 1


def test_a_decision_needs_to_say_where_it_was_taken(adviser, measure):
    made = proposal(adviser, measure, title="Nieuwe titel")
    assert "in welk besluit of overleg" in decide(adviser, made, decided_in="")
    made.refresh_from_db()
    assert made.state == AdjustmentState.PROPOSED


def test_a_stale_proposal_is_refused_and_says_what_changed(adviser, measure):
    first = proposal(adviser, measure, title="Een")
    second = adjustments.propose_change(measure, {"title": "Twee"}, "Daarom", None)
    decide(adviser, second)
    page = decide(adviser, first)
    assert "gewijzigd na dit voorstel (maatregel)" in page
    measure.refresh_from_db()
    assert measure.title == "Twee"
    assert "Overnemen in het plan" not in page


def test_a_proposal_about_another_field_is_not_stale(adviser, measure):
    first = proposal(adviser, measure, title="Een")
    decide(adviser, adjustments.propose_change(measure, {"description": "Ander"}, "Daarom", None))
    assert "nu versie 3" in decide(adviser, first)


def test_a_new_measure_in_an_adopted_plan_is_a_proposal(adviser, adopted):
    priority = adopted.priorities.first()
    data = {
        "title": "Nieuw",
        "kind": "care",
        "state": "planned",
        "areas": ["VB010104"],
        "start": "2027-01-01",
    }
    assert (
        "Schrijf op waarom"
        in adviser.post(f"/plan/toevoegen/maatregel/{priority.pk}/", data).content.decode()
    )
    adviser.post(f"/plan/toevoegen/maatregel/{priority.pk}/", data | {"reason": "Nodig"})
    assert not Measure.objects.filter(title="Nieuw").exists()
    decide(adviser, Adjustment.objects.get())
    found = Measure.objects.get(title="Nieuw")
    assert (found.priority, found.areas, found.start) == (
        priority,
        ["VB010104"],
        dt.date(2027, 1, 1),
    )


def test_a_new_priority_and_a_new_goal_are_proposed_and_added(adviser, adopted):
    url = f"/plan/toevoegen/prioriteit/{adopted.pk}/"
    adviser.post(
        url, {"title": "Wateroverlast", "kind": "priority", "number": 6, "reason": "Nodig"}
    )
    decide(adviser, Adjustment.objects.get())
    priority = Priority.objects.get(title="Wateroverlast")
    assert priority.slug == "wateroverlast"
    goal = {
        "title": "Minder",
        "indicator": "woninginbraak",
        "target": "1",
        "due": "2029-01-01",
        "reason": "Nodig",
    }
    adviser.post(f"/plan/toevoegen/doel/{priority.pk}/", goal)
    decide(adviser, Adjustment.objects.get(kind="doel"))
    assert Goal.objects.get(title="Minder").start_snapshot != ""


def test_a_target_in_an_adopted_plan_is_proposed(adviser, adopted):
    goal = Goal.objects.of(adopted.municipality).filter(indicator="woninginbraak").first()
    data = {
        "title": goal.title,
        "indicator": goal.indicator,
        "target": "1",
        "due": "2029-01-01",
        "reason": "Lager",
    }
    adviser.post(f"/plan/bewerken/doel/{goal.pk}/", data)
    made = Adjustment.objects.get()
    assert made.new.values["target"] == 1.0 and made.old.values["target"] == goal.target
    decide(adviser, made)
    goal.refresh_from_db()
    assert goal.target == 1.0 and goal.due == dt.date(2029, 1, 1)


def test_taking_a_line_out_and_putting_it_back_are_proposals_too(adviser, measure, adopted):
    answer = adviser.post(f"/plan/archiveren/maatregel/{measure.pk}/", follow=True)
    measure.refresh_from_db()
    assert measure.archived_at is None
    adviser.post(answer.request["PATH_INFO"], {"reason": "Klaar"})
    decide(adviser, Adjustment.objects.get())
    measure.refresh_from_db()
    assert measure.archived_at is not None
    assert any(
        c.field == "weggehaald"
        for c in versions.differences(*(v.content for v in adopted.versions.order_by("number")))
    )
    where = adviser.post(f"/plan/terugzetten/maatregel/{measure.pk}/").url
    adviser.post(where, {"reason": "Toch niet"})
    decide(adviser, Adjustment.objects.get(state="proposed"))
    measure.refresh_from_db()
    assert measure.archived_at is None and adopted.versions.count() == 3


def test_an_example_in_an_adopted_plan_is_free_until_it_is_proposed_to_adopt_it(
    adviser, plan, example
):
    versions.adopt(plan, DAY, "het college")
    adviser.post(edit(example), typed(example, title="Vrij te wijzigen"))
    example.refresh_from_db()
    assert example.title == "Vrij te wijzigen"
    where = adviser.post(f"/plan/vaststellen/maatregel/{example.pk}/").url
    example.refresh_from_db()
    assert example.is_example
    adviser.post(where, {"reason": "Doen we"})
    decide(adviser, Adjustment.objects.get())
    example.refresh_from_db()
    assert not example.is_example


def test_two_versions_stand_side_by_side_and_in_a_csv(adviser, measure, adopted):
    old = measure.title
    decide(adviser, proposal(adviser, measure, title="Nieuwe titel"))
    url = f"/plan/versies/{adopted.pk}/verschil/"
    page = adviser.get(url).content.decode()
    assert old in page and "Nieuwe titel" in page
    rows = read_csv(adviser.get(url, {"van": "1", "naar": "2", "csv": "verschil"}).content)
    assert [(r["Veld"], r["Versie 1"], r["Versie 2"]) for r in rows] == [
        ("Maatregel", old, "Nieuwe titel")
    ]
    assert "Er is geen verschil" in adviser.get(url, {"van": "2", "naar": "nu"}).content.decode()
    assert adviser.get(url, {"van": "9"}).status_code == 404


def test_a_long_version_opens_by_priority_and_its_file_holds_all(adviser, plan, monkeypatch):
    from koers.apps.plan.views import versions as views

    versions.adopt(plan, dt.date(2026, 1, 1), "Raad")
    first, second = (line for line in plan.lines.filter(archived_at=None)[:2])
    one, other = first.measures.first().title, second.measures.first().title
    url = f"/plan/versies/{plan.pk}/1/"
    short = adviser.get(url).content.decode()
    assert one in short and other in short and "Klap alles" not in short
    monkeypatch.setattr(views, "SHORT", 3)
    folded = adviser.get(url).content.decode()
    assert one not in folded and other not in folded
    opened = adviser.get(f"{url}?open={first.pk}").content.decode()
    assert one in opened and other not in opened
    part = adviser.get(f"{url}?open={first.pk}", headers={"HX-Request": "true"}).content.decode()
    assert one in part and "<h1>" not in part
    everything = adviser.get(f"{url}?open=alles").content.decode()
    assert one in everything and other in everything
    assert {one, other} <= {
        row["Regel"] for row in read_csv(adviser.get(f"{url}?csv=inhoud").content)
    }


def test_undo_puts_a_line_back_and_is_in_the_history_itself(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    old, state, record = measure.title, measure.state, measure.history.first().pk
    adviser.post(edit(measure), typed(measure, title="Vergissing", state="done"))
    url = f"/plan/geschiedenis/maatregel/{measure.pk}/{record}/"
    page = adviser.get(url).content.decode()
    assert "Vergissing" in page and old in page and "klaar" in page
    before = measure.history.count()
    adviser.post(url)
    measure.refresh_from_db()
    assert (measure.title, measure.state) == (old, state)
    assert measure.history.count() == before + 1


def test_the_history_holds_partners_and_the_archive_and_undo_brings_partners_back(adviser, plan):
    measure = Measure.objects.of(plan.municipality).exclude(partners=None).first()
    partners, record = list(measure.partners.all()), measure.history.first().pk
    adviser.post(edit(measure), typed(measure, partners=[]))
    assert not measure.partners.exists()
    adviser.post(f"/plan/archiveren/maatregel/{measure.pk}/")
    adviser.post(f"/plan/terugzetten/maatregel/{measure.pk}/")
    page = adviser.get(f"/plan/geschiedenis/maatregel/{measure.pk}/").content.decode()
    assert f"partners: {partners[0]} → –" in page
    assert "in het archief: nee → ja" in page and "in het archief: ja → nee" in page
    adviser.post(f"/plan/geschiedenis/maatregel/{measure.pk}/{record}/")
    assert list(measure.partners.all()) == partners


def test_undo_in_an_adopted_plan_proposes_what_is_frozen(adviser, measure):
    state, record = measure.state, measure.history.first().pk
    Measure.objects.filter(pk=measure.pk).update(title="Later", state="done")
    adviser.post(f"/plan/geschiedenis/maatregel/{measure.pk}/{record}/", {"reason": "Was beter"})
    measure.refresh_from_db()
    assert (measure.title, measure.state) == ("Later", state)
    assert Adjustment.objects.get().old.values == {"title": "Later"}


def test_the_archive_lists_what_was_archived_and_puts_it_back(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    assert "leeg" in adviser.get("/plan/archief/").content.decode()
    adviser.post(f"/plan/archiveren/maatregel/{measure.pk}/")
    assert measure.title in adviser.get("/plan/archief/").content.decode()
    assert measure.title not in adviser.get("/plan/archief/?soort=doel").content.decode()
    adviser.post(f"/plan/terugzetten/maatregel/{measure.pk}/")
    assert "leeg" in adviser.get("/plan/archief/").content.decode()


def test_somebody_who_may_not_change_the_plan_decides_nothing(client, person, adviser, measure):
    made = proposal(adviser, measure, title="Nieuwe titel")
    client.force_login(person(Role.POLICE))
    assert client.get(f"/plan/aanpassing/{made.pk}/").status_code == 200
    assert (
        client.post(f"/plan/aanpassing/{made.pk}/besluit/", {"besluit": "overnemen"}).status_code
        == 403
    )
