"""Panels of made-up figures with known truth, for the benchmarks: seeded, at the sparsity of real
neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from koers.analysis.panel import Panel
from koers.analysis.period import Period, span

MONTHS = 84
MUNICIPALITIES, DISTRICTS, NEIGHBOURHOODS, TOPICS = 10, 3, 5, 12


@dataclass(frozen=True)
class World:
    """How the counts of a made-up panel come about.

    ``dispersion`` is variance / mean; ``trend`` the change of the log rate a year; ``season`` the
    amplitude of its wave; ``wander`` the standard deviation and ``memory`` the monthly correlation
    of what areas stray by themselves; ``spikes`` the chance a month of a past outbreak of five
    standard deviations; ``shift`` a lasting factor on the level of every area of a topic from month
    ``shift_at``.
    """

    name: str
    dispersion: float = 1.0
    trend: float = 0.0
    season: float = 0.0
    wander: float = 0.0
    memory: float = 0.8
    spikes: float = 0.0
    shift: float = 1.0
    shift_at: int = 66


def make(world: World, seed: int, months: int = MONTHS) -> tuple[Panel, np.ndarray]:
    """A panel of ten municipalities and the true means of its counts."""
    rng = np.random.default_rng(seed)
    n = MUNICIPALITIES * DISTRICTS * NEIGHBOURHOODS
    areas = tuple(
        f"BU{m + 1:04d}{d:02d}{b:02d}"
        for m in range(MUNICIPALITIES)
        for d in range(DISTRICTS)
        for b in range(NEIGHBOURHOODS)
    )
    people = np.exp(rng.normal(7.2, 0.9, n))
    base = np.exp(rng.uniform(-1.8, 1.8, TOPICS))
    where = np.exp(rng.normal(0, 0.3, (MUNICIPALITIES, TOPICS))).repeat(
        DISTRICTS * NEIGHBOURHOODS, axis=0
    )
    local = np.exp(rng.normal(0, 0.6, (n, TOPICS)))
    t = np.arange(months)
    phase = rng.uniform(0, 2 * np.pi, TOPICS)
    wave = world.trend * (t[None, :] / 12) + world.season * np.cos(
        2 * np.pi * t[None, :] / 12 + phase[:, None]
    )
    mean = (
        (people / people.mean())[:, None, None]
        * (base[None] * where * local)[:, :, None]
        * np.exp(wave)[None]
    )
    if world.wander:
        stray = np.zeros((n, TOPICS, months))
        stray[:, :, 0] = rng.normal(0, world.wander, (n, TOPICS))
        for k in range(1, months):
            step = world.wander * np.sqrt(1 - world.memory**2)
            stray[:, :, k] = world.memory * stray[:, :, k - 1] + rng.normal(0, step, (n, TOPICS))
        mean = mean * np.exp(stray - world.wander**2 / 2)
    if world.shift != 1.0:
        mean[:, :, world.shift_at :] *= world.shift
    counts = draw(rng, mean, world.dispersion)
    if world.spikes:
        where_spikes = rng.random(mean.shape) < world.spikes
        where_spikes[:, :, -24:] = False
        counts += np.where(where_spikes, rng.poisson(5 * np.sqrt(world.dispersion * mean)), 0)
    first = Period(2018, 1, "month")
    groups = {area: (f"WK{area[2:8]}", f"GM{area[2:6]}") for area in areas}
    topics = tuple(f"{1 + k // 6}.{1 + k // 3}.{k % 3 + 1}" for k in range(TOPICS))
    panel = Panel(
        counts,
        areas,
        topics,
        span(first, first.shift(months - 1)),
        people[:, None].repeat(months, 1),
        groups,
    )
    return panel, mean


def draw(rng: np.random.Generator, mean: np.ndarray, dispersion: float) -> np.ndarray:
    """Poisson, or negative binomial with variance ``dispersion`` times the mean."""
    if dispersion <= 1.0:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(
        np.maximum(mean, 1e-9) / (dispersion - 1.0), 1.0 / dispersion
    ).astype(float)
