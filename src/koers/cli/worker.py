"""`koers worker`: background work and the schedule, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import time
from contextlib import suppress

import click

from koers.cli import setup

TICK_SECONDS = 60.0
LOOK_SECONDS = 1.0


class Stop(BaseException):
    """Ctrl-C, or the end of the process that started this one."""


@click.command()
@click.option("--once", is_flag=True, help="Doe wat er wacht en wat volgens het schema moet, en stop dan.")
@click.option("--parent", type=int, hidden=True, help="Stop als dit proces er niet meer is.")
def worker(once, parent):
    """Doe het werk op de achtergrond: cijfers ophalen die op de site zijn aangevraagd, en het schema.

    Het schema: elke nacht wordt het cijferarchief gecontroleerd en, als alles heel is, uitgedund zoals 'koers figures thin'
    dat doet; elke maand worden de cijfers opgehaald van de gemeenten in deze installatie; elke maandag krijgt wie iets te
    doen heeft een mail (met EMAIL_URL en KOERS_ADDRESS). `koers start` start zelf al een
    worker. Stop met Ctrl-C; wat half af is begint de volgende keer opnieuw en laat niets half achter.
    """
    _listen()
    if parent is None:
        setup.wake_django()
    else:
        import django

        django.setup()
    if parent is None and not once:
        setup.say("Koers worker wacht op werk. Stop met Ctrl-C.")
    with suppress(Stop):
        _work(once, parent)
    if parent is None:
        setup.say("Koers worker is gestopt.")


def _listen() -> None:
    """Ctrl-C is a way to stop, not a fault of the task that it interrupts: that is not logged as one."""

    def is_fault(record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], Stop))

    logging.getLogger("django_tasks").addFilter(is_fault)

    def stop(number, frame):
        raise Stop

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _work(once: bool, parent: int | None) -> None:
    from koers.apps.intake.services.schedule import tick
    from koers.apps.intake.services.uploads import sweep
    from koers.apps.meetings.services import digest

    next_tick = 0.0
    while True:
        if parent is not None and os.getppid() != parent:
            raise Stop
        if time.monotonic() >= next_tick:
            _safely(tick)
            _safely(sweep)
            _safely(digest.tick)
            next_tick = time.monotonic() + TICK_SECONDS
        _safely(_run_waiting)
        if once:
            return
        time.sleep(LOOK_SECONDS)


def _run_waiting() -> None:
    """Every task that waits, one after the other."""
    from django_tasks_db.management.commands.db_worker import Worker

    class Waiting(Worker):
        def run_task(self, db_task_result):
            """Ctrl-C ends the worker, not only the task that it interrupts."""
            super().run_task(db_task_result)
            db_task_result.refresh_from_db()
            if (db_task_result.exception_class_path or "").endswith(f".{Stop.__name__}"):
                raise Stop

    Waiting(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=f"koers-{os.getpid()}", excluded_queue_names=[],
    ).run()  # fmt: skip


def _safely(work) -> None:
    """What goes wrong once is said, and tried again at the next round."""
    from django.db import OperationalError, close_old_connections

    close_old_connections()
    try:
        work()
    except OperationalError as error:
        setup.say(f"Koers worker: de database antwoordt niet ({error}). Over een minuut opnieuw.", fg="red")
        time.sleep(5)
