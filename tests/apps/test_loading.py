"""Figures in the background: from the page, by the schedule, one at a time, and after a crash."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from koers.apps.intake import background
from koers.apps.intake.background import HEARTBEAT_TIMEOUT, RunState
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.places import FIGURES_CHANGED
from koers.apps.intake.services import live, loading, queue, schedule
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.people.registry import Enrolled
from koers.figures.store import FigureStore
from koers.sources.remembered import remember
from koers.sources.scope import Scope
from tests.figures.rows import kept
from tests.sources import country
from tests.sources.odata_server import serve


def everywhere(address):
    """Every source at one address, however many there are."""
    return dict.fromkeys(settings.KOERS_SOURCES, address)


@pytest.fixture
def home(db, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "KOERS_SOURCES", everywhere("http://nergens.invalid"))
    # The database of these tests is one connection, which another thread may not use.
    monkeypatch.setattr(background, "BEAT_SECONDS", 0)
    return tmp_path


@pytest.fixture
def town(home):
    return Municipality.objects.create(code="GM9001", name="Waterdorp", primary=True)


@pytest.fixture
def source(home, monkeypatch):
    with serve(country.police_tables() | country.statline_tables()) as running:
        monkeypatch.setattr(settings, "KOERS_SOURCES", everywhere(running.address))
        yield running


@pytest.fixture
def adviser(client, town):
    user = User.objects.create_user("adviseur@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=user, municipality=town, role=Role.ADVISER)
    client.force_login(user)
    return client


def carried_out(run):
    loading.carry_out(run.pk)
    run.refresh_from_db()
    return run


def test_a_press_on_the_button_waits_for_the_worker_and_says_what_came_in(adviser, town, source):
    response = adviser.post("/cijfers/ophalen/")
    run = LoadRun.objects.get()
    assert (run.state, run.codes) == (RunState.QUEUED, ["GM9001"])
    assert DBTaskResult.objects.count() == 1
    page = adviser.get(response.url).content.decode()
    assert 'hx-get="/cijfers/ophalen/' in page and "Ververs" in page
    carried_out(run)
    assert run.state == RunState.DONE, run.error
    assert (run.claim, run.refused.lines) == (None, ())
    page = adviser.get(response.url).content.decode()
    assert "Klaar op" in page and "47022NED" in page and "hx-get" not in page
    assert "47022NED" in adviser.get("/cijfers/").content.decode()


def test_loading_again_says_that_nothing_changed(town, source):
    first = carried_out(queue.start(town, ["GM9001"])[0])
    second = carried_out(queue.start(town, ["GM9001"])[0])
    assert second.loaded.lines == ()
    assert second.unchanged == len(first.loaded)


def test_the_page_asks_for_no_less_than_the_command_was_asked_the_last_time(town, source, home):
    remember(FigureStore(home), Scope(("GM9001", "GM9003")))
    carried_out(queue.start(town, ["GM9001"])[0])
    query = "SELECT DISTINCT area FROM observations WHERE table_name = '47013NED'"
    found = {area for (area,) in FigureStore(home).connect().execute(query).fetchall()}
    assert found == {"NL", "GM9001", "GM9003"}


def test_what_came_in_is_told_to_the_picture(town, source, home, monkeypatch):
    told = []
    monkeypatch.setattr(FIGURES_CHANGED, "enrolled", {"it": Enrolled("it", told.append)})
    carried_out(queue.start(town, ["GM9001"])[0])
    carried_out(queue.start(town, ["GM9001"])[0])
    assert len(told) == 1, "only what is new is looked at"
    assert told[0].snapshots == tuple(s.manifest.id for s in FigureStore(home).current())


@pytest.mark.postgres
def test_a_second_press_shows_the_run_that_is_busy(adviser, town, home):
    first = adviser.post("/cijfers/ophalen/")
    second = adviser.post("/cijfers/ophalen/", follow=True)
    assert LoadRun.objects.count() == DBTaskResult.objects.count() == 1
    assert second.redirect_chain[0][0] == first.url
    assert "Er worden al cijfers opgehaald" in second.content.decode()


def test_sources_that_are_silent_fail_with_a_plain_word_and_make_room(town, home):
    run = carried_out(queue.start(town, ["GM9001"])[0])
    assert (run.state, run.claim) == (RunState.FAILED, None)
    assert "antwoorden niet" in run.error


def test_what_is_refused_is_said_and_the_rest_comes_in(adviser, town, source):
    gone = source.tables.pop("47024NED")
    assert gone
    run = carried_out(queue.start(town, ["GM9001"])[0])
    assert run.state == RunState.DONE
    assert any("47024NED" in line for line in run.refused.lines)
    page = adviser.get(f"/cijfers/ophalen/{run.pk}/").content.decode()
    assert "1 geweigerd" in page and "47024NED" in page


def test_after_a_refusal_the_page_says_how_old_the_figures_in_use_are(adviser, town, source, home):
    carried_out(queue.start(town, ["GM9001"])[0])
    columns = source.tables["47022NED"].entities
    columns["DataProperties"].append({"Key": "Aangiften_2", "Type": "Topic", "Title": "Aangiften"})
    columns["TableInfos"] = [{**columns["TableInfos"][0], "Modified": "2026-12-15T02:00:00"}]
    run = carried_out(queue.start(town, ["GM9001"])[0])
    assert any("47022NED" in line and "Aangiften_2" in line for line in run.refused.lines)
    page = adviser.get("/beeld/peilmomenten/politie/47022NED/").content.decode()
    assert "(vandaag)" in page
    assert "gepubliceerd op 15 november 2026" in page


def test_a_municipality_without_a_plan_gets_the_figures_of_its_police_unit_along(home):
    known = Municipality.objects.create(code="GM0361", name="Bekend")
    codes = queue.with_region([known])
    assert codes[0] == "GM0361"
    assert len(codes) == 32
    assert queue.with_region([Municipality.objects.create(code="GM9009", name="Onbekend")]) == [
        "GM9009"
    ]


def test_progress_is_kept_and_shown_with_the_time_left(adviser, town):
    run, _ = queue.start(town, ["GM9001"])
    begin = timezone.now() - timedelta(seconds=30)
    LoadRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, started_at=begin, heartbeat_at=timezone.now()
    )
    with background.Heart(LoadRun, run.pk) as heart:
        heart.advance(2, 8, "47022NED")
    page = adviser.get(f"/cijfers/ophalen/{run.pk}/stand/").content.decode()
    assert "25 %" in page and "47022NED" in page and "Nog ongeveer" in page
    assert "<html" not in page


@pytest.mark.postgres
def test_a_crashed_worker_is_seen_and_the_load_can_begin_again(adviser, town, source):
    run, _ = queue.start(town, ["GM9001"])
    long_ago = timezone.now() - HEARTBEAT_TIMEOUT - timedelta(seconds=1)
    LoadRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, started_at=long_ago, heartbeat_at=long_ago
    )
    page = adviser.get(f"/cijfers/ophalen/{run.pk}/").content.decode()
    assert "Onderbroken" in page and "Opnieuw beginnen" in page
    adviser.post("/cijfers/ophalen/")
    again = LoadRun.objects.exclude(pk=run.pk).get()
    assert carried_out(again).state == RunState.DONE


def test_a_run_that_was_given_up_is_not_done_by_a_late_worker(town, source):
    run, _ = queue.start(town, ["GM9001"])
    LoadRun.objects.update(
        created_at=timezone.now() - background.QUEUED_AT_MOST - timedelta(seconds=1)
    )
    assert queue.current_run() is None
    assert carried_out(run).state == RunState.INTERRUPTED
    assert source.asked == []


def test_a_worker_that_is_stopped_leaves_its_run_interrupted(town, source, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(live, "load_live", stop)
    run, _ = queue.start(town, ["GM9001"])
    with pytest.raises(KeyboardInterrupt):
        loading.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claim) == (RunState.INTERRUPTED, None)


def test_nobody_without_the_right_loads_and_another_municipality_sees_nothing_of_it(
    client, adviser, town
):
    run, _ = queue.start(town, ["GM9001"])
    elsewhere = Municipality.objects.create(code="GM9002", name="Bosdorp")
    user = User.objects.create_user("ander@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=user, municipality=elsewhere, role=Role.ADVISER)
    client.force_login(user)
    assert client.get(f"/cijfers/ophalen/{run.pk}/").status_code == 404
    assert "voor een andere gemeente" in client.get("/cijfers/").content.decode()
    assert client.post("/cijfers/ophalen/").url == "/cijfers/"
    Membership.objects.filter(user=user).update(role=Role.POLICE)
    assert client.post("/cijfers/ophalen/").status_code == 403


def test_an_invented_municipality_has_nothing_to_load(client, adviser, town):
    Municipality.objects.update(fictitious=True)
    assert "verzonnen" in adviser.post("/cijfers/ophalen/", follow=True).content.decode()
    assert not LoadRun.objects.exists()


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def test_the_archive_is_checked_once_a_night(town, home):
    first = schedule.tick(at("2026-11-24 03:05"))
    kinds = {run.kind for run in first}
    assert RunKind.CHECK in kinds
    check = next(run for run in first if run.kind == RunKind.CHECK)
    LoadRun.objects.filter(pk=check.pk).update(created_at=at("2026-11-24 03:05"))
    carried_out(check)
    assert check.state == RunState.DONE
    assert RunKind.CHECK not in {run.kind for run in schedule.tick(at("2026-11-24 23:00"))}


def test_a_damaged_snapshot_is_found_by_the_check(town, source):
    carried_out(queue.start(town, ["GM9001"])[0])
    snapshot = FigureStore(settings.HOME).current()[0]
    damaged = next(f for f in snapshot.path.rglob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-10])
    check = carried_out(queue.start(town, [], RunKind.CHECK)[0])
    assert check.state == RunState.FAILED
    assert any(snapshot.manifest.table in line for line in check.refused.lines)


def test_the_check_thins_old_snapshots_but_never_one_that_is_cited(town, home):
    first, second, third, newest = (
        kept(settings.HOME, [("BU00010001", "a", "2015-01", float(k))], f"2015-01-0{k}")
        for k in range(1, 5)
    )
    town.refresh_from_db()
    LoadRun.objects.create(
        municipality=town, state=RunState.DONE, notes=[f"peilmoment {second.manifest.id}"]
    )
    check = carried_out(queue.start(town, [], RunKind.CHECK)[0])
    assert {s.manifest.id for s in FigureStore(settings.HOME).snapshots()} == {
        second.manifest.id,
        newest.manifest.id,
    }
    assert {note.split()[3] for note in check.notes.lines} == {first.manifest.id, third.manifest.id}


def test_nothing_is_thinned_while_a_snapshot_is_damaged(town, home):
    kept(settings.HOME, [("BU00010001", "a", "2015-01", 1.0)], "2015-01-01")
    newest = kept(settings.HOME, [("BU00010001", "a", "2015-01", 2.0)], "2015-01-02")
    newest.data.write_bytes(newest.data.read_bytes()[:-10])
    assert carried_out(queue.start(town, [], RunKind.CHECK)[0]).notes.lines == ()
    assert len(FigureStore(settings.HOME).snapshots()) == 2


def test_figures_are_loaded_once_a_month_and_tried_again_the_next_day(town, home):
    def tick(moment):
        """When that night's check has been made."""
        checked = {"kind": RunKind.CHECK, "state": RunState.DONE, "created_at": at(moment)}
        LoadRun.objects.create(municipality=town, **checked)
        return schedule.tick(at(moment))

    (run,) = tick("2026-11-16 04:01")
    assert (run.kind, run.scheduled, run.codes) == (RunKind.LOAD, True, ["GM9001"])
    LoadRun.objects.filter(pk=run.pk).update(created_at=at("2026-11-16 04:01"))
    assert carried_out(run).state == RunState.FAILED
    assert tick("2026-11-16 20:00") == []
    (again,) = tick("2026-11-17 04:01")
    LoadRun.objects.filter(pk=again.pk).update(
        state=RunState.DONE, claim=None, created_at=at("2026-11-17 04:01")
    )
    assert tick("2026-11-30 12:00") == []
    assert tick("2026-12-16 04:01")[0].kind == RunKind.LOAD


def test_what_a_clock_that_was_ahead_gave_a_date_keeps_nothing_back(town, source):
    """A check, a load and figures of next year, a sign of life of tomorrow: it is as if they had
    not been."""
    ahead = timezone.localtime() + timedelta(days=400)
    carried_out(queue.start(town, ["GM9001"])[0])
    LoadRun.objects.update(created_at=ahead)
    LoadRun.objects.create(municipality=town, kind=RunKind.CHECK, state=RunState.DONE)
    assert schedule.tick() == [], "the figures came in today"
    for snapshot in FigureStore(settings.HOME).snapshots():
        written_anew(snapshot, retrieved_at=ahead.isoformat())
    (run,) = schedule.tick()
    assert run.kind == RunKind.LOAD
    LoadRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, heartbeat_at=ahead)
    run.refresh_from_db()
    assert run.stale
    assert queue.start(town, ["GM9001"])[1], "the run that seems to live made room"


def written_anew(snapshot, **values):
    replace(snapshot.manifest, **values).write(snapshot.path / "manifest.json")
    os.utime(snapshot.path.parent)


@pytest.mark.parametrize("change", ["2027-03-28", "2027-10-31"])
def test_the_night_that_is_an_hour_shorter_or_longer_has_one_check(town, home, change):
    """Every quarter of an hour from midnight, as it really passes."""
    midnight = at(change).astimezone(UTC)
    found = []
    for quarter in range(4 * 20):
        for run in schedule.tick(midnight + timedelta(minutes=15 * quarter)):
            LoadRun.objects.filter(pk=run.pk).update(
                state=RunState.DONE,
                claim=None,
                created_at=midnight + timedelta(minutes=15 * quarter),
            )
            found.append((run.kind, midnight + timedelta(minutes=15 * quarter)))
    checks = [moment for kind, moment in found if kind == RunKind.CHECK]
    assert [timezone.localtime(m).strftime("%H:%M") for m in checks] == ["00:00", "03:00"]


def test_figures_that_came_in_by_hand_this_month_are_not_loaded_again(town, source):
    carried_out(queue.start(town, ["GM9001"])[0])
    LoadRun.objects.all().delete()
    now = timezone.localtime()
    LoadRun.objects.create(municipality=town, kind=RunKind.CHECK, state=RunState.DONE)
    assert schedule.tick(now) == []


def test_the_moments_of_the_schedule():
    assert schedule.last_night(at("2026-11-24 02:59")) == at("2026-11-23 03:00")
    assert schedule.last_night(at("2026-11-24 03:00")) == at("2026-11-24 03:00")
    assert schedule.last_month(at("2026-01-03 12:00"), 16) == at("2025-12-16 04:00")
    assert schedule.last_month(at("2026-03-16 04:00"), 16) == at("2026-03-16 04:00")
