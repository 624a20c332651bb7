"""Whose figures are seen where, what happens by itself at night, and how long a file is kept."""

import datetime as dt
import os
import shutil
import time
import uuid

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone

from koers.apps.intake.archive import internal_shelf, public_shelf, store
from koers.apps.intake.background import RunState
from koers.apps.intake.models import FileKind, LoadRun, OwnTable, RunKind, Upload
from koers.apps.intake.services import counting, held, loading, schedule, uploads
from koers.apps.people.models import Mail, Municipality, Role
from koers.figures.manifest import Draft
from koers.sources.own import OWN

PERIODS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


@pytest.fixture
def own_home(plan, tmp_path, monkeypatch):
    """A home in which a test may write."""
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    return home


@pytest.fixture
def own_table(own_home):
    """Makes an own table of a municipality, with its figures; gives it and the snapshot."""

    def make(municipality, topic="demonstrations"):
        name = f"tabel-{municipality.code.lower()}"
        area = f"{municipality.code}0101"
        columns = {
            "area": np.array([area] * len(PERIODS), dtype=object),
            "topic": np.array([topic] * len(PERIODS), dtype=object),
            "period": np.array(PERIODS, dtype=object),
            "value": np.full(len(PERIODS), 7.0),
            "status": np.array(["final"] * len(PERIODS), dtype=object),
        }
        draft = Draft(
            source=OWN,
            table=name,
            title=f"Eigen tellingen {municipality}",
            content="observations",
            scheme="local",
            sha256=uuid.uuid4().hex,
            address="",
            licence="",
            attribution=str(municipality),
        )
        snapshot = store().write(draft, columns).manifest.id
        table = OwnTable.objects.create(
            municipality=municipality,
            kind=FileKind.COUNTS,
            table=name,
            title=f"Eigen tellingen {municipality}",
            snapshot=snapshot,
            counted_at=timezone.now(),
        )
        return table, snapshot

    return make


def test_own_figures_are_seen_inside_their_own_municipality_only(own_table, municipality, other):
    both = (_, mine), (_, theirs) = own_table(municipality), own_table(other)
    own = {snapshot for _, snapshot in both}
    assert own & set(internal_shelf(municipality.code).ids) == {mine}
    assert own & set(internal_shelf(other.code).ids) == {theirs}
    assert not own & set(public_shelf().ids)
    assert public_shelf([mine]).ids == ()


def test_published_figures_are_seen_by_everyone(own_table, municipality):
    before = set(public_shelf().ids)
    _, mine = own_table(municipality)
    assert before and set(public_shelf().ids) == before
    assert set(internal_shelf(municipality.code).ids) == before | {mine}


def test_an_archived_own_table_is_seen_by_nobody(own_table, municipality):
    table, snapshot = own_table(municipality)
    assert snapshot in internal_shelf(municipality.code).ids
    table.archive()
    assert snapshot not in internal_shelf(municipality.code).ids


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.ADVISER, True),
        (Role.ENFORCEMENT, True),
        (Role.POLICE, True),
        (Role.PARTNER, False),
        (Role.COLLEGE, False),
        (Role.COMMITTEE, False),
    ],
)
def test_a_page_shows_own_figures_of_ones_own_municipality_by_role(
    client, worker, own_table, municipality, other, role, sees
):
    own_table(municipality)
    own_table(other)
    client.force_login(worker("iemand", role))
    page = client.get("/beeld/peilmomenten/").content.decode()
    assert (f"tabel-{municipality.code.lower()}" in page) == sees
    assert f"tabel-{other.code.lower()}" not in page


# What happens by itself


def local(*moment):
    return timezone.make_aware(dt.datetime(*moment))


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (local(2026, 11, 10, 3, 0), local(2026, 11, 10, 3)),
        (local(2026, 11, 10, 2, 59), local(2026, 11, 9, 3)),
        (local(2026, 11, 1, 0, 0), local(2026, 10, 31, 3)),
    ],
)
def test_the_check_of_the_night_is_at_three(now, moment):
    assert schedule.last_night(now) == moment


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (local(2026, 11, 16, 4, 0), local(2026, 11, 16, 4)),
        (local(2026, 11, 16, 3, 59), local(2026, 10, 16, 4)),
        (local(2026, 1, 3, 12, 0), local(2025, 12, 16, 4)),
        (local(2026, 3, 31, 12, 0), local(2026, 3, 16, 4)),
    ],
)
def test_the_load_of_the_month_is_on_its_day_at_four(now, moment):
    assert schedule.last_month(now, 16) == moment


NOW = local(2026, 11, 20, 12, 0)


def run_of(municipality, kind, state, when):
    return LoadRun.objects.create(
        municipality=municipality, kind=kind, state=state, created_at=when
    )


def kinds_started(now=NOW):
    return {run.kind for run in schedule.tick(now)}


def test_a_load_that_breaks_ends_as_failed_and_says_what_broke(municipality, monkeypatch):
    def breaks(run, advance):
        raise RuntimeError("stuk")

    monkeypatch.setattr(loading, "_load", breaks)
    run = LoadRun.objects.create(municipality=municipality, claim="busy")
    with pytest.raises(RuntimeError):
        loading.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claim) == (RunState.FAILED, None)
    assert run.error == "Er ging iets mis in Koers (RuntimeError)."
    assert run.finished_at is not None


@pytest.fixture
def real(municipality):
    """The municipality as one that exists, of which no figures came in."""
    municipality.code, municipality.fictitious = "GM9001", False
    municipality.save()
    return municipality


def test_what_is_due_is_started_once(real):
    assert kinds_started() <= {RunKind.CHECK, RunKind.LOAD}
    assert LoadRun.objects.exists()
    assert kinds_started() == set()


@pytest.mark.parametrize(
    ("state", "when", "again"),
    [
        ("done", local(2026, 11, 20, 3, 1), False),
        ("done", local(2026, 11, 20, 2, 59), True),
        ("failed", NOW - dt.timedelta(hours=8), False),
        ("failed", NOW - dt.timedelta(hours=21), True),
    ],
)
def test_a_check_is_made_again_after_a_night_or_when_it_failed_long_ago(
    municipality, state, when, again
):
    run_of(municipality, RunKind.CHECK, state, when)
    assert (RunKind.CHECK in kinds_started()) == again


@pytest.mark.parametrize(("hours", "again"), [(8, False), (19, False), (21, True)])
def test_a_load_that_failed_is_tried_again_the_next_day(real, hours, again):
    run_of(real, RunKind.CHECK, "done", NOW - dt.timedelta(hours=1))
    run_of(real, RunKind.LOAD, "failed", NOW - dt.timedelta(hours=hours))
    assert (RunKind.LOAD in kinds_started()) == again


def test_an_invented_municipality_loads_nothing_by_itself(municipality):
    assert municipality.fictitious
    assert RunKind.LOAD not in kinds_started()


# Work in the background


def test_a_run_without_a_sign_of_life_makes_room(municipality):
    alive = {"claim": "busy", "state": "running"}
    now = timezone.now()
    run = LoadRun.objects.create(municipality=municipality, heartbeat_at=now, **alive)
    LoadRun.release_stale()
    run.refresh_from_db()
    assert run.state == "running" and run.busy and not run.stale
    LoadRun.objects.filter(pk=run.pk).update(heartbeat_at=now - dt.timedelta(seconds=61))
    run.refresh_from_db()
    assert run.stale and not run.busy
    LoadRun.release_stale()
    run.refresh_from_db()
    assert (run.state, run.claim) == ("interrupted", None)
    assert run.finished_at is not None


def test_a_run_waits_a_quarter_of_an_hour_for_a_worker(municipality):
    run = LoadRun.objects.create(municipality=municipality, claim="busy")
    LoadRun.objects.filter(pk=run.pk).update(
        created_at=timezone.now() - dt.timedelta(minutes=14, seconds=30)
    )
    LoadRun.release_stale()
    run.refresh_from_db()
    assert run.state == "queued" and run.lacks_worker
    LoadRun.objects.filter(pk=run.pk).update(
        created_at=timezone.now() - dt.timedelta(minutes=15, seconds=1)
    )
    LoadRun.release_stale()
    run.refresh_from_db()
    assert run.state == "interrupted" and "geen worker" in run.error


def test_how_far_a_run_is_is_told_when_that_says_anything():
    now = timezone.now()
    run = LoadRun(done=3, total=4, started_at=now - dt.timedelta(seconds=60), heartbeat_at=now)
    assert (run.percent, run.per_minute, run.seconds_left) == (75, 3, 20)
    assert LoadRun(done=5, total=4).percent == 100
    assert LoadRun(done=0, total=0).percent == 0
    assert LoadRun(done=0, total=4, started_at=now, heartbeat_at=now).seconds_left is None
    begun = LoadRun(done=1, total=4, started_at=now - dt.timedelta(seconds=1), heartbeat_at=now)
    assert begun.per_minute is None


# How long a file is kept


@pytest.mark.postgres
def test_a_file_that_nobody_counts_goes_after_an_hour(
    own_home, municipality, other, django_capture_on_commit_callbacks
):
    def kept(where, minutes):
        name = f"{uuid.uuid4().hex}.csv"
        path = uploads.folder() / name
        path.write_text("a;b")
        made = Upload.objects.create(
            municipality=where, kind=FileKind.COUNTS, suffix=".csv", stored=name
        )
        Upload.objects.filter(pk=made.pk).update(
            created_at=timezone.now() - dt.timedelta(minutes=minutes)
        )
        return made, path

    (young, there), (old, gone) = kept(municipality, 59), kept(other, 61)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.sweep()
    assert there.exists() and not gone.exists()
    young.refresh_from_db()
    old.refresh_from_db()
    assert young.stored and not old.stored and "na een uur" in old.outcome


def test_a_file_of_which_nobody_knows_goes_after_an_hour(own_home):
    young, old = uploads.folder() / "jong.csv", uploads.folder() / "oud.csv"
    for path, minutes in ((young, 59), (old, 61)):
        path.write_text("a;b")
        then = time.time() - 60 * minutes
        os.utime(path, (then, then))
    uploads.sweep()
    assert young.exists() and not old.exists()


def test_figures_released_are_told_apart_until_they_are_counted_again(own_table, municipality):
    table, _ = own_table(municipality)
    counting.release(table, "Sam", "Mag")
    table.refresh_from_db()
    assert table.released_at is not None
    assert (table.released_by, table.release_reason) == ("Sam", "Mag")
    counting.withdraw_release(table)
    table.refresh_from_db()
    assert (table.released_at, table.released_by, table.release_reason) == (None, "", "")


def test_own_figures_that_are_damaged_say_so_and_stay_internal(monkeypatch):
    monkeypatch.setattr(counting, "in_use", lambda table: None)
    said = counting.origin(OwnTable(title="Lampen"))
    assert said.startswith("Beschadigd: de cijfers van Lampen.") and said.endswith("Intern.")


@pytest.mark.parametrize("waiting", [0, 1])
def test_of_held_figures_the_administrators_of_real_municipalities_are_told(
    municipality, worker, settings, monkeypatch, waiting
):
    settings.EMAIL_HOST = "localhost"
    monkeypatch.setattr(held, "held_words", lambda archive, snapshot: "Vreemd.")
    real = Municipality.objects.create(code="GM9001", name="Echtdam")
    worker("hier", Role.ADMINISTRATOR)
    worker("daar", Role.ADMINISTRATOR, where=real)
    worker("adviseur", Role.ADVISER, where=real)
    held.tell(None, [None] * waiting)
    addressed = [mail.address for mail in Mail.objects.all()]
    assert addressed == ["daar@example.org"] * waiting
