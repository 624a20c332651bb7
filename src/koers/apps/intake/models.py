"""Loads of the sources and how far they are; own tables, the files they come from, and how their columns are read."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from koers.apps.people.owned import Owned

HEARTBEAT_TIMEOUT = timedelta(seconds=60)
WAITS_FOR_WORKER_AFTER = timedelta(seconds=20)


class RunKind(models.TextChoices):
    LOAD = "load", "cijfers ophalen"
    CHECK = "check", "nachtelijke controle"


class RunState(models.TextChoices):
    QUEUED = "queued", "wacht"
    RUNNING = "running", "bezig"
    DONE = "done", "klaar"
    FAILED = "failed", "mislukt"
    INTERRUPTED = "interrupted", "onderbroken"


BUSY = (RunState.QUEUED, RunState.RUNNING)


class LoadRun(Owned):
    """One time that figures are loaded (or the archive is checked) in the background.

    ``claim`` is unique while a run is busy, so that there is never more than one in an installation.
    """

    kind = models.CharField("soort", max_length=5, choices=RunKind.choices, default=RunKind.LOAD)
    state = models.CharField("staat", max_length=11, choices=RunState.choices, default=RunState.QUEUED)
    claim = models.CharField(max_length=5, null=True, unique=True, editable=False)
    scheduled = models.BooleanField("volgens schema", default=False)
    codes = models.JSONField("gemeenten", default=list)
    done = models.FloatField("gedaan", default=0)
    total = models.FloatField("van", default=0)
    text = models.CharField("bezig met", max_length=200, blank=True)
    started_at = models.DateTimeField("begonnen", null=True)
    heartbeat_at = models.DateTimeField("laatste teken van leven", null=True)
    finished_at = models.DateTimeField("klaar", null=True)
    loaded = models.JSONField("binnengekomen", default=list)
    unchanged = models.PositiveIntegerField("ongewijzigd", default=0)
    refused = models.JSONField("geweigerd", default=list)
    notes = models.JSONField("opmerkingen", default=list)
    error = models.TextField("fout", blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M} ({self.get_state_display()})"

    @property
    def busy(self) -> bool:
        return self.state in BUSY and not self.stale

    @property
    def stale(self) -> bool:
        """Whether its worker has not given a sign of life for too long: it crashed or was killed."""
        return (
            self.state == RunState.RUNNING
            and self.heartbeat_at is not None
            and timezone.now() - self.heartbeat_at > HEARTBEAT_TIMEOUT
        )

    @property
    def lacks_worker(self) -> bool:
        return self.state == RunState.QUEUED and timezone.now() - self.created_at > WAITS_FOR_WORKER_AFTER

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


class FileKind(models.TextChoices):
    COUNTS = "counts", "aantallen per gebied en maand, bijvoorbeeld van toezicht en handhaving"
    REPORTS = "reports", "een regel per melding, bijvoorbeeld een export van meldingen openbare ruimte"
    EARLY = "early", "aantallen van de politie, vooruit geleverd voor het overleg"


class OwnTable(Owned):
    """A table of own figures. It stays internal; ``released_at`` is when somebody found that it may be published."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    table = models.CharField("tabel", max_length=120, unique=True)
    title = models.CharField("naam", max_length=120)
    snapshot = models.CharField("peilmoment", max_length=64, blank=True)
    rows_read = models.PositiveIntegerField("gelezen rijen", default=0)
    rows_refused = models.PositiveIntegerField("rijen die niet te lezen waren", default=0)
    first_period = models.CharField("van", max_length=7, blank=True)
    last_period = models.CharField("t/m", max_length=7, blank=True)
    counted_at = models.DateTimeField("geteld op", null=True)
    released_at = models.DateTimeField("vrijgegeven op", null=True, blank=True)
    released_by = models.CharField("vrijgegeven door", max_length=100, blank=True)
    release_reason = models.TextField("reden van vrijgave", blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title


class ColumnMapping(Owned):
    """What the columns of files with this header mean; found again by the header when the next file comes."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    header = models.CharField("kenmerk van de kop", max_length=64)
    title = models.CharField("naam van de tabel", max_length=120)
    sheet = models.CharField("werkblad", max_length=120, blank=True)
    header_row = models.PositiveIntegerField("rij van de kop", default=1)
    columns = models.JSONField("kolommen", default=dict)
    topic = models.CharField("onderwerp van alle rijen", max_length=80, blank=True)
    topics = models.JSONField("onderwerp per categorie", default=dict)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "kind", "header"], name="one_mapping_a_header"),
        ]

    def __str__(self):
        return self.title


class Upload(Owned):
    """A file between its upload and its counting. The file itself goes as soon as it is counted, refused or left."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    suffix = models.CharField("soort bestand", max_length=5)
    stored = models.CharField("plek", max_length=80, blank=True)
    size = models.PositiveIntegerField("bytes", default=0)
    outcome = models.CharField("afloop", max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return f"bestand van {self.created_at:%Y-%m-%d %H:%M}"
