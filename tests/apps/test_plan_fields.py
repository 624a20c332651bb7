"""Every field of the plan is edited and shown, bad input is told what is wrong, and two who save at
once lose nothing."""

import datetime as dt

import pytest
from django.utils.text import capfirst

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Membership, Role, User
from koers.apps.picture import measured as measured_module
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Framework, Goal, Measure, Partner, Priority
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.owners import lines_without_owner
from koers.records.aim import Aim
from tests.apps.tables import read_csv

FILLED = {
    "title": "Preventie",
    "description": "Wat",
    "kind": "care",
    "state": "at_risk",
    "state_reason": "Geen mensen",
    "owner_department": "OOV",
    "deputy_department": "T&H",
    "start": "2026-12-01",
    "end": "2027-06-30",
    "areas": ["VB010104"],
    "topics": ["woninginbraak"],
    "budget": "1500.50",
    "hours": "120",
    "evidence": "Helpt elders",
    "evidence_source": "Rapport 2024",
}


@pytest.fixture
def measure(plan):
    return Measure.objects.of(plan.municipality).first()


def save(client, measure, **changed):
    return client.post(
        f"/plan/bewerken/maatregel/{measure.pk}/", FILLED | {"revision": measure.revision} | changed
    )


def test_every_field_of_a_measure_is_edited_and_shown(adviser, measure, person, other):
    deputy = person(Role.POLICE)
    partner = Partner.objects.of(measure.municipality).first()
    form = adviser.get(f"/plan/bewerken/maatregel/{measure.pk}/").content.decode()
    assert ">niemand</option>" in form and "-----" not in form
    assert f'type="checkbox" name="partners" value="{partner.pk}"' in form, "each has its own tick"
    save(adviser, measure, deputy=deputy.pk, partners=[partner.pk], shared_with=[other.pk])
    page = adviser.get(f"/plan/maatregel/{measure.pk}/").content.decode()
    for words in (
        "loopt gevaar",
        "Geen mensen",
        "OOV",
        deputy.email,
        "1 december 2026",
        "30 juni 2027",
        "1.500,50",
        "120",
        "Helpt elders",
        "Rapport 2024",
        str(partner),
        "Fictiedam",
        "Woninginbraak",
    ):
        assert words in page, words
    assert 'role="img"' in page
    assert read_csv(adviser.get(f"/plan/maatregel/{measure.pk}/?csv=gebieden").content)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"end": "2026-01-01"}, "Het einde ligt vóór het begin"),
        ({"state_reason": ""}, "loopt gevaar&#x27; hoort een reden"),
        ({"state": "stopped", "state_reason": " "}, "gestopt&#x27; hoort een reden"),
        ({"budget": "-1"}, "Een budget is nul of meer"),
        ({"evidence_source": ""}, "Noem de bron"),
        ({"areas": ["GM0363"]}, "staat niet in de lijst"),
    ],
)
def test_bad_input_of_a_measure_says_what_is_wrong_and_keeps_what_was_typed(
    adviser, measure, changed, said
):
    page = save(adviser, measure, **changed).content.decode()
    assert said in page
    assert 'value="Preventie"' in page
    measure.refresh_from_db()
    assert measure.title != "Preventie"


@pytest.mark.parametrize("left", ["inactive", "without a role here"])
def test_an_owner_who_left_is_named_and_must_be_replaced(adviser, measure, person, left):
    owner = person(Role.ENFORCEMENT)
    Measure.objects.filter(pk=measure.pk).update(owner=owner)
    if left == "inactive":
        User.objects.filter(pk=owner.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=owner).delete()
    assert "werkt hier niet meer" in adviser.get(f"/plan/maatregel/{measure.pk}/").content.decode()
    assert (
        "(werkt hier niet meer)"
        in adviser.get(f"/plan/bewerken/maatregel/{measure.pk}/").content.decode()
    )
    page = save(adviser, measure, owner=owner.pk).content.decode()
    assert "werkt hier niet meer. Kies een collega" in page
    save(adviser, measure, owner="")
    measure.refresh_from_db()
    assert measure.owner is None and measure.title == "Preventie"


def test_a_line_whose_owner_left_counts_as_one_without_owner(measure, person):
    owner = person(Role.ENFORCEMENT)
    Measure.objects.filter(pk=measure.pk).update(
        owner=owner, owner_department="", adoption="adopted", state="running"
    )
    assert measure not in lines_without_owner(measure.municipality)
    Membership.objects.filter(user=owner).delete()
    assert measure in lines_without_owner(measure.municipality)
    Measure.objects.filter(pk=measure.pk).update(owner=None)
    assert measure in lines_without_owner(measure.municipality)


def test_a_resident_is_no_owner(adviser, measure, person):
    resident = person(Role.PUBLIC)
    assert (
        "Deze persoon werkt hier niet" in save(adviser, measure, owner=resident.pk).content.decode()
    )


def test_two_who_save_at_once_see_both_versions_and_lose_nothing(adviser, measure):
    read = measure.revision
    measure.title = "Van een ander"
    measure.save()
    page = save(adviser, measure, revision=read, title="Van mij").content.decode()
    assert "Iemand anders heeft dit intussen gewijzigd" in page
    assert "Van een ander" in page and 'value="Van mij"' in page
    measure.refresh_from_db()
    assert measure.title == "Van een ander"
    assert f'name="revision" value="{measure.revision}"' in page
    save(adviser, measure, title="Van mij")
    measure.refresh_from_db()
    assert measure.title == "Van mij"


def two_frameworks(plan):
    return [
        Framework.objects.create(
            municipality=plan.municipality, title=t, level="unit", start_year=2024, end_year=2027
        )
        for t in ("Kader A", "Kader B")
    ]


def test_a_framework_that_would_follow_from_itself_is_refused(adviser, plan):
    first, second = two_frameworks(plan)
    second.follows = first
    second.save()
    data = {
        "title": first.title,
        "level": first.level,
        "start_year": 2024,
        "end_year": 2027,
        "follows": second.pk,
    }
    page = adviser.post(f"/plan/bewerken/kader/{first.pk}/", data).content.decode()
    assert "zou uit zichzelf volgen" in page
    data = {
        "title": "Nieuw",
        "level": "unit",
        "start_year": 2027,
        "end_year": 2024,
        "themes": "Een\nTwee",
    }
    assert "vóór het eerste" in adviser.post("/plan/toevoegen/kader/", data).content.decode()
    adviser.post("/plan/toevoegen/kader/", data | {"end_year": 2028})
    assert Framework.objects.get(title="Nieuw").themes == ["Een", "Twee"]


def test_a_circle_that_is_there_already_does_not_hang_the_page(adviser, plan):
    first, second = two_frameworks(plan)
    Framework.objects.filter(pk=first.pk).update(follows=second)
    Framework.objects.filter(pk=second.pk).update(follows=first)
    data = {
        "title": "Nieuw",
        "level": "unit",
        "start_year": 2026,
        "end_year": 2027,
        "follows": first.pk,
    }
    adviser.post("/plan/toevoegen/kader/", data)
    assert Framework.objects.filter(title="Nieuw").exists()


def test_the_matrix_shows_which_frameworks_each_priority_serves_and_why_one_serves_none(
    adviser, plan
):
    alone = Priority.objects.create(
        municipality=plan.municipality, plan=plan, title="Water", slug="water", number=9
    )
    assert "nog geen reden gegeven" in adviser.get("/plan/kaders/").content.decode()
    alone.without_framework = "Alleen hier speelt het"
    alone.save()
    assert "Alleen hier speelt het" in adviser.get("/plan/kaders/").content.decode()
    rows = {r["Prioriteit"]: r for r in read_csv(adviser.get("/plan/kaders/?csv=matrix").content)}
    for priority in plan.lines.all():
        served = {f"{f} ({f.get_level_display()})" for f in priority.frameworks.all()}
        row = rows[capfirst(priority.title)]
        assert {f for f in row if row[f] == "ja"} == served
        assert bool(row["Waarom zonder kader"]) == (not served)


def test_a_reason_for_no_framework_beside_a_framework_is_refused(adviser, plan):
    priority = plan.priorities.first()
    data = {
        "title": priority.title,
        "kind": "priority",
        "number": 1,
        "without_framework": "Zomaar",
        "frameworks": [Framework.objects.of(plan.municipality).first().pk],
    }
    assert (
        "hoort bij een kader"
        in adviser.post(f"/plan/bewerken/prioriteit/{priority.pk}/", data).content.decode()
    )


# The figures of the example: woninginbraak by month, in the town about a hundred a year.
TODAY = dt.date(2026, 11, 24)


def measured_of(indicator, due, area="VB01", today=TODAY, **more):
    aim = Aim(indicator=indicator, area=area, target=1, due=due, **more)
    return measurable(public_shelf(), aim, today)


def problems(indicator, due, **more):
    return [p.text for p in measured_of(indicator, due, **more).problems]


def test_a_goal_on_monthly_figures_a_year_ahead_can_be_measured_in_time(plan):
    assert problems("woninginbraak", dt.date(2027, 12, 31)) == []


def test_a_goal_whose_last_figure_is_mostly_of_before_it_was_set_is_told_so(plan):
    (said,) = problems("woninginbraak", dt.date(2027, 2, 28))
    assert "voor het grootste deel van vóór dit doel" in said


def test_a_goal_on_a_yearly_figure_due_at_the_end_of_the_plan_is_accepted_and_says_when(
    plan, yearly
):
    # In a unit of its own: what a shelf answered before, it still knows.
    found = measured_of("woninginbraak", dt.date(2027, 12, 31), unit="count")
    assert found.problems == ()
    assert "rond juli 2028" in found.known_in_words and "over 2027" in found.known_in_words


@pytest.fixture
def yearly(monkeypatch):
    """The same figures as a table that gives one number a year."""
    from dataclasses import replace

    by_month = reading

    def as_years(shelf, area, indicator):
        found = by_month(shelf, area, indicator)
        return replace(
            found,
            frequency="year",
            labels=tuple(str(y) for y in range(2015, 2026)),
            observed=(100.0,) * 11,
            twelve=(100.0,) * 11,
            provisional=(False,) * 11,
        )

    monkeypatch.setattr(measured_module, "reading", as_years)


def test_a_goal_on_too_few_cases_is_told_so(plan):
    found = next(
        f"VB0101{n:02d}"
        for n in range(1, 30)
        if (r := reading(public_shelf(), f"VB0101{n:02d}", "overval")).is_own
        and r.recent + r.before < 10
    )
    said = problems("overval", dt.date(2028, 12, 31), area=found)
    assert any("te weinig" in text for text in said)


def test_whoever_sets_a_goal_that_is_not_measured_in_time_is_told_and_may_go_on(adviser, plan):
    url = f"/plan/toevoegen/doel/{plan.priorities.first().pk}/"
    soon = (dt.date.today() + dt.timedelta(days=70)).isoformat()
    data = {"title": "Snel", "indicator": "woninginbraak", "target": "1", "due": soon}
    page = adviser.post(url, data).content.decode()
    assert "niet op tijd te meten" in page and "Toch opslaan" in page
    adviser.post(url, data | {"accept_unmeasured": "on"})
    goal = Goal.objects.get(title="Snel")
    assert "niet op tijd te meten" in adviser.get(f"/plan/doel/{goal.pk}/").content.decode()


def test_a_goal_has_a_page_with_a_forecast_as_picture_and_table(adviser, plan):
    goal = Goal.objects.of(plan.municipality).filter(indicator="woninginbraak").first()
    page = adviser.get(f"/plan/doel/{goal.pk}/").content.decode()
    assert 'role="img"' in page and "Kans:" in page
    assert adviser.get(f"/plan/doel/{goal.pk}/verwachting.svg")["Content-Type"] == "image/svg+xml"
    rows = read_csv(adviser.get(f"/plan/doel/{goal.pk}/verwachting.csv").content)
    last = rows[-1]
    low, mid, high = (
        float(last[c].replace(",", ".")) for c in ("Ondergrens 80 %", "Verwacht", "Bovengrens 80 %")
    )
    assert low < mid < high and last["Geteld"] == ""


def test_mending_the_words_of_a_goal_leaves_its_start_alone(adviser, plan):
    goal = Goal.objects.of(plan.municipality).filter(indicator="woninginbraak").first()
    Goal.objects.filter(pk=goal.pk).update(start_value=123.0, start_snapshot="toen")
    data = {
        "title": "Beter gezegd",
        "indicator": goal.indicator,
        "target": "1",
        "due": "2029-01-01",
    }
    adviser.post(f"/plan/bewerken/doel/{goal.pk}/", data)
    goal.refresh_from_db()
    assert (goal.title, goal.start_value, goal.start_snapshot) == ("Beter gezegd", 123.0, "toen")
