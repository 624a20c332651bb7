"""Whatever is written for Dutch Excel is read back as it was."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.figures.text import as_meant
from koers.tables.writing.csv import rows_to_csv
from tests.examples import examples

texts = st.text(st.characters(codec="utf-8"), max_size=8) | st.text(
    alphabet="=+-@'\t\r\n;\",0é", max_size=5
)
counts = st.none() | st.integers(-(10**17), 10**17)
numbers = st.none() | st.floats(allow_infinity=False)


def read(raw: bytes) -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    )


def number(cell: str) -> float:
    return math.nan if cell == "" else float(cell.replace(",", "."))


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(texts, counts, numbers, st.booleans()), max_size=5))
def test_texts_counts_numbers_and_yes_and_no_come_back_exactly(rows):
    header, *found = read(rows_to_csv(("Naam", "=Aantal", "Getal", "Ja"), rows))
    assert [as_meant(name) for name in header] == ["Naam", "=Aantal", "Getal", "Ja"]
    assert len(found) == len(rows)
    for (text, count, value, yes), cells in zip(rows, found, strict=True):
        assert as_meant(cells[0]) == text
        assert cells[1] == ("" if count is None else str(count))
        assert number(cells[2]) == value or (
            math.isnan(number(cells[2])) and (value is None or math.isnan(value))
        )
        assert cells[3] == ("ja" if yes else "nee")


@settings(max_examples=examples(100))
@given(texts)
def test_no_cell_starts_a_formula(text):
    assert not read(rows_to_csv((text,), [(text,)]))[1][0].startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n")
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (None, ""),
        (math.nan, ""),
        (np.nan, ""),
        (np.float64(1.5), "1,5"),
        (np.float32(1.5), "1,5"),
        (np.int64(7), "7"),
        (np.True_, "ja"),
        (Decimal("2.50"), "2,5"),
        (1e-7, "1e-07"),
        (1 / 3, "0,3333333333333333"),
        (12345678901234.5, "12345678901234,5"),
        (math.inf, "oneindig"),
        ("0397", "0397"),
        (date(2026, 3, 9), "2026-03-09"),
        (datetime(2026, 3, 9, 14, 5, tzinfo=UTC), "2026-03-09 14:05"),
    ],
)
def test_each_kind_of_value_has_its_own_way(value, cell):
    assert read(rows_to_csv(("x", "y"), [(value, 1)]))[1][0] == cell
