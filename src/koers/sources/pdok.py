"""Boundaries of municipalities, districts and neighbourhoods, of each year a version, as PDOK
serves them for CBS.

By OGC API Features where the year has that, else by WFS; both as GeoJSON in pages. docs/bronnen.md
says what was seen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import shapely
from shapely.geometry import mapping as as_geojson
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.manifest import Draft
from koers.sources.bounded import bound_list
from koers.sources.delivery import Delivery, digest, one_batch
from koers.sources.headers import newest
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import (
    CHANGED,
    LATER,
    NotThereError,
    Patience,
    TryAgainError,
    Web,
    parsed,
)

FIRST_YEAR, FIRST_OGC_YEAR = 2016, 2022
PAGE = 1000
LICENCE = "CC BY 4.0"
# About ten metres: enough for a map of a municipality and for the question in which neighbourhood a
# point lies.
TOLERANCE, DECIMALS = 0.0001, 5
_LAYERS = {"gemeenten": ("gemeente", "GM"), "wijken": ("wijk", "WK"), "buurten": ("buurt", "BU")}
_COUNT = ("numberMatched", "totalFeatures")
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Boundary:
    """An area of a year with its boundary in degrees (WGS84)."""

    code: str
    name: str
    geometry: BaseGeometry


class Boundaries:
    """PDOK's services with the boundaries."""

    def __init__(self, address: str, wfs_address: str, patience: Patience | None = None) -> None:
        self.address, self.wfs_address = address.rstrip("/"), wfs_address.rstrip("/")
        self.web = Web(patience)
        self._modified: dict[str, set[str]] = defaultdict(set)

    def __enter__(self) -> Boundaries:
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()

    def of_year(
        self, year: int, scope: Scope, advance: Advance = lambda done, total: None
    ) -> tuple[list[Boundary], str]:
        """Every area of this year within the scope, and the address that served it.

        Raises
        ------
        NotThereError
            When neither service has this year.
        """
        if year >= FIRST_OGC_YEAR:
            try:
                return self._by_ogc(year, scope, advance)
            except NotThereError:
                pass
        return self._by_wfs(year, scope, advance)

    def published_at(self, year: int) -> str:
        """When this year's version was published, as the headers of what was received say; '' where
        they do not."""
        return newest(self._modified[f"gebieden-{year}"])

    def _by_ogc(self, year: int, scope: Scope, advance: Advance) -> tuple[list[Boundary], str]:
        base = f"{self.address}/wijken-en-buurten-{year}/ogc/v1"
        asked = [
            (f"{base}/collections/{layer}/items", {"f": "json", "limit": str(PAGE), **where})
            for layer in _LAYERS
            for where in (
                [{}]
                if scope.everywhere
                else [{"gemeentecode": code} for code in sorted(scope.codes)]
            )
        ]
        return self._collect(f"gebieden-{year}", asked, scope, advance), base

    def _by_wfs(self, year: int, scope: Scope, advance: Advance) -> tuple[list[Boundary], str]:
        base = f"{self.wfs_address}/gebiedsindelingen/{year}/wfs/v1_0"
        common = {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "outputFormat": "application/json",
            "srsName": "EPSG:4326",
            "count": str(PAGE),
        }
        asked = [
            (base, {**common, "typeNames": f"{layer}_gegeneraliseerd"})
            for layer, _ in _LAYERS.values()
        ]
        return self._collect(f"gebieden-{year}", asked, scope, advance), base

    def _collect(
        self,
        table: str,
        asked: Sequence[tuple[str, dict[str, str]]],
        scope: Scope,
        advance: Advance,
    ) -> list[Boundary]:
        found: dict[str, Boundary] = {}
        with ThreadPoolExecutor(self.web.patience.at_once) as pool:
            waiting = [
                pool.submit(self._features, table, address, parameters)
                for address, parameters in asked
            ]
            for done, future in enumerate(waiting, 1):
                for feature in future.result():
                    boundary = _boundary(table, feature)
                    if boundary is None or not scope.holds(boundary.code):
                        continue
                    if boundary.code in found:
                        # A neighbourhood on both sides of water comes in parts.
                        together = shapely.union_all(
                            [found[boundary.code].geometry, boundary.geometry]
                        )
                        boundary = Boundary(boundary.code, boundary.name, together)
                    found[boundary.code] = boundary
                advance(done, len(asked))
        if not found:
            raise NotThereError(table, "de bron gaf geen enkel gebied.", CHANGED)
        return [found[code] for code in sorted(found)]

    def _features(self, table: str, address: str, first: Mapping[str, str]) -> list[dict[str, Any]]:
        """The features of a collection page after page, as many as the service counts and none
        twice."""
        found: dict[str, dict[str, Any]] = {}
        parameters: dict[str, str] | None = dict(first)
        expected, received = None, 0
        asked: set[str] = set()
        while parameters is not None:
            page, modified = self.web.ask(
                table,
                address,
                parameters,
                lambda reply: (_collection(parsed(reply.body)), reply.validators.modified),
                kinds=("json",),
            )
            self._modified[table].add(modified)
            received += len(page["features"])
            bound_list(table, received, len(asked))
            for number, feature in enumerate(page["features"]):
                found[str(feature.get("id") or f"{received}-{number}")] = feature
            expected = next(
                (page[name] for name in _COUNT if isinstance(page.get(name), int)), expected
            )
            parameters = _next(page, parameters, received, expected)
            mark = json.dumps(parameters, sort_keys=True)
            if parameters is not None and mark in asked:
                raise FigureFileError(
                    table, "de bron verwijst steeds naar dezelfde bladzijde.", LATER
                )
            asked.add(mark)
        if expected is not None and len(found) != expected or len(found) != received:
            raise FigureFileError(
                table, f"{len(found)} van de {expected or received} gebieden ontvangen.", LATER
            )
        return list(found.values())


def _collection(page: Any) -> dict[str, Any]:
    features = page.get("features") if isinstance(page, dict) else None
    if not isinstance(features, list) or not all(
        isinstance(f, dict) and isinstance(f.get("properties"), dict) for f in features
    ):
        raise TryAgainError("het antwoord is geen verzameling van gebieden (GeoJSON)")
    collection: dict[str, Any] = page
    return collection


def _next(
    page: Mapping[str, Any], parameters: Mapping[str, str], received: int, expected: int | None
) -> dict[str, str] | None:
    links = page.get("links")
    if isinstance(links, list):
        link = next(
            (e.get("href") for e in links if isinstance(e, dict) and e.get("rel") == "next"), None
        )
        return {**parameters, **dict(parse_qsl(urlsplit(link).query))} if link else None
    if "count" not in parameters or not page["features"]:
        return None
    if (
        received >= expected
        if expected is not None
        else len(page["features"]) < int(parameters["count"])
    ):
        return None
    return {**parameters, "startIndex": str(received)}


def _boundary(table: str, feature: Mapping[str, Any]) -> Boundary | None:
    """The area of a feature; None for water and for what has no boundary."""
    said = {name.lower(): value for name, value in feature["properties"].items()}
    if str(said.get("water", "NEE")).upper() in ("JA", "B"):
        return None
    code, name = _code_and_name(said)
    if not code:
        raise FigureFileError(
            table, f"een gebied heeft geen code ({', '.join(sorted(said))[:80]}).", CHANGED
        )
    if not feature.get("geometry"):
        return None
    try:
        geometry = shapely.make_valid(shape(feature["geometry"]))
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FigureFileError(table, f"de grens van {code} is beschadigd.", LATER) from error
    west, south, east, north = geometry.bounds if not geometry.is_empty else (0, 0, 0, 0)
    if not (2 < west <= east < 8 and 50 < south <= north < 54.5):
        raise FigureFileError(
            table, f"de grens van {code} ligt niet in Nederland (graden verwacht).", CHANGED
        )
    return Boundary(code, name, geometry)


def _code_and_name(said: Mapping[str, Any]) -> tuple[str, str]:
    """The finest of the codes: a neighbourhood also names its district and municipality."""
    for layer in ("buurt", "wijk", "gemeente"):
        if code := str(said.get(f"{layer}code") or "").strip():
            return code, str(said.get(f"{layer}naam") or code).strip()
    return (
        str(said.get("statcode") or "").strip(),
        str(said.get("statnaam") or said.get("statcode") or "").strip(),
    )


def simplified(geometry: BaseGeometry) -> BaseGeometry:
    """A boundary with no more detail than a map shows; never an empty one."""
    smaller = shapely.set_precision(shapely.simplify(geometry, TOLERANCE), 10.0**-DECIMALS)
    return geometry if smaller.is_empty else smaller


def delivery(
    year: int, boundaries: Sequence[Boundary], address: str, published_at: str = ""
) -> Delivery:
    """The areas of a year for the archive, each with a point that lies in it."""
    inside = [boundary.geometry.representative_point() for boundary in boundaries]
    columns = {
        "code": np.array([b.code for b in boundaries], dtype=object),
        "name": np.array([b.name for b in boundaries], dtype=object),
        "level": np.array([cbs_level(b.code) for b in boundaries], dtype=object),
        "parent": np.array([cbs_parent(b.code) for b in boundaries], dtype=object),
        "latitude": np.array([round(point.y, 6) for point in inside]),
        "longitude": np.array([round(point.x, 6) for point in inside]),
        "geometry": np.array(
            [
                json.dumps(as_geojson(simplified(b.geometry)), separators=(",", ":"))
                for b in boundaries
            ],
            dtype=object,
        ),
    }
    made = Draft(
        source="pdok",
        table=f"gebieden-{year}",
        title=f"Grenzen van gemeenten, wijken en buurten, {year}",
        content="areas",
        sha256=digest(columns),
        address=address,
        licence=LICENCE,
        attribution="CBS, Kadaster (PDOK)",
        published_at=published_at,
    )
    return Delivery(made, one_batch(columns), len(boundaries))


def read_boundaries(columns: Mapping[str, np.ndarray]) -> Iterator[Boundary]:
    """Areas of the archive that have a boundary."""
    for code, name, geometry in zip(
        columns["code"], columns["name"], columns["geometry"], strict=True
    ):
        if geometry:
            yield Boundary(str(code), str(name), shapely.make_valid(shape(json.loads(geometry))))
