"""Work of a worker that was killed, as its queue keeps it."""

import pytest
from django_tasks_db.models import DBTaskResult

from koers.apps.intake.models import LoadRun
from koers.apps.intake.services import queue
from koers.apps.intake.services.released import GIVEN_UP, MOST_TRIES, release_tasks
from koers.cli.check import _Database

pytestmark = pytest.mark.postgres


def killed(run, times, **at):
    """As it stands when as many workers died of it."""
    ids = [f"koers-{n}" for n in range(times)]
    DBTaskResult.objects.update(status="RUNNING", worker_ids=ids)
    LoadRun.objects.filter(pk=run.pk).update(**{"state": "running", **at})
    put_back = release_tasks()
    run.refresh_from_db()
    return put_back, run.state, DBTaskResult.objects.get().status


def test_it_waits_again_and_is_given_up_and_said_after_a_few_times(municipality):
    run, _ = queue.start(municipality, ["GM9001"])
    assert killed(run, 1) == (1, "queued", "READY")
    assert killed(run, MOST_TRIES - 1, state="interrupted", claim=None) == (1, "queued", "READY")
    assert run.claim == "busy"
    assert killed(run, MOST_TRIES) == (0, "failed", "FAILED")
    assert (run.claim, run.error) == (None, GIVEN_UP)
    assert GIVEN_UP in [f.text for f in _Database().background() if not f.ok][-1]


def test_what_ended_or_made_room_for_another_stays_as_it_is(municipality):
    run, _ = queue.start(municipality, ["GM9001"])
    assert killed(run, 1, state="done", claim=None) == (1, "done", "READY")
    LoadRun.objects.create(municipality=municipality, claim="busy")
    assert killed(run, 1, state="interrupted") == (1, "interrupted", "READY")
