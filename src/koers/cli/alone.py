"""One site and one worker a home: who is first holds a lock, which ends with its process however
that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from koers.cli import setup
from koers.environment import home_of

SITE, WORKER = "site", "worker"


class Place:
    """The place of the one site, or the one worker, of a home."""

    def __init__(self, home: Path, what: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home, self._what = home, what
        self._handle = os.open(home / f".{what}.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Whether this process is the one now. A process that was killed holds nothing."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, str(os.getpid()).encode(), 0)
        # A fork that outlives its killed parent would keep the place of a site that is no more.
        os.register_at_fork(after_in_child=self._leave)
        return True

    def _leave(self) -> None:
        os.close(self._handle)

    def taken(self) -> str:
        """Who is here, in plain Dutch, and what to do."""
        holder = os.pread(self._handle, 20, 0).decode(errors="replace").strip()
        process = f" (proces {holder})" if holder.isdigit() else ""
        name = "koers start" if self._what == SITE else "koers worker"
        return (
            f"Op de map {self._home} werkt al een '{name}'{process}. Eén is genoeg: gebruik die,"
            " of stop die eerst. Voor een tweede installatie is er een andere map nodig"
            " (KOERS_HOME)."
        )

    def take_or_end(self) -> None:
        """End this process with what is the matter, where another one is here."""
        if not self.take():
            setup.fail(self.taken())

    def wait(self, pause: Callable[[], None]) -> None:
        """Until the one before is gone: what a killed site left behind ends by itself."""
        said = False
        while not self.take():
            if not said:
                setup.say(self.taken() + " Deze wacht daarop.")
            said = True
            pause()


def of_this_home(what: str) -> Place:
    """The place in the home of this installation."""
    return Place(home_of(), what)
