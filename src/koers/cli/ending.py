"""A process ends when it is asked to, and when the process that started it is gone."""

from __future__ import annotations

import os
import select
import signal
import threading
import time

END_SECONDS = 7.0
"""So long a process may take to end in order, before it is ended."""
LOOK_SECONDS = 1.0


def see_to_the_end(parent: int | None = None) -> None:
    """Watch this process from a thread: once it was asked to stop it ends within seconds, whatever
    it waits for, and it is asked when ``parent`` is no more.

    Called from the main thread, after the handlers of SIGTERM and SIGINT were set.
    """
    heard, hears = os.pipe()
    os.set_blocking(hears, False)
    signal.set_wakeup_fd(hears, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(heard, parent), daemon=True).start()


def end_with(parent: int) -> None:
    """End this process by SIGTERM when ``parent`` is no more."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _watch(heard: int, parent: int | None) -> None:
    asked = False
    while not asked:
        ready, _, _ = select.select([heard], [], [], LOOK_SECONDS)
        asked = bool(ready) and any(
            number in (signal.SIGTERM, signal.SIGINT) for number in os.read(heard, 64)
        )
        if not asked and parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            asked = True
    time.sleep(END_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
