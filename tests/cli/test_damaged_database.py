"""A SQLite database that is damaged is named before anything is done with it, and left as it is."""

import dj_database_url
import pytest
from django.db import OperationalError, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler

from koers.cli import setup
from koers.upkeep.connecting import url_of
from koers.web.away import is_away


def spoilt(content, way):
    half = len(content) // 2
    return {
        "garbage": b"Dit is geen database. " * 500,
        "zeroed": content[:half] + bytes(len(content) // 4) + content[half + len(content) // 4 :],
        "cut off": content[:half],
        "emptied": b"",
    }[way]


@pytest.mark.parametrize("way", ["garbage", "zeroed", "cut off", "emptied"])
def test_a_damaged_database_is_named_with_what_to_do_and_not_written(
    db, command, home_with_tables, monkeypatch, way
):
    file = home_with_tables / "koers.sqlite3"
    (home_with_tables / "figures" / "snapshots").mkdir(parents=True, exist_ok=True)
    file.write_bytes(content := spoilt(file.read_bytes(), way))
    monkeypatch.setattr("django.conf.settings.HOME", home_with_tables)
    monkeypatch.setitem(settings_of(), "NAME", str(file))
    checked = command("check")
    assert checked.returncode == 1
    assert f"FOUT   database: De database {file} is beschadigd" in checked.stdout
    assert "zet de laatste back-up terug" in checked.stdout
    assert "Traceback" not in checked.stdout + checked.stderr
    started = command("load", "--municipality", "GM9001")
    assert started.returncode == 1
    assert "is beschadigd" in started.stderr and "zet de laatste back-up terug" in started.stderr
    assert file.read_bytes() == content


def test_check_reads_a_whole_database_once_for_damage(
    db, command, home_with_tables, monkeypatch, settings
):
    settings.HOME = home_with_tables
    looked = []
    monkeypatch.setattr(
        "koers.cli.damaged_database.damaged_database", lambda **how: looked.append(how) or ""
    )
    told = command("check").stdout
    assert looked == [{"thorough": True}]
    assert "database: sqlite, bij de tijd" in told and "signalen: " in told


def settings_of():
    from django.conf import settings

    return settings.DATABASES["default"]


def test_start_refuses_it(koers, home_with_tables):
    file = home_with_tables / "koers.sqlite3"
    file.write_bytes(content := spoilt(file.read_bytes(), "zeroed"))
    done = koers("start", "--port", "0")
    assert done.returncode == 1
    assert file.read_bytes() == content
    assert "is beschadigd" in done.stderr and "Traceback" not in done.stderr


def test_a_running_site_makes_no_empty_database_where_the_file_was_moved_away(
    db, tmp_path, monkeypatch
):
    file = tmp_path / "met spatie" / "koers.sqlite3"
    file.parent.mkdir()
    given = ConnectionHandler({"default": dj_database_url.parse(url_of(file))}).settings["default"]
    monkeypatch.setitem(connections.settings, "default", given)
    setup.make_no_database()
    opened = DatabaseWrapper(given, "moved")
    with pytest.raises(OperationalError) as refused:
        opened.ensure_connection()
    assert is_away(refused.value)
    assert not file.exists()
    file.touch()
    opened.ensure_connection()
    opened.close()
