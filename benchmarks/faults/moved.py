"""Backups, restores and moves that are killed: backups while somebody writes, restores before any
change that they make on the disk and at any other moment, on both databases.

python -m benchmarks.faults.moved [--kills 100] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import django
from scripts.with_postgres import find_programs, server
from tests.processes import prepare


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each kind, on each database")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        prepare("from koers.cli.setup import wake_django; wake_django()", home)
        os.environ |= {"KOERS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "koers.web.settings"}
        django.setup()
        wrong += _tried("SQLite", home, "", asked)
        if (programs := find_programs()) is None:
            print("PostgreSQL: not here")
        else:
            for what in ("backup", "restore", "move"):
                with server(programs) as url:
                    wrong += _tried("PostgreSQL", home, url, asked, (what,))
    if wrong:
        sys.exit("\n".join(wrong))


def _tried(
    name: str,
    home: Path,
    url: str,
    asked: argparse.Namespace,
    kinds: Sequence[str] = ("backup", "restore", "move"),
) -> list[str]:
    from tests.upkeep.installation import Installation, on_server

    from koers.upkeep.connecting import url_of

    wrong: list[str] = []
    for what in kinds:
        place = Path(tempfile.mkdtemp(dir=home.parent))
        copied = Path(shutil.copytree(home, place / "home"))
        here = (
            on_server(copied, url)
            if url
            else Installation(copied, url_of(copied / "koers.sqlite3"))
        )
        begin = time.perf_counter()
        came = here.trial(what, asked.kills, asked.seed, seconds=36_000)
        ends = ", ".join(f"{n} {end}" for end, n in sorted(came["ends"].items()))
        print(
            f"{name} {what}: {asked.kills} kills in {time.perf_counter() - begin:.0f} s ({ends});"
            f" wrong: {len(came['wrong'])}, left behind: {len(came['left'])}",
            flush=True,
        )
        wrong += [f"{name} {what}: {one}" for one in [*came["wrong"], *came["left"]]]
        shutil.rmtree(place)
    return wrong


if __name__ == "__main__":
    main()
