"""Work in the background: how far it is, whether its worker lives, and what came of it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone

HEARTBEAT_TIMEOUT = timedelta(seconds=60)
WAITS_FOR_WORKER_AFTER = timedelta(seconds=20)
QUEUED_AT_MOST = timedelta(minutes=15)
BEAT_SECONDS = 2.0
WRITE_SECONDS = 1.0


class RunState(models.TextChoices):
    QUEUED = "queued", "wacht"
    RUNNING = "running", "bezig"
    DONE = "done", "klaar"
    FAILED = "failed", "mislukt"
    INTERRUPTED = "interrupted", "onderbroken"


BUSY = (RunState.QUEUED, RunState.RUNNING)


def _silent(now: datetime) -> models.Q:
    """No sign of life for too long, or one that is still to come: the clock was ahead then."""
    late = models.Q(heartbeat_at__lt=now - HEARTBEAT_TIMEOUT)
    return late | models.Q(heartbeat_at__gt=now + HEARTBEAT_TIMEOUT)


class BackgroundRun(models.Model):
    """What every piece of work in the background keeps of itself."""

    state = models.CharField(
        "staat", max_length=11, choices=RunState.choices, default=RunState.QUEUED
    )
    done = models.FloatField("gedaan", default=0)
    total = models.FloatField("van", default=0)
    text = models.CharField("bezig met", max_length=200, blank=True)
    started_at = models.DateTimeField("begonnen", null=True)
    heartbeat_at = models.DateTimeField("laatste teken van leven", null=True)
    finished_at = models.DateTimeField("klaar", null=True)
    error = models.TextField("fout", blank=True)

    class Meta:
        abstract = True

    @classmethod
    def release_stale(cls) -> None:
        """A run without a sign of life is interrupted, and makes room for the next by giving up its
        ``claim``."""
        now = timezone.now()
        gone = cls._default_manager.filter(_silent(now), state=RunState.RUNNING)
        gone.update(state=RunState.INTERRUPTED, claim=None, finished_at=now)
        waiting = cls._default_manager.filter(
            state=RunState.QUEUED, created_at__lt=now - QUEUED_AT_MOST
        )
        waiting.update(
            state=RunState.INTERRUPTED, claim=None, finished_at=now, error="Er was geen worker."
        )

    def own_claim(self) -> str:
        """What is unique while this run is busy, so that there is never a second."""
        raise NotImplementedError

    def queue_again(self) -> None:
        """Its worker was killed: it waits anew, unless it ended or made room for another."""
        if self.state not in (*BUSY, RunState.INTERRUPTED):
            return
        with suppress(IntegrityError), transaction.atomic():
            type(self)._default_manager.filter(pk=self.pk).update(
                state=RunState.QUEUED, claim=self.own_claim(), started_at=None, finished_at=None
            )

    def give_up(self, why: str) -> None:
        """Its worker was killed once too often: it is said, and not tried again."""
        unfinished = (*BUSY, RunState.INTERRUPTED)
        type(self)._default_manager.filter(pk=self.pk, state__in=unfinished).update(
            state=RunState.FAILED, claim=None, finished_at=timezone.now(), error=why
        )

    @property
    def busy(self) -> bool:
        return self.state in BUSY and not self.stale

    @property
    def stale(self) -> bool:
        """Whether its worker has not given a sign of life for too long: it crashed or was
        killed."""
        return (
            self.state == RunState.RUNNING
            and self.heartbeat_at is not None
            and abs(timezone.now() - self.heartbeat_at) > HEARTBEAT_TIMEOUT
        )

    @property
    def lacks_worker(self) -> bool:
        return (
            self.state == RunState.QUEUED
            and timezone.now() - self.created_at > WAITS_FOR_WORKER_AFTER
        )

    @property
    def percent(self) -> int:
        return min(100, int(100 * self.done / self.total)) if self.total else 0

    @property
    def per_minute(self) -> float | None:
        """Steps (tables) a minute so far; None before that says anything."""
        if self.started_at is None or self.heartbeat_at is None or not self.done:
            return None
        spent = (self.heartbeat_at - self.started_at).total_seconds()
        return 60 * self.done / spent if spent >= 2 else None

    @property
    def seconds_left(self) -> int | None:
        """From the rate so far; None before it says anything."""
        rate = self.per_minute
        return round(60 * max(0.0, self.total - self.done) / rate) if rate and self.total else None


class Heart:
    """Keeps a run's progress, and shows that its worker lives also while it waits for an answer."""

    def __init__(self, model: type[BackgroundRun], pk: int) -> None:
        self._model, self._pk, self._stop, self._written = model, pk, threading.Event(), 0.0
        self._latest: dict = {}
        self._owner = threading.get_ident()
        self._thread = threading.Thread(target=self._beat, daemon=True) if BEAT_SECONDS else None

    def __enter__(self) -> Heart:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(10)

    def advance(self, done: float, total: float, text: str = "") -> None:
        """How far it is. A loader may call this from any of its threads; those only leave it for
        the next beat."""
        self._latest = {"done": done, "total": total, "text": text[:200]}
        now = time.monotonic()
        if threading.get_ident() == self._owner and (
            now - self._written >= WRITE_SECONDS or done >= total
        ):
            self._written = now
            self._write()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                # A database that is busy for a moment is no reason to stop beating.
                with suppress(OperationalError):
                    self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        alive = {"heartbeat_at": timezone.now(), **self._latest}
        self._model._default_manager.filter(pk=self._pk, state=RunState.RUNNING).update(**alive)
