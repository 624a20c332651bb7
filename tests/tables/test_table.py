"""A table is described once: what the page, the files and a description of it have is the same."""

from __future__ import annotations

import csv
import io
import json
import math

import openpyxl
import pytest
from odf import table as odf_table
from odf import teletype
from odf.opendocument import load as load_ods

from koers.dutch import day
from koers.tables import DAY, NUMBER, TEXT, YES_NO, Column, Head, Look, Place, Table
from koers.tables.described import as_json, csvw, describe
from koers.tables.files import FORMATS
from koers.tables.html import table_html
from tests.apps.tables import Page
from tests.tables.shelf import BOOKS, COLUMNS, Book, shelf

LABELS = [
    "Titel",
    "Schrijver",
    "Kort",
    "Prijs",
    "Gekocht",
    "Geleend",
    "Maand",
    "Gelezen",
    "Notities",
    "Herkomst",
]


def read(suffix: str, table: Table) -> bytes:
    return FORMATS[suffix].write(table)


# On the page


def test_a_page_has_each_column_of_the_page_with_what_a_cell_says_in_dutch():
    (shown,) = Page(table_html(shelf())).tables
    assert shown.caption == "Boeken & bladen"
    assert shown.columns == [*LABELS[:2], *LABELS[3:-1], "Rug"]
    assert shown.rows[0] == [
        "=De <oude> kaart",
        "Één & ander",
        "1.234,50",
        day(BOOKS[0].bought),
        "11 maart 2025 14:05",
        "maart 2025",
        "ja",
        "regelnog een \x07",
        "",
    ]
    assert shown.rows[1][1:] == ["–", "–", "–", "–", "–", "nee", "geen", ""]


def test_a_text_is_text_and_a_link_leads_where_it_says():
    html = table_html(shelf())
    assert '<a href="/boek/?t==De &lt;oude&gt; kaart&amp;x=1">=De &lt;oude&gt; kaart</a>' in html
    assert "Één &amp; ander" in html and "<oude>" not in html


def test_a_day_and_a_moment_can_be_read_by_programs_and_a_line_break_is_kept():
    html = table_html(shelf())
    assert '<td class="k-day"><time datetime="2025-03-11">11 maart 2025</time></td>' in html
    assert '<time datetime="2025-03-11T14:05:00+00:00">' in html
    assert "regel<br>nog een" in html


def test_the_first_cell_names_its_row_and_a_column_of_numbers_stands_to_the_right():
    html = table_html(shelf())
    assert html.count('<th scope="row">') == len(BOOKS)
    assert '<th scope="col" class="k-num">Prijs</th>' in html
    assert '<td class="k-num">1.234,50</td>' in html


def test_a_table_whose_cells_stand_under_each_other_stays_a_table_to_who_hears_it():
    html = table_html(shelf(look=Look.LINES))
    for role in ("table", "rowgroup", "row", "columnheader", "rowheader", "cell"):
        assert f'role="{role}"' in html
    assert '<td role="cell" data-head="Prijs" class="k-num">' in html
    assert "role=" not in table_html(shelf()).split(">", 1)[1]


def test_buttons_are_on_the_page_only_and_not_in_print():
    html = table_html(shelf())
    assert '<th scope="col" class="k-noprint">Geef</th>' in html
    assert '<td class="k-noprint"><button>' in html
    assert "Geef" not in read("csv", shelf()).decode("utf-8-sig")


def test_a_head_sorts_where_the_list_can_be_sorted():
    html = table_html(shelf(heads={"title": Head("?op=-title&x=1", "ascending")}))
    assert (
        '<th scope="col" aria-sort="ascending"><a href="?op=-title&amp;x=1" class="k-sort"'
        ' title="Sorteer op titel">Titel</a></th>'
    ) in html


def test_without_rows_a_page_says_so_in_its_own_words_or_in_a_row():
    empty = Table("t", "T", COLUMNS[:2], ())
    assert '<td colspan="2">Nog niets.</td>' in table_html(empty)
    told = Table("t", "T", COLUMNS[:2], (), empty="De kast is <leeg>.")
    assert table_html(told) == '<p class="k-empty">De kast is &lt;leeg&gt;.</p>'


def test_each_row_can_have_its_own_place_on_the_page():
    assert '<tr id="boek-4">' in table_html(
        Table("t", "T", COLUMNS[:1], BOOKS, key_of=lambda book: f"boek-{len(book.title[:4])}")
    )


# In the files


def test_the_csv_has_the_values_and_a_text_like_a_formula_is_defused():
    rows = list(csv.reader(io.StringIO(read("csv", shelf()).decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == LABELS
    assert rows[1][:4] == ["'=De <oude> kaart", "Één & ander", "'=De", "1234,5"]
    assert rows[1][4:8] == ["2025-03-11", "2025-03-11 14:05", "2025-03", "ja"]
    assert rows[1][9] == "Bron: kast." and rows[2][3] == ""


def test_a_workbook_has_numbers_and_days_as_such_and_no_formula():
    (sheet,) = openpyxl.load_workbook(io.BytesIO(read("xlsx", shelf()))).worksheets
    head, first, second = sheet.iter_rows(values_only=True)
    assert sheet.title == "Boeken & bladen" and list(head) == LABELS
    assert first[0] == "=De <oude> kaart" and sheet["A2"].data_type == "s"
    assert first[3] == 1234.5 and first[4].date() == BOOKS[0].bought
    assert first[5] == BOOKS[0].lent.replace(tzinfo=None) and first[7] == "ja"
    assert first[8] == "regel\nnog een " and second[3] is None


def test_an_ods_read_by_another_program_says_the_same():
    document = load_ods(io.BytesIO(read("ods", shelf())))
    (sheet,) = document.spreadsheet.getElementsByType(odf_table.Table)
    rows = [
        [teletype.extractText(cell) for cell in row.getElementsByType(odf_table.TableCell)]
        for row in sheet.getElementsByType(odf_table.TableRow)
    ]
    assert rows[0] == LABELS
    assert rows[1][:6] == [
        "=De <oude> kaart",
        "Één & ander",
        "=De",
        "1234.5",
        "11-03-2025",
        "11-03-2025 14:05",
    ]


@pytest.mark.parametrize("name", ["Wat? [een] *naam*", "x" * 80, "'aangehaald'"])
def test_whatever_a_table_is_called_a_workbook_opens(name):
    table = Table("t", name, COLUMNS[:1], BOOKS)
    assert openpyxl.load_workbook(io.BytesIO(read("xlsx", table))).worksheets


def test_a_column_that_looks_like_a_formula_is_a_text_in_a_workbook_as_well():
    table = Table.of_rows("t", "T", ("=1+1",), [("a",)])
    sheet = openpyxl.load_workbook(io.BytesIO(read("xlsx", table))).active
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=1+1", "s")


def test_a_file_has_the_rows_of_every_page_and_they_are_fetched_only_for_it():
    asked = []
    table = Table("t", "T", COLUMNS[:1], BOOKS[:1], whole=lambda: asked.append(1) or BOOKS)
    assert len(Page(table_html(table)).tables[0].rows) == 1 and not asked
    assert [row[0] for row in table.file_rows()] == [book.title for book in BOOKS]


def test_the_origin_can_differ_from_row_to_row():
    table = shelf(origin=lambda book: f"Van {book.title[:4]}.")
    assert [row[-1] for row in table.file_rows()] == ["Van =De .", "Van Leeg."]


# Described


def test_the_description_names_key_label_kind_and_unit_of_each_column_of_the_file():
    found = describe(shelf())
    assert [column["label"] for column in found["columns"]] == LABELS
    assert found["columns"][3] == {
        "key": "price",
        "label": "Prijs",
        "kind": "number",
        "unit": "euro",
    }


def test_the_json_has_the_values_by_the_keys_of_the_columns():
    found = json.loads(as_json(shelf()))
    assert found["rows"][0]["price"] == 1234.5 and found["rows"][0]["bought"] == "2025-03-11"
    assert found["rows"][1]["price"] is None
    assert {column["key"] for column in found["columns"]} == set(found["rows"][0])


def test_csv_on_the_web_says_how_the_csv_writes_its_numbers_and_days():
    found = csvw(shelf(), "https://example.org/boeken.csv")
    columns = {c["name"]: c["datatype"] for c in found["tableSchema"]["columns"]}
    assert columns["price"] == {"base": "decimal", "format": {"decimalChar": ","}}
    assert columns["bought"] == "date" and columns["title"] == "string"
    assert found["dialect"]["delimiter"] == ";" and found["url"].endswith("boeken.csv")


def test_a_document_has_the_words_of_the_page_without_buttons():
    labels, rows = shelf().as_text_rows()
    assert labels == tuple(label for label in LABELS if label not in ("Kort", "Herkomst"))
    assert rows[0][2:4] == ("1.234,50", "11 maart 2025")


# Made of another


def test_a_page_that_shows_fewer_columns_leaves_the_file_as_it_is():
    fewer = shelf().showing("title")
    assert [c.key for c in fewer.page_columns] == ["title"]
    assert [c.label for c in fewer.file_columns] == LABELS


def test_a_column_can_be_of_what_a_row_holds():
    inner = COLUMNS[0].within("book")

    class Lent:
        book = Book("Geleend", BOOKS[0].author)

    assert inner.words(Lent) == "Geleend" and inner.link(Lent) == "/boek/?t=Geleend&x=1"


def test_of_figures_alone_the_kind_of_a_column_is_that_of_its_values():
    rows = [("a", 1, None, BOOKS[0].bought, True, "-"), ("b", 2.5, math.nan, None, False, 3)]
    labels = ("Wat", "Aantal", "Niets", "Dag", "Ja", "Aantal")
    table = Table.of_rows("t", "T", labels, rows)
    assert [c.kind for c in table.columns] == [TEXT, NUMBER, NUMBER, DAY, YES_NO, TEXT]
    assert [c.key for c in table.columns] == ["wat", "aantal", "niets", "dag", "ja", "aantal_6"]


def test_a_description_with_two_equal_keys_or_that_shows_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="same key"):
        Table("t", "T", (Column("a", "A"), Column("a", "B")), ())
    with pytest.raises(ValueError, match="no column nergens"):
        Table("t", "T", (Column("a", "A", place=Place.PAGE, shows=("nergens",)),), ())
