"""Which plan counts, what is taken over and taken back, and of which line nothing was heard."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Role
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan
from koers.apps.plan.services import library, undoing
from koers.apps.plan.services.adjustments import AdjustmentError
from koers.apps.plan.services.content import (
    frozen_fields,
    in_words,
    plan_of,
    same,
    values_of,
)
from koers.apps.plan.services.in_force import plan_at_hand, plan_in_force
from koers.apps.plan.services.news import Heard, standing_still, without_news
from koers.apps.plan.services.outlook import course_of, goals_off_course, set_start
from koers.apps.plan.services.versions import adopt
from koers.records import Reference
from tests.apps.rules.conftest import TODAY, TOMORROW, YESTERDAY

DAY = dt.date(2026, 11, 2)


# Which plan counts


def new_plan(municipality, slug, first, last, **more):
    return Plan.objects.create(
        municipality=municipality, slug=slug, title=slug, start_year=first, end_year=last, **more
    )


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (dt.date(2029, 12, 31), None),
        (dt.date(2030, 1, 1), None),
        (dt.date(2030, 5, 31), None),
        (dt.date(2030, 6, 1), "eerste"),
        (dt.date(2031, 12, 31), "eerste"),
        (dt.date(2032, 1, 1), "tweede"),
        (dt.date(2033, 12, 31), "tweede"),
        (dt.date(2034, 1, 1), None),
    ],
)
def test_a_plan_is_in_force_in_its_years_from_the_day_of_its_adoption(other, day, counts):
    first = new_plan(other, "eerste", 2030, 2032)
    adopt(first, dt.date(2030, 6, 1), "het college")
    adopt(new_plan(other, "tweede", 2032, 2033), dt.date(2031, 11, 1), "het college")
    new_plan(other, "concept", 2030, 2034)
    found = plan_in_force(other, day)
    assert (found.slug if found else None) == counts


def test_without_a_plan_in_force_the_last_adopted_one_is_at_hand_and_else_the_draft(other):
    assert plan_at_hand(other, DAY) is None
    draft = new_plan(other, "concept", 2040, 2041)
    assert plan_at_hand(other, DAY) == draft
    old = new_plan(other, "oud", 2010, 2012)
    adopt(old, dt.date(2010, 1, 1), "het college")
    assert plan_at_hand(other, DAY) == old
    old.archive()
    assert plan_at_hand(other, DAY) == draft


# What is taken over from the library


@pytest.fixture
def known(figures):
    """A measure of the library with partners and actions."""
    themes = library.library().themes
    return next(m for t in themes for m in t.measures if m.partners and m.actions)


def test_a_measure_is_taken_over_as_an_example_with_ones_own_partners(ours, theirs, known):
    name = known.partners[0]
    Partner.objects.create(municipality=theirs.municipality, name=name)
    gone = Partner.objects.create(municipality=ours.municipality, name=name)
    gone.archive()
    made = library.take_over(known, ours.priority)
    assert (made.municipality, made.priority, made.is_example) == (
        ours.municipality,
        ours.priority,
        True,
    )
    assert {p.municipality for p in made.partners.all()} == {ours.municipality}
    assert gone not in made.partners.all()
    assert [a.title for a in made.actions.order_by("pk")] == list(known.actions)
    assert all(a.is_example and a.municipality == ours.municipality for a in made.actions.all())
    with pytest.raises(library.AlreadyThereError):
        library.take_over(known, ours.priority)
    made.archive()
    again = library.take_over(known, ours.priority)
    assert set(again.partners.all()) == set(made.partners.all())


def test_taking_back_leaves_partners_that_others_use(ours, known):
    made = library.take_over(known, ours.priority)
    used, *rest = made.partners.all()
    ours.measure.partners.add(used)
    assert library.undo(made)
    used.refresh_from_db()
    assert used.archived_at is None
    assert not Partner.objects.filter(pk__in=[p.pk for p in rest], archived_at=None).exists()
    assert not made.actions.filter(archived_at=None).exists()


@pytest.mark.parametrize("what", ["measure", "action", "adopted"])
def test_what_somebody_changed_is_not_taken_back(ours, known, what):
    made = library.take_over(known, ours.priority)
    if what == "measure":
        made.save()
    elif what == "action":
        made.actions.first().save()
    else:
        Measure.objects.filter(pk=made.pk).update(adoption="adopted")
        made.refresh_from_db()
    assert not library.undo(made)
    made.refresh_from_db()
    assert made.archived_at is None


# Putting back what was


def test_a_line_is_put_back_as_it_was_without_who_is_gone(ours, worker):
    police = worker("agent", Role.POLICE)
    line = ours.measure
    line.title, line.owner = "Eerst", police
    line.save()
    then = undoing.moments_of(line)[0]
    line.title, line.owner = "Later", None
    line.save()
    police.delete()
    assert {f.name for f in undoing.difference(line, then)} >= {"title"}
    assert undoing.put_back(line, then, "", None) is None
    line.refresh_from_db()
    assert (line.title, line.owner) == ("Eerst", None)


def test_putting_back_in_an_adopted_plan_proposes_what_it_holds_fast(ours):
    line = ours.measure
    then = undoing.moments_of(line)[0]
    line.title, line.state = "Anders", "running"
    line.save()
    adopt(ours.plan, DAY, "het college")
    line = Measure.objects.get(pk=line.pk)
    made = undoing.put_back(line, then, "Vergissing", None)
    line.refresh_from_db()
    assert (line.title, line.state) == ("Anders", "planned")
    assert (made.new.values, made.reason) == ({"title": "Avondronde"}, "Vergissing")


def test_who_puts_back_while_another_changes_is_told(ours):
    line = ours.measure
    then = undoing.moments_of(line)[0]
    line.title = "Anders"
    line.save()
    mine = Measure.objects.get(pk=line.pk)
    line.save()
    with pytest.raises(AdjustmentError, match="net gewijzigd"):
        undoing.put_back(mine, then, "", None)


# What is held fast


def test_only_an_adopted_plan_holds_its_own_lines_fast(ours, theirs):
    lines = (ours.plan, ours.priority, ours.goal, ours.measure)
    assert all(frozen_fields(line) == () for line in lines)
    adopt(ours.plan, DAY, "het college")
    fresh = [type(line).objects.get(pk=line.pk) for line in lines]
    assert all(frozen_fields(line) for line in fresh)
    assert frozen_fields(Action.objects.get(pk=ours.action.pk)) == ()
    assert frozen_fields(theirs.measure) == () == frozen_fields(ours.partner)


def test_a_line_belongs_to_the_plan_under_which_it_stands(ours):
    for line in (ours.plan, ours.priority, ours.goal, ours.measure, ours.action):
        assert plan_of(line) == ours.plan
    assert plan_of(ours.partner) is None
    assert plan_of(Action(title="Los")) is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("", None, True),
        (None, 0, False),
        (("a", "b"), ("b", "a"), True),
        (("a",), ("a", "b"), False),
        (Reference(id=1, name="x"), Reference(id=1, name="y"), True),
        (Reference(id=1, name="x"), Reference(id=2, name="x"), False),
        ("1.50", "1.5", False),
    ],
)
def test_two_values_are_the_same_when_they_say_the_same(one, other, alike):
    assert same(one, other) == alike


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("budget", Decimal("1500.00"), "1.500,00"),
        ("start", dt.date(2026, 3, 1), "1 maart 2026"),
        ("kind", "care", "zorg"),
        ("topics", ("woninginbraak",), "Woninginbraak"),
        ("areas", ("VB010101",), "Centrum"),
        (
            "partners",
            (Reference(id=1, name="Politie"), Reference(id=2, name="School")),
            "Politie, School",
        ),
        ("hours", None, "–"),
        ("description", "", "–"),
    ],
)
def test_what_is_kept_is_read_in_words(figures, name, value, words):
    assert in_words("maatregel", name, value) == words


def test_a_target_is_read_with_a_decimal_only_where_it_has_one():
    assert in_words("doel", "target", 35.0) == "35"
    assert in_words("doel", "target", 7.5) == "7,5"


def test_references_are_kept_by_name_in_a_fixed_order(ours):
    make = Partner.objects.create
    ours.measure.partners.set(
        [make(municipality=ours.municipality, name=name) for name in ("Zorg", "Brandweer")]
    )
    kept = values_of(ours.measure, ["partners"])["partners"]
    assert [p.name for p in kept] == ["Brandweer", "Zorg"]


# Of which nothing was heard


@pytest.fixture
def quiet(ours):
    """The measure and action of ``ours``, as if nobody touched them since a year."""
    past = timezone.now() - dt.timedelta(days=365)
    for line in (ours.measure, ours.action):
        type(line).objects.filter(pk=line.pk).update(created_at=past)
        line.history.update(history_date=past)
    return ours


def silent(each, known):
    found = [without_news(m.objects.of(each.municipality), known) for m in (Measure, Action)]
    return [each.measure in found[0], each.action in found[1]]


def test_a_change_from_the_day_of_the_meeting_on_is_news(quiet):
    known = Heard(DAY)
    assert silent(quiet, known) == [True, True]
    quiet.measure.history.update(history_date=known.moment)
    assert silent(quiet, known) == [False, True]
    quiet.measure.history.update(history_date=known.moment - dt.timedelta(seconds=1))
    assert silent(quiet, known) == [True, True]
    quiet.action.history.update(history_date=known.moment)
    assert silent(quiet, known) == [False, False]


def test_what_was_made_since_or_spoken_of_is_no_silence(quiet):
    known = Heard(DAY)
    Measure.objects.filter(pk=quiet.measure.pk).update(created_at=known.moment)
    assert silent(quiet, known) == [False, True]
    Measure.objects.filter(pk=quiet.measure.pk).update(
        created_at=known.moment - dt.timedelta(seconds=1)
    )
    assert silent(quiet, known) == [True, True]
    spoken = Heard(DAY, frozenset({quiet.measure.pk}), frozenset({quiet.action.pk}))
    assert silent(quiet, spoken) == [False, False]


@pytest.mark.parametrize(
    "ended", [{"state": "done"}, {"state": "stopped"}, {"adoption": "example"}]
)
def test_what_ended_or_is_an_example_need_not_be_heard_of(quiet, ended):
    Measure.objects.filter(pk=quiet.measure.pk).update(**ended)
    assert silent(quiet, Heard(DAY))[0] is False


def test_standing_still_is_counted_in_ones_own_municipality(quiet, theirs):
    known = Heard(TOMORROW)
    before = standing_still(quiet.municipality, known)
    elsewhere = standing_still(theirs.municipality, known)
    assert (elsewhere.measures_without_owner, elsewhere.actions_without_owner) == (1, 1)
    assert elsewhere.since == TOMORROW
    Measure.objects.filter(pk=quiet.measure.pk).update(owner_department="Handhaving")
    after = standing_still(quiet.municipality, known)
    assert after.measures_without_owner == before.measures_without_owner - 1
    none = standing_still(quiet.municipality, None)
    assert (none.measures_without_news, none.actions_without_news, none.since) == (0, 0, None)


# Goals


def test_a_goal_starts_where_the_figures_of_its_own_area_stand(ours):
    goal = ours.goal
    goal.start_value, goal.start_period, goal.start_snapshot = None, "", ""
    found = reading(public_shelf(), goal.area_code or "VB01", goal.indicator)
    set_start(public_shelf(), goal)
    last = max(label for label, value in zip(found.labels, found.twelve, strict=True) if value >= 0)
    assert (goal.start_value, goal.start_period, goal.start_snapshot) == (
        found.recent,
        last,
        found.snapshot,
    )
    strange = Goal(
        municipality=goal.municipality,
        indicator="woninginbraak",
        area_code="GM9999",
        target=1,
        due=goal.due,
    )
    set_start(public_shelf(), strange)
    assert (strange.start_value, strange.start_snapshot) == (None, "")


def test_off_course_are_adopted_goals_here_that_will_not_be_met(ours, theirs):
    assert course_of(public_shelf(), ours.goal).outlook.state == "off_course"
    assert ours.goal in [c.goal for c in goals_off_course(public_shelf(), ours.municipality)]
    assert theirs.goal not in [c.goal for c in goals_off_course(public_shelf(), ours.municipality)]
    Goal.objects.filter(pk=ours.goal.pk).update(adoption="example")
    assert ours.goal not in [c.goal for c in goals_off_course(public_shelf(), ours.municipality)]
    Goal.objects.filter(pk=ours.goal.pk).update(adoption="adopted", target=100000)
    assert ours.goal not in [c.goal for c in goals_off_course(public_shelf(), ours.municipality)]


def test_a_goal_of_a_neighbourhood_is_followed_by_its_own_figures(ours):
    whole = course_of(public_shelf(), ours.goal).outlook.text
    ours.goal.area_code = "VB010101"
    assert course_of(public_shelf(), ours.goal).outlook.text != whole


# What a form refuses


@pytest.mark.parametrize("state", ["at_risk", "stopped"])
def test_a_measure_that_does_not_go_well_says_why(ours, state):
    ours.measure.state = state
    for reason in ("", "   "):
        ours.measure.state_reason = reason
        with pytest.raises(ValidationError, match="hoort een reden"):
            ours.measure.clean()
    ours.measure.state_reason = "Te weinig mensen"
    ours.measure.clean()


@pytest.mark.parametrize("state", ["planned", "running", "done"])
def test_a_measure_that_goes_on_needs_no_reason(ours, state):
    ours.measure.state = state
    ours.measure.clean()


def test_a_measure_may_end_on_the_day_on_which_it_begins(ours):
    ours.measure.start = ours.measure.end = TODAY
    ours.measure.clean()
    ours.measure.end = YESTERDAY
    with pytest.raises(ValidationError, match="vóór het begin"):
        ours.measure.clean()


def test_a_framework_does_not_follow_from_itself(ours):
    above = Framework.objects.create(
        municipality=ours.municipality,
        title="Landelijk",
        level="national",
        start_year=2024,
        end_year=2028,
        follows=ours.framework,
    )
    ours.framework.clean()
    ours.framework.follows = above
    with pytest.raises(ValidationError, match="uit zichzelf"):
        ours.framework.clean()
