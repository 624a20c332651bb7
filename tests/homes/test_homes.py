"""All that stood in the home of a former version is there after today's Koers opened it."""

import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from koers.figures.folders import sha256_of
from koers.upkeep import manifest
from koers.upkeep.connecting import opened, url_of
from koers.upkeep.tables import models_of
from tests.processes import alone
from tests.upkeep.filling import values_of

ARCHIVES = sorted(Path(__file__).parent.glob("*.tar.xz"))
GONE: dict[str, str] = {}
"""Tables and columns (table.column) of a former version that are elsewhere now, each with why and
with the test that follows what was in them."""
ADDED_TO = frozenset({"auth_permission", "django_content_type"})
"""Has rows for each model: those of newer models come when the home is brought up to date."""


@pytest.mark.postgres
@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda archive: archive.name)
def test_everything_in_a_former_home_arrives(archive, tmp_path, request, django_db_blocker):
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path)  # Ours; its filter came with Python 3.11.4.
    home = tmp_path / "home"
    on_server = "DATABASE_URL" in os.environ
    url = request.getfixturevalue("server")() if on_server else url_of(home / "koers.sqlite3")
    for arguments, code in ((("restore", tmp_path / "backup"), 0), (("figures", "verify"), 0)):
        done = subprocess.run(
            [Path(sys.executable).with_name("koers"), *arguments],
            env={**alone(home), "DATABASE_URL": url},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
    _bring_up_to_date(home, url)
    record = json.loads((tmp_path / "record.json").read_text())
    with django_db_blocker.unblock(), opened("former", url) as database:
        assert _missing(record, database) == []
    kept = manifest.read(tmp_path / "backup")
    files = {name for name in kept.files if name.startswith("home/")}
    assert len(files) > 20
    for name in files - {"home/home.json"}:
        assert sha256_of(home.parent / name) == kept.files[name][0], name


def _bring_up_to_date(home, url):
    program = "from koers.cli.setup import wake_django; wake_django()"
    subprocess.run(
        [sys.executable, "-c", program],
        env={**alone(home), "DATABASE_URL": url},
        capture_output=True,
        check=True,
    )


def _missing(record, database):
    """What a table had and has no more, or has otherwise."""
    now, wrong = {m._meta.db_table: m for m in models_of(database)}, []
    for table, rows in record.items():
        assert rows, f"the former home has nothing in {table}"
        if table not in now:
            wrong += [] if table in GONE else [f"{table} is gone"]
            continue
        columns = set(rows[0])
        found = list(values_of(now[table], database))
        gone = columns - set(found[0]) if found else set()
        wrong += [f"{table}.{c} is gone" for c in gone if f"{table}.{c}" not in GONE]
        if len(found) != len(rows) and table not in ADDED_TO:
            wrong.append(f"{table} has {len(found)} rows instead of {len(rows)}")
        lost = _counted(rows, columns - gone) - _counted(found, columns - gone)
        wrong += [f"{table}: {one}" for one in list(lost)[:3]]
    return wrong


def _counted(rows, columns):
    return Counter(json.dumps({c: row[c] for c in sorted(columns)}) for row in rows)
