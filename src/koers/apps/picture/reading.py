"""One indicator in one area, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers import dutch
from koers.analysis.comparison import CountChange
from koers.analysis.forecast import TableCourse
from koers.analysis.marks import MarkSpread
from koers.apps.picture.origin import source_line
from koers.figures.areas import Area
from koers.figures.manifest import Manifest
from koers.indicators import Indicator

PENDING = "wat te verwachten was, wordt nog berekend"
PENDING_LINE = "Wat te verwachten was, wordt nog berekend. Kijk over een paar minuten opnieuw."


def said_of_change(found: CountChange | None) -> str:
    """A change in words that do not say more than its interval does."""
    if found is None:
        return "te weinig gegevens"
    if not found.enough:
        return "te weinig gegevens voor een vergelijking"
    # Rounded to "0 %" a limit would contradict that there is a difference.
    said = _limit if found.certain else dutch.percent
    margin = f"marge {said(found.lower)} tot {said(found.upper)}"
    if not found.certain:
        return f"geen aantoonbaar verschil ({margin})"
    return f"{'meer' if found.ratio > 1 else 'minder'}: {dutch.percent(found.ratio)} ({margin})"


def _limit(ratio: float) -> str:
    """With a decimal where it would be nothing without."""
    change = 100 * (ratio - 1)
    return dutch.percent(ratio) if abs(change) >= 0.5 else f"{dutch.signed(change, 1)} %"


@dataclass(frozen=True)
class Reading:
    """``area`` was asked for, ``shown`` is what the figures are of: the area itself, or the
    country, named as such.

    Series are one value a period (``labels``); NaN is not published. ``recent`` and ``before`` are
    the last twelve complete months (by ``provisional``: what the source says) and the twelve
    before, or the last two years; ``open_months`` are shown as incomplete (see ``CountTable``).
    ``twelve`` has the figure of the twelve months up to the end of each period: their sum, or their
    share, or what the source gives; NaN where a part is not complete or not published.
    ``rate`` is recent per 1,000 of the denominator, NaN where that is unknown. Of an indicator that
    does not add up (a percentage, a mark) they are its last two values. ``origin`` is the snapshot
    that they come from. ``pending`` is a reading of which the worker has still to work out what was
    expected: that, and whether a difference is more than chance, is not known yet.
    ``margins`` are the margins of 95 % that a survey of one's own says its figures have.
    ``course`` is what all areas of its table say of this kind, ``spread`` the same of a mark.
    ``renumbered`` says, a sentence each, where the series runs on over a renumbering and where it
    cannot; ``redrawn`` is the year in which the area got other boundaries, where that lies between
    what is compared (0: not so). ``about_people`` is what has to be said of the rate.
    """

    indicator: Indicator
    area: Area
    shown: Area | None = None
    frequency: str = ""
    labels: tuple[str, ...] = ()
    observed: tuple[float, ...] = ()
    expected: tuple[float, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    provisional: tuple[bool, ...] = ()
    open_months: tuple[bool, ...] = ()
    margins: tuple[float, ...] = ()
    twelve: tuple[float, ...] = ()
    recent: float = np.nan
    recent_label: str = ""
    before: float = np.nan
    change: CountChange | None = None
    course: TableCourse | None = None
    spread: MarkSpread | None = None
    rate: float = np.nan
    snapshot: str = ""
    origin: Manifest | None = None
    pending: bool = False
    summed: bool = False
    renumbered: tuple[str, ...] = ()
    redrawn: int = 0
    about_people: tuple[str, ...] = ()

    @property
    def available(self) -> bool:
        return self.shown is not None

    @property
    def has_expected(self) -> bool:
        """Whether there is anything that was to be expected; of a short series there is not."""
        return any(value == value for value in self.expected)

    @property
    def national(self) -> bool:
        return self.shown is not None and self.shown.code != self.area.code

    @property
    def is_own(self) -> bool:
        return self.available and not self.national

    @property
    def recent_text(self) -> str:
        return self._in_words(self.recent)

    @property
    def before_text(self) -> str:
        return self._in_words(self.before)

    def _in_words(self, value: float) -> str:
        """A count whole, a percentage or a mark with one decimal."""
        return dutch.number(value, 0 if self.indicator.adds_up else 1)

    @property
    def rate_missing(self) -> str:
        """Why there is no rate, '' where there is one or none is meant."""
        per = self.indicator.denominator
        if (
            not self.available
            or per is None
            or not self.indicator.adds_up
            or not np.isnan(self.rate)
        ):
            return ""
        if self.about_people:
            return f"Geen cijfer {self.indicator.unit_label}. {' '.join(self.about_people)}"
        if not per.key_figure:
            return (
                f"Geen cijfer {self.indicator.unit_label}: Koers kent het aantal {per.title} niet."
            )
        return (
            f"Geen cijfer {self.indicator.unit_label}: het aantal {per.title} is voor dit gebied"
            " niet geladen."
        )

    @property
    def own_missing(self) -> str:
        """Why a national figure is shown instead of the area's own: its table is not here, or has
        nothing of this area."""
        shown = self.origin
        if not self.national or shown is None:
            return ""
        if shown.table not in {table.table for table in self.indicator.tables}:
            return f"Koers wacht op tabel {self.indicator.waits_for}."
        if shown.scheme == "survey":
            return (
                f"Voor een eigen cijfer in tabel {shown.table} zijn in {self.area.name} te weinig"
                " mensen ondervraagd."
            )
        return (
            f"Tabel {shown.table} is geladen, maar heeft hierover geen cijfers van"
            f" {self.area.name}."
        )

    @property
    def team_missing(self) -> str:
        """Why a figure by police team is not shown, '' where the area has a figure of its own or
        there are none by team."""
        if self.is_own or self.indicator.level != "team":
            return ""
        return (
            "De bron heeft wel cijfers per basisteam van de politie. Koers toont die niet: geen van"
            " de bronnen zegt welke gemeenten bij welk basisteam horen, en een verkeerd team is"
            " erger dan geen cijfer."
        )

    @property
    def verdict(self) -> str:
        """The change in words that do not say more than the interval does."""
        found = self.change
        if self.redrawn:
            return f"niet te vergelijken: andere grenzen sinds {self.redrawn}"
        if self.pending:
            return PENDING
        if self.available and not self.indicator.adds_up:
            if (said := self._by_stated_margins()) is not None:
                return said
            return (
                "de marge staat bij de bron"
                if self.indicator.numerator.scheme == "survey"
                else "zonder marge"
            )
        return said_of_change(found)

    def _by_stated_margins(self) -> str | None:
        """How far the last two figures are apart, beside both their margins; None where one of the
        two is not known."""
        known = np.flatnonzero(np.isfinite(self.observed))[-2:]
        if len(self.margins) == 0 or len(known) < 2:
            return None
        margin = float(np.hypot(*(self.margins[k] for k in known)))
        if not np.isfinite(margin):
            return None
        off = self.observed[known[1]] - self.observed[known[0]]
        low, high = (dutch.signed(value, 1) for value in (off - margin, off + margin))
        if abs(off) <= margin:
            return f"geen aantoonbaar verschil (marge {low} tot {high})"
        return f"{'hoger' if off > 0 else 'lager'}: {dutch.signed(off, 1)} (marge {low} tot {high})"

    @property
    def recent_margin(self) -> str:
        """The margin of the last figure in words, "" where none is known."""
        known = np.flatnonzero(np.isfinite(self.observed))[-1:]
        margin = self.margins[known[0]] if self.margins and known.size else np.nan
        return f"± {dutch.number(margin, 1)}" if np.isfinite(margin) else ""

    @property
    def source_line(self) -> str:
        if self.origin is None:
            return ""
        more = f" {PENDING_LINE}" if self.pending else ""
        return source_line(self.origin, self.summed) + more
