"""Degrees are no metres, and a longitude is no latitude: `koers scan` says so."""

import numpy as np
import pytest


@pytest.fixture
def scan(koers, tmp_path):
    def run(x, y, *arguments):
        chance = np.random.default_rng(1)
        rows = ["area,x,y,cases,population"] + [
            f"G{n},{a:.5f},{b:.5f},{chance.poisson(3)},1000"
            for n, (a, b) in enumerate(zip(x, y, strict=True))
        ]
        file = tmp_path / "gevallen.csv"
        file.write_text("\n".join(rows))
        done = koers("scan", file, "--replicates", "9", *arguments)
        return done.returncode, done.stderr

    return run


EAST, NORTH = np.linspace(4.55, 4.67, 30), np.linspace(52.3, 52.4, 30)


def test_degrees_without_the_option_are_refused_with_what_to_do(scan):
    code, said = scan(EAST, NORTH)
    assert code == 2 and "dit zijn graden" in said and "Geef --geographic" in said


@pytest.mark.parametrize("arguments", [(), ("--geographic",)])
def test_axes_that_are_swapped_are_refused_with_what_to_do(scan, arguments):
    code, said = scan(NORTH, EAST, *arguments)
    assert code == 2 and "verwisseld" in said
    assert ("geef --geographic" in said) == (not arguments)


def test_degrees_with_the_option_and_metres_without_are_taken(scan):
    assert scan(EAST, NORTH, "--geographic")[0] == 0
    assert scan(EAST * 20_000, NORTH * 9_000)[0] == 0
    assert scan(np.arange(30.0), np.arange(30.0) * 3)[0] == 0


@pytest.mark.parametrize("stray", [(0.0, 0.0), (103_000.0, 488_000.0), (5.1, 5_230.0)])
def test_one_row_that_is_no_place_does_not_make_the_others_metres(scan, stray):
    code, said = scan([stray[0], *EAST], [stray[1], *NORTH])
    assert code == 2 and "dit zijn graden" in said
    assert scan([stray[0], *NORTH], [stray[1], *EAST])[0] == 2


def test_the_national_grid_with_its_axes_swapped_is_refused(scan):
    east, north = np.linspace(98_000, 104_000, 30), np.linspace(484_000, 490_000, 30)
    code, said = scan(north, east)
    assert code == 2 and "verwisseld" in said and "Rijksdriehoek" in said
    assert scan(east, north)[0] == 0


@pytest.mark.parametrize("swapped", [False, True])
def test_the_national_grid_in_kilometres_is_refused_with_what_to_do(scan, swapped):
    east, north = np.linspace(98, 104, 30), np.linspace(484, 490, 30)
    code, said = scan(*((north, east) if swapped else (east, north)))
    assert code == 2 and "kilometers" in said and "Vermenigvuldig x en y met 1000" in said
    assert scan(east * 1000, north * 1000)[0] == 0


def test_degrees_of_the_islands_are_degrees(scan):
    code, said = scan(EAST - 72.85, NORTH - 40.2)
    assert code == 2 and "Geef --geographic" in said
