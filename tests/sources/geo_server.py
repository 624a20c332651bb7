"""PDOK and BRON on this machine: two years of boundaries, and a zip of accidents."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import parse_qs, urlsplit

from tests.sources.server import NOT_FOUND, Answer

WEST, SOUTH, STEP = 4.60, 52.30, 0.01


def square(column: float, row: float, width: float = 1.0, height: float = 1.0) -> dict:
    """A rectangle on a grid of a hundredth of a degree."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    east, north = west + width * STEP, south + height * STEP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str, name: str, geometry: dict | None, water: str = "NEE") -> dict:
    layer = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}[code[:2]]
    properties = {
        f"{layer}code": code,
        f"{layer}naam": name,
        "gemeentecode": f"GM{code[2:6]}",
        "water": water,
    }
    return {"type": "Feature", "id": code + water, "properties": properties, "geometry": geometry}


def year_2024() -> list[dict]:
    return [
        feature("GM9001", "Waterdorp", square(0, 0, 4, 1)),
        feature("WK900100", "Wijk 00", square(0, 0, 4, 1)),
        feature("BU90010000", "West", square(0, 0)),
        feature("BU90010001", "Midden", square(1, 0)),
        feature("BU90010002", "Oost", square(2, 0, 2, 1)),
        feature("BU90010000", "West", square(9, 9), water="JA"),
    ]


def year_2025() -> list[dict]:
    """Midden got a new code, Oost was split."""
    return [
        feature("GM9001", "Waterdorp", square(0, 0, 4, 1)),
        feature("WK900100", "Wijk 00", square(0, 0, 4, 1)),
        feature("BU90010000", "West", square(0, 0)),
        feature("BU90010009", "Midden", square(1, 0)),
        feature("BU90010003", "Oost-west", square(2, 0)),
        feature("BU90010004", "Oost-oost", square(3, 0)),
    ]


def pdok(years: dict[int, list[dict]], page: int = 2):
    """Answers as PDOK's OGC API does: pages by a cursor in the next link."""

    def answer(path: str) -> Answer:
        split = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        parts = split.path.strip("/").split("/")
        year = next((y for y in years if f"wijken-en-buurten-{y}" in parts), None)
        if year is None or "items" not in parts:
            return NOT_FOUND
        prefix = {"gemeenten": "GM", "wijken": "WK", "buurten": "BU"}[parts[-2]]
        found = [f for f in years[year] if f["id"].startswith(prefix)]
        if code := asked.get("gemeentecode"):
            found = [f for f in found if f["properties"]["gemeentecode"] == code]
        start = int(asked.get("cursor", "0"))
        shown = found[start : start + page]
        links = [{"rel": "self", "href": path}]
        if start + page < len(found):
            links.append(
                {
                    "rel": "next",
                    "href": f"http://internal.invalid{split.path}?f=json&cursor={start + page}",
                }
            )
        body = {
            "type": "FeatureCollection",
            "features": shown,
            "links": links,
            "numberReturned": len(shown),
        }
        return Answer(kind="application/geo+json", body=json.dumps(body).encode())

    return answer


def wfs(features: list[dict], page: int = 2):
    """Answers as a WFS does: pages by count and startIndex, codes as statcode."""

    def answer(path: str) -> Answer:
        asked = {name.lower(): values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        prefix = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}[asked["typenames"].split("_")[0]]
        found = [
            {
                **f,
                "properties": {
                    "statcode": f["id"][:10] if prefix == "BU" else f["id"].removesuffix("NEE"),
                    "statnaam": "x",
                },
            }
            for f in features
            if f["id"].startswith(prefix) and f["properties"]["water"] == "NEE"
        ]
        start = int(asked.get("startindex", "0"))
        shown = found[start : start + page]
        body = {"type": "FeatureCollection", "features": shown, "numberMatched": len(found)}
        return Answer(kind="application/json", body=json.dumps(body).encode())

    return answer


def accident_zip(
    year: int,
    accidents: list[tuple],
    *,
    delimiter: str = ",",
    comma: bool = False,
    encoding: str = "utf-8",
) -> bytes:
    """``accidents``: (number, severity, kinds of parties, x, y or None). The municipality is always
    number 9001."""

    def number(value: float) -> str:
        text = f"{value:.3f}"
        return text.replace(".", ",") if comma else text

    def table(*rows: tuple) -> bytes:
        return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows).encode(
            encoding
        )

    kinds = {
        "1": "Personenauto",
        "64": "Fiets",
        "66": "E-bike",
        "71": "Voetganger",
        "5": "Bromfiets",
        "9": "Boom (café)",
    }
    places = {f"P{n}": (x, y) for n, _, _, x, y in accidents if x is not None}
    files = {
        "Ongevallengegevens/ongevallen.txt": table(
            ("VKL_NUMMER", "JAAR_VKL", "AP3_CODE", "FK_VELD5", "GME_ID"),
            *(
                (n, year, severity, f"P{n}" if x is not None else "", "9001")
                for n, severity, _, x, _ in accidents
            ),
        ),
        "Ongevallengegevens/partijen.txt": table(
            ("PTJ_ID", "VKL_NUMMER", "OTE_ID"),
            *((k, n, kind) for n, _, parties, _, _ in accidents for k, kind in enumerate(parties)),
        ),
        "Netwerkgegevens/puntlocaties.txt": table(
            ("FK_VELD5", "X_COORD", "Y_COORD"),
            *((name, number(x), number(y)) for name, (x, y) in places.items()),
        ),
        "ReferentiebestandenOngevallen/objecttypes.txt": table(
            ("OTE_ID", "OTE_OMS"), *kinds.items()
        ),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"01-01-{year}_31-12-{year}/{name}", content)
    return held.getvalue()
