"""Which plan counts on a day, by its state, its years and the day on which it was adopted."""

import datetime as dt

import pytest

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Adoption, Plan, Priority
from koers.apps.plan.services.in_force import plan_at_hand, plan_in_force
from koers.apps.plan.services.versions import adopt

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def here(db):
    return Municipality.objects.create(code="VB01", name="Voorbeeldrecht")


def make(where, first, last, adopted=None, title="Plan"):
    made = Plan.objects.create(
        municipality=where,
        slug=f"{where.slug}-{title}-{first}".lower().replace(" ", "-"),
        title=f"{title} {first}-{last}",
        start_year=first,
        end_year=last,
    )
    if adopted:
        adopt(made, adopted, "het college")
    return made


def test_a_draft_never_takes_the_place_of_an_adopted_plan(here):
    adopted = make(here, 2025, 2027, dt.date(2025, 3, 11))
    newer, same_years = make(here, 2028, 2031), make(here, 2026, 2029, title="Ander plan")
    assert plan_in_force(here, DAY) == plan_at_hand(here, DAY) == adopted
    assert {newer, same_years} <= set(Plan.objects.of(here))


def test_without_an_adopted_plan_none_is_in_force_and_the_newest_draft_is_at_hand(here):
    make(here, 2022, 2024)
    newest = make(here, 2025, 2027)
    assert plan_in_force(here, DAY) is None
    assert plan_at_hand(here, DAY) == newest


def test_of_two_adopted_plans_that_hold_the_day_the_one_that_began_last_is_in_force(here):
    make(here, 2023, 2026, dt.date(2022, 11, 1))
    last = make(here, 2025, 2028, dt.date(2025, 1, 7))
    assert plan_in_force(here, DAY) == last
    assert plan_in_force(here, dt.date(2024, 6, 1)) != last


@pytest.mark.parametrize(
    ("day", "is_it"),
    [
        (dt.date(2025, 3, 10), False),
        (dt.date(2025, 3, 11), True),
        (dt.date(2027, 12, 31), True),
        (dt.date(2028, 1, 1), False),
    ],
)
def test_a_plan_is_in_force_from_its_adoption_to_the_end_of_its_last_year(here, day, is_it):
    adopted = make(here, 2025, 2027, dt.date(2025, 3, 11))
    assert (plan_in_force(here, day) == adopted) is is_it


def test_a_second_version_does_not_move_the_day_from_which_a_plan_is_in_force(here):
    adopted = make(here, 2025, 2027, dt.date(2025, 3, 11))
    adopt(adopted, dt.date(2026, 10, 1), "het college")
    assert plan_in_force(here, DAY) == adopted


def test_after_its_years_an_adopted_plan_stays_at_hand_until_another_is_adopted(here):
    old = make(here, 2022, 2025, dt.date(2022, 1, 4))
    draft = make(here, 2026, 2029)
    assert plan_in_force(here, DAY) is None
    assert plan_at_hand(here, DAY) == old
    adopt(draft, dt.date(2026, 5, 1), "het college")
    assert plan_at_hand(here, DAY) == plan_in_force(here, DAY) == draft


def test_an_archived_plan_and_that_of_another_municipality_are_not_in_force(here):
    there = Municipality.objects.create(code="VB02", name="Fictiedam")
    make(there, 2025, 2027, dt.date(2025, 3, 11))
    gone = make(here, 2025, 2027, dt.date(2025, 3, 11))
    gone.archive()
    assert plan_in_force(here, DAY) is None
    assert plan_at_hand(here, DAY) is None


def test_the_pages_show_the_plan_in_force_and_lead_to_the_others(adviser, plan):
    adopt(plan, dt.date(2026, 1, 6), "het college")
    later = make(plan.municipality, 2028, 2031, title="Volgend plan")
    Priority.objects.create(
        municipality=later.municipality, plan=later, number=1, slug="later", title="Later pas"
    )
    for path in ("/plan/", "/plan/boom/", "/plan/kaders/"):
        page = adviser.get(path).content.decode()
        assert "Later pas" not in page, path
        assert "Later pas" in adviser.get(f"{path}?plan={later.pk}").content.decode(), path
    assert f"?plan={later.pk}" in adviser.get("/plan/").content.decode()
    for wrong in ("0", "9" * 40, "²", "x"):
        assert adviser.get(f"/plan/?plan={wrong}").status_code in (200, 404)


def test_a_plan_of_another_municipality_cannot_be_asked_for(adviser, other):
    theirs = make(other, 2025, 2027)
    assert adviser.get(f"/plan/?plan={theirs.pk}").status_code == 404


def test_a_priority_that_is_an_example_is_adopted_on_its_page(adviser, plan):
    line = plan.priorities.first()
    Priority.objects.filter(pk=line.pk).update(adoption=Adoption.EXAMPLE)
    page = adviser.get(f"/plan/prioriteit/{line.pk}/").content.decode()
    assert "komt in geen besluit en niet op de openbare pagina" in page
    adviser.post(f"/plan/vaststellen/prioriteit/{line.pk}/")
    line.refresh_from_db()
    assert not line.is_example
