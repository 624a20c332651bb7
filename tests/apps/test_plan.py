"""The plan: bundled as data, edited by people, followed by the figures."""

import pytest

from koers.apps.decisions.services.texts import text_for
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Role
from koers.apps.plan.models import Goal, Measure, Plan
from koers.apps.plan.services.bundled import load_bundled_plan
from koers.apps.plan.services.outlook import course_of, forecast_chart
from koers.records.decision import HEADINGS


def test_loading_a_bundled_plan_twice_keeps_what_people_changed(plan):
    plan.summary = "door ons aangepast"
    plan.save()
    again = load_bundled_plan(plan.slug)
    assert again.summary == "door ons aangepast"
    assert Plan.objects.count() == 1


@pytest.mark.shared
def test_the_decision_of_the_bundled_plan_reads_as_the_brief_does(db, shared):
    text = text_for(load_bundled_plan("heemstede-2025-2027"))
    text = text.confirm(*(block.id for block in text.blocks))
    brief = _words((shared / "brief/collegebesluit.txt").read_text(encoding="utf-8"))
    position = 0
    for key, heading in HEADINGS.items():
        wanted = _words(heading + " " + text.plain(key))
        found = brief.find(wanted, position)
        assert found >= position, f"{heading}: {wanted[:80]}"
        position = found + len(wanted)


def _words(text: str) -> str:
    """The words in a row: list numbers, line ends and hyphens at a line's end do not count."""
    kept = [
        word
        for word in " ".join(text.split()).replace("- ", "-").split()
        if not word.rstrip(".").isdigit() or len(word) > 3
    ]
    return " ".join(kept)


def test_whether_a_goal_is_on_course_comes_from_the_figures(plan):
    goal = Goal.objects.of(plan.municipality).first()
    for target, state in ((100000, "on_course"), (0, "off_course")):
        goal.target = target
        assert course_of(public_shelf(), goal).outlook.state == state


@pytest.mark.parametrize(
    ("due", "target", "badge", "begins"),
    [
        ("2024-12-31", 100000, "✓ gehaald", "Gehaald: "),
        ("2024-12-31", 0, "✗ niet gehaald", "Niet gehaald: "),
        ("2026-11-01", 0, "wacht op het cijfer", "De streefdatum is voorbij."),
    ],
)
def test_a_goal_whose_date_has_passed_says_on_every_page_how_it_ended(
    adviser, plan, due, target, badge, begins
):
    goal = Goal.objects.of(plan.municipality).first()
    Goal.objects.filter(pk=goal.pk).update(due=due, target=target, adoption="adopted")
    for url in (f"/plan/doel/{goal.pk}/", f"/plan/prioriteit/{goal.priority_id}/"):
        page = " ".join(adviser.get(url).content.decode().split())
        assert badge in page and f"<p>{begins}" in page
    goal.refresh_from_db()
    course = course_of(public_shelf(), goal)
    assert (course.chance, course.fails) == (None, "niet" in badge)
    chart = forecast_chart(public_shelf(), goal)
    assert "Verwacht" not in chart.columns


def test_a_goal_without_figures_is_told_so_when_it_is_set(adviser, plan, municipality):
    municipality.code = "GM9999"
    municipality.save()
    data = {"title": "Minder", "indicator": "woninginbraak", "target": "1", "due": "2030-01-01"}
    url = f"/plan/toevoegen/doel/{plan.priorities.first().pk}/"
    page = adviser.post(url, data).content.decode()
    assert "kan nog niet worden gemeten" in page
    adviser.post(url, {**data, "accept_unmeasured": "on"})
    assert Goal.objects.filter(title="Minder").exists()


def test_a_target_in_the_wrong_direction_is_refused(adviser, plan):
    data = {"title": "Meer", "indicator": "woninginbraak", "target": "99999", "due": "2030-01-01"}
    page = adviser.post(
        f"/plan/toevoegen/doel/{plan.priorities.first().pk}/", data
    ).content.decode()
    assert "kies een lager getal" in page
    assert not Goal.objects.filter(title="Meer").exists()


def test_a_measure_that_ends_before_it_begins_is_refused(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    data = {
        "title": "X",
        "kind": "care",
        "state": "planned",
        "start": "2026-05-01",
        "end": "2026-04-01",
    }
    page = adviser.post(f"/plan/bewerken/maatregel/{measure.pk}/", data).content.decode()
    assert "Het einde ligt vóór het begin" in page


def test_an_archived_line_can_be_put_back_and_its_history_names_who(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    adviser.post(f"/plan/archiveren/maatregel/{measure.pk}/")
    assert not Measure.objects.of(plan.municipality).filter(pk=measure.pk).exists()
    page = adviser.get(f"/plan/geschiedenis/maatregel/{measure.pk}/").content.decode()
    assert "adviser-administrator@example.org" in page
    adviser.post(f"/plan/terugzetten/maatregel/{measure.pk}/")
    assert Measure.objects.of(plan.municipality).filter(pk=measure.pk).exists()


def test_history_survives_that_a_person_is_erased(adviser, plan, django_user_model):
    measure = Measure.objects.of(plan.municipality).first()
    adviser.post(f"/plan/vaststellen/maatregel/{measure.pk}/")
    django_user_model.objects.all().delete()
    assert measure.history.first().history_user_id is not None


def test_a_committee_member_changes_nothing(client, person, plan):
    client.force_login(person(Role.COMMITTEE))
    measure = Measure.objects.of(plan.municipality).first()
    assert client.post(f"/plan/vaststellen/maatregel/{measure.pk}/").status_code == 403
