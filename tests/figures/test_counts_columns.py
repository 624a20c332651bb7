"""The cells of a user's long CSV, read by DuckDB or, where that gives up, row by row: the same
either way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.figures.counts_columns import CountsFileError, Source
from tests.examples import examples

CELLS = st.text(alphabet=' aé,;"1.\u00a0', max_size=4)


def source(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "telling.csv"
    file.write_bytes(text.encode(encoding))
    return Source(file)


def of(column):
    return [column.texts[code] for code in column.codes]


def test_texts_stand_in_order_of_appearance_without_the_spaces_around_them(tmp_path):
    found = source(tmp_path, "area;count\n b ;1\na;2\nb\u00a0;1\n").columns(["area", "count"])
    assert found["area"].texts == ("b", "a")
    assert found["area"].codes.tolist() == [0, 1, 0]
    assert of(found["count"]) == ["1", "2", "1"]


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_the_fast_way_and_the_slow_way_agree(tmp_path_factory, rows):
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([("area", "count"), *rows])
    found = source(tmp_path_factory.mktemp("csv"), out.getvalue())
    fast, slow = found._fast(["area", "count"]), found._slow(["area", "count"])
    if fast is None:
        return
    for name in ("area", "count"):
        assert of(fast[name]) == of(slow[name])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings_and_empty_rows_and_columns_behind_the_header_do_not_matter(tmp_path, encoding):
    text = "area;count;;\r\nCafé;3;;\r\n;;;\r\nBuurt;4;;\r\n"
    found = source(tmp_path, text, encoding).columns(["area", "count"])
    assert of(found["area"]) == ["Café", "Buurt"]
    assert of(found["count"]) == ["3", "4"]


def test_a_quoted_delimiter_and_a_newline_within_a_cell_are_part_of_it(tmp_path):
    found = source(tmp_path, 'area,count\n"Noord, en\nZuid",3\nWest,4\n')
    assert of(found.columns(["area", "count"])["area"])[-1] == "West"
    # The row of West ends on the fourth line of the file.
    assert found.line(1) == 4


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        ("", 1, "leeg"),
        ("area,count\n", 2, "geen rijen"),
        ("area,area\nx,1\n", 1, "twee keer"),
        ("area,count\nx,1\ny\n", 3, "1 kolommen"),
        ("area,count\nx,1\ny,2,3\n", 3, "3 kolommen"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_row(tmp_path, text, row, says):
    with pytest.raises(CountsFileError, match=rf"rij {row}\b.*{says}"):
        source(tmp_path, text).columns(["area", "count"])


def test_many_rows_hold_few_texts(tmp_path):
    rows = "".join(f"gebied {i % 7},{i % 3}\n" for i in range(5000))
    found = source(tmp_path, "area,count\n" + rows).columns(["area", "count"])
    assert len(found["area"].texts) == 7
    np.testing.assert_array_equal(found["count"].codes, np.arange(5000) % 3)
