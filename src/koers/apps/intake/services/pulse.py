"""The worker's sign of life: a file in the home, which is there too when the database is away."""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

FILE = "worker.json"
BEAT_SECONDS = 5.0
SILENT_AFTER = timedelta(seconds=30)


class Life(Enum):
    NEVER = "never"
    ALIVE = "alive"
    STOPPED = "stopped"
    SILENT = "silent"


@dataclass(frozen=True)
class Sign:
    """What is known of the worker: whether it lives, since when, and its last sign."""

    life: Life
    since: datetime | None = None
    at: datetime | None = None

    @property
    def age(self) -> timedelta | None:
        """How long ago the last sign was; None where there never was one."""
        return None if self.at is None else abs(datetime.now(UTC) - self.at)


def sign() -> Sign:
    """The last sign of the worker of this installation."""
    file = _file()
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        said = json.loads(file.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(said["since"])
        stopped = bool(said["stopped"])
    except FileNotFoundError:
        return Sign(Life.NEVER)
    except (OSError, ValueError, KeyError, TypeError):
        return Sign(Life.SILENT)
    if stopped:
        return Sign(Life.STOPPED, since, at)
    # One from the future is of a clock that was put back: as old as it is far away.
    silent = abs(datetime.now(UTC) - at) > SILENT_AFTER
    return Sign(Life.SILENT if silent else Life.ALIVE, since, at)


class Pulse:
    """``with Pulse():`` the worker lives; that it ended in order is kept too."""

    def __init__(self) -> None:
        self._since = datetime.now(UTC)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._write(stopped=False)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join(2)
        # One that an error ends falls silent.
        if kind is None or not issubclass(kind, Exception):
            self._write(stopped=True)

    def _beat(self) -> None:
        while not self._end.wait(BEAT_SECONDS):
            try:
                # Takes no room, where the disk is full.
                os.utime(_file())
            except OSError:
                self._write(stopped=False)

    def _write(self, *, stopped: bool) -> None:
        said = {"since": self._since.isoformat(), "pid": os.getpid(), "stopped": stopped}
        file = _file()
        beside = file.with_name(f".{file.name}-{os.getpid()}-{time.monotonic_ns()}")
        with suppress(OSError):
            try:
                beside.write_text(json.dumps(said), encoding="utf-8")
                beside.replace(file)
            finally:
                beside.unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.HOME) / FILE
