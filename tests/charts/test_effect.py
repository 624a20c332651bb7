"""Charts of an effect: observed against expected, and who is who on the map."""

import json
import math

from koers.charts.effect import effect_chart
from koers.charts.maps import AreaFigure, area_map
from koers.charts.roles import LETTERS, ROLES, AreaRole, role_map


def chart():
    labels = [f"2025-{m:02d}" for m in range(1, 7)]
    return effect_chart(
        "x", "Inbraak", labels, [4, 5, 6, 2, 1, 0], [4, 5, 6, 5, 5, math.nan], "2025-04"
    )


def test_the_chart_of_an_effect_says_when_it_began_and_what_was_awaited():
    found = chart()
    assert "begin maatregel" in found.svg
    assert "verwacht zonder de maatregel" in found.svg
    assert "vanaf april 2025" in found.description
    assert [row[3] for row in found.rows] == [False] * 3 + [True] * 3


def test_its_table_has_every_month_and_a_gap_for_what_is_not_known():
    assert chart().rows[-1] == ("juni 2025", 0, None, True)


def place(code, role, x, boundary=True):
    ring = [[x, 52.0], [x + 0.01, 52.0], [x + 0.01, 52.01], [x, 52.01], [x, 52.0]]
    geometry = json.dumps({"type": "Polygon", "coordinates": [ring]}) if boundary else ""
    return AreaRole(code, f"Buurt {code}", role, "Dorp", geometry, 52.005, x + 0.005)


def test_roles_are_told_apart_without_colour_too():
    areas = [place(str(i), role, 4 + i / 100) for i, role in enumerate(ROLES)]
    found = role_map("m", "Gebieden", areas)
    for letter in filter(None, LETTERS):
        assert f">{letter}<" in found.svg
    assert found.description.startswith("Met de maatregel: Buurt 0; ring eromheen: Buurt 1")
    assert [row[2] for row in found.rows] == list(ROLES[:3])


def test_areas_without_boundary_are_circles_and_without_a_place_are_named():
    lost = AreaRole("z", "Nergens", ROLES[1])
    found = role_map(
        "m", "Gebieden", [place("a", ROLES[0], 4.0, False), place("b", ROLES[1], 4.1, False), lost]
    )
    assert found.svg
    assert found.missing == ("Nergens",)
    assert "Niet op de kaart: Nergens" in found.description


def test_a_map_without_areas_is_not_drawn():
    assert role_map("m", "Gebieden", []).svg == ""


def test_clusters_have_a_dashed_edge_on_shapes_and_on_circles():
    for boundary in (True, False):
        areas = [
            AreaFigure(
                p.code, p.name, 3.0, p.geometry, p.latitude, p.longitude, clustered=p.code == "0"
            )
            for p in (place(str(i), ROLES[0], 4 + i / 100, boundary) for i in range(3))
        ]
        drawn = area_map("k", "Kaart", areas, unit="aantal").svg
        assert drawn.count('stroke-dasharray="6,4"') == 1
