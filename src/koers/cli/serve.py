"""One process of the site, on the socket that `koers start` opened and all of them share, until it
is ended; how it answers is in ``buffered``."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from koers import limited
from koers.cli import setup
from koers.cli.buffered import Loop
from koers.cli.ending import end_with, see_to_the_end
from koers.cli.household import given
from koers.uncollected import uncollected

SETTLES_AFTER = (60.0, 600.0)
"""Seconds after which most of what pages read at their first time (templates) is there."""


def serve_apart() -> None:
    """The site in a process of its own, that tells when it is ready and that it goes on."""
    told = given()
    end_with(told["parent"])
    tell = told["tell"]
    if told["processes"] > 1:
        limited.AT_ONCE = 1
    # Whoever listens may be stopped for a while: nobody waits for that.
    os.set_blocking(tell, False)

    def beat() -> None:
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(tell, b".")

    answer(socket.socket(fileno=told["socket"]), beat)


def answer(sock: socket.socket, beat: Callable[[], object]) -> None:
    """Answer requests until SIGTERM; ``beat`` when it begins, and every second."""
    application = load()
    due = [time.monotonic() + seconds for seconds in SETTLES_AFTER]

    def turn() -> None:
        beat()
        if due and time.monotonic() > due[0]:
            del due[0]
            settle()

    loop = Loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.end)
    see_to_the_end()
    loop.run(sock, application, turn)


def settle() -> None:
    """Whatever is there now stays. To look it through for what may go, each so many pages, took a
    fifth of all processor time, and a quarter of a second at once."""
    gc.collect()
    gc.freeze()


def load() -> Any:
    """The application, with what its first page needs."""
    from django.core.wsgi import get_wsgi_application

    setup.refuse_wrong_settings()
    with uncollected():
        application = get_wsgi_application()
        setup.make_no_database()
        _warm_up()
    return application


def _warm_up() -> None:
    """Every page with its address, indicators, the figures that are open, what draws charts, and
    what a library reads at its first use."""
    import scipy
    from django.urls import get_resolver

    from koers.apps.intake.archive import public_shelf
    from koers.charts.render import draw
    from koers.indicators import load_indicators

    draw("warm", {"data": {"values": []}, "mark": "line", "encoding": {}}, "", "")
    _ = get_resolver().url_patterns, scipy.stats
    load_indicators()
    public_shelf().open()
