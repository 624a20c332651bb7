"""What each method calls of measures that did nothing, and finds of falls that are put in."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.measures import SETTINGS, Measure, Part, Setting, design_of, fictitious, part
from koers.analysis.effects import called as kept
from koers.analysis.effects.design import Design, DesignError
from koers.analysis.effects.eb import Forecasts, by_forecasts
from koers.analysis.effects.outcome import FULL, Effect
from koers.analysis.effects.peak import peaked
from koers.analysis.effects.preparing import Method, judge
from koers.analysis.effects.sequential import levels_after
from koers.analysis.effects.verdict import Verdict, verdict

FALLS = (0.2, 0.4, 0.6, 0.8)
EVERY = {"eb": 2, "wdd": 8, "its": 8, "synthetic": 20}
"""Falls are put into one in so many measures."""
PLACEBOS = 100


@dataclass(frozen=True)
class Tried:
    """A measure that did nothing: the verdict, the relative effect, and by fall what was promised,
    whether the margin left out no change, and whether it held what was taken away. ``course``: of
    which topic and municipality it is; those of one course rise and fall together."""

    verdict: Verdict
    relative: float
    early: bool
    course: tuple[int, str]
    promised: tuple[float, ...] = ()
    shown: tuple[bool, ...] = ()
    held: tuple[bool, ...] = ()


def calibration(methods: dict[str, int], parts: list[str], write: bool) -> None:
    """Print a table for each method: settings by row, parts side by side."""
    counted: dict[kept.Case, tuple[int, int]] = {}
    for method, number in methods.items():
        began = time.perf_counter()
        lines = []
        for setting in SETTINGS:
            found = [list(tried(name, setting, method, number)) for name in parts]
            lines.append(f"| {_words(setting)} | " + " | ".join(_line(f) for f in found) + " |")
            for name, each in zip(parts, found, strict=True):
                case = (method, setting.size, setting.after_peak, setting.ring, name)
                counted[case] = _called(each), len(each)
        head = " | ".join(f"{name}: {COLUMNS}" for name in parts)
        print(f"\n{method}, {number} measures a setting, {time.perf_counter() - began:.0f} s\n")
        print(f"| setting | {head} |\n|---|" + "---|" * len(parts))
        print("\n".join(lines), flush=True)
        if write:
            _keep(counted)


COLUMNS = (
    "works, backfires, at some time, median ± its error, shown (promised) at 20, 40, 60, 80 %,"
    " margin holds"
)


def tried(name: str, setting: Setting, method: str, number: int) -> Iterator[Tried]:
    figures = part(name)
    rng = np.random.default_rng([7, SETTINGS.index(setting)])
    for i, measure in enumerate(fictitious(name, setting, number)):
        design = design_of(figures, measure, method)
        try:
            found = _judged(method, figures, measure, design)
        except DesignError:
            continue
        early = method == "eb" and _early(figures, measure, design)
        # Of the weighted difference with a ring the effect is that of areas and ring together.
        whole = found.net and not np.isnan(found.displacement)
        relative = float("nan") if whole else found.relative
        course = measure.topic, figures.where.groups[int(np.argmax(measure.treated))][-1]
        one = Tried(verdict(found, -0.2), relative, early, course)
        if i % EVERY[method]:
            yield one
            continue
        fallen = [_fallen(method, figures, measure, design, fall, rng) for fall in FALLS]
        promised = tuple(found.power.at(-fall) for fall in FALLS)
        shown, held = zip(*fallen, strict=True)
        yield replace(one, promised=promised, shown=shown, held=held)


def _judged(method: str, figures: Part, measure: Measure, design: Design) -> Effect:
    if method != "eb":
        return judge(_method(method), design, placebos=PLACEBOS)
    return by_forecasts(_forecasts(figures, measure, design), design, after_peak=peaked(design))


def _forecasts(figures: Part, measure: Measure, design: Design) -> Forecasts:
    """Those of all measures at once, with what the design counted."""
    forecasts = figures.forecasts(measure.topic, measure.start, measure.term)
    return replace(forecasts, observed=design.outcome[:, measure.start :].T.cumsum(axis=0))


def _method(name: str) -> Method:
    return name  # type: ignore[return-value]


def _fallen(
    method: str,
    figures: Part,
    measure: Measure,
    design: Design,
    fall: float,
    rng: np.random.Generator,
) -> tuple[bool, bool]:
    """Whether a fall is shown, and whether the margin holds the cases that it took away."""
    outcome = design.outcome.copy()
    after = np.ix_(design.treated, np.arange(outcome.shape[1]) >= design.start)
    outcome[after] = rng.binomial(outcome[after].astype(int), 1 - fall)
    less = replace(design, outcome=outcome, history=outcome[:, None, :])
    low, high = _margin_of(method, figures, measure, less)
    taken = float(outcome[after].sum() - design.outcome[after].sum())
    return high < 0, low <= taken <= high


def _margin_of(method: str, figures: Part, measure: Measure, design: Design) -> tuple[float, float]:
    """The margin alone, which takes a part of the time of all that is said of an effect."""
    if method != "eb":
        return _judged(method, figures, measure, design).interval
    forecasts = _forecasts(figures, measure, design)
    found = forecasts.of(design.treated, design.comparison, design.after, peaked(design))
    return found.margin(FULL.strong)


def _early(figures: Part, measure: Measure, design: Design) -> bool:
    """Whether it would have been called "werkt" in any month, looked at in each."""
    forecasts = figures.forecasts(measure.topic, measure.start, measure.term)
    high = peaked(design)
    for months in range(1, measure.term + 1):
        until = replace(design, outcome=design.outcome[:, : design.start + months])
        levels = levels_after(months, measure.term)
        found = forecasts.of(design.treated, design.comparison, months, high)
        # All of a verdict is only worked out where it may be one.
        if found.tail(np.full(1, found.observed))[0] <= (1 + levels.strong) / 2:
            continue
        whole = by_forecasts(forecasts, until, after_peak=high, levels=levels)
        if verdict(whole, -0.2) == Verdict.WORKS:
            return True
    return False


def _called(found: list[Tried]) -> int:
    return sum(t.verdict in (Verdict.WORKS, Verdict.BACKFIRES) for t in found)


def _line(found: list[Tried]) -> str:
    works, back = (np.mean([t.verdict == v for t in found]) for v in (Verdict.WORKS, BACK))
    early = np.mean([t.early for t in found])
    median, error = _median(found)
    put = [t for t in found if t.shown]
    shown, promised, held = (
        np.mean([getattr(t, name) for t in put], axis=0) for name in ("shown", "promised", "held")
    )
    falls = ", ".join(
        f"{100 * s:.0f} ({100 * p:.0f})" for s, p in zip(shown, promised, strict=True)
    )
    lowest = 100 * held.min()
    return (
        f"{100 * works:.1f}, {100 * back:.1f}, {100 * early:.1f}, {100 * median:+.1f} ±"
        f" {100 * error:.0f} %;"
        f" {falls}; {lowest:.0f} %"
    )


BACK = Verdict.BACKFIRES
REDRAWN = 400


def _median(found: list[Tried]) -> tuple[float, float]:
    """The median effect with its standard error, by drawing courses again: 400 measures are of a
    few dozen."""
    courses: dict[tuple[int, str], list[float]] = {}
    for one in found:
        if not np.isnan(one.relative):
            courses.setdefault(one.course, []).append(one.relative)
    if not courses:
        return float("nan"), float("nan")
    each = [np.array(effects) for effects in courses.values()]
    rng = np.random.default_rng(1)
    drawn = rng.integers(len(each), size=(REDRAWN, len(each)))
    medians = [np.median(np.concatenate([each[i] for i in again])) for again in drawn]
    return float(np.median(np.concatenate(each))), float(np.std(medians))


def _words(setting: Setting) -> str:
    when = "after a peak" if setting.after_peak else "at random"
    return f"{setting.size}, {when}{', ring' if setting.ring else ''}"


def _keep(counted: dict[kept.Case, tuple[int, int]]) -> None:
    """Write the counts where the pages read them; what was not tried keeps its own."""
    file = Path(kept.__file__)
    text = file.read_text(encoding="utf-8")
    head, tail = text.split(f"    {kept.BEGIN}")[0], text.split(f"    {kept.END}")[1]
    # Another run may have written meanwhile.
    entries = sorted({**importlib.reload(kept).CALLED, **counted}.items())
    body = "".join(f"    {key!r}: {value},\n" for key, value in entries)
    body = body.replace("'", '"')
    file.write_text(f"{head}    {kept.BEGIN}\n{body}    {kept.END}{tail}", encoding="utf-8")
