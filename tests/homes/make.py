"""Makes a home of today's version, to be kept: `python -m tests.homes.make`.

Two invented municipalities, with a line in every table; a model without one makes this script fail.
What the application makes by itself comes first (figures, a plan, a meeting, a decision), the rest
is filled by what the models allow. It writes ``tests/homes/VERSION.tar.xz``: a backup, and a record
of every value in it.
"""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from pathlib import Path

from tests.processes import alone

HERE = Path(__file__).resolve().parent
SEED = 20261201
KEY = "sleutel-van-een-voorbeeld-" + "0" * 30
MOST_BYTES = 1_000_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= alone(Path(folder) / "home")
        os.environ.pop("DATABASE_URL", None)
        made = make(Path(folder))
    print(f"{made}: {made.stat().st_size / 1000:.0f} kB")


def make(folder: Path) -> Path:
    from koers.cli import setup

    setup.wake_django()
    from django.conf import settings
    from django.db import connection

    from koers import __version__
    from koers.upkeep.backup import back_up
    from tests.upkeep.filling import fill, values_of, without_rows

    _work()
    fill(connection, SEED, like_the_application=True)
    if empty := without_rows(connection):
        raise SystemExit(f"without a line: {', '.join(empty)}")
    _files(settings.HOME)
    back_up(settings.HOME, folder / "backup", connection, lambda *_: None, key=KEY)
    (folder / "record.json").write_text(json.dumps(_record(connection, values_of)))
    out = HERE / f"{__version__}.tar.xz"
    with tarfile.open(out, "w:xz", preset=9) as archive:
        for name in ("backup", "record.json"):
            archive.add(folder / name, name)
    if out.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{out} is larger than {MOST_BYTES} bytes")
    return out


def _work() -> None:
    """What the application makes itself, for two municipalities."""
    from koers.apps.people.models import Municipality
    from koers.apps.plan.services.bundled import load_bundled_plan
    from koers.cli import setup
    from koers.sources.example import write_example
    from tests.apps.neighbours import settle

    write_example(setup.figure_store())
    load_bundled_plan("voorbeeldrecht-2025-2027")
    settle(Municipality.objects.create(code="VB02", name="Fictiedam", fictitious=True))


def _files(home: Path) -> None:
    """What an administrator puts in a home by hand."""
    (home / "huisstijl").mkdir()
    (home / "huisstijl" / "voorbeeld.css").write_text("body { color: black }\n")
    (home / "huisstijl" / "voorbeeld.yaml").write_text(
        "title: Voorbeeld\nstylesheets: [huisstijl/voorbeeld.css]\ncss_class: voorbeeld-theme\n"
    )


def _record(connection, values_of) -> dict:
    from koers.upkeep.tables import models_of

    return {m._meta.db_table: list(values_of(m, connection)) for m in models_of(connection)}


if __name__ == "__main__":
    main()
