"""Areas: country, municipality, district, neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["country", "municipality", "district", "neighbourhood"]
COUNTRY = "NL"


@dataclass(frozen=True)
class Area:
    """An area with its place (degrees, NaN-free: None where unknown) and its boundary (GeoJSON
    geometry or '')."""

    code: str
    name: str
    level: str
    parent: str
    latitude: float | None
    longitude: float | None
    geometry: str


def cbs_level(code: str) -> str:
    """The level that a CBS code tells: NL, GM, WK or BU.

    Raises
    ------
    ValueError
        When the code is none of these.
    """
    levels = {"NL": "country", "GM": "municipality", "WK": "district", "BU": "neighbourhood"}
    if code[:2] not in levels:
        raise ValueError(f"'{code}' is geen code van een gemeente (GM), wijk (WK) of buurt (BU)")
    return levels[code[:2]]


def cbs_parent(code: str) -> str:
    """The area in which an area with a CBS code lies: BU03970001 → WK039700 → GM0397 → NL."""
    match code[:2]:
        case "BU":
            return "WK" + code[2:8]
        case "WK":
            return "GM" + code[2:6]
        case "GM":
            return COUNTRY
    return ""
