"""One indicator in one area: what was counted, what was expected, and how this year compares with the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from django.utils import timezone

from koers import dutch
from koers.analysis.comparison import Change, change
from koers.analysis.forecast import GoalForecast, chance_of_target
from koers.analysis.panel import Panel
from koers.analysis.screening.predictive import Predictive
from koers.apps.picture import figures
from koers.figures.areas import COUNTRY, Area
from koers.figures.manifest import Manifest
from koers.indicators import Indicator, load_indicators
from koers.sources.own import OWN

MEDIAN_CHI_SQUARE = 0.4549


@dataclass(frozen=True)
class Reading:
    """``area`` was asked for, ``shown`` is what the figures are of: the area itself, or the country, named as such.

    Series are one value a period (``labels``); NaN is not published. ``recent`` and ``before`` are the last twelve
    complete months (by ``provisional``: what the source says) and the twelve before, or the last two years;
    ``open_months`` are shown as incomplete (see ``figures.Table``). ``rate`` is recent per 1,000 of the denominator, NaN
    where that is unknown. Of an indicator that does not add up (a percentage, a mark) they are its last two values.
    ``renumbered`` says, a sentence each, where the series runs on over a renumbering and where it cannot.
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
    recent: float = np.nan
    recent_label: str = ""
    before: float = np.nan
    change: Change | None = None
    rate: float = np.nan
    snapshot: str = ""
    summed: bool = False
    renumbered: tuple[str, ...] = ()

    @property
    def available(self) -> bool:
        return self.shown is not None

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
        if not self.available or per is None or not self.indicator.adds_up or not np.isnan(self.rate):
            return ""
        if not per.key_figure:
            return f"Geen cijfer {self.indicator.unit_label}: Koers kent het aantal {per.title} niet."
        return f"Geen cijfer {self.indicator.unit_label}: het aantal {per.title} is voor dit gebied niet geladen."

    @property
    def own_missing(self) -> str:
        """Why a national figure is shown instead of the area's own: its table is not here, or has nothing of this area."""
        if not self.national or self.snapshot == "":
            return ""
        shown = figures.manifest(self.snapshot)
        if shown.table not in {table.table for table in self.indicator.tables}:
            return f"Koers wacht op tabel {self.indicator.waits_for}."
        if shown.scheme == "survey":
            return (
                f"Voor een eigen cijfer in tabel {shown.table} zijn in {self.area.name} te weinig mensen ondervraagd."
            )
        return f"Tabel {shown.table} is geladen, maar heeft hierover geen cijfers van {self.area.name}."

    @property
    def team_missing(self) -> str:
        """Why a figure by police team is not shown, '' where the area has a figure of its own or there are none by team."""
        if self.is_own or self.indicator.level != "team":
            return ""
        return (
            "De bron heeft wel cijfers per basisteam van de politie. Koers toont die niet: geen van de bronnen zegt welke "
            "gemeenten bij welk basisteam horen, en een verkeerd team is erger dan geen cijfer."
        )

    @property
    def verdict(self) -> str:
        """The change in words that do not say more than the interval does."""
        found = self.change
        if self.available and not self.indicator.adds_up:
            return "de marge staat bij de bron" if self.indicator.numerator.scheme == "survey" else "zonder marge"
        if found is None:
            return "te weinig gegevens"
        if not found.enough:
            return "te weinig gegevens voor een vergelijking"
        margin = f"marge {dutch.percent(found.lower)} tot {dutch.percent(found.upper)}"
        if not found.certain:
            return f"geen aantoonbaar verschil ({margin})"
        return f"{'meer' if found.ratio > 1 else 'minder'}: {dutch.percent(found.ratio)} ({margin})"

    @property
    def source_line(self) -> str:
        return source_line(self.snapshot, self.summed) if self.snapshot else ""


def source_line(snapshot: str, summed: bool = False) -> str:
    """Where the figures of a snapshot come from, and how old they are."""
    manifest = figures.manifest(snapshot)
    what = " (som van de buurten)" if summed else ""
    inside = " Intern: niet voor publicatie." if manifest.source == OWN else ""
    return (
        f"Bron: {manifest.attribution}, {manifest.title}{what}. Cijfers t/m {dutch.period(manifest.last_period)}, "
        f"{_out_since(manifest)}, peilmoment {manifest.id}.{inside}"
    )


def area(code: str, ids: Sequence[str] | None = None) -> Area | None:
    """The area with this code, None when the figures do not know it."""
    return figures.areas_by_code(_ids(ids)).get(code)


def reading(area_code: str, indicator_id: str, snapshots: Sequence[str] | None = None) -> Reading:
    """An indicator in an area, from the current figures or from these snapshots.

    Without figures at the level of the area the national line is shown, named as such; without that, nothing.
    """
    return _reading(area_code, indicator_id, _ids(snapshots))


def _ids(snapshots: Sequence[str] | None) -> figures.Ids:
    return figures.current_ids() if snapshots is None else tuple(snapshots)


@lru_cache(maxsize=4096)
def _reading(area_code: str, indicator_id: str, ids: figures.Ids) -> Reading:
    indicator = load_indicators()[indicator_id]
    known = figures.areas_by_code(ids)
    asked = known.get(area_code) or Area(area_code, area_code, "municipality", "", None, None, "")
    country = None if _fictitious(ids, asked) else known.get(COUNTRY)
    for shown in (asked, country):
        if shown is None:
            continue
        if not indicator.adds_up:
            if (as_published := _published(indicator, asked, shown, ids)) is not None:
                return as_published
            continue
        found = figures.find_table(indicator.numerator.scheme, indicator.topic, shown, ids)
        if found is not None and shown.code in found.panel.areas:
            return _filled(indicator, asked, shown, found, ids)
    return Reading(indicator, asked)


def _fictitious(ids: figures.Ids, asked: Area) -> bool:
    """Figures of the country say nothing of a municipality that does not exist."""
    return not asked.code.startswith(("GM", "WK", "BU", "NL"))


def _published(indicator: Indicator, asked: Area, shown: Area, ids: figures.Ids) -> Reading | None:
    """A percentage, mark or time: as its source gives it, or a count over a count of the same table."""
    per = indicator.denominator.topics if indicator.denominator else ()
    wanted = (*indicator.topics, *per)
    for entry in figures.entries_with(indicator.numerator.scheme, wanted, shown, ids):
        if entry.level != shown.level:
            continue
        found = figures.published(entry.table, entry.level, entry.frequency, wanted, ids)
        if found is None or shown.code not in found.panel.areas:
            continue
        part, whole = _parts(found.panel, shown.code, len(indicator.topics))
        series = part if whole is None else _percent(part, whole)
        known = np.flatnonzero(np.isfinite(series))
        if not known.size:
            continue
        end = int(known[-1])
        labels = tuple(str(period) for period in found.panel.periods)
        recent, before, label = _latest(series, part, whole, labels, end, found.panel.frequency)
        nothing = (np.nan,) * len(labels)
        return Reading(
            indicator=indicator, area=asked, shown=shown, frequency=found.panel.frequency, labels=labels,
            observed=tuple(series.tolist()), expected=nothing, lower=nothing, upper=nothing,
            provisional=found.provisional, recent=recent, recent_label=label, before=before, snapshot=found.snapshot,
        )  # fmt: skip
    return None


def _parts(panel: Panel, code: str, counted: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Series of what is counted and of what it is a part of (None where the source divided already)."""
    values = panel.counts[panel.areas.index(code)]
    whole = values[counted:].sum(axis=0) if values.shape[0] > counted else None
    return values[:counted].sum(axis=0), whole


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, 100 * part / whole, np.nan)


def _latest(series, part, whole, labels, end: int, frequency: str) -> tuple[float, float, str]:
    """The last value and the one before; of a share by month, that of the last twelve months and the twelve before."""
    if frequency == "month" and whole is not None and end >= 11:

        def share(last: int) -> float:
            window = slice(last - 11, last + 1)
            return float(_percent(np.nansum(part[window]), np.nansum(whole[window]))) if last >= 11 else float("nan")

        return share(end), share(end - 12), f"in 12 maanden t/m {dutch.period(labels[end])}"
    earlier = series[:end][np.isfinite(series[:end])]
    return float(series[end]), float(earlier[-1]) if earlier.size else float("nan"), f"in {dutch.period(labels[end])}"


def _filled(indicator: Indicator, asked: Area, shown: Area, table: figures.Table, ids: figures.Ids) -> Reading:
    i, k = table.panel.areas.index(shown.code), table.panel.topics.index(indicator.topic)
    observed = table.expectation.observed[i, k]
    mean, variance = table.expectation.predictive.mean[i, k], table.expectation.predictive.variance[i, k]
    lower, upper = Predictive(mean, variance).limits()
    labels = tuple(str(period) for period in table.panel.periods)
    recent, before, recent_label, end = _years(table, observed, labels)
    per = figures.divided_by(indicator, table.panel, ids)[i, end] if end >= 0 else np.nan
    return Reading(
        indicator=indicator,
        area=asked,
        shown=shown,
        frequency=table.panel.frequency,
        labels=labels,
        observed=tuple(observed.tolist()),
        expected=tuple(mean.tolist()),
        lower=tuple(lower.tolist()),
        upper=tuple(upper.tolist()),
        provisional=table.provisional,
        open_months=table.open_months,
        recent=recent,
        recent_label=recent_label,
        before=before,
        change=change(recent, before, _dispersion(table, observed, mean)) if not np.isnan(before) else None,
        rate=1000 * recent / per if per > 0 and indicator.measure == "rate" else np.nan,
        snapshot=table.snapshot,
        summed=table.summed,
        renumbered=figures.renumbering_of(table, shown, ids),
    )


def _years(table: figures.Table, observed: np.ndarray, labels: Sequence[str]) -> tuple[float, float, str, int]:
    """The last twelve complete months (or the last year) and those before, in words, and where they end."""
    if table.panel.frequency == "year":
        end = len(labels) - 1
        before = observed[end - 1] if end else np.nan
        late = " (voorlopig)" if table.provisional[end] else ""
        return float(observed[end]), float(before), f"in {labels[end]}{late}", end
    complete = [k for k, late in enumerate(table.provisional) if not late]
    end = complete[-1] if complete else -1
    if end < 11:
        return float("nan"), float("nan"), "", end
    before = float(observed[end - 23 : end - 11].sum()) if end >= 23 else float("nan")
    return float(observed[end - 11 : end + 1].sum()), before, f"in 12 maanden t/m {dutch.period(labels[end])}", end


def _dispersion(table: figures.Table, observed: np.ndarray, expected: np.ndarray) -> float:
    """How much more counts vary than chance alone, at least 1.

    Of years from (y - x)² / (y + x) over successive years, of months from squared Pearson residuals of three years. Their
    median is held against that of a chi-square with one degree of freedom, so that one wild year does not hide the rest.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if table.panel.frequency == "year":
            terms = np.diff(observed) ** 2 / (observed[1:] + observed[:-1])
        else:
            terms = ((observed - expected) ** 2 / np.maximum(expected, 0.1))[-36:]
    known = terms[np.isfinite(terms)]
    return max(1.0, float(np.median(known)) / MEDIAN_CHI_SQUARE) if known.size >= 5 else 1.0


@dataclass(frozen=True)
class GoalOutlook:
    """Whether a goal is on course, from the figures: ``state`` is one of on_course, unsure, off_course, too_few, none."""

    state: str
    text: str
    forecast: GoalForecast | None = None


def goal_outlook(indicator_id: str, area_code: str, target: float, due: date) -> GoalOutlook:
    """The chance that an indicator's twelve-month count meets its target on the date."""
    return _goal_outlook(indicator_id, area_code, target, due, figures.current_ids())


@lru_cache(maxsize=4096)
def _goal_outlook(indicator_id: str, area_code: str, target: float, due: date, ids: figures.Ids) -> GoalOutlook:
    """Kept for each set of snapshots: a page asks for the course of every goal, and the figures change once a month."""
    found = _reading(area_code, indicator_id, ids)
    indicator = found.indicator
    if not found.is_own:
        return GoalOutlook("none", f"Nog geen cijfers voor dit gebied. Koers wacht op tabel {indicator.waits_for}.")
    if not indicator.adds_up:
        return GoalOutlook(
            "none",
            f"Nu: {dutch.number(found.recent, 1)} {indicator.unit_label} {found.recent_label}; streefwaarde "
            f"{dutch.number(target, 1)}. Van een percentage of rapportcijfer rekent Koers geen kans uit.",
        )
    years, last = yearly_values(found)
    ahead = (due.year + (due.month - 1) / 12) - last
    forecast = chance_of_target(years, ahead, target, "up" if indicator.direction == "up" else "down")
    if not forecast.enough:
        return GoalOutlook("too_few", "Te weinig gegevens om te zeggen of dit doel wordt gehaald.", forecast)
    state = "on_course" if forecast.chance >= 0.8 else "off_course" if forecast.chance < 0.2 else "unsure"
    words = {"on_course": "Op koers", "unsure": "Onzeker", "off_course": "Niet op koers"}[state]
    return GoalOutlook(
        state,
        f"{words}: kans {_chance(forecast.chance)}. Verwacht wordt {dutch.number(forecast.expected)} "
        f"(waarschijnlijk tussen {dutch.number(forecast.lower)} en {dutch.number(forecast.upper)}); streefwaarde "
        f"{dutch.number(target)}. Nu: {dutch.number(found.recent)} {found.recent_label}.",
        forecast,
    )


def _chance(chance: float) -> str:
    """A chance in words; nothing is called impossible or certain."""
    if chance < 0.01:
        return "minder dan 1 %"
    return "meer dan 99 %" if chance > 0.99 else f"{dutch.number(100 * chance)} %"


def yearly_values(found: Reading) -> tuple[np.ndarray, float]:
    """Non-overlapping twelve-month counts, oldest first, and the moment (in years) at which the last ends."""
    if found.frequency == "year":
        return np.asarray(found.observed), float(found.labels[-1]) + 1.0
    complete = [k for k, late in enumerate(found.provisional) if not late]
    if not complete:
        return np.array([]), 0.0
    end = complete[-1] + 1
    first = end % 12
    months = np.asarray(found.observed)[first:end]
    year, month = found.labels[end - 1].split("-")
    return months.reshape(-1, 12).sum(axis=1), int(year) + int(month) / 12


def as_of_line() -> str:
    """'Cijfers t/m …, gepubliceerd op …' over the police figures here; without those over whatever is here."""
    known = [m for i in figures.current_ids() if (m := figures.manifest(i)).last_period]
    manifests = [m for m in known if m.scheme in ("crime", "nuisance")] or known
    if not manifests:
        return ""
    last = max(manifests, key=lambda m: m.last_period)
    newest = max((m for m in manifests if m.last_period == last.last_period), key=lambda m: m.known_since)
    return f"Cijfers t/m {dutch.period(last.last_period)}, {_out_since(newest)}."


def _out_since(manifest: Manifest) -> str:
    """When the source published, where it says so; else when the figures were retrieved."""
    said = "gepubliceerd" if manifest.published_at and manifest.known_since != manifest.retrieved else "opgehaald"
    return f"{said} op {dutch.day(timezone.localdate(manifest.known_since))}"
