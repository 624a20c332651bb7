"""Signals: counts out of line, and what a person did with each."""

from __future__ import annotations

from django.db import models

from koers.apps.people.models import Municipality
from koers.apps.people.owned import Owned
from koers.apps.recorded import TextsField


class SignalState(models.TextChoices):
    NEW = "new", "open"
    TAKEN_UP = "taken_up", "opgepakt"
    SET_ASIDE = "set_aside", "terzijde gelegd"
    CLOSED = "closed", "afgesloten"


class SignalKind(models.TextChoices):
    RISE = "rise", "stijging"
    FALL = "fall", "daling"


class Level(models.TextChoices):
    NEIGHBOURHOOD = "neighbourhood", "buurt"
    DISTRICT = "district", "wijk"
    MUNICIPALITY = "municipality", "gemeente"


class Signal(Owned):
    """A count of an area and topic that is higher or lower than expected, over 1, 3 or 12 months.

    ``snapshots`` are the ids of the figures that it was computed from. ``part_…`` is which part of
    the expectation comes from where (together 1); ``explained_by`` the signal in which the same
    rise or fall shows most clearly. Of signals found by an earlier Koers these are empty.
    """

    area_code = models.CharField("gebiedscode", max_length=12)
    area_name = models.CharField("gebied", max_length=120)
    level = models.CharField("niveau", max_length=15, choices=Level.choices)
    topic = models.CharField("soort", max_length=40)
    topic_title = models.CharField("onderwerp", max_length=200)
    period = models.CharField("maand", max_length=7)
    window = models.PositiveSmallIntegerField("aantal maanden", default=1)
    kind = models.CharField("richting", max_length=4, choices=SignalKind.choices)
    observed = models.FloatField("geteld")
    expected = models.FloatField("verwacht")
    lower = models.FloatField("ondergrens")
    upper = models.FloatField("bovengrens")
    lower_50 = models.FloatField("ondergrens 50 %", null=True)
    upper_50 = models.FloatField("bovengrens 50 %", null=True)
    lower_80 = models.FloatField("ondergrens 80 %", null=True)
    upper_80 = models.FloatField("bovengrens 80 %", null=True)
    part_own = models.FloatField("deel uit het gebied zelf", null=True)
    part_district = models.FloatField("deel uit de wijk", null=True)
    part_municipality = models.FloatField("deel uit de gemeente", null=True)
    part_peers = models.FloatField("deel uit andere gemeenten", null=True)
    p_value = models.FloatField("p")
    q_value = models.FloatField("q")
    main = models.BooleanField("duidelijkst", default=True)
    explained_by = models.ForeignKey(
        "self",
        verbose_name="duidelijker signaal",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="beside",
    )
    provisional = models.BooleanField("voorlopige maand", default=False)
    snapshots = TextsField()
    state = models.CharField(
        "staat", max_length=10, choices=SignalState.choices, default=SignalState.NEW
    )
    reason = models.TextField("reden", blank=True)

    class Meta:
        ordering = ["-period", "q_value", "p_value"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "area_code", "topic", "period", "window", "kind"],
                name="one_signal_a_count",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.topic_title} in {self.area_name} ({self.period})"


class Screening(Owned):
    """One family of tests: what was screened for a month, so that an empty list can say what would
    have been seen.

    ``blind`` of the ``pairs`` of area and kind hold too few cases to show even three times as many;
    ``too_few``: that holds for all of them, or nothing could be tested. A ``provisional`` month is
    looked at for rises only.
    """

    period = models.CharField("maand", max_length=7)
    tested = models.PositiveIntegerField("aantal toetsen")
    rate = models.FloatField("aandeel toevalstreffers")
    pairs = models.PositiveIntegerField("combinaties van gebied en soort", default=0)
    blind = models.PositiveIntegerField("combinaties met te weinig gegevens", default=0)
    too_few = models.BooleanField("te weinig gegevens", default=False)
    provisional = models.BooleanField("voorlopige maand", default=False)
    smallest_rise = models.TextField("kleinste zichtbare stijging", blank=True)
    snapshots = TextsField()

    class Meta:
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "period"], name="one_screening_a_month")
        ]

    def __str__(self) -> str:
        return f"screening {self.period}, {self.municipality}"

    @classmethod
    def latest_of(cls, municipality: Municipality) -> list[Screening]:
        """What a list of signals stands on: the newest month, and the latest complete one where
        that is another."""
        newest = cls.objects.of(municipality).first()
        complete = cls.objects.of(municipality).filter(provisional=False).first()
        return [s for s in dict.fromkeys([newest, complete]) if s is not None]


class Cluster(Owned):
    """A group of neighbourhoods that lie together, with more cases than they had otherwise, from
    ``first`` to ``last`` month.

    It may cross the boundary of the municipality; ``radius`` is in kilometres, ``snapshots`` the
    figures it was found in.
    """

    indicator = models.CharField("indicator", max_length=80)
    title = models.CharField("onderwerp", max_length=200)
    areas = TextsField("gebieden")
    names = TextsField("namen")
    first = models.CharField("van", max_length=7)
    last = models.CharField("t/m", max_length=7)
    observed = models.PositiveIntegerField("geteld")
    expected = models.FloatField("verwacht")
    radius = models.FloatField("straal in km")
    p_value = models.FloatField("p")
    q_value = models.FloatField("q")
    snapshots = TextsField()

    class Meta:
        ordering = ["q_value", "p_value", "-observed"]

    def __str__(self) -> str:
        return f"cluster {self.title} ({self.first} t/m {self.last})"

    @property
    def where(self) -> str:
        """Its neighbourhoods by name, the middle one first; many are counted."""
        shown = ", ".join(self.names[:6])
        return shown + (f" en nog {len(self.names) - 6}" if len(self.names) > 6 else "")


class ClusterSearch(Owned):
    """What was searched for clusters up to a month, so that an empty list can say what would have
    been seen."""

    period = models.CharField("maand", max_length=7)
    kinds = models.PositiveIntegerField("onderwerpen")
    areas = models.PositiveIntegerField("gebieden")
    months = models.PositiveIntegerField("maanden")
    longest = models.PositiveIntegerField("langste duur in maanden")
    rate = models.FloatField("aandeel toevalstreffers")
    snapshots = TextsField()

    class Meta:
        ordering = ["-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "period"], name="one_cluster_search_a_month"
            )
        ]

    def __str__(self) -> str:
        return f"clusters t/m {self.period}, {self.municipality}"


class PeerChoice(Owned):
    """The municipalities with which people of this one want to be compared; without it the key
    figures decide."""

    codes = TextsField("gemeenten")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=models.Q(archived_at=None),
                name="one_peer_choice",
            )
        ]

    def __str__(self) -> str:
        return f"vergelijkingsgemeenten van {self.municipality}"
