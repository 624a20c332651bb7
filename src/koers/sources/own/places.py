"""Where a row belongs: by code, by name, or by the boundaries in which its point lies. The point
itself is not kept."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np
import shapely
from pyproj import Transformer

from koers.dutch import without_accents
from koers.figures.areas import Area
from koers.tables.reading.cells import CellError

_LEVELS = ("neighbourhood", "district", "municipality")


class Gazetteer:
    """The areas of one municipality by their codes and names; of two with one name the smallest is
    meant."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.areas = tuple(areas)
        self._codes = {area.code.lower(): area for area in areas}
        self._names: dict[str, list[Area]] = {}
        for level in _LEVELS:
            for area in (a for a in areas if a.level == level):
                self._names.setdefault(_plain(area.name), []).append(area)

    @property
    def neighbourhoods(self) -> tuple[Area, ...]:
        return tuple(a for a in self.areas if a.level == "neighbourhood")

    def find(self, text: str) -> Area:
        """The area with this code or name.

        Raises
        ------
        CellError
            When there is none in this municipality, or more than one.
        """
        if not text:
            raise CellError("hier staat niets")
        if found := self._codes.get(text.lower()):
            return found
        level, plain = _said_level(text)
        named = self._names.get(_plain(text), [])
        if level and not any(a.level == level for a in named):
            named = [a for a in self._names.get(plain, []) if a.level == level] or named
        elif level:
            named = [a for a in named if a.level == level]
        smallest = [a for a in named if a.level == named[0].level]
        if not named and {word.strip("():") for word in plain.split()} & _TOTALS:
            raise CellError(
                "dit lijkt een rij met een totaal; noem er de gemeente of de wijk zelf, of laat de"
                " rij weg"
            )
        if not named:
            raise CellError(f"dit is geen buurt, wijk of code van deze gemeente{self._near(text)}")
        if len(smallest) > 1:
            raise CellError("deze naam komt twee keer voor; gebruik de code van het CBS")
        return smallest[0]

    def _near(self, text: str) -> str:
        """The name that looks most like it, to offer."""
        near = difflib.get_close_matches(_plain(text), self._names, n=1, cutoff=0.75)
        return f"; bedoelt u {self._names[near[0]][0].name}?" if near else ""


_SHORT = {
    "e.o.": "en omgeving",
    "e.o": "en omgeving",
    "eo": "en omgeving",
    "omg.": "omgeving",
    "omg": "omgeving",
    "st.": "sint",
    "st": "sint",
    "burg.": "burgemeester",
    "burg": "burgemeester",
    "verspr.": "verspreide",
    "n.": "noord",
    "z.": "zuid",
    "&": "en",
}
_TOTALS = {"totaal", "eindtotaal", "totalen", "subtotaal"}
_SAID = {
    "buurt": "neighbourhood",
    "wijk": "district",
    "gemeente": "municipality",
    "gem.": "municipality",
}


def _plain(name: str) -> str:
    """A name without what people write differently: capitals, diacritics, hyphens, "buurt" or
    "wijk" in front, and abbreviations."""
    words = _words(name)
    if len(words) > 1 and words[0] in ("buurt", "wijk") and not words[1][0].isdigit():
        words = words[1:]
    return " ".join(words)


def _said_level(name: str) -> tuple[str, str]:
    """The level that is said in front of a name ("wijk Centrum"), and the name without it."""
    first, *rest = _words(name) or [""]
    if rest and first in _SAID and not rest[0][0].isdigit():
        return _SAID[first], " ".join(rest)
    return "", " ".join([first, *rest])


def _words(name: str) -> list[str]:
    bare = without_accents(name.lower())
    bare = bare.replace("-", " ").replace("'", "").replace(",", " ").replace("&", " & ")
    return [_SHORT.get(word, word) for word in bare.split()]


class Boundaries:
    """The neighbourhoods of a municipality that have a boundary, asked for many points at once."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._codes: list[str] = []
        shapes = []
        for area in sorted(areas, key=lambda a: a.code):
            if area.level == "neighbourhood" and area.geometry:
                self._codes.append(area.code)
                shapes.append(shapely.make_valid(shapely.from_geojson(area.geometry)))
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)

    @property
    def known(self) -> bool:
        return bool(self._codes)

    def place(self, longitude: np.ndarray, latitude: np.ndarray) -> list[str]:
        """The code in which each point (degrees) lies, '' outside; on a shared boundary the first
        code."""
        found = [""] * len(longitude)
        points, shapes = self._tree.query(
            shapely.points(longitude, latitude), predicate="intersects"
        )
        for point, shape in sorted(zip(points.tolist(), shapes.tolist(), strict=True)):
            if not found[point]:
                found[point] = self._codes[shape]
        return found


def to_degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude; metres of the national grid (RD) are turned into degrees."""
    grid = (x > 0) & (x < 300_000) & (y > 300_000) & (y < 630_000)
    if not grid.any():
        return x, y
    turned = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True).transform(
        x[grid], y[grid]
    )
    longitude, latitude = x.copy(), y.copy()
    longitude[grid], latitude[grid] = turned
    return longitude, latitude


def to_metres(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metres of the national grid (RD), to the centimetre, so that one address stays one point."""
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True).transform(
        longitude, latitude
    )
    return np.round(x, 2), np.round(y, 2)
