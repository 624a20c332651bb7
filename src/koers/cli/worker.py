"""`koers worker`: background work and the schedule, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import click

from koers.cli import setup
from koers.cli.alone import WORKER, of_this_home
from koers.cli.ending import see_to_the_end

TICK_SECONDS = 60.0
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 0.2


class Stop(BaseException):
    """Ctrl-C, or the end of the process that started this one."""


@click.command()
@click.option(
    "--once", is_flag=True, help="Doe wat er wacht en wat volgens het schema moet, en stop dan."
)
@click.option("--parent", type=int, hidden=True, help="Stop als dit proces er niet meer is.")
def worker(once: bool, parent: int | None) -> None:
    """Doe het werk op de achtergrond: cijfers ophalen die op de site zijn aangevraagd, en het
    schema.

    Het schema: elke nacht wordt het cijferarchief gecontroleerd en, als alles heel is, uitgedund
    zoals 'koers figures thin' dat doet; elke maand worden de cijfers opgehaald van de gemeenten in
    deze installatie; elke maandag krijgt wie iets te doen heeft een mail (met EMAIL_URL en
    KOERS_ADDRESS). `koers start` start zelf al een worker. Stop met Ctrl-C; wat half af is begint
    de volgende keer opnieuw en laat niets half achter.
    """
    _listen()
    see_to_the_end(parent)
    with suppress(Stop):
        _wake(parent)
        _alone(parent)
        if parent is None and not once:
            setup.say("Koers worker wacht op werk. Stop met Ctrl-C.")
        _beating(once)
    if parent is None:
        setup.say("Koers worker is gestopt.")


def _wake(parent: int | None) -> None:
    if parent is None:
        setup.wake_django()
    else:
        setup.refuse_wrong_settings()
        setup.read_django()
    setup.make_no_database()


def _alone(parent: int | None) -> None:
    """Two workers on one home would each take the other for dead. One that a site brings along
    waits for what a killed site left behind."""
    place = of_this_home(WORKER)
    if parent is None:
        place.take_or_end()
    else:
        place.wait(partial(_pause, parent))


def _pause(parent: int) -> None:
    if os.getppid() != parent:
        raise Stop
    time.sleep(LOOK_SECONDS)


def _listen() -> None:
    """Ctrl-C is a way to stop, not a fault of the task that it interrupts: that is not logged as
    one."""

    def is_fault(record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], Stop))

    logging.getLogger("django_tasks").addFilter(is_fault)

    def stop(number: int, frame: Any) -> None:
        raise Stop

    def swallowed(found: Any) -> None:
        if isinstance(found.exc_value, Stop):
            # It came where Python lets nothing through (the compiler of kernels calls back): asked
            # again, when that is past.
            threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), signal.SIGTERM)).start()
        else:
            before(found)

    before, sys.unraisablehook = sys.unraisablehook, swallowed
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _beating(once: bool) -> None:
    """Work, and show meanwhile that there is a worker."""
    from koers.apps.intake.services.pulse import Pulse

    with Pulse(), _postman(once):
        _work(once)


@contextmanager
def _postman(once: bool) -> Iterator[None]:
    """Mail goes out also while a task takes long."""
    from django.db import connection

    from koers.apps.people.post import deliver

    end = threading.Event()

    def rounds() -> None:
        try:
            while not end.is_set():
                _safely(deliver)
                end.wait(LOOK_SECONDS)
        finally:
            connection.close()

    thread = threading.Thread(target=rounds, daemon=True)
    thread.start()
    try:
        yield
        if once:
            end.set()
            thread.join()
            _safely(deliver)
    finally:
        # One that is being sent is finished, so that it does not go twice.
        end.set()
        thread.join(5)


def _work(once: bool) -> None:
    from koers.apps.intake.services import held
    from koers.apps.intake.services.released import release_tasks
    from koers.apps.intake.services.schedule import tick
    from koers.apps.intake.services.uploads import sweep
    from koers.apps.meetings.services import digest
    from koers.apps.people.post import tidy
    from koers.apps.picture.services.expecting import prepare_expectations
    from koers.apps.picture.services.screening import Tried, screen_what_is_owed
    from koers.apps.publication.services import standing

    _safely(release_tasks)
    _safely(partial(prepare_expectations, verify=True))
    tried: Tried = {}
    next_tick = 0.0
    while True:
        if time.monotonic() >= next_tick:
            _safely(tick)
            _safely(held.settle)
            _safely(sweep)
            _safely(digest.tick)
            _safely(standing.keep)
            _safely(tidy)
            _safely(prepare_expectations)
            _safely(partial(screen_what_is_owed, tried))
            next_tick = time.monotonic() + TICK_SECONDS
        _safely(_run_waiting)
        if once:
            return
        time.sleep(LOOK_SECONDS)


def _run_waiting() -> None:
    """Every task that waits, one after the other."""
    from django_tasks_db.management.commands.db_worker import Worker

    class Waiting(Worker):
        def run_task(self, db_task_result: Any) -> None:
            """Ctrl-C ends the worker, not only the task that it interrupts."""
            super().run_task(db_task_result)
            db_task_result.refresh_from_db()
            if (db_task_result.exception_class_path or "").endswith(f".{Stop.__name__}"):
                raise Stop

    Waiting(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"koers-{os.getpid()}",
        excluded_queue_names=[],
    ).run()


def _safely(work: Callable[[], object]) -> None:
    """What goes wrong once is said, and tried again at the next round."""
    from django.db import OperationalError, close_old_connections

    close_old_connections()
    try:
        work()
    except OperationalError as error:
        setup.say(
            f"Koers worker: de database antwoordt niet ({error}). Over een minuut opnieuw.",
            fg="red",
        )
        time.sleep(5)
