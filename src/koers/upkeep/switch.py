"""One installation takes the place of another: all of it or nothing, whenever it is killed.

What comes is made ready in ``KOERS_HOME/.restore``. A file there, written in one step, decides: as
long as there is no ``ready.json`` the old home stands and the rest is rubbish; once it is there the
new one stands, and whoever comes first (``koers.web.settings`` asks at every start) ends the moves
that it lists. Each may be done twice.

Where the database is on a server ``prepared.json`` comes first, and whether the database took the
token in it decides.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from koers.figures.folders import flush, flush_all
from koers.upkeep.record import write_whole

STAGE = ".restore"
READY, PREPARED = "ready.json", "prepared.json"


@dataclass(frozen=True)
class Move:
    """What is at ``place`` goes to ``aside``, and ``new`` comes in its place ('' for nothing)."""

    place: str
    aside: str
    new: str = ""


def stage_of(home: Path) -> Path:
    """An empty folder in which to make ready what comes."""
    stage = home / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    return stage


def prepare(home: Path, moves: list[Move]) -> str:
    """All is there, but for the database on a server; gives the token that it must take."""
    token = secrets.token_hex(16)
    _write(home / STAGE / PREPARED, moves, token)
    return token


def commit(home: Path, moves: list[Move]) -> None:
    """From here on the new home stands."""
    _write(home / STAGE / READY, moves, "")
    finish(home)


def commit_prepared(home: Path) -> None:
    """The database took the token: from here on the new home stands."""
    (home / STAGE / PREPARED).replace(home / STAGE / READY)
    flush(home / STAGE)
    finish(home)


def prepared_token(home: Path) -> str:
    """The token of which the database knows whether it was taken; '' where nobody waits for it."""
    try:
        said = json.loads((home / STAGE / PREPARED).read_text(encoding="utf-8"))
        return str(said["token"])
    except FileNotFoundError:
        return ""


def forget(home: Path) -> None:
    """The old home stands: what was made ready goes."""
    shutil.rmtree(home / STAGE, ignore_errors=True)


def finish(home: Path) -> bool:
    """End what was decided; whether there was anything to end."""
    ready = home / STAGE / READY
    if not ready.is_file():
        return False
    with _one_at_a_time(home):
        if not ready.is_file():
            return False
        said = json.loads(ready.read_text(encoding="utf-8"))
        for move in [Move(**one) for one in said["moves"]]:
            _do(move)
        ready.unlink()
        flush(home)
        shutil.rmtree(home / STAGE, ignore_errors=True)
    return True


def _do(move: Move) -> None:
    """Also when it was done, or half."""
    place, aside = Path(move.place), Path(move.aside)
    if move.new and not os.path.lexists(move.new):
        return
    if os.path.lexists(place):
        aside.parent.mkdir(parents=True, exist_ok=True)
        place.rename(aside)
        flush(aside.parent)
    if move.new:
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(move.new).rename(place)
    flush(place.parent)


def _write(file: Path, moves: list[Move], token: str) -> None:
    flush_all(file.parent)
    for folder in [f for f in file.parent.rglob("*") if f.is_dir()]:
        flush(folder)
    write_whole(file, {"token": token, "moves": [asdict(move) for move in moves]})


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    handle = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
