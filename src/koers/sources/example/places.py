"""A municipality drawn by chance, in the open sea: neighbourhoods with boundaries, people and
character."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

MUNICIPALITIES = ("Voorbeeldrecht", "Fictiedam", "Verzonnenhoven", "Bedachtveen")
NEIGHBOURHOODS = (
    "Centrum",
    "Stationsbuurt",
    "Molenwijk",
    "Parkbuurt",
    "Havenkwartier",
    "Weidebuurt",
    "Bosrand",
    "Dorpsrand",
    "Bloemenbuurt",
    "Componistenbuurt",
    "Waterkant",
    "Bedrijvenpark",
)
COLUMNS, ROWS = 4, 3
WEST, SOUTH, WIDTH, HEIGHT = 3.20, 53.50, 0.075, 0.036


@dataclass(frozen=True)
class Place:
    """A neighbourhood: ``pull`` multiplies its rates (a centre draws crime, a wood's edge does
    not)."""

    code: str
    name: str
    district: str
    municipality: str
    inhabitants: int
    pull: float
    geometry: str
    latitude: float
    longitude: float


def draw_places(rng: np.random.Generator) -> list[Place]:
    """Four municipalities in a row of 2 × 2, each of twelve neighbourhoods on a bent grid with
    shared corners."""
    places = []
    for m, _ in enumerate(MUNICIPALITIES):
        corners = _corners(rng, WEST + (m % 2) * WIDTH, SOUTH - (m // 2) * HEIGHT)
        for n, name in enumerate(NEIGHBOURHOODS):
            column, row = n % COLUMNS, n // COLUMNS
            ring = [
                corners[row, column],
                corners[row, column + 1],
                corners[row + 1, column + 1],
                corners[row + 1, column],
            ]
            ring.append(ring[0])
            centre = np.mean(ring[:4], axis=0)
            municipality = f"VB{m + 1:02d}"
            places.append(
                Place(
                    code=f"{municipality}{row + 1:02d}{column + 1:02d}",
                    name=name,
                    district=f"{municipality}{row + 1:02d}",
                    municipality=municipality,
                    inhabitants=int(rng.integers(900, 3600)) if name != "Bedrijvenpark" else 60,
                    pull=(
                        2.2
                        if name in ("Centrum", "Stationsbuurt")
                        else float(rng.uniform(0.6, 1.2))
                    ),
                    geometry=json.dumps(
                        {
                            "type": "Polygon",
                            "coordinates": [
                                [[round(float(x), 5), round(float(y), 5)] for x, y in ring]
                            ],
                        },
                        separators=(",", ":"),
                    ),
                    latitude=round(float(centre[1]), 5),
                    longitude=round(float(centre[0]), 5),
                )
            )
    return places


def _corners(rng: np.random.Generator, west: float, south: float) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 1, COLUMNS + 1), np.linspace(0, 1, ROWS + 1))
    bend = rng.uniform(-0.07, 0.07, size=(2, ROWS + 1, COLUMNS + 1))
    # The outer edge stays straight, so that municipalities meet without gaps.
    bend[:, [0, -1], :] = 0
    bend[:, :, [0, -1]] = 0
    return np.stack([west + (x + bend[0]) * WIDTH, south + (y + bend[1]) * HEIGHT], axis=-1)
