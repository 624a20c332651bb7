"""What evaluations of a measure of the library found together, in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse

from koers import dutch
from koers.tables import NUMBER, Column, Look, Place, Table

MOST_EXPECTED = 95
MOST_SAID = 9.0
ORIGIN = "Evaluaties in Koers van gemeenten die hun maatregelen delen"


@dataclass(frozen=True)
class FoundTogether:
    """Of a measure of the library and an outcome: how many evaluations in how many municipalities,
    and the mean change as a part of what was to be expected (-0.2 is a fall of 20 %) with its
    margin; ``next_low`` and ``next_high`` are the limits of what a next one may find."""

    measure: str
    indicator: str
    outcome: str
    evaluations: int
    municipalities: int
    change: float
    low: float
    high: float
    next_low: float
    next_high: float

    @property
    def expected_fall(self) -> int | None:
        """The fall to expect where the measure is planned, in %; None where it did not fall."""
        fall = min(-_percent(self.change), MOST_EXPECTED)
        return fall if fall > 0 else None

    @property
    def size(self) -> str:
        return f"{self.evaluations} evaluaties in {_municipalities(self.municipalities)}"

    @property
    def changed(self) -> str:
        return _signed(self.change)

    @property
    def margin(self) -> str:
        return f"{_signed(self.low)} tot {_signed(self.high)}"

    @property
    def next_margin(self) -> str:
        return f"{_signed(self.next_low)} tot {_signed(self.next_high)}"

    @property
    def sentence(self) -> str:
        """What was found, whether that shows anything, and what it says of a next place."""
        return (
            f"{self.size}, met een opzet die vooraf vastlag, vonden voor '{self.outcome}' samen"
            f" {_more_or_less(self.change)} dan zonder de maatregel te verwachten was (95 %-marge"
            f" {self.margin}). {self._shown} {self._next}"
        )

    @property
    def _shown(self) -> str:
        """By the margin as it is printed, so that nothing is said that cannot be read from it."""
        if _percent(self.high) < 0:
            return "Dat wijst op een daling."
        if _percent(self.low) > 0:
            return "Dat wijst op een stijging."
        return "Een daling of stijging is daarmee niet aangetoond."

    @property
    def _next(self) -> str:
        said = f"Een volgende evaluatie vindt met 95 % kans een effect van {self.next_margin}"
        falls, rises = _percent(self.high) < 0, _percent(self.low) > 0
        if falls and _percent(self.next_high) > 0:
            return f"{said}: elders kan het ook stijgen."
        if rises and _percent(self.next_low) < 0:
            return f"{said}: elders kan het ook dalen."
        return f"{said}."


def _percent(change: float) -> int:
    return round(100 * min(change, MOST_SAID))


def _signed(change: float) -> str:
    """A change as it is printed; of what few evaluations leave open no more than that it is."""
    return "meer dan +900 %" if change > MOST_SAID else dutch.percent(1 + change)


def _more_or_less(change: float) -> str:
    percent = _percent(change)
    if not percent:
        return "gemiddeld ongeveer evenveel gevallen"
    return (
        f"gemiddeld {dutch.number(abs(percent))} % {'minder' if percent < 0 else 'meer'} gevallen"
    )


def _municipalities(number: int) -> str:
    return "1 gemeente" if number == 1 else f"{number} gemeenten"


def _part(key: str, label: str, of: str) -> Column:
    """A number of the file; the page shows it in a text."""
    return Column(
        key,
        label,
        lambda found: _rounded(getattr(found, of)),
        NUMBER,
        unit="%",
        decimals=1,
        place=Place.FILE,
    )


def _rounded(change: float) -> float | None:
    return round(100 * change, 1) if math.isfinite(change) else None


def _columns(titles: Mapping[str, str]) -> tuple[Column, ...]:
    return (
        Column(
            "maatregel",
            "Maatregel",
            lambda found: titles[found.measure],
            link=lambda found: reverse("plan:library-measure", args=[found.measure]),
        ),
        Column("uitkomst", "Uitkomst", "outcome"),
        Column("evaluaties", "Evaluaties", "evaluations", NUMBER),
        Column("gemeenten", "Gemeenten", "municipalities", NUMBER),
        Column("samen", "Verandering samen", "changed", place=Place.PAGE, shows=("verandering",)),
        Column("marge", "95 %-marge", "margin", place=Place.PAGE, shows=("laagste", "hoogste")),
        Column(
            "volgende",
            "Een volgende evaluatie (95 %)",
            "next_margin",
            place=Place.PAGE,
            shows=("volgende-laagste", "volgende-hoogste"),
        ),
        _part("verandering", "Verandering samen (%)", "change"),
        _part("laagste", "95 %-marge, laagste (%)", "low"),
        _part("hoogste", "95 %-marge, hoogste (%)", "high"),
        _part("volgende-laagste", "Een volgende evaluatie, laagste (%)", "next_low"),
        _part("volgende-hoogste", "Een volgende evaluatie, hoogste (%)", "next_high"),
    )


def table(found: Collection[FoundTogether], titles: Mapping[str, str]) -> Table:
    """``titles`` are the measures of the library by their slug."""
    caption = "Evaluaties samen, per uitkomst"
    columns = _columns(titles)
    return Table("samen-gemeten", caption, columns, found, origin=ORIGIN, look=Look.LINES)


def table_of(found: Collection[FoundTogether], slug: str, title: str) -> Table:
    """On the page of one measure, which names it above; its file names it in each row."""
    made = table(found, {slug: title})
    return made.showing(*(c.key for c in made.page_columns if c.key != "maatregel"))
