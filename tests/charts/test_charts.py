"""Charts and maps: words, tables and drawings that say the same."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from koers.charts import (
    AreaFigure,
    Expected,
    Line,
    Strip,
    area_map,
    comparison_chart,
    lines_chart,
    trend_chart,
)

NAN = math.nan
SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [f"2024-{m:02d}" for m in range(1, 13)]
HOSTILE = "</text><script>alert(1)</script> \"Oud\" & 'Nieuw' <b>"


def square(x, y):
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def trend(title="Inbraak", observed=None, **more):
    counts = observed or [1234, 900, 1100, 1250, 800, 700, 950, 1000, 1150, 1200, 1300, 1900]
    return trend_chart(
        "trend-1", title, MONTHS, counts, Expected([1000.5] * 12, [800] * 12, [1200] * 12), **more
    )


def lines(name="Eigen gemeente", title="Naast andere"):
    own, other = Line(name, [1.5, 2.25, NAN, 3], own=True), Line("Buur", [2, 2, 2, 2])
    band = ("middelste 80 %", [1, 1, 1, 1], [4, 4, 4, 4])
    return lines_chart(
        "lijnen-1",
        title,
        ["2021", "2022", "2023", "2024"],
        [own, other],
        band=band,
        unit="per 1.000",
    )


def strips(name="Eigen buurt", title="Naast elkaar"):
    known = [
        Strip(name, 12.34, 10, 15, own=True),
        Strip("Andere", 20, 18, 22),
        Strip("Zonder", NAN, NAN, NAN),
    ]
    return comparison_chart("staven-1", title, known, unit="per 1.000 inwoners")


def shapes(name="Centrum", title="Op de kaart"):
    areas = [
        AreaFigure("B1", name, 1234.0, square(4.6, 52.3)),
        AreaFigure("B2", "Rand", 5.0, square(4.61, 52.3)),
        AreaFigure("B3", "Leeg", NAN, square(4.62, 52.3)),
    ]
    return area_map("kaart-1", title, areas, unit="geregistreerd")


def circles(name="Centrum", title="Op de kaart"):
    areas = [
        AreaFigure("B1", name, 12.0, latitude=52.3, longitude=4.6),
        AreaFigure("B2", "Rand", 0.0, latitude=52.31, longitude=4.62),
        AreaFigure("B3", "Nergens", 3.0),
    ]
    return area_map("kaart-2", title, areas, unit="geregistreerd")


EVERY = pytest.mark.parametrize(
    "make", [trend, lines, strips, shapes, circles], ids=lambda f: f.__name__
)


def texts(svg):
    return ["".join(t.itertext()) for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@EVERY
def test_a_drawing_is_an_image_with_title_and_description(make):
    chart = make()
    root = ElementTree.fromstring(chart.svg)
    assert root.get("role") == "img"
    ids = {element.get("id"): element for element in root if element.get("id")}
    title, description = (ids[name] for name in root.get("aria-labelledby").split())
    assert (title.tag, title.text) == (f"{SVG}title", chart.title)
    assert (description.tag, description.text) == (f"{SVG}desc", chart.description)
    assert len(chart.description) > 20


@EVERY
def test_nothing_inside_is_announced_in_english(make):
    svg = make().svg
    assert svg.count("role=") == 1
    assert svg.count("aria-") == 1
    assert not re.search(r"axis titled|line mark|graphics-", svg)


@EVERY
def test_the_same_content_gives_the_same_bytes(make):
    from koers.charts.render import _render

    first = make().svg
    _render.cache_clear()
    trend("Iets anders")
    _render.cache_clear()
    assert make().svg == first


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_same_bytes_in_another_process_and_time_zone(zone):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from tests.charts.test_charts import trend; sys.stdout.write(trend().svg)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "TZ": zone, "LC_ALL": "C", "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout == trend().svg


@EVERY
def test_a_hostile_name_is_shown_and_never_run(make):
    chart = make(title=HOSTILE) if make is trend else make(HOSTILE, HOSTILE)
    root = ElementTree.fromstring(chart.svg)
    assert not [e for e in root.iter() if e.tag.endswith(("script", "}b"))]
    assert root.find(f"{SVG}title").text == HOSTILE
    ElementTree.fromstring(chart.standalone)


@EVERY
def test_two_drawings_on_one_page_share_no_id(make):
    one = set(re.findall(r'\bid="([^"]+)"', make().svg))
    other = set(
        re.findall(
            r'\bid="([^"]+)"',
            trend_chart("anders", "X", MONTHS, [1.0] * 12, Expected(*[[1.0] * 12] * 3)).svg,
        )
    )
    assert one
    assert not one & other


def test_numbers_and_months_are_dutch():
    drawn = trend()
    assert "2.000" in texts(drawn.svg) or "1.500" in texts(drawn.svg)
    assert not [t for t in texts(drawn.svg) if re.fullmatch(r"\d+,\d{3}", t)]
    assert "1.900" in drawn.description
    assert "1.000,5" in drawn.description
    assert drawn.rows[0][0] == "januari 2024"
    assert any(t.startswith(("jan", "okt", "mrt", "mei")) for t in texts(drawn.svg))


def test_the_table_holds_every_value_that_is_drawn():
    drawn = trend(provisional=[False] * 11 + [True])
    assert drawn.columns == (
        "Periode",
        "Geteld",
        "Verwacht",
        "Ondergrens 95 %",
        "Bovengrens 95 %",
        "Voorlopig",
    )
    assert drawn.rows[0] == ("januari 2024", 1234, 1000.5, 800, 1200, False)
    assert drawn.rows[-1] == ("december 2024", 1900, 1000.5, 800, 1200, True)
    assert len(drawn.rows) == 12


def test_what_is_not_published_is_a_gap_in_the_line_and_no_zero():
    counts = [5.0, 6, 7, NAN, 8, 9, 5, 6, 7, 8, 9, 10]
    drawn = trend(observed=counts)
    assert drawn.rows[3][1] is None
    whole = trend(observed=[c if c == c else 7.0 for c in counts])
    zero = trend(observed=[c if c == c else 0.0 for c in counts])

    def pen_lifts(chart):
        paths = [
            p.get("d")
            for p in ElementTree.fromstring(chart.svg).iter(f"{SVG}path")
            if p.get("stroke") == "#1b2733"
        ]
        return max(d.count("M") for d in paths if d and "L" in d)

    assert pen_lifts(drawn) == 2
    assert pen_lifts(whole) == pen_lifts(zero) == 1


def test_a_series_without_any_figure_says_so():
    empty = [NAN] * 12
    drawn = trend_chart("leeg", "Leeg", MONTHS, empty, Expected(empty, empty, empty))
    assert drawn.description == "Er zijn geen cijfers in deze periode."
    assert all(row[1] is None for row in drawn.rows)


def test_lines_name_the_last_known_value_of_each():
    drawn = lines()
    assert "Eigen gemeente 3,0" in drawn.description
    assert drawn.rows[2] == ("2023", None, 2, 1, 4)


def test_strips_are_sorted_and_say_the_place_of_the_own_area():
    drawn = strips()
    assert [row[0] for row in drawn.rows] == ["Andere", "Eigen buurt"]
    assert "plaats 2 van 2" in drawn.description
    assert drawn.missing == ("Zonder",)


def test_a_map_draws_boundaries_and_tells_no_figure_from_zero():
    drawn = shapes()
    assert [row[1] for row in drawn.rows] == [1234, 5, None]
    assert "geen cijfer" in texts(drawn.svg)
    assert "1.234" in drawn.description
    assert drawn.missing == ()


def test_without_boundaries_a_map_has_circles_and_names_what_it_cannot_place():
    drawn = circles()
    assert {"Centrum", "Rand"} <= set(texts(drawn.svg))
    assert drawn.missing == ("Nergens",)
    assert "Niet op de kaart, wel in de tabel: Nergens." in drawn.description
    assert [row[0] for row in drawn.rows] == ["Centrum", "Rand", "Nergens"]


def test_a_sliver_or_a_missing_boundary_does_not_break_the_map():
    sliver = json.dumps(
        {"type": "Polygon", "coordinates": [[[4.6, 52.3], [4.6, 52.3], [4.6, 52.3]]]}
    )
    areas = [
        AreaFigure("B1", "Goed", 3.0, square(4.6, 52.3)),
        AreaFigure("B2", "Ook goed", 3.0, square(4.61, 52.3)),
        AreaFigure("B3", "Splinter", 2.0, sliver),
        AreaFigure("B4", "Zonder", 1.0, ""),
    ]
    drawn = area_map("k", "K", areas, unit="geregistreerd")
    assert drawn.missing == ("Splinter", "Zonder")
    assert len(drawn.rows) == 4


def test_a_map_without_any_place_has_no_drawing_but_its_table():
    drawn = area_map("k", "K", [AreaFigure("B1", "Nergens", 3.0)], unit="geregistreerd")
    assert drawn.svg == ""
    assert drawn.rows == (("Nergens", 3),)


def test_a_file_of_its_own_stands_on_white_and_is_whole():
    file = trend().standalone
    root = ElementTree.fromstring(file)
    assert file.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert root[0].get("fill") == "#fff"


def test_provisional_periods_lie_on_hatched_ground_and_others_do_not():
    late = trend(provisional=[False] * 10 + [True] * 2).svg
    assert late.count("<pattern") == 1
    identity = late.split('<pattern id="')[1].split('"')[0]
    assert f"url(#{identity})" in late
    assert "<pattern" not in trend(provisional=[False] * 12).svg
