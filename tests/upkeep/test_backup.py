"""A backup is made while others write, is of one moment, and is whole or not there."""

import json
import sqlite3

import pytest

from koers.upkeep.record import last_backup


@pytest.mark.postgres
def test_a_backup_under_writes_and_kills_is_of_one_moment_and_whole_or_not_there(installation):
    came = installation.trial("backup", kills=6, seed=11)
    assert (came["wrong"], came["left"]) == ([], []), came
    assert came["pairs"] > 60
    assert sum(came["ends"].values()) == 6


def test_a_backup_holds_all_but_secrets_and_never_overwrites(installation, tmp_path):
    home, out = installation.home, tmp_path / "kopie"
    (home / "huisstijl").mkdir()
    (home / "huisstijl" / "eigen.css").write_text("a {}")
    secrets = {"EMAIL_URL": "submission://post:Geheim1@mail.example:587", "KOERS_LOAD_DAY": "17"}
    done = installation.koers("backup", out, **secrets)
    assert done.returncode == 0, done.stderr
    files = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
    assert files == {
        "backup.json",
        "database.sqlite3",
        "settings.json",
        "home/home.json",
        "home/huisstijl/eigen.css",
    }
    said = "".join((out / name).read_text() for name in ("settings.json", "backup.json"))
    assert "Geheim1" not in said and (home / "secret-key").read_text() not in said
    settings = json.loads((out / "settings.json").read_text())
    assert (settings["EMAIL_URL"], settings["KOERS_LOAD_DAY"]) == (
        "submission://mail.example:587",
        "17",
    )
    assert last_backup(home).place == str(out)
    before = (out / "backup.json").read_bytes()
    again = installation.koers("backup", out)
    assert again.returncode == 1 and f"{out} is er al" in again.stderr
    assert (out / "backup.json").read_bytes() == before


def test_nothing_to_back_up_and_a_damaged_database_are_said(installation, tmp_path):
    empty = tmp_path / "leeg"
    nowhere = {"KOERS_HOME": str(empty), "DATABASE_URL": f"sqlite:///{empty}/koers.sqlite3"}
    done = installation.koers("backup", tmp_path / "kopie", **nowhere)
    assert done.returncode == 1 and "nog niets om te bewaren" in done.stderr
    away = {**nowhere, "DATABASE_URL": "postgres://koers@127.0.0.1:1/koers"}
    done = installation.koers("backup", tmp_path / "kopie", **away)
    assert done.returncode == 1 and "De database is niet te bereiken" in done.stderr
    assert "Traceback" not in done.stderr
    file = installation.home / "koers.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    with file.open("r+b") as handle:
        handle.seek(file.stat().st_size // 2)
        handle.write(b"\xff" * 40_000)
    done = installation.koers("backup", tmp_path / "kopie")
    assert done.returncode == 1 and f"{file} is beschadigd" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "kopie").exists()
