"""A home of a newer Koers is refused by every command, and an older one is backed up before it is
brought up to date."""

import json
import subprocess
import sys

import pytest

from koers.cli.main import COMMANDS
from koers.upkeep import manifest
from koers.upkeep.connecting import opened
from koers.upkeep.home import MARK
from koers.upkeep.record import BEFORE_MIGRATING, last_backup
from koers.upkeep.tables import applied
from tests.ports import free_port
from tests.upkeep.trial import quiet

ON_OWN_FILES = {"screen", "scan", "near-repeat", "evaluate"}
"""They read a file that is named, and nothing of a home."""
WAY_BACK = {"restore"}
"""Puts what is newer aside; `koers/upkeep/restore.py` refuses a backup that is newer itself."""
ARGUMENTS = {
    "start": ["--port", str(free_port())],
    "load": ["--all"],
    "figures": ["list"],
    "worker": ["--once"],
    "decide": ["plan", "--out", "besluit.pdf"],
    "administrator": ["GM9999"],
    "backup": ["kopie"],
    "move": ["--to", "sqlite:///elders.sqlite3"],
    "check": [],
}


def said_by_each_command(installation):
    asked = [[name, *ARGUMENTS[name]] for name in COMMANDS if name not in ON_OWN_FILES | WAY_BACK]
    done = subprocess.run(
        [sys.executable, "-m", "tests.upkeep.refusals", json.dumps(asked)],
        env=installation.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.postgres
def test_a_database_with_migrations_that_are_not_known_is_refused_by_every_command(
    installation, django_db_blocker
):
    with django_db_blocker.unblock(), opened("newer", installation.url) as database:
        from django.db.migrations.recorder import MigrationRecorder

        MigrationRecorder(database).record_applied("plan", "9999_later")
    for name, (code, output, kind) in said_by_each_command(installation).items():
        assert (code, kind) == (1, "SystemExit"), (name, output)
        assert "bijgewerkt door een nieuwere Koers" in output, name
        assert "plan.9999_later" in output and "Traceback" not in output, name


def test_a_home_with_a_newer_mark_is_refused_by_every_command(installation):
    for mark in ({"layout": 99, "version": "0.1.0"}, {"layout": 1, "version": "99.0"}):
        (installation.home / MARK).write_text(json.dumps(mark))
        for name, (code, output, _) in said_by_each_command(installation).items():
            assert code == 1, (name, output)
            assert f"bijgewerkt door Koers {mark['version']}" in output, name


def test_a_database_file_that_is_away_is_made_anew_by_no_command(installation):
    file = installation.home / "koers.sqlite3"
    if not file.exists():
        return
    aside = file.rename(file.with_suffix(".aside"))
    for name, (code, output, _) in said_by_each_command(installation).items():
        assert code == 1, (name, output)
        assert f"De database {file} is er niet" in output and "koers restore" in output, name
        assert not file.exists() and "Traceback" not in output, name
    aside.rename(file)
    assert installation.koers("figures", "list").returncode == 0


@pytest.mark.postgres
def test_before_a_database_is_migrated_it_is_backed_up(installation, django_db_blocker):
    home = installation.home
    back = "from django.core.management import call_command as c; import django; django.setup()"
    subprocess.run(
        [sys.executable, "-c", f"{back}; c('migrate', 'meetings', '0004', verbosity=0)"],
        env=installation.environment,
        check=True,
    )
    for year in (2019, 2020, 2021):
        (home / "backups" / f"before-0.0.1-{year}0101-000000").mkdir(parents=True)
    done = installation.koers("administrator", "GM9999")
    assert done.returncode == 2, done.stderr
    made = last_backup(home)
    assert made.why == BEFORE_MIGRATING and made.place in done.stderr
    kept = manifest.read(made_at := home / "backups" / made.place.rpartition("/")[2])
    manifest.verify(made_at, kept, quiet)
    assert "meetings.0004_words_of_states" in kept.migrations
    assert "meetings.0005_closed_by" not in kept.migrations
    assert len(list((home / "backups").iterdir())) == 3
    assert not (home / "backups" / "before-0.0.1-20190101-000000").exists()
    with django_db_blocker.unblock(), opened("now", installation.url) as database:
        assert "meetings.0005_closed_by" in applied(database)
    done = installation.koers("restore", "--replace", made_at)
    assert done.returncode == 0, done.stderr
    with django_db_blocker.unblock(), opened("then", installation.url) as database:
        assert applied(database) == kept.migrations
