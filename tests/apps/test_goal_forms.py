"""Setting a goal on the screen: a form asks what matters for its kind; a goal in words is judged by
people, and never dressed up as a figure."""

import datetime as dt

import pytest

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting
from koers.apps.picture.outlook import goal_outlook
from koers.apps.plan.forms.goals import ALWAYS, MATTERS, GoalForm
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Goal, GoalKind, Judgement, quarter_of
from koers.apps.plan.services.outlook import course_of, forecast_chart, goals_to_judge
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.published import PublicGoal
from koers.apps.publication.services.publishing import as_published
from tests.apps.test_exports import get
from tests.apps.worded import goal_in_words, judged

DUE = "2030-12-31"
COUNT = {"indicator": "woninginbraak", "target": "20"}


def url(plan):
    return f"/plan/toevoegen/doel/{plan.priorities.first().pk}/"


def saved(adviser, plan, **data):
    answer = adviser.post(url(plan), {"title": "Doel", "due": DUE, **data})
    assert answer.status_code == 302, answer.content.decode()
    return Goal.objects.get(title=data.get("title", "Doel"))


@pytest.fixture
def worded(plan):
    return goal_in_words(plan)


@pytest.mark.parametrize("kind", GoalKind)
def test_a_form_shows_the_fields_that_matter_and_no_others(adviser, plan, kind):
    form = GoalForm(municipality=plan.municipality, initial={"kind": kind.value})
    shown = {field.name for field in form.visible_fields()} & set(KINDS["doel"].by_name)
    # Why it ended is asked of a goal that did.
    assert shown == {*ALWAYS, *MATTERS[kind]} - {"kind", "end_reason"}
    page = adviser.get(url(plan), {"soort": kind.value}).content.decode()
    assert f'<strong aria-current="true">{kind.label}</strong>' in page


def test_a_rate_typed_with_a_comma_is_kept_with_its_unit_and_start(adviser, plan):
    goal = saved(
        adviser,
        plan,
        indicator="woninginbraak",
        unit="per_1000_inhabitants",
        target="0,9",
        path="2028: 1,1\n2027: 1,3",
    )
    assert (goal.target, goal.unit) == (0.9, "per_1000_inhabitants")
    assert goal.path == ["2027: 1,3", "2028: 1,1"]
    assert goal.start_value < 20 and goal.start_snapshot
    page = adviser.get(f"/plan/doel/{goal.pk}/").content.decode()
    assert "hoogstens 0,90 per 1.000 inwoners" in page or "hoogstens 0,9 per 1.000 inwoners" in page
    assert "Streefwaarden per jaar" in page
    edit = adviser.get(f"/plan/bewerken/doel/{goal.pk}/").content.decode()
    assert 'value="0,9"' in edit
    (row,) = [r for r in get(adviser, "/plan/?csv=doelen") if r["Doel"] == "Doel"]
    assert row["Streefwaarden per jaar"] == "2027: 1,3, 2028: 1,1"


def test_a_rate_without_its_unit_is_asked_about(adviser, plan):
    data = {"title": "Doel", "due": DUE, "indicator": "woninginbraak", "target": "4,8"}
    said = adviser.post(url(plan), data).content.decode()
    assert "Bedoelt u" in said and "per 1.000" in said
    assert not Goal.objects.filter(title="Doel").exists()


def test_a_unit_that_does_not_go_with_the_indicator_is_refused(adviser, plan):
    data = {
        "title": "Doel",
        "due": DUE,
        "indicator": "woninginbraak",
        "target": "7",
        "unit": "mark",
    }
    assert "Woninginbraak kan in: aantal" in adviser.post(url(plan), data).content.decode()


def test_keeping_a_level_takes_it_from_the_figures_with_its_snapshot(adviser, plan):
    goal = saved(adviser, plan, kind="keep", indicator="woninginbraak", start_period="2020")
    assert goal.target is None and goal.start_value > 0
    assert goal.start_period == "2020-12" and goal.start_snapshot
    page = adviser.get(f"/plan/doel/{goal.pk}/").content.decode()
    assert "hoogstens het niveau van december 2020" in page


@pytest.mark.parametrize("kind", ["keep", "earlier"])
def test_a_goal_of_a_neighbourhood_keeps_its_area(adviser, plan, kind):
    given = {"kind": kind, "indicator": "misdrijven-totaal", "start_period": "2020"}
    goal = saved(adviser, plan, area_code="VB010104", accept_unmeasured="on", **given)
    assert goal.area_code == "VB010104"


def test_a_base_that_somebody_wrote_down_stays_and_has_no_snapshot(adviser, plan):
    goal = saved(
        adviser,
        plan,
        indicator="woninginbraak",
        target="20",
        start_value="84",
        start_period="2012",
    )
    assert (goal.start_value, goal.start_period, goal.start_snapshot) == (84.0, "2012", "")
    assert "zoals het plan het noemt" in adviser.get(f"/plan/doel/{goal.pk}/").content.decode()


def test_what_a_kind_does_not_need_is_emptied_when_a_goal_becomes_of_it(adviser, plan):
    goal = saved(adviser, plan, indicator="woninginbraak", target="20")
    adviser.post(
        f"/plan/bewerken/doel/{goal.pk}/",
        {
            "title": "Doel",
            "kind": "words",
            "due": DUE,
            "question": "Gaat het beter?",
            "indicator": "woninginbraak",
            "target": "20",
            "revision": goal.revision,
        },
    )
    goal.refresh_from_db()
    assert (goal.kind, goal.indicator, goal.target) == ("words", "", None)
    assert (goal.start_value, goal.start_snapshot) == (None, "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "words"}, "Schrijf de vraag op"),
        ({"indicator": "woninginbraak"}, "Vul de streefwaarde in"),
        ({"target": "3"}, "Kies het cijfer"),
        ({"kind": "keep", "indicator": "woninginbraak"}, "van welk jaar de nulmeting is"),
        ({"indicator": "woninginbraak", "target": "x"}, "Schrijf een getal"),
        (
            COUNT | {"path": "straks"},
            "geen jaar met een getal",
        ),
        (COUNT | {"path": "2040: 5"}, "na de streefdatum"),
        (
            COUNT | {"start_period": "ooit"},
            "Schrijf een jaar",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_field(adviser, plan, data, said):
    page = adviser.post(url(plan), {"title": "Doel", "due": DUE, **data}).content.decode()
    assert said in page
    assert not Goal.objects.filter(title="Doel").exists()


# In words.


def test_a_goal_in_words_is_no_figure(adviser, plan, worded):
    found = course_of(public_shelf(), worded)
    assert (found.words, found.chance, found.asked) == ("nog niet beoordeeld", None, "")
    assert forecast_chart(public_shelf(), worded) is None
    page = adviser.get(f"/plan/doel/{worded.pk}/").content.decode()
    assert "Kennen buren elkaar beter?" in page and "Streefwaarde" not in page
    assert "Kans" not in page and "gehaald?" not in page
    for address in ("/plan/", f"/plan/prioriteit/{worded.priority_id}/", "/plan/boom/?open=alles"):
        assert "Buren kennen elkaar" in adviser.get(address).content.decode()


def test_people_judge_it_and_what_they_said_before_stays(adviser, worded):
    where = f"/plan/doel/{worded.pk}/beoordelen/"
    assert "het strategisch overleg" in adviser.get(where).content.decode()
    for answer in ("gaat niet goed", "gaat goed"):
        data = {"answer": answer, "reason": f"Omdat het {answer}", "judges": "het overleg"}
        assert adviser.post(where, data).status_code == 302
    assert Judgement.objects.filter(goal=worded).count() == 2
    page = adviser.get(f"/plan/doel/{worded.pk}/").content.decode()
    assert page.index("Omdat het gaat goed") < page.index("Omdat het gaat niet goed")
    assert f"gaat goed ({quarter_of(dt.date.today())})" in page
    rows = get(adviser, f"/plan/doel/{worded.pk}/?csv=oordelen")
    assert [r["Antwoord"] for r in rows] == ["gaat goed", "gaat niet goed"]
    assert str(Judgement(answer="gaat goed", on=dt.date(2026, 6, 30))) == (
        "gaat goed (2e kwartaal 2026)"
    )


def test_an_answer_that_is_not_on_its_scale_is_refused(adviser, worded):
    Goal.objects.filter(pk=worded.pk).update(scale=["ja", "nee"])
    data = {"answer": "gaat goed", "reason": "Omdat", "judges": "het overleg"}
    where = f"/plan/doel/{worded.pk}/beoordelen/"
    assert adviser.post(where, data).status_code == 200
    assert adviser.post(where, data | {"answer": "ja"}).status_code == 302


def test_of_a_goal_by_a_figure_nobody_is_asked(adviser, plan):
    goal = Goal.objects.of(plan.municipality).exclude(kind="words").first()
    assert adviser.get(f"/plan/doel/{goal.pk}/beoordelen/").status_code == 404


def test_its_question_is_asked_once_a_quarter_in_the_strategic_meeting(adviser, worded):
    day = dt.date(2026, 11, 3)
    assert worded in goals_to_judge(worded.municipality, day)
    meeting = Meeting.objects.create(municipality=worded.municipality, kind="strategic", date=day)
    page = adviser.get(f"/overleg/{meeting.pk}/").content.decode()
    assert "Nog niet beoordeeld in het 4e kwartaal 2026: Kennen buren elkaar beter?" in page
    judged(worded, "Gezien")
    assert worded not in goals_to_judge(worded.municipality, day)
    assert worded in goals_to_judge(worded.municipality, dt.date(2027, 1, 2))


def test_what_people_said_is_public_with_the_progress_only_and_without_the_reason(plan, worded):
    judged(worded, "Vertrouwelijk")
    version = adopt(plan, dt.date(2026, 10, 6), "het college")
    for with_progress in (True, False):
        content = as_published(version, with_progress=with_progress)
        assert "Vertrouwelijk" not in str(content.kept())
        (goal,) = [g for line in content.lines for g in line.goals if g.kind == "words"]
        assert (goal.said is not None) == with_progress
        said = PublicGoal(goal, goal_outlook(public_shelf(), goal.aim("VB01"))).text
        assert said == "In woorden, door mensen beoordeeld: Kennen buren elkaar beter?" + (
            " 1 oktober 2026: gaat goed." if with_progress else ""
        )
