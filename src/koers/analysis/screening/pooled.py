"""The default detector: each area's rate shrunk towards its surroundings, season and trend from the
whole panel."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from koers.analysis.cores import cores
from koers.analysis.panel import Floats, Panel
from koers.analysis.period import STEPS_PER_YEAR, Frequency
from koers.analysis.screening.areas import Memory, Outcome, Topic, screen_topic
from koers.analysis.screening.level import SLOPES, SPEEDS, Level, levels, totals_of
from koers.analysis.screening.predictive import Predictive, two_sided
from koers.analysis.screening.setting import Setting, setting_of
from koers.analysis.screening.spans import Windows

LEAST_HISTORY: dict[Frequency, int] = {"month": 24, "week": 104, "year": 4}
GUARD: dict[Frequency, int] = {"month": 1, "week": 3, "year": 0}
HARMONICS: dict[Frequency, int] = {"month": 5, "week": 3, "year": 0}
FIRST_ERRORS: dict[Frequency, int] = {"month": 6, "week": 6, "year": 2}
WORTH_EVERY: dict[Frequency, int] = {"month": 6, "week": 6, "year": 1}
"""Periods before errors teach how much more than by chance counts vary, and how often it is looked
at how far areas lie apart. Of years there are few."""
STARTS, WORTH_OF_START = (2, 3, 4, 6), 0.8
"""A month's score takes in what the months up to it prove if the rise began so many months ago, at
this weight (chosen on the development half, docs/benchmarks.md). Weeks do not: their outbreaks are
short."""
YEARS_OF_MEMORY, MONTHS_OF_MEMORY = 5.0, 8.0


@dataclass(frozen=True)
class PooledOptions:
    """``window``: how many successive periods are taken together (1, 3 or 12 months); ``guard``:
    how many periods just before it are left out of its expectation, so that a rise which began then
    does not hide itself (None: 1 month, 3 weeks); ``complete``: the share of each period's count
    that is known by now (see ``revisions``), None = all.
    """

    window: int = 1
    guard: int | None = None
    complete: Floats | None = None


@dataclass(frozen=True)
class Parts:
    """Which part of the expectation of each area and topic (areas, topics) comes from where;
    together they are 1.

    Of the rate after the last period: what the area's own figures say, those of the rest of its
    district, of its municipality, and of its peers (municipalities of about its size, and all areas
    together).
    """

    own: Floats
    district: Floats
    municipality: Floats
    peers: Floats


@dataclass(frozen=True)
class Expectation:
    """What was to be expected of each count; arrays (areas, topics, periods), NaN before there is
    enough history.

    With a window of w, an entry is the sum of the w periods that end there, forecast before they
    began. Of single months ``starts`` are the same for the last 2, 3, 4 and 6 that end there.
    """

    observed: Floats
    predictive: Predictive
    parts: Parts | None = None
    starts: tuple[Expectation, ...] = ()

    @property
    def expected(self) -> Floats:
        return self.predictive.mean

    @property
    def p_rise(self) -> Floats:
        """Mid-p of a count at least as high."""
        return self.predictive.tail(self.observed)

    @property
    def p(self) -> Floats:
        """Two-sided mid-p."""
        return two_sided(self.p_rise)

    @property
    def score(self) -> Floats:
        """How much the count proves: 1 is ten times likelier under a rise than as expected, -1
        under a fall.

        Of a single month, what it and the months before prove since the likeliest start of a rise
        is added at a weight of 0.8: a rise seldom lasts one month, and the months of one that goes
        on prove more together. See ``Predictive.evidence``.
        """
        if not self.starts:
            return self.predictive.evidence(self.observed)
        direction = self.predictive.direction(self.observed)
        more = [start.predictive.log_ratio(start.observed, direction) for start in self.starts]
        known = [np.nan_to_num(x, nan=0.0, posinf=300.0) for x in more]
        return self.predictive.evidence(self.observed, WORTH_OF_START * np.max(known, axis=0))

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        return self.predictive.limits(level)


class KnownLevels:
    """The level of each topic, computed once for neighbourhoods, districts and municipalities.

    Their totals are the same where every count is published. A level is a rate: where what the
    counts are expected by is r times as much in every period, it is 1 / r of what it was.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Floats, Floats, Level]] = {}

    def of(
        self,
        topic: str,
        totals: Floats,
        covered: Floats,
        steps: int,
        harmonics: int,
        windows: Windows,
    ) -> Level:
        """``levels``; all but ``totals`` and ``covered`` are the same for each call."""
        if (before := self._known.get(topic)) is not None and np.array_equal(before[0], totals):
            ratio = covered.sum() / before[1].sum()
            if np.abs(covered - ratio * before[1]).max() <= 1e-12 * covered.max():
                forecast, uncertainty, now = before[2]
                return Level(forecast / ratio, uncertainty, now / ratio)
        found = levels(totals, covered, steps, harmonics, windows, SPEEDS, SLOPES)
        self._known[topic] = (totals, covered, found)
        return found


def pooled(panel: Panel, options: PooledOptions | None = None) -> Expectation:
    """Expected counts with their predictive distribution, one pass over time, closed form.

    Expected = population × level of the topic × season × rate of the area relative to that level.
    Level, trend and season come from all areas together (``level``), the relative rate from the
    area's own figures, shrunk towards its district, municipality, peers and all areas (``layers``,
    ``areas``). What is said of a period uses only earlier ones. The predictive distribution is
    negative binomial: chance, the uncertainty of each estimate, what the window may still drift,
    and the extra variance that earlier forecasts of this topic and area showed.

    Parameters
    ----------
    panel : Panel
        Counts (areas, topics, periods); NaN = not published, which counts neither as zero nor as
        evidence. An area on its own gets its own level, trend and season.

    Examples
    --------
    >>> import numpy as np
    >>> from koers.analysis.period import Period, span
    >>> rng = np.random.default_rng(1)
    >>> counts = rng.poisson(0.8, size=(30, 1, 48)).astype(float)
    >>> counts[3, 0, 47] = 6
    >>> months = span(Period(2020, 1, "month"), Period(2023, 12, "month"))
    >>> areas = tuple(f"BU0001{i // 10:02d}{i % 10:02d}" for i in range(30))
    >>> groups = {area: (f"WK{area[2:8]}", "GM0001") for area in areas}
    >>> panel = Panel(counts, areas, ("burglary",), months, np.full((30, 48), 1000.0), groups)
    >>> found = pooled(panel)
    >>> low, high = found.limits(0.95)
    >>> [float(round(x[3, 0, 47], 1)) for x in (found.observed, found.expected, low, high)]
    [6.0, 0.6, 0.0, 3.0]
    >>> bool(found.p_rise[3, 0, 47] < 0.001)
    True
    >>> parts = found.parts
    >>> round(float((parts.own + parts.district + parts.municipality + parts.peers)[3, 0]), 6)
    1.0

    Source: empirical Bayes gamma-Poisson smoothing (Clayton & Kaldor, Biometrics 1987, 43:671-681;
    Marshall, Biometrics 1991, 47:1399-1410) with discounted evidence (West & Harrison 1997, ch.
    10); level and season: ``level``.
    """
    options = options or PooledOptions()
    starts = options.window == 1 and panel.frequency == "month"
    windows = (1, *STARTS) if starts else (1, options.window)
    found = pooled_windows(panel, windows, guard=options.guard, complete=options.complete)
    return found[0] if options.window == 1 else found[1]


def pooled_windows(
    panel: Panel,
    windows: Sequence[int] = (1, 3, 12),
    last: int | None = None,
    guard: int | None = None,
    complete: Floats | None = None,
    known: KnownLevels | None = None,
) -> tuple[Expectation, ...]:
    """``pooled`` for several windows in one pass; the first window is 1.

    ``known`` keeps the level of each topic for the same figures added up to larger areas.

    ``last`` limits the result to that many periods at the end (all were used). Topics are computed
    one by one, over as many cores as there are; the outcome does not depend on that.
    """
    if not windows or windows[0] != 1:
        raise ValueError("the first window is 1")
    setting = setting_of(panel)
    if complete is not None:
        setting = setting.offset(complete)
    areas, topics, periods = panel.counts.shape
    first = 0 if last is None else max(0, periods - last)
    # Topics first: what a topic fills is then contiguous, for which alone the kernel is compiled.
    shape = (topics, len(windows), periods - first, areas)
    mean, variance, observed = (
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.full(shape, np.nan),
    )
    parts = np.zeros((topics, len(setting.kinds) + 1, areas))
    guard = GUARD[panel.frequency] if guard is None else guard
    sums = Windows(np.array(windows, dtype=np.int64), guard, first)

    def work(k: int) -> None:
        counts = panel.counts[setting.order, k].T
        out = Outcome(mean[k], variance[k], observed[k], parts[k])
        one_topic(counts, setting, panel.frequency, sums, out, known, panel.topics[k])

    if topics > 1 and cores() > 1:
        with ThreadPoolExecutor(cores()) as pool:
            list(pool.map(work, range(topics)))
    else:
        for k in range(topics):
            work(k)
    back = np.argsort(setting.order)
    shares = _parts_of(parts[:, :, back], setting.kinds)
    found = (x.transpose(1, 3, 0, 2)[:, back] for x in (observed, mean, variance))
    each = [Expectation(o, Predictive(m, v), shares) for o, m, v in zip(*found, strict=True)]
    if panel.frequency == "month" and set(STARTS) <= set(windows):
        starts = tuple(each[windows.index(start)] for start in STARTS)
        each[0] = replace(each[0], starts=starts)
    return tuple(each)


def one_topic(
    counts: Floats,
    setting: Setting,
    frequency: Frequency,
    windows: Windows,
    outcome: Outcome,
    known: KnownLevels | None = None,
    topic: str = "",
) -> None:
    """Forecast one topic; ``counts`` (T, A) with the areas in the order of the setting. See
    ``screen_topic``."""
    # Compiled once, which takes ten seconds: whatever comes is contiguous.
    counts = np.ascontiguousarray(counts)
    steps = STEPS_PER_YEAR[frequency]
    totals, covered = totals_of(counts, setting.exposure)
    known = known or KnownLevels()
    level = known.of(topic, totals, covered, steps, HARMONICS[frequency], windows)
    memory = Memory(
        slow=1.0 - 1.0 / (YEARS_OF_MEMORY * steps),
        fast=1.0 - 1.0 / max(MONTHS_OF_MEMORY * steps / 12.0, 2.0),
        least=LEAST_HISTORY[frequency],
        first=FIRST_ERRORS[frequency],
        every=WORTH_EVERY[frequency],
    )
    this = Topic(counts, setting.exposure, level)
    screen_topic(this, setting.groups, setting.sample, windows, memory, outcome)


def _parts_of(parts: Floats, kinds: tuple[str, ...]) -> Parts:
    """Sum the layers (topics, layers + 1, areas) by what they are."""

    def of(*wanted: str) -> Floats:
        chosen = [k for k, kind in enumerate(kinds) if kind in wanted]
        total: Floats = parts[:, chosen].sum(axis=1).T
        return total

    own: Floats = parts[:, -1].T
    return Parts(own, of("district"), of("municipality"), of("all", "peers"))
