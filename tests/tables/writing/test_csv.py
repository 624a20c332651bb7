"""CSV that Dutch Excel opens."""

import math
from datetime import date

import pytest

from koers.tables.writing.csv import rows_to_csv


def lines(rows):
    raw = rows_to_csv(("Gebied", "Aantal"), rows)
    assert raw.startswith(b"\xef\xbb\xbf")
    return raw.decode("utf-8-sig").split("\r\n")


def test_semicolon_decimal_comma_and_a_mark_in_front():
    assert lines([("Café", 1.5), ("Oost", 3)]) == ["Gebied;Aantal", "Café;1,5", "Oost;3", ""]


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_no_figure_is_an_empty_cell_and_no_zero(nothing):
    assert lines([("Oost", nothing), ("West", 0)])[1:3] == ["Oost;", "West;0"]


@pytest.mark.parametrize("text", ["=1+1", "+31", "-x", "@SUM(A1)", "\tx"])
def test_a_text_that_looks_like_a_formula_is_defused(text):
    assert lines([(text, 1)])[1].lstrip('"').startswith(f"'{text}")


def test_a_negative_number_is_no_formula():
    assert lines([("Oost", -2.5), ("West", -3)])[1:3] == ["Oost;-2,5", "West;-3"]


def test_yes_no_and_days():
    assert lines([(True, False), (date(2025, 3, 11), "")])[1:3] == ["ja;nee", "2025-03-11;"]


def test_a_separator_in_a_text_stays_within_its_cell():
    assert lines([('Noord; "Oud"', 1)])[1] == '"Noord; ""Oud""";1'
