"""A plan whose priorities change half-way: one ends or begins, and what stood under it goes on."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Membership, Role, User
from koers.apps.plan.models import Goal, Measure, Priority
from koers.apps.plan.services import adjustments, ending
from koers.apps.plan.services.outlook import course_of, goals_off_course, goals_to_judge
from koers.apps.plan.services.versions import adopt, differences
from koers.apps.publication.services.publishing import as_published
from tests.apps.rules.conftest import TODAY, TOMORROW, YESTERDAY

DAY = dt.date(2026, 11, 2)
DECISION = adjustments.Decision(None, DAY, "Strategisch overleg")


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def draft(theirs):
    theirs.youth = Priority.objects.create(
        municipality=theirs.municipality, plan=theirs.plan, title="Jeugd", slug="jeugd", number=2
    )
    return theirs


@pytest.fixture
def there(client, other):
    user = User.objects.create_user("daar@example.org", "geheim-genoeg-123", name="Daar")
    Membership.objects.create(user=user, municipality=other, role=Role.ADVISER)
    client.force_login(user)
    return client


def sent(each, **what):
    """The form that ends a priority, with what becomes of its goal and measure."""
    return {
        "ends": "2026-11-02",
        "reason": "Het is gehaald",
        f"doel-{each.goal.pk}": "afsluiten",
        f"maatregel-{each.measure.pk}": "afsluiten",
        **what,
    }


def test_a_priority_of_a_draft_ends_with_what_stands_under_it(there, draft):
    address = f"/plan/prioriteit/{draft.priority.pk}/beeindigen/"
    form = there.get(address).context["form"]
    assert [str(line) for line in form.lines] == ["Minder inbraken", "Avondronde"]
    assert form.targets == [draft.youth]
    to = {f"maatregel-{draft.measure.pk}": draft.youth.pk}
    assert there.post(address, sent(draft, **to)).status_code == 302
    for line in (draft.priority, draft.goal, draft.measure):
        line.refresh_from_db()
    assert (draft.priority.ends, draft.priority.end_reason) == (DAY, "Het is gehaald")
    assert (draft.goal.ended, draft.goal.end_reason) == (DAY, "Het is gehaald")
    assert (draft.measure.priority, draft.measure.state) == (draft.youth, "planned")
    for page in ("/plan/", "/plan/boom/", f"/plan/prioriteit/{draft.priority.pk}/"):
        assert "tot 2 november 2026" in words_of(there.get(page)), page
    goal = words_of(there.get(f"/plan/doel/{draft.goal.pk}/"))
    assert "Beëindigd op 2 november 2026: Het is gehaald" in goal
    assert ending.still_under(draft.priority) == []
    assert draft.measure.history.filter(priority=draft.priority.pk).exists()


def test_a_measure_that_is_closed_stops_on_the_day_at_once_where_it_is_past(draft):
    later = Measure.objects.create(
        municipality=draft.municipality, priority=draft.priority, title="Lang", end=YESTERDAY
    )
    open_end = Measure.objects.create(
        municipality=draft.municipality, priority=draft.priority, title="Open"
    )
    lines = [ending.onward(line, None) for line in (later, open_end)]
    ending.end(draft.priority, TOMORROW, "Klaar", lines)
    later.refresh_from_db()
    open_end.refresh_from_db()
    assert (later.end, later.state) == (YESTERDAY, "planned")
    assert (open_end.end, open_end.state) == (TOMORROW, "planned")
    ending.end(draft.priority, TODAY, "Klaar", lines)
    open_end.refresh_from_db()
    assert (open_end.state, open_end.state_reason) == ("stopped", "Klaar")


def test_in_an_adopted_plan_it_is_one_proposal_and_one_version(there, draft):
    draft.measure.other_priorities.set([draft.youth])
    draft.measure.goals.set([draft.goal])
    first = adopt(draft.plan, DAY, "het college")
    address = f"/plan/prioriteit/{draft.priority.pk}/beeindigen/"
    to = {f"maatregel-{draft.measure.pk}": draft.youth.pk}
    answer = there.post(address, sent(draft, **to), follow=True)
    assert "Uw voorstel is bewaard" in words_of(answer)
    made = draft.plan.adjustments.get()
    rows = [(row.label, row.old, row.new) for row in adjustments.rows(made)]
    assert rows == [
        ("Tot", "–", "2 november 2026"),
        ("Waarom beëindigd", "–", "Het is gehaald"),
        ("Doel: Minder inbraken", "onder Wonen", "afgesloten"),
        ("Maatregel: Avondronde", "onder Wonen", "verder onder Jeugd"),
    ]
    draft.measure.refresh_from_db()
    assert draft.measure.priority == draft.priority
    version = adjustments.accept(made, DECISION)
    assert version.number == 2
    draft.measure.refresh_from_db()
    assert draft.measure.priority == draft.youth
    assert list(draft.measure.other_priorities.all()) == []
    assert list(draft.measure.goals.all()) == []
    found = {(d.line, d.field, d.new) for d in differences(first.content, version.content)}
    assert ("Avondronde", "onder", "Jeugd") in found
    assert ("Wonen", "Tot", "2 november 2026") in found
    assert ("Minder inbraken", "Beëindigd op", "2 november 2026") in found


def test_what_was_archived_since_stays_and_a_target_that_is_gone_is_refused(draft, ours):
    adopt(draft.plan, DAY, "het college")
    lines = [ending.onward(draft.goal, draft.youth), ending.onward(draft.measure, draft.youth)]
    made = adjustments.propose_ending(draft.priority, DAY, "Klaar", lines, None)
    draft.youth.archive()
    with pytest.raises(adjustments.AdjustmentError, match="'Jeugd' waaronder 'Minder inbraken'"):
        adjustments.accept(made, DECISION)
    draft.priority.refresh_from_db()
    assert draft.priority.ends is None
    draft.goal.archive()
    draft.measure.archive()
    adjustments.accept(made, DECISION)
    draft.measure.refresh_from_db()
    assert draft.measure.priority == draft.priority
    foreign = [ending.onward(ours.measure, None)]
    ending.carry_on(draft.priority, foreign)
    ours.measure.refresh_from_db()
    assert ours.measure.state == "planned"
    elsewhere = [ending.onward(draft.goal, ours.priority)]
    draft.goal.restore()
    with pytest.raises(ValidationError):
        ending.carry_on(draft.priority, elsewhere)


def test_a_goal_goes_on_under_another_priority(draft):
    ending.end(draft.priority, DAY, "Klaar", [ending.onward(draft.goal, draft.youth)])
    draft.goal.refresh_from_db()
    assert (draft.goal.priority, draft.goal.ended) == (draft.youth, None)


def test_a_goal_that_ended_is_judged_no_more(draft):
    shelf = public_shelf()
    words = Goal.objects.create(
        municipality=draft.municipality,
        priority=draft.priority,
        title="Rust",
        kind="words",
        question="Rustig?",
        due=dt.date(2028, 1, 1),
    )
    assert goals_to_judge(draft.municipality, TODAY) == [words]
    words.ended, words.end_reason = timezone.localdate(), "Klaar"
    words.save()
    assert goals_to_judge(draft.municipality, TODAY) == []
    draft.goal.ended, draft.goal.end_reason = TOMORROW, "Klaar"
    assert not draft.goal.is_ended
    draft.goal.ended = YESTERDAY
    draft.goal.save()
    course = course_of(shelf, draft.goal)
    assert (course.chance, course.fails, course.is_over, course.tone) == (
        None,
        False,
        True,
        "plain",
    )
    assert course.badge == course.words and course.text == "Klaar"
    assert draft.goal not in [c.goal for c in goals_off_course(shelf, draft.municipality)]


def test_a_priority_begins_half_way(there, draft):
    address = f"/plan/bewerken/prioriteit/{draft.youth.pk}/"
    said = {"title": "Jeugd", "kind": "priority", "number": 2, "begins": "2026-07-01"}
    assert there.post(address, said).status_code == 302
    assert "vanaf 1 juli 2026" in words_of(there.get("/plan/"))
    end = f"/plan/prioriteit/{draft.youth.pk}/beeindigen/"
    early = there.post(end, {"ends": "2026-06-01", "reason": "x"})
    assert "Kies een latere dag" in words_of(early)
    outside = there.post(end, {"ends": "2031-06-01", "reason": "x"})
    assert "van 2025 tot en met 2028" in words_of(outside)
    ending.end(Priority.objects.get(pk=draft.youth.pk), dt.date(2026, 9, 1), "Klaar", [])
    assert (
        Priority.objects.get(pk=draft.youth.pk).period == "vanaf 1 juli 2026 tot 1 september 2026"
    )
    form = there.get(address).context["form"]
    assert form.initial["end_reason"] == "Klaar" and "end_reason" in form.fields
    late = there.post(address, said | {"begins": "2026-10-01"})
    assert "zou eindigen voordat zij begint" in words_of(late)
    assert draft.youth not in ending.targets_of(draft.priority)


def test_nobody_ends_a_priority_of_another_municipality(there, ours):
    answer = there.post(f"/plan/prioriteit/{ours.priority.pk}/beeindigen/", sent(ours))
    assert answer.status_code == 404
    ours.priority.refresh_from_db()
    assert ours.priority.ends is None


def test_what_is_published_says_until_when_and_leaves_out_goals_that_ended(draft):
    lines = [ending.onward(draft.goal, None)]
    ending.end(draft.priority, DAY, "Klaar", lines)
    found = as_published(adopt(draft.plan, DAY, "het college"))
    line = next(one for one in found.lines if one.line == draft.priority.pk)
    assert (line.begins, line.ends, line.goals) == (None, DAY, ())
