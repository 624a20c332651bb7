"""Of a damaged file its own table says so; every page stands, and what is damaged is found and made
whole."""

import collections
import os
import random
import shutil
import time
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.services import loading, queue
from koers.apps.intake.services.repair import damaged_snapshots, repair
from koers.apps.people.models import Role
from koers.cli.check import _figures
from koers.figures.store import FigureStore
from koers.figures.verification import verify
from tests.apps.damaging import (
    WAYS,
    all_damaged,
    damaged,
    files_of,
    in_groups,
    just_started,
    table_of,
)
from tests.apps.test_as_of import EVERYWHERE, objects, pages  # noqa: F401

SEED = int(os.environ.get("KOERS_DAMAGED_SEED", "14"))
SECONDS = float(os.environ.get("KOERS_DAMAGED_SECONDS", "0"))
"""So long is looked at every file, way, page and role, in an order that is drawn; 0 is a few."""
AT_ONCE = 6
"""Damages, of other tables, for one site that starts."""
TOLD = "Beschadigd: de nieuwste cijfers van"
GONE = "Er zijn geen eerdere."
PUBLIC_PAGE = "/openbaar/voorbeeldrecht/"


@pytest.fixture
def home(plan, tmp_path, monkeypatch):
    """A home in which the test may damage what it likes; every table has one snapshot."""
    home = shutil.copytree(settings.HOME, tmp_path / "damaged")
    monkeypatch.setattr(settings, "HOME", home)
    just_started()
    yield home
    just_started()


def addresses(objects):  # noqa: F811
    for name, wanted in pages():
        known = EVERYWHERE | objects.get(name.partition(":")[0], {}) | objects.get(name, {})
        known = {"chart": "trend", "token": "0", "user": 1, "uidb36": "1", "key": "x"} | known
        # Work that is tried again, and mail that was seen, are no pages; /readyz says no.
        if set(wanted) <= set(known) and not name.endswith(("-again", "-seen", "readyz")):
            yield reverse(name, kwargs={key: known[key] for key in wanted})


def answers(clients, draw, everything):
    """What everybody gets of some pages, of which everybody has others."""
    for role, client in clients.items():
        for path in ("/", PUBLIC_PAGE, *draw.sample(everything, 10)):
            yield role, path, status_of(client, path)


def status_of(client, path):
    answer = client.get(path)
    if answer.streaming:
        collections.deque(answer.streaming_content, maxlen=0)
    return answer.status_code


def breaks_it(group, client, path):
    """Which of these damages breaks a page by itself, for a site that has just started; else all of
    them do together."""
    found = []
    for way, file in group:
        with damaged(file, way):
            if status_of(client, path) >= 500:
                found.append(f"{file.relative_to(settings.HOME)} {way}")
    return found or [f"{file.relative_to(settings.HOME)} {way}" for way, file in group]


def test_whatever_file_is_damaged_no_page_of_any_role_breaks(objects, person):  # noqa: F811
    """A few that are drawn; `python -m benchmarks.faults.damaged` goes on as long as it is told."""
    draw, begin = random.Random(SEED), time.monotonic()
    everything = sorted(set(addresses(objects)))
    assert len(everything) > 100
    cases = [(way, file) for way in WAYS for file in files_of(settings.HOME)]
    draw.shuffle(cases)
    clients = {"": Client(raise_request_exception=False)}
    for role in Role if SECONDS else (Role.ADMINISTRATOR,):
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(person(role))
    broken, asked, looked = [], 0, 0
    for group in in_groups(cases, AT_ONCE if SECONDS else 1):
        if looked >= len(WAYS) and time.monotonic() > begin + SECONDS:
            break
        looked += len(group)
        with all_damaged(group):
            got = list(answers(clients, draw, everything))
        asked += len(got)
        wrong = [(role, path) for role, path, status in got if status >= 500]
        broken += [(role, path, breaks_it(group, clients[role], path)) for role, path in wrong]
    print(f"{looked} of {len(cases)} damages, {asked} pages asked, {len(broken)} broken")
    assert broken == []


def test_damages_at_once_are_of_other_tables_and_each_has_its_turn(home):
    cases = [(way, file) for way in WAYS for file in files_of(home)]
    groups = list(in_groups(cases, AT_ONCE))
    assert sorted(case for group in groups for case in group) == sorted(cases)
    assert all(len({table_of(file) for _, file in group}) == len(group) for group in groups)
    assert len(groups) < len(cases) / 3


def said(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "way"), [("data.parquet", "zeroed"), ("manifest.json", "garbage")]
)
def test_a_damaged_table_is_named_on_the_pages_with_its_former_figures_and_found_everywhere(
    adviser, home, municipality, name, way
):
    store = FigureStore(home)
    former = next(s for s in store.current() if s.manifest.table == "voorbeeld-crime")
    newest = shutil.copytree(former.path, former.path.with_name("abcdefabcdef"))
    again(former, newest)
    shown = ("/beeld/VB01/woninginbraak/", "/cijfers/", "/openbaar/voorbeeldrecht/")
    just_started()
    assert all("Beschadigd" not in said(adviser, path) for path in shown)
    with damaged(newest / name, way):
        for path in shown:
            page = said(adviser, path)
            assert TOLD in page and GONE not in page, path
        assert "Woninginbraak" in said(adviser, shown[0]) and "<svg" in said(adviser, shown[0])
        checked = [f for f in _figures() if not f.ok]
        assert [f.subject for f in checked] == ["cijfers voorbeeld voorbeeld-crime"]
        run, _ = queue.start(municipality, [], RunKind.CHECK)
        loading.carry_out(run.pk)
        assert "abcdefabcdef" in LoadRun.objects.get(pk=run.pk).refused.lines[0]
        assert "nacht" in said(adviser, "/cijfers/")
        with damaged(former.data, "removed"):
            for path in shown:
                assert GONE in said(adviser, path), path
    assert "Beschadigd" not in said(adviser, shown[0])


def again(snapshot, folder):
    """The same figures as loaded later, in a folder of their own."""
    later = replace(snapshot.manifest, id=folder.name, order=99)
    later.write(folder / "manifest.json")


def test_what_is_damaged_comes_back_the_same_from_its_source_or_a_copy(home, tmp_path):
    copy = shutil.copytree(home, tmp_path / "copy")
    first, second, *_ = FigureStore(home).current()
    for how, backup in (("source", None), ("copy", copy)):
        first.data.write_bytes(first.data.read_bytes()[:-9])
        (second.path / "manifest.json").write_text("{")
        assert {v.path for v in damaged_snapshots(FigureStore(home))} == {first.path, second.path}
        done = repair(FigureStore(home), backup, None, drop=False)
        assert len(done.whole) == 2 and not done.damaged, how
        assert all(v.problem == "" for v in verify(FigureStore(home)))
    for original in copy.glob("figures/snapshots/*/*/*/*.parquet"):
        assert (home / original.relative_to(copy)).read_bytes() == original.read_bytes()


def test_what_cannot_be_repaired_stays_and_is_dropped_when_asked(home):
    store = FigureStore(home)
    lost = shutil.copytree(store.current()[0].path, store.root / "snapshots/politie/1/123456123456")
    (lost / "data.parquet").unlink()
    assert [v.path for v in repair(store, None, None, drop=False).damaged] == [lost]
    assert [v.path for v in repair(store, None, None, drop=True).dropped] == [lost]
    assert not lost.exists()
