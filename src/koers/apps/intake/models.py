"""Loads of the sources and how far they are; own tables, the files they come from, and how their
columns are read."""

from django.db import models
from django.utils import timezone

from koers.apps.intake.background import BackgroundRun
from koers.apps.people.owned import Owned, Revised
from koers.apps.recorded import RecordField, TextsField
from koers.figures.held import HeldState
from koers.records.intake import Categories, Lines, NearRepeats, Roles


class RunKind(models.TextChoices):
    LOAD = "load", "cijfers ophalen"
    CHECK = "check", "nachtelijke controle"


class LoadRun(BackgroundRun, Owned):
    """One time that figures are loaded (or the archive is checked) in the background.

    ``claim`` is unique while a run is busy, so that there is never more than one in an
    installation.
    """

    kind = models.CharField("soort", max_length=5, choices=RunKind.choices, default=RunKind.LOAD)
    claim = models.CharField(max_length=5, null=True, unique=True, editable=False)
    scheduled = models.BooleanField("volgens schema", default=False)
    codes = TextsField("gemeenten")
    loaded = RecordField("binnengekomen", record=Lines, default=Lines)
    unchanged = models.PositiveIntegerField("ongewijzigd", default=0)
    held = RecordField("apart gehouden", record=Lines, default=Lines)
    refused = RecordField("geweigerd", record=Lines, default=Lines)
    notes = RecordField("opmerkingen", record=Lines, default=Lines)

    class Meta:
        ordering = ["-created_at"]

    def own_claim(self) -> str:
        return "busy"

    def __str__(self) -> str:
        return (
            f"{self.get_kind_display()} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
            f" ({self.get_state_display()})"
        )


class FiguresDecision(Owned):
    """What somebody decided on figures that came in with doubts; the last of a snapshot holds. What
    is in use for everybody in an installation, is decided by one municipality."""

    source = models.CharField("bron", max_length=60)
    table = models.CharField("tabel", max_length=120)
    title = models.CharField("naam", max_length=200)
    snapshot = models.CharField("peilmoment", max_length=64)
    state = models.CharField(
        "besluit",
        max_length=8,
        choices=[
            (HeldState.ACCEPTED.value, "toch gebruiken"),
            (HeldState.REJECTED.value, "niet gebruiken"),
            (HeldState.WAITING.value, "weer apart gezet"),
        ],
    )
    reason = models.TextField("reden", blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_state_display()}"


class FileKind(models.TextChoices):
    COUNTS = "counts", "aantallen per gebied en maand, bijvoorbeeld van toezicht en handhaving"
    REPORTS = (
        "reports",
        "een regel per melding, bijvoorbeeld een export van meldingen openbare ruimte",
    )
    EARLY = "early", "aantallen van de politie, vooruit geleverd voor het overleg"
    TYPED = "typed", "waarden van een eigen indicator, ingevoerd op het scherm"


class OwnTable(Owned):
    """A table of own figures. It stays internal; ``released_at`` is when somebody found that it may
    be published. ``near_repeats`` are the pairs of the last file that had points with a day."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    table = models.CharField("tabel", max_length=120, unique=True)
    title = models.CharField("naam", max_length=120)
    snapshot = models.CharField("peilmoment", max_length=64, blank=True)
    rows_read = models.PositiveIntegerField("gelezen rijen", default=0)
    rows_refused = models.PositiveIntegerField("rijen die niet te lezen waren", default=0)
    first_period = models.CharField("van", max_length=7, blank=True)
    last_period = models.CharField("t/m", max_length=7, blank=True)
    near_repeats = RecordField(
        "herhaling dichtbij", record=NearRepeats, default=NearRepeats, blank=True
    )
    counted_at = models.DateTimeField("geteld op", null=True)
    released_at = models.DateTimeField("vrijgegeven op", null=True, blank=True)
    released_by = models.CharField("vrijgegeven door", max_length=100, blank=True)
    release_reason = models.TextField("reden van vrijgave", blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ColumnMapping(Owned):
    """What the columns of files with this header mean; found again by the header when the next file
    comes."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    header = models.CharField("kenmerk van de kop", max_length=64)
    title = models.CharField("naam van de tabel", max_length=120)
    sheet = models.CharField("werkblad", max_length=120, blank=True)
    header_row = models.PositiveIntegerField("rij van de kop", default=1)
    columns = RecordField("kolommen", record=Roles, default=Roles)
    topic = models.CharField("onderwerp van alle rijen", max_length=80, blank=True)
    topics = RecordField("onderwerp per categorie", record=Categories, default=Categories)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "header"], name="one_mapping_a_header"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Upload(Owned):
    """A file between its upload and its counting. The file itself goes as soon as it is counted,
    refused or left."""

    kind = models.CharField("soort", max_length=7, choices=FileKind.choices)
    suffix = models.CharField("soort bestand", max_length=5)
    stored = models.CharField("plek", max_length=80, blank=True)
    size = models.PositiveIntegerField("bytes", default=0)
    outcome = models.CharField("afloop", max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"bestand van {self.created_at:%Y-%m-%d %H:%M}"


class IndicatorWay(models.TextChoices):
    TYPED = "typed", "iemand vult de waarden in"
    FILE = "file", "een eigen bestand"


class OwnIndicator(Revised, Owned):
    """An indicator that a municipality made itself; ``slug`` is its id, which says nothing, and the
    topic of its figures. ``way`` is where those come from."""

    slug = models.SlugField("id", max_length=80, unique=True)
    title = models.CharField("naam", max_length=120)
    theme = models.CharField("thema", max_length=60)
    definition = models.TextField("wat er wordt geteld of gemeten", max_length=1000)
    unit = models.CharField("eenheid", max_length=30)
    direction = models.CharField("gewenste richting", max_length=10)
    level = models.CharField("kleinste gebied", max_length=15, default="municipality")
    frequency = models.CharField("hoe vaak", max_length=10, default="year")
    way = models.CharField(
        "waar de waarden vandaan komen",
        max_length=5,
        choices=IndicatorWay.choices,
        default=IndicatorWay.TYPED,
    )
    source = models.CharField("bron", max_length=120)
    filled_by = models.CharField("wie vult het in", max_length=120, blank=True)
    limits = models.TextField("let op", max_length=1000, blank=True)
    defined_at = models.DateTimeField("omschreven op", default=timezone.now, editable=False)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def has_values(self) -> bool:
        """Whether anything was typed."""
        name = f"{self.municipality.code.lower()}-{self.slug}"
        return OwnTable.objects.of(self.municipality).filter(table=name).exists()
