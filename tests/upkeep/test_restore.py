"""A backup is put back whole or not at all; what stood is kept aside."""

import dataclasses
import json
import os
import re
import shutil

import pytest

from koers.upkeep import home as homes
from koers.upkeep import manifest
from koers.upkeep.connecting import opened
from koers.upkeep.home import UpkeepError
from koers.upkeep.restore import restore
from tests.upkeep.trial import KEY, quiet


@pytest.mark.postgres
def test_a_restore_that_is_killed_leaves_the_old_home_or_the_new(installation):
    came = installation.trial("restore", kills=16, seed=5)
    assert (came["wrong"], came["left"]) == ([], []), came
    assert sum(n for end, n in came["ends"].items() if end.startswith("killed")) >= 8, came
    assert any(end.endswith("new") for end in came["ends"]), came


@pytest.fixture
def copied(installation, tmp_path):
    """A backup, made of an installation that is still there."""
    (installation.home / "huisstijl").mkdir()
    (installation.home / "huisstijl" / "eigen.css").write_text("a {}")
    done = installation.koers("backup", tmp_path / "kopie")
    assert done.returncode == 0, done.stderr
    return tmp_path / "kopie"


def test_what_is_not_whole_or_in_the_way_is_refused_and_nothing_changes(
    installation, copied, tmp_path, django_db_blocker
):
    home = installation.home

    def refused(said, source=copied, replace=True):
        before = sorted(f.name for f in home.iterdir())
        with (
            django_db_blocker.unblock(),
            opened("home", installation.url) as database,
            pytest.raises(UpkeepError, match=re.escape(said)),
        ):
            restore(home, source, database, quiet, key=KEY, replace=replace)
        assert sorted(f.name for f in home.iterdir()) == before

    refused("Met --replace komt de reservekopie", replace=False)
    refused("is geen reservekopie van Koers", tmp_path)
    bad = shutil.copytree(copied, tmp_path / "beschadigd")
    with (bad / "database.sqlite3").open("r+b") as handle:
        handle.seek(5000)
        handle.write(b"\x00\xff")
    (bad / "home" / "huisstijl" / "eigen.css").unlink()
    (bad / "home" / "erbij").write_text("x")
    refused("database.sqlite3 is veranderd", bad)
    refused("home/huisstijl/eigen.css ontbreekt", bad)
    refused("home/erbij hoort er niet bij", bad)
    said = (bad / "backup.json").read_text()
    (bad / "backup.json").write_text(said.replace("0.1.0", "0.0.9"))
    refused("backup.json klopt niet meer", bad)
    newer = manifest.read(copied)
    dataclasses.replace(newer, version="99.0").write(bad)
    refused("is gemaakt door Koers 99.0", bad)
    dataclasses.replace(newer, migrations=["plan.9999_later"]).write(bad)
    refused("kent plan.9999_later niet", bad)
    homes.use(home)
    try:
        done = installation.koers("restore", copied, "--replace")
    finally:
        homes.leave(home)
    assert done.returncode == 1 and "Koers draait nog" in done.stderr


@pytest.mark.postgres
def test_a_backup_comes_back_on_a_new_machine_in_either_kind_of_database(
    installation, copied, tmp_path, request
):
    """From where the tests run to SQLite; and where that is PostgreSQL, to PostgreSQL too."""
    key = (installation.home / "secret-key").read_text()
    urls = [f"sqlite:///{tmp_path}/elders.sqlite3"]
    if "DATABASE_URL" in os.environ:
        urls.append(request.getfixturevalue("server")())
    wanted = json.loads((copied / "backup.json").read_text())["tables"]
    for number, url in enumerate(urls):
        there = {"KOERS_HOME": str(tmp_path / f"nieuw{number}"), "DATABASE_URL": url}
        done = installation.koers("restore", copied, **there)
        assert done.returncode == 0, done.stderr
        assert "de geheime sleutel is een andere" in done.stderr
        done = installation.koers("backup", tmp_path / f"weer{number}", **there)
        assert done.returncode == 0, done.stderr
        again = json.loads((tmp_path / f"weer{number}" / "backup.json").read_text())
        assert again["tables"] == wanted
        assert again["migrations"]
        assert (tmp_path / f"nieuw{number}" / "huisstijl" / "eigen.css").read_text() == "a {}"
        (tmp_path / f"nieuw{number}" / "secret-key").write_text(key)
        done = installation.koers("restore", copied, "--replace", **there)
        assert done.returncode == 0 and "sleutel" not in done.stderr, done.stderr
        assert "Wat er stond" in done.stderr
