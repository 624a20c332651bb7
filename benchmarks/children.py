"""Copies of this process."""

from __future__ import annotations

import os
import signal
import time


def wait(child: int, seconds: float) -> int | None:
    """How a copy ended; None where it had to be ended after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
