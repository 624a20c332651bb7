"""The invented counts, and their snapshots: the same bytes from the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from koers.analysis.period import Period, span
from koers.figures.manifest import Content, Draft, Snapshot
from koers.figures.store import FigureStore
from koers.sources.example.places import MUNICIPALITIES, Place, draw_places
from koers.sources.mapping import topic_titles

EXAMPLE = "voorbeeld"
SEED = 20250311
FIRST, LAST = Period(2018, 10, "month"), Period(2026, 9, "month")
PROVISIONAL = 2
VERSION = "3"


@dataclass(frozen=True)
class ExampleTopic:
    """A topic: monthly rate per 1,000 inhabitants, yearly trend (factor), and month of the seasonal
    peak (0 = none)."""

    scheme: str
    topic: str
    rate: float
    trend: float = 1.0
    peak: int = 0
    swing: float = 0.0


KINDS = (
    ExampleTopic("crime", "0.0.0", 3.2, 0.98, 12, 0.1),
    ExampleTopic("crime", "1.1.1", 0.22, 0.9, 12, 0.45),
    ExampleTopic("crime", "1.1.2", 0.08, 0.95),
    ExampleTopic("crime", "1.2.1", 0.25, 0.93),
    ExampleTopic("crime", "1.2.2", 0.05),
    ExampleTopic("crime", "1.2.3", 0.4, 0.97, 7, 0.35),
    ExampleTopic("crime", "1.2.4", 0.06),
    ExampleTopic("crime", "2.5.1", 0.07),
    ExampleTopic("crime", "2.5.2", 0.18, 1.03),
    ExampleTopic("crime", "1.4.2", 0.004),
    ExampleTopic("crime", "1.4.3", 0.03),
    ExampleTopic("crime", "1.4.4", 0.12),
    ExampleTopic("crime", "1.4.5", 0.2),
    ExampleTopic("crime", "1.4.6", 0.02),
    ExampleTopic("crime", "1.4.7", 0.005),
    ExampleTopic("crime", "2.2.1", 0.35, 0.98, 1, 0.3),
    ExampleTopic("crime", "1.6.1", 0.02),
    ExampleTopic("crime", "2.6.9", 0.03, 1.0, 12, 0.9),
    ExampleTopic("crime", "3.7.4", 0.06, 1.12),
    ExampleTopic("crime", "3.9.1", 0.25, 1.08),
    ExampleTopic("crime", "3.5.2", 0.12),
    ExampleTopic("crime", "3.1.1", 0.05),
    ExampleTopic("crime", "2.1.1", 0.05),
    ExampleTopic("crime", "3.1.3", 0.02),
    ExampleTopic("crime", "1.6.3", 0.004),
    ExampleTopic("crime", "2.6.2", 0.008),
    ExampleTopic("nuisance", "0.0.0", 1.4, 1.0, 7, 0.25),
    ExampleTopic("nuisance", "E35", 0.6, 1.04, 7, 0.5),
    ExampleTopic("accidents", "injury", 0.06),
    ExampleTopic("accidents", "injury-cyclist", 0.035, 1.02, 9, 0.2),
    ExampleTopic("local", "hours-in-neighbourhood", 6.0),
    ExampleTopic("local", "event-incidents", 0.05, 1.0, 7, 0.8),
    ExampleTopic("local", "crisis-exercises", 0.01),
    ExampleTopic("local", "unrest-reports", 0.05, 1.05),
    ExampleTopic("local", "tables-up-to-date", 0.05),
    ExampleTopic("nuisance", "E38", 0.3, 1.02, 7, 0.3),
    ExampleTopic("nuisance", "F010", 0.05),
)
# Planted on purpose, so that the list of signals has something to show: (neighbourhood, topic,
# months, factor).
RISES = (
    ("VB010103", "1.1.1", 3, 25.0),
    ("VB010202", "2.2.1", 1, 18.0),
    ("VB010301", "1.2.3", 3, 8.0),
)


def write_example(
    store: FigureStore,
    progress: Callable[[float, float, str], None] = lambda done, total, text: None,
) -> list[Snapshot]:
    """Areas, people and eight years of monthly counts of every theme, as fictitious snapshots."""
    rng = np.random.default_rng(SEED)
    places = draw_places(rng)
    written = [store.write(_draft("gebieden", "Verzonnen gebieden", "areas", ""), _areas(places))]
    written.append(
        store.write(
            _draft("inwoners", "Verzonnen kerncijfers per buurt", "observations", "key-figures"),
            _people(places),
        )
    )
    schemes = list(dict.fromkeys(kind.scheme for kind in KINDS))
    for done, scheme in enumerate(schemes):
        progress(done, len(schemes), scheme)
        kinds = [kind for kind in KINDS if kind.scheme == scheme]
        columns = _counts(np.random.default_rng([SEED, done]), places, kinds)
        title = {"crime": "misdrijven", "nuisance": "overlast", "accidents": "ongevallen"}.get(
            scheme, "eigen tellingen"
        )
        written.append(
            store.write(
                _draft(scheme, f"Verzonnen {title} per buurt en maand", "observations", scheme),
                columns,
            )
        )
    progress(len(schemes), len(schemes), "")
    return written


def _draft(table: str, title: str, content: Content, scheme: str) -> Draft:
    return Draft(
        source=EXAMPLE,
        table=f"voorbeeld-{table}",
        title=title,
        content=content,
        scheme=scheme,
        sha256=hashlib.sha256(f"{SEED} {VERSION} {table}".encode()).hexdigest(),
        address="gemaakt door Koers",
        licence="verzonnen, vrij te gebruiken",
        attribution="verzonnen voorbeeldcijfers",
        topics=topic_titles(scheme),
        fictitious=True,
    )


def _areas(places: Sequence[Place]) -> dict[str, np.ndarray]:
    rows = [
        (f"VB{m + 1:02d}", name, "municipality", "", np.nan, np.nan, "")
        for m, name in enumerate(MUNICIPALITIES)
    ]
    for district in sorted({p.district for p in places}):
        rows.append(
            (district, f"Wijk {int(district[-2:])}", "district", district[:4], np.nan, np.nan, "")
        )
    rows += [
        (p.code, p.name, "neighbourhood", p.district, p.latitude, p.longitude, p.geometry)
        for p in places
    ]
    names = ("code", "name", "level", "parent", "latitude", "longitude", "geometry")
    kinds = (object, object, object, object, np.float64, np.float64, object)
    return {
        name: np.array([r[i] for r in rows], dtype=k)
        for i, (name, k) in enumerate(zip(names, kinds, strict=True))
    }


def _people(places: Sequence[Place]) -> dict[str, np.ndarray]:
    years = range(FIRST.year, LAST.year + 1)
    rows = []
    for topic, size in _KEY_FIGURES:
        below = [
            (p.code, topic, str(y), round(size(p) * 1.004 ** (y - FIRST.year)))
            for p in places
            for y in years
        ]
        rows += below
        for number, _ in enumerate(MUNICIPALITIES):
            home = f"VB{number + 1:02d}"
            inside = [r for r in below if r[0].startswith(home)]
            rows += [
                (home, topic, str(y), sum(r[3] for r in inside if r[2] == str(y))) for y in years
            ]
    return {
        "area": np.array([r[0] for r in rows], dtype=object),
        "topic": np.array([r[1] for r in rows], dtype=object),
        "period": np.array([r[2] for r in rows], dtype=object),
        "value": np.array([r[3] for r in rows], dtype=np.float64),
        "status": np.array(["final"] * len(rows), dtype=object),
    }


# Key figures of a place: topic and size.
_KEY_FIGURES: tuple[tuple[str, Callable[[Place], float]], ...] = (
    ("inhabitants", lambda place: place.inhabitants),
    ("dwellings", lambda place: place.inhabitants / 2.2),
    ("premises", lambda place: place.inhabitants / 12 if place.inhabitants > 100 else 240),
)


def _counts(
    rng: np.random.Generator, places: Sequence[Place], kinds: Sequence[ExampleTopic]
) -> dict[str, np.ndarray]:
    periods = span(FIRST, LAST)
    step = np.arange(len(periods))
    rows: dict[str, list[Any]] = {
        name: [] for name in ("area", "topic", "period", "value", "status")
    }
    for kind in kinds:
        month = np.array([p.number for p in periods])
        season = (
            1 + kind.swing * np.cos(2 * np.pi * (month - kind.peak) / 12)
            if kind.peak
            else np.ones(len(periods))
        )
        for place in places:
            people = max(place.inhabitants, 400) / 1000
            mean = kind.rate * people * place.pull * season * kind.trend ** (step / 12)
            for code, topic, months, factor in RISES:
                if (code, topic) == (place.code, kind.topic):
                    mean[-PROVISIONAL - months : -PROVISIONAL] *= factor
            # The last months are not complete yet, as in real police figures.
            mean[-PROVISIONAL:] *= np.linspace(0.97, 0.85, PROVISIONAL)
            values = rng.poisson(mean * rng.gamma(8, 1 / 8, size=len(periods)))
            rows["area"] += [place.code] * len(periods)
            rows["topic"] += [kind.topic] * len(periods)
            rows["period"] += [str(p) for p in periods]
            rows["value"] += values.tolist()
            rows["status"] += ["final"] * (len(periods) - PROVISIONAL) + [
                "provisional"
            ] * PROVISIONAL
    return {
        name: np.array(values, dtype=np.float64 if name == "value" else object)
        for name, values in rows.items()
    }
