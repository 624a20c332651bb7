"""A very small invented country in the shape of the police and CBS tables."""

from __future__ import annotations

from tests.sources.odata_server import Table, table

MUNICIPALITIES = {"GM9001": "Waterdorp", "GM9002": "Bosdorp", "GM9003": "Heidedorp"}
NEIGHBOURHOODS = {
    f"BU9{m:03d}{d:02d}{b:02d}": f"Buurt {m}-{d}-{b}"
    for m in (1, 2, 3)
    for d in (0, 1)
    for b in range(4)
}
DISTRICTS = {f"WK9{m:03d}{d:02d}": f"Wijk {m}-{d}" for m in (1, 2, 3) for d in (0, 1)}
CRIME = {
    "0.0.0": "Totaal misdrijven",
    "1.1.1": "1.1.1 Diefstal/inbraak woning",
    "2.2.1": "2.2.1 Vernieling",
}
NUISANCE = {"0.0.0": "Totaal registraties overlast", "E35": "Melding overlast jeugd"}
YEARS = range(2022, 2027)
MONTHS = {
    f"{y}MM{m:02d}": "Definitief" for y in YEARS for m in range(1, 13) if (y, m) <= (2026, 10)
}
PERIODS = MONTHS | {f"{y}JJ00": "Voorlopig" if y >= 2025 else "Definitief" for y in YEARS}
UNPUBLISHED = "2.2.1"


def count(topic: str, area: str, period: str) -> float | None:
    """The true figure: a number that follows from its place; one kind is not published for one
    month."""
    if (topic, period) == (UNPUBLISHED, "2026MM03"):
        return None
    base = sum(ord(letter) * (k + 1) for k, letter in enumerate(topic + area + period))
    return base % 7 if area.startswith("BU") else 100 + base % 97


def _crime(area_kind: str, area_name: str, areas: dict[str, str], width: int) -> Table:
    rows = [(t, a, p, count(t, a, p)) for t in CRIME for a in areas for p in PERIODS]
    return table(
        ("SoortMisdrijf", CRIME),
        (area_name, area_kind, areas),
        PERIODS,
        "GeregistreerdeMisdrijven_1",
        rows,
        area_width=width,
    )


def _nuisance(area_kind: str, area_name: str, areas: dict[str, str], width: int) -> Table:
    rows = [(t, a, p, count(t, a, p)) for t in NUISANCE for a in areas for p in PERIODS]
    return table(
        ("Overlast", NUISANCE),
        (area_name, area_kind, areas),
        PERIODS,
        "GeregistreerdeOverlast_1",
        rows,
        area_width=width,
    )


def police_tables() -> dict[str, Table]:
    small = (
        {"NL00": "Nederland"}
        | MUNICIPALITIES
        | DISTRICTS
        | NEIGHBOURHOODS
        | {"GM0000": "Niet in te delen"}
    )
    large = {"NL01": "Nederland", "RE09": "Eenheid (RE)"} | MUNICIPALITIES
    return {
        "47018NED": _crime("GeoDetail", "WijkenEnBuurten", small, 10),
        "47022NED": _crime("GeoDetail", "WijkenEnBuurten", small, 10),
        "47013NED": _crime("GeoDimension", "RegioS", large, 6),
        "47021NED": _nuisance("GeoDimension", "RegioS", large, 6),
        "47024NED": _nuisance("GeoDetail", "WijkenEnBuurten", small, 10),
    }


def statline_tables() -> dict[str, Table]:
    areas = {"NL00": "Nederland"} | MUNICIPALITIES | DISTRICTS | NEIGHBOURHOODS
    rows = [("", code, "", 1000.0 + 10 * k) for k, code in enumerate(areas)]
    return {
        "85984NED": table(
            None, ("WijkenEnBuurten", "GeoDetail", areas), {}, "AantalInwoners_5", rows
        )
    }
