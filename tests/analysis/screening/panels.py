"""Panels made for the tests of the default detector."""

from __future__ import annotations

import numpy as np

from koers.analysis.panel import Panel
from koers.analysis.period import Period

START = Period(2020, 1, "month")


def panel_of(
    counts: np.ndarray, population: np.ndarray | None = None, topics: tuple[str, ...] | None = None
) -> Panel:
    """Counts (areas, topics, months) with five areas to a district and ten to a municipality."""
    areas, kinds, months = counts.shape
    codes = tuple(f"BU{1 + i // 10:04d}{i % 10 // 5:02d}{i % 5:02d}" for i in range(areas))
    return Panel(
        counts.astype(float),
        codes,
        topics or tuple(f"1.{1 + k // 2}.{1 + k % 2}" for k in range(kinds)),
        tuple(START.shift(k) for k in range(months)),
        np.full((areas, months), 1000.0) if population is None else population,
        {code: (f"WK{code[2:8]}", f"GM{code[2:6]}") for code in codes},
    )


def random_panel(
    seed: int = 1, areas: int = 20, topics: int = 2, months: int = 40, mean: float = 1.5
) -> Panel:
    return panel_of(np.random.default_rng(seed).poisson(mean, (areas, topics, months)))
