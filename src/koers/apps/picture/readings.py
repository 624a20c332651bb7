"""One indicator in one area: what was counted, what was expected, and how this year compares with
the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koers import dutch
from koers.analysis.comparison import change
from koers.analysis.forecast import TableCourse, table_course
from koers.analysis.marks import MarkSpread, mark_spread
from koers.analysis.panel import Panel
from koers.analysis.screening.predictive import Predictive
from koers.apps.picture.figures import divided_by, renumbering_of
from koers.apps.picture.origin import marked
from koers.apps.picture.people_words import divisor_of, remarks_of
from koers.apps.picture.reading import Reading
from koers.apps.picture.stated import stated_margins
from koers.figures.areas import COUNTRY, Area
from koers.figures.renumbering import Break
from koers.figures.shelf import CountTable, Shelf, kept
from koers.indicators import Indicator, load_indicators

MOST_COURSES = 512


@kept(4096)
def reading(shelf: Shelf, area_code: str, indicator_id: str) -> Reading:
    """An indicator in an area.

    Without figures at the level of the area the national line is shown, named as such; without
    that, nothing.
    """
    indicator = load_indicators()[indicator_id]
    known = shelf.areas
    asked = known.get(area_code) or Area(area_code, area_code, "municipality", "", None, None, "")
    country = None if _fictitious(asked) else known.get(COUNTRY)
    for shown in (asked, country):
        if shown is None:
            continue
        if not indicator.adds_up:
            if (as_published := _published(shelf, indicator, asked, shown)) is not None:
                return as_published
            continue
        found = shelf.find_table(indicator.numerator.scheme, indicator.topic, shown)
        if found is not None and shown.code in found.panel.areas:
            return _filled(shelf, indicator, asked, shown, found)
    return Reading(indicator, asked)


def _fictitious(asked: Area) -> bool:
    """Figures of the country say nothing of a municipality that does not exist."""
    return not asked.code.startswith(("GM", "WK", "BU", "NL"))


def _published(shelf: Shelf, indicator: Indicator, asked: Area, shown: Area) -> Reading | None:
    """A percentage, mark or time: as its source gives it, or a count over a count of the same
    table."""
    per = indicator.denominator.topics if indicator.denominator else ()
    wanted = (*indicator.topics, *per)
    for entry in shelf.entries_with(indicator.numerator.scheme, wanted, shown):
        if entry.level != shown.level:
            continue
        found = shelf.published(entry.table, entry.level, entry.frequency, wanted)
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
            indicator=indicator,
            area=asked,
            shown=shown,
            frequency=found.panel.frequency,
            labels=labels,
            observed=tuple(series.tolist()),
            expected=nothing,
            lower=nothing,
            upper=nothing,
            provisional=found.provisional,
            spread=_mark_spread(found.panel, len(indicator.topics)),
            margins=stated_margins(shelf, indicator, entry, shown.code),
            twelve=_twelve_of_shares(series, part, whole, found.panel.frequency),
            recent=recent,
            recent_label=marked(label, shelf.manifest(found.snapshot)),
            before=before,
            snapshot=found.snapshot,
            origin=shelf.manifest(found.snapshot),
        )
    return None


def _parts(panel: Panel, code: str, counted: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Series of what is counted and of what it is a part of (None where the source divided
    already)."""
    values = panel.counts[panel.areas.index(code)]
    whole = values[counted:].sum(axis=0) if values.shape[0] > counted else None
    return values[:counted].sum(axis=0), whole


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, 100 * part / whole, np.nan)


def _mark_spread(panel: Panel, counted: int) -> MarkSpread | None:
    """Of yearly marks what all areas of the table say of their margin and change."""
    if panel.frequency != "year":
        return None
    values = panel.counts[:, :counted].sum(axis=1)
    if panel.counts.shape[1] > counted:
        values = _percent(values, panel.counts[:, counted:].sum(axis=1))
    return mark_spread(values)


def _twelve_of_shares(
    series: np.ndarray, part: np.ndarray, whole: np.ndarray | None, frequency: str
) -> tuple[float, ...]:
    """Of a share by month that of twelve months together; of what is as published, that."""
    if frequency != "month" or whole is None:
        return tuple(series.tolist())
    return tuple(_percent(sums_of_twelve(part), sums_of_twelve(whole)).tolist())


def _twelve_of_counts(table: CountTable, observed: np.ndarray) -> tuple[float, ...]:
    """A year that is still provisional counts, and is named so; a month does not."""
    if table.panel.frequency == "year":
        return tuple(observed.tolist())
    complete = np.where(np.asarray(table.provisional, dtype=bool), np.nan, observed)
    return tuple(sums_of_twelve(complete).tolist())


def sums_of_twelve(values: np.ndarray) -> np.ndarray:
    """The sum of each value and the eleven before it, along the last axis."""
    sums = np.full(values.shape, np.nan)
    if values.shape[-1] >= 12:
        windows = np.lib.stride_tricks.sliding_window_view(values, 12, axis=-1)
        sums[..., 11:] = windows.sum(axis=-1)
    return sums


def _latest(series, part, whole, labels, end: int, frequency: str) -> tuple[float, float, str]:
    """The last value and the one before; of a share by month, that of the last twelve months and
    the twelve before."""
    if frequency == "month" and whole is not None and end >= 11:

        def share(last: int) -> float:
            window = slice(last - 11, last + 1)
            return (
                float(_percent(np.nansum(part[window]), np.nansum(whole[window])))
                if last >= 11
                else float("nan")
            )

        return share(end), share(end - 12), f"in 12 maanden t/m {dutch.period(labels[end])}"
    earlier = series[:end][np.isfinite(series[:end])]
    return (
        float(series[end]),
        float(earlier[-1]) if earlier.size else float("nan"),
        f"in {dutch.period(labels[end])}",
    )


def _filled(
    shelf: Shelf, indicator: Indicator, asked: Area, shown: Area, table: CountTable
) -> Reading:
    i, k = table.panel.areas.index(shown.code), table.panel.topics.index(indicator.topic)
    observed = table.panel.counts[i, k]
    predicted = _predicted(table, i, k)
    mean, (lower, upper) = predicted.mean, predicted.limits()
    labels = tuple(str(period) for period in table.panel.periods)
    recent, before, recent_label, end = _years(table, observed, labels)
    course = _course(shelf, table, shown, k, observed, end)
    redrawn = _redrawn(table, shown.code, labels, end)
    per = divided_by(shelf, indicator, table.panel)[i, end] if end >= 0 else np.nan
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
        twelve=_twelve_of_counts(table, observed),
        recent=recent,
        recent_label=marked(recent_label, shelf.manifest(table.snapshot)),
        before=before,
        change=(
            change(recent, before, course.dispersion.at((recent + before) / 2))
            if not np.isnan(before) and not table.pending and not redrawn
            else None
        ),
        course=course,
        rate=1000 * recent / per if per > 0 and indicator.measure == "rate" else np.nan,
        snapshot=table.snapshot,
        origin=shelf.manifest(table.snapshot),
        pending=table.pending,
        summed=table.summed,
        renumbered=renumbering_of(shelf, table, shown),
        redrawn=redrawn,
        about_people=_about_people(shelf, table, indicator, shown, end),
    )


def _about_people(
    shelf: Shelf, table: CountTable, indicator: Indicator, shown: Area, end: int
) -> tuple[str, ...]:
    """Of the rate of now: why there is none over other boundaries, or that its people are of
    another year."""
    per = indicator.denominator
    if indicator.measure != "rate" or per is None or not per.key_figure or end < 0:
        return ()
    latest = table.panel.periods[end : end + 1]
    return remarks_of(shelf, table.panel.areas, latest, [shown.code], divisor_of(indicator))


def _redrawn(table: CountTable, code: str, labels: Sequence[str], end: int) -> int:
    """The year of a change of boundaries between what is compared, of which nobody knows whether
    the figures of before were made anew; 0 where there is none."""
    first = end - (1 if table.panel.frequency == "year" else 23)
    if first < 0:
        return 0
    return redrawn_between(table, code, int(labels[first][:4]), int(labels[end][:4]))


def redrawn_between(table: CountTable, code: str, first: int, last: int) -> int:
    """The last year after ``first`` and up to ``last`` in which an area got other boundaries; 0
    where there is none."""
    between = range(first + 1, last + 1)
    return max((gap.year for gap in table.broken if _stops(gap, code, between)), default=0)


def _stops(gap: Break, code: str, between: range) -> bool:
    return gap.area == code and gap.reason == "redrawn" and gap.year in between


def _predicted(table: CountTable, i: int, k: int) -> Predictive:
    """What was expected of each period; unknown as long as it has not been worked out."""
    if table.expectation is None:
        unknown = np.full(len(table.panel.periods), np.nan)
        return Predictive(unknown, unknown)
    found = table.expectation.predictive
    return Predictive(found.mean[i, k], found.variance[i, k])


def _years(
    table: CountTable, observed: np.ndarray, labels: Sequence[str]
) -> tuple[float, float, str, int]:
    """The last twelve complete months (or the last year) and those before, in words, and where they
    end."""
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
    return (
        float(observed[end - 11 : end + 1].sum()),
        before,
        f"in 12 maanden t/m {dutch.period(labels[end])}",
        end,
    )


def _course(
    shelf: Shelf, table: CountTable, shown: Area, k: int, observed: np.ndarray, end: int
) -> TableCourse:
    """What all areas of the table say of a kind, by its years, or by the twelve months up to
    ``end`` and those before. Years that are not published yet are left out."""
    panel = table.panel
    if panel.frequency == "year":
        known = np.flatnonzero(np.isfinite(observed))
        end = int(known[-1]) if known.size else -1

    def learn() -> TableCourse:
        counts = panel.counts[:, k, : end + 1]
        if panel.frequency == "year":
            return table_course(counts)
        counts = counts[:, counts.shape[1] % 12 :]
        return table_course(counts.reshape(len(counts), -1, 12).sum(axis=2))

    key = (table.snapshot, table.summed, shown.level, panel.frequency, panel.topics[k], end)
    return shelf.answers.ask(_course, key, MOST_COURSES, learn)
