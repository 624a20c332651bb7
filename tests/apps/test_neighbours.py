"""What tests start from is there each time, whole, and only for those that ask."""

import pytest
from django.apps import apps
from django.db import transaction

from koers.apps.people.models import Municipality, Role
from koers.apps.plan.models import Action, Plan
from koers.apps.plan.services.bundled import load_bundled_plan
from tests.apps.neighbours import SECRET
from tests.apps.scene import Scene

pytestmark = pytest.mark.postgres


def rows():
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]
    return {m.__name__: sorted(map(repr, m._base_manager.values_list())) for m in found}


def test_an_example_put_back_has_every_row_of_the_one_that_was_loaded(db):
    scene = Scene(lambda: {"plan": load_bundled_plan("voorbeeldrecht-2025-2027")})
    empty, times = rows(), []
    for _ in range(3):
        with transaction.atomic():
            assert rows() == empty
            assert scene.put()["plan"] == Plan.objects.get()
            times.append(rows())
            transaction.set_rollback(True)
    assert times[0] == times[1] == times[2]
    assert len(times[0]["HistoricalMeasure"]) > 10


@pytest.mark.parametrize("time", [1, 2])
def test_both_municipalities_stand_beside_each_other_and_keys_go_on(plan, neighbour, time):
    assert {plan.municipality_id, neighbour.plan.municipality_id} == set(
        Municipality.objects.values_list("pk", flat=True)
    )
    assert neighbour.adviser.roles_in(neighbour.municipality) == {Role.ADVISER, Role.ADMINISTRATOR}
    assert neighbour.plan.versions.count() == 1
    assert SECRET in neighbour.measure.title and neighbour.measure.history.count() >= 1
    latest = Action.objects.order_by("-pk").first().pk
    made = Action.objects.create(
        municipality=plan.municipality, measure=neighbour.measure, title="x"
    )
    assert made.pk > latest
    assert Action.objects.of(plan.municipality).count() > 1


def test_who_asks_for_nothing_has_an_empty_database(db):
    assert not Municipality.objects.exists() and not Plan.objects.exists()


def test_a_table_of_the_neighbours_own_is_theirs(neighbours_table, neighbour):
    assert neighbours_table.municipality == neighbour.municipality
    assert neighbours_table.rows_read == 9
