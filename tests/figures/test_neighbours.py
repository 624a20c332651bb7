"""Which areas lie beside each other."""

import json

from koers.figures.areas import Area
from koers.figures.neighbours import neighbours


def square(code, x, y, municipality="GM1", size=0.01, boundary=True):
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    geometry = json.dumps({"type": "Polygon", "coordinates": [ring]}) if boundary else ""
    return Area(code, code, "neighbourhood", municipality, y + size / 2, x + size / 2, geometry)


def grid(boundary=True):
    return [
        square(
            f"{row}{column}",
            4 + 0.01 * column,
            52 + 0.01 * row,
            f"GM{column // 2}",
            boundary=boundary,
        )
        for row in range(4)
        for column in range(4)
    ]


def test_the_neighbours_are_the_areas_that_touch_also_across_the_municipal_boundary():
    assert set(neighbours(grid(), ["11"])) == {"00", "01", "02", "10", "12", "20", "21", "22"}


def test_an_area_of_the_measure_itself_is_no_neighbour():
    assert "12" not in neighbours(grid(), ["11", "12"])


def test_a_sliver_between_simplified_boundaries_does_not_part_neighbours():
    areas = [square("a", 4.0, 52.0), square("b", 4.01 + 0.0003, 52.0), square("c", 4.03, 52.0)]
    assert neighbours(areas, ["a"]) == ("b",)


def test_without_boundaries_the_centres_decide_and_what_is_far_away_is_no_neighbour():
    areas = [*grid(boundary=False), square("far", 5.5, 52.0, boundary=False)]
    found = set(neighbours(areas, ["11"]))
    assert {"01", "10", "12", "21"} <= found
    assert not found & {"33", "far", "11"}


def test_a_broken_boundary_is_as_none():
    broken = Area("x", "x", "neighbourhood", "GM1", 52.005, 4.015, '{"type": "Polygon"}')
    assert neighbours([square("a", 4.0, 52.0), broken], ["a"]) == ("x",)


def test_areas_without_a_place_have_no_neighbours():
    lost = Area("x", "x", "neighbourhood", "GM1", None, None, "")
    assert neighbours([square("a", 4.0, 52.0), lost], ["x"]) == ()
