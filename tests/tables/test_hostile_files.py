"""A file that would take all memory or all time is refused in plain words, within seconds, and the
process lives."""

import os
import time

import pytest

from koers.tables.reading import apart, book, grid
from koers.tables.reading.size import BookError, demand_readable
from tests.tables import hostile

SECONDS = 100
"""More than a helper may take, on a busy machine."""


def abort(path, suffix):
    os.abort()


@pytest.fixture
def kept(tmp_path):
    def keep(content: bytes, suffix: str):
        path = tmp_path / f"table{suffix}"
        path.write_bytes(content)
        return path, suffix

    return keep


@pytest.mark.parametrize(
    ("content", "suffix", "said"),
    [
        (hostile.far_corner, ".xlsx", "meer dan 200.000 rijen"),
        (hostile.repeated_ods, ".ods", "meer dan 200.000 rijen"),
        (lambda: hostile.repeated_ods(1_000, 100_000), ".ods", "meer dan 200 kolommen"),
        (lambda: hostile.repeated_ods(150_000, 190), ".ods", "meer dan 5.000.000 cellen"),
        (hostile.bomb, ".xlsx", "uitgepakt te groot"),
        (hostile.bomb, ".ods", "uitgepakt te groot"),
    ],
)
def test_how_large_it_becomes_is_seen_before_it_is_opened(kept, content, suffix, said):
    path, suffix = kept(content(), suffix)
    begin = time.thread_time()
    with pytest.raises(BookError, match=said):
        demand_readable(path, suffix)
    assert time.thread_time() - begin < 5
    with pytest.raises(BookError, match=said):
        apart.open_grids(path, suffix)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (hostile.far_corner_hidden, ".xlsx"),
        (hostile.merged_xlsx, ".xlsx"),
        (hostile.wide_docx, ".docx"),
        (hostile.deep_docx, ".docx"),
        (lambda: hostile.packed({"a": "b"}), ".docx"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(4096), ".xls"),
        (lambda: b"a;b\n" + b";" * 3_000_000, ".csv"),
        (lambda: b"a\n" * 250_000, ".csv"),
        (lambda: b'a;b\n"' + b"x" * 200_000, ".csv"),
    ],
)
def test_whatever_it_is_the_answer_is_a_table_or_a_refusal(kept, content, suffix):
    path, suffix = kept(content(), suffix)
    begin = time.monotonic()
    try:
        found = apart.open_grids(path, suffix)
    except BookError as refused:
        assert str(refused).endswith((".", "!")), refused
    else:
        assert sum(len(table.rows) * table.width for table in found) < 5_000_000
    assert time.monotonic() - begin < SECONDS


def test_merged_cells_of_word_that_cover_a_page_are_read_or_refused(kept):
    path, suffix = kept(hostile.merged_docx(), ".docx")
    begin = time.monotonic()
    try:
        table = apart.open_grids(path, suffix)[0]
        table.is_empty(1)
    except BookError as refused:
        assert "samengevoegde cellen" in str(refused) or "duurt te lang" in str(refused)
    assert time.monotonic() - begin < SECONDS


def test_a_sheet_as_programs_write_it_is_read(kept):
    path, suffix = kept(hostile.usual_ods(), ".ods")
    assert [row[0] for row in apart.open_grids(path, suffix)[0].rows] == ["kop", "waarde"]


def test_letters_that_cannot_be_kept_do_not_come_in(kept):
    path, suffix = kept("kop\x07\n\uf0b7 punt\x92\n".encode(), ".csv")
    assert [row[0] for row in book.open_book(path, suffix).sheets[0].rows] == ["kop", "• punt’"]
    assert grid.pasted("kop\x0b\ta\n\uf0b7\tb").rows == [["kop\n", "a"], ["•", "b"]]


def test_a_cell_that_is_longer_than_a_cell_can_be_is_refused(kept):
    path, suffix = kept(b"kop\n" + b"x" * 40_000 + b"\n", ".csv")
    with pytest.raises(BookError, match="meer dan 32767 tekens"):
        apart.open_book(path, suffix)


def test_what_reads_it_dies_and_that_is_a_refusal(kept, monkeypatch):
    path, suffix = kept(b"kop\n1\n", ".csv")
    monkeypatch.setattr(book, "open_book", abort)
    with pytest.raises(BookError, match="te veel tijd of geheugen"):
        apart.open_book(path, suffix)


def test_formulas_are_looked_up_by_a_helper_too(kept):
    path, suffix = kept(
        hostile.xlsx('<sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row></sheetData>'),
        ".xlsx",
    )
    found = apart.open_book(path, suffix)
    assert found.formula_at(found.sheets[0], 1, 0)
    assert not found.formula_at(found.sheets[0], 2, 0)
