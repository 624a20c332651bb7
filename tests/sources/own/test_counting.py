"""Files to counts: what is counted, what is refused, and what is never read."""

import math

import numpy as np
import pytest

from koers.sources.own import BookError, Wanted, count, open_book
from koers.sources.own.counted import NOT_COUNTED

HEADER = ("Buurt", "Onderwerp", "Maand", "Aantal", "Opmerking")
COUNTS = {"area": "Buurt", "topic": "Onderwerp", "period": "Maand", "value": "Aantal"}
POINTS = {"latitude": "lat", "longitude": "lon", "topic": "categorie", "period": "datum"}


def own(category):
    return f"eigen-{category.lower()}", category


def counted(path, wanted, places, header_row=1):
    book = open_book(path, path.suffix)
    return count(book, book.sheets[0], header_row, wanted, places, own)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".ods"])
def test_counts_are_the_same_from_every_kind_of_file(write, places, suffix):
    rows = [
        HEADER,
        ("Oost", "Boetes", "2026-01", 3, ""),
        ("bu90010002", "Boetes", "2026-01", 4, ""),
        ("west einde", "Uren", "2026-02", 7.5 if suffix != ".csv" else "7,5", ""),
    ]
    found = counted(write(suffix, rows), Wanted("counts", COUNTS), places)
    assert found.problems == []
    assert found.totals == {
        ("BU90010001", "eigen-boetes", "2026-01"): 3,
        ("BU90010002", "eigen-boetes", "2026-01"): 4,
        ("BU90010002", "eigen-uren", "2026-02"): 7.5,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_file_of_windows_is_read(write, places, encoding):
    rows = [HEADER, ("Oost", "Café", "2026-01", 3, "")]
    found = counted(write(".csv", rows, encoding=encoding), Wanted("counts", COUNTS), places)
    assert found.titles == {"eigen-café": "Café"}


def test_rows_that_cannot_be_read_are_named_by_row_and_column_without_the_value_of_another(
    write, places
):
    secret = "Mevrouw Geheim, Dorpsstraat 1"
    rows = [
        HEADER,
        ("Oost", "Boetes", "2026-01", 3, secret),
        ("Elders", "Boetes", "2026-01", 3, secret),
        ("Oost", "Boetes", "gisteren", 3, secret),
        ("Oost", "Boetes", "2026-02", "veel", secret),
        ("Oost", "", "2026-02", 1, secret),
        ("Oost", "Boetes", "2026-01", 9, secret),
        ("Oost", "Boetes", "2026", 9, secret),
    ]
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert [(p.row, p.column) for p in found.problems] == [
        (3, "Buurt"),
        (4, "Maand"),
        (5, "Aantal"),
        (6, "Onderwerp"),
        (7, "Maand"),
        (8, "Maand"),
    ]
    assert "ook al op rij 2" in found.problems[4].reason
    assert found.counted == 1
    assert "Geheim" not in repr(found)


def test_an_empty_count_is_unknown_and_not_zero(write, places):
    rows = [HEADER, ("Oost", "Boetes", "2026-01", "", "")]
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert math.isnan(found.totals["BU90010001", "eigen-boetes", "2026-01"])
    assert found.unknown == 1


def test_points_are_counted_to_their_neighbourhood_and_dropped(write, places):
    rows = [
        ("id", "datum", "categorie", "lat", "lon"),
        (1, "2026-01-05", "Jeugd", 52.05, 4.05),
        (2, "2026-01-09", "Jeugd", 52.06, 4.04),
        (3, "2026-03-01", "Afval", 52.05, 4.15),
        (4, "2026-03-02", "Jeugd", 53.0, 4.0),
        (5, "2026-03-02", "Jeugd", "", ""),
    ]
    found = counted(write(".xlsx", rows), Wanted("reports", POINTS), places)
    assert found.totals["BU90010001", "eigen-jeugd", "2026-01"] == 2
    assert found.totals["BU90010002", "eigen-afval", "2026-03"] == 1
    assert sorted((p.row, p.reason) for p in found.problems) == [
        (5, "dit punt ligt niet in een buurt van deze gemeente"),
        (6, "hier staat niets"),
    ]
    assert "52.0" not in repr(found) and "4.05" not in repr(found)


def test_a_month_without_reports_within_the_file_is_zero(write, places):
    rows = [
        ("datum", "categorie", "buurt"),
        ("2026-01-05", "Jeugd", "Oost"),
        ("2026-03-05", "Jeugd", "Oost"),
    ]
    wanted = Wanted("reports", {"area": "buurt", "topic": "categorie", "period": "datum"})
    found = counted(write(".csv", rows), wanted, places)
    assert found.totals["BU90010001", "eigen-jeugd", "2026-02"] == 0
    assert found.totals["BU90010002", "eigen-jeugd", "2026-01"] == 0
    assert found.periods == ["2026-01", "2026-02", "2026-03"]


def test_points_of_the_national_grid_are_understood(write, places):
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True).transform(4.05, 52.05)
    rows = [("datum", "categorie", "lat", "lon"), ("2026-01-05", "Jeugd", y, x)]
    found = counted(write(".xlsx", rows), Wanted("reports", POINTS), places)
    assert found.totals["BU90010001", "eigen-jeugd", "2026-01"] == 1


def test_points_without_boundaries_are_refused_rather_than_guessed(write):
    from koers.figures.areas import Area
    from koers.sources.own.places import Gazetteer

    rows = [("datum", "categorie", "lat", "lon"), ("2026-01-05", "Jeugd", 52.05, 4.05)]
    nowhere = Gazetteer([Area("BU90010001", "Oost", "neighbourhood", "WK900100", 52.05, 4.05, "")])
    with pytest.raises(
        BookError, match="kent de grenzen van de buurten van deze gemeente nog niet"
    ):
        counted(write(".csv", rows), Wanted("reports", POINTS), nowhere)


def test_a_category_counts_as_what_was_chosen_or_not_at_all(write, places):
    rows = [
        ("datum", "categorie", "buurt"),
        ("2026-01-05", "Jeugd", "Oost"),
        ("2026-01-05", "Hondenpoep", "Nergens"),
    ]
    columns = {"area": "buurt", "topic": "categorie", "period": "datum"}
    wanted = Wanted(
        "reports", columns, topics={"Jeugd": "youth-reports", "Hondenpoep": NOT_COUNTED}
    )
    found = counted(write(".csv", rows), wanted, places)
    assert {topic for _, topic, _ in found.totals} == {"eigen-youth-reports"}
    assert (found.left_out, found.problems) == (1, [])


def test_a_column_with_a_value_of_its_own_in_every_row_is_no_topic(write, places):
    rows = [
        ("datum", "melder", "buurt"),
        *((f"2026-01-0{1 + n % 9}", f"persoon {n}", "Oost") for n in range(150)),
    ]
    wanted = Wanted("reports", {"area": "buurt", "topic": "melder", "period": "datum"})
    with pytest.raises(BookError, match="150 verschillende waarden") as caught:
        counted(write(".csv", rows), wanted, places)
    assert "persoon" not in str(caught.value)


def test_a_formula_without_a_result_is_said_so(write, places):
    rows = [HEADER, ("Oost", "Boetes", "2026-01", "=1+2", ""), ("Oost", "Boetes", "2026-02", 4, "")]
    found = counted(write(".xlsx", rows), Wanted("counts", COUNTS), places)
    (problem,) = found.problems
    assert (problem.row, problem.column) == (2, "Aantal")
    assert "formule zonder uitkomst" in problem.reason


def test_merged_cells_are_named_by_row_and_column(write, places):
    rows = [HEADER, ("Oost", "Boetes", "2026-01", 3, ""), (None, "Boetes", "2026-02", 4, "")]
    with pytest.raises(BookError, match="Rij 2 tot en met 3, kolom 'Buurt': samengevoegde cellen"):
        counted(write(".xlsx", rows, merge=["A2:A3"]), Wanted("counts", COUNTS), places)


def test_merged_cells_in_a_column_that_is_not_read_do_not_matter(write, places):
    rows = [HEADER, ("Oost", "Boetes", "2026-01", 3, "x"), ("Oost", "Boetes", "2026-02", 4, None)]
    assert (
        counted(write(".xlsx", rows, merge=["E2:E3"]), Wanted("counts", COUNTS), places).counted
        == 2
    )


def test_a_header_of_three_rows_is_explained(write, places):
    rows = [
        ("Handhaving 2026", None, None, None, None),
        ("Waar", "Wat", "Wanneer", "Hoeveel", "Rest"),
        HEADER,
        ("Oost", "Boetes", "2026-01", 3, ""),
    ]
    path = write(".xlsx", rows, merge=["A1:E1"])
    with pytest.raises(
        BookError, match="samengevoegde cellen: de kop beslaat waarschijnlijk meer rijen"
    ):
        counted(path, Wanted("counts", COUNTS), places, header_row=1)
    wanted = Wanted(
        "counts", {"area": "Waar", "topic": "Wat", "period": "Wanneer", "value": "Hoeveel"}
    )
    with pytest.raises(BookError, match="Kies rij 3 als kop"):
        counted(path, wanted, places, header_row=2)
    assert counted(path, Wanted("counts", COUNTS), places, header_row=3).counted == 1


def test_the_header_is_found_under_a_title(write):
    rows = [
        ("Overzicht handhaving", "", "", "", ""),
        ("", "", "", "", ""),
        HEADER,
        ("Oost", "Boetes", "2026-01", 3, "x"),
    ]
    book = open_book(write(".xlsx", rows), ".xlsx")
    assert book.sheets[0].guessed_header() == 3


def test_a_name_that_is_twice_in_the_header_is_refused(write):
    book = open_book(write(".csv", [("Buurt", "Aantal", "Aantal"), ("Oost", 1, 2)]), ".csv")
    with pytest.raises(BookError, match="'Aantal' twee keer"):
        book.sheets[0].checked_header(1)


@pytest.mark.parametrize(
    ("suffix", "raw", "message"),
    [
        (".csv", b"", "leeg"),
        (".csv", b"PK\x03\x04rest", "geen CSV maar een rekenblad"),
        (".xlsx", b"geen zip", "beschadigd"),
        (".ods", b"PK\x03\x04half", "beschadigd"),
        (".csv", b"\r\n;;\r\n", "geen cellen met een waarde"),
        (".csv", "Buurt;é".encode()[:-1] + b"\xff\xc3\xa9", "beschadigde tekens"),
    ],
)
def test_a_file_that_is_none_says_what_it_is(tmp_path, suffix, raw, message):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(raw)
    with pytest.raises(BookError, match=message):
        open_book(path, suffix)


def test_a_missing_choice_is_asked_for(write, places):
    path = write(".csv", [HEADER, ("Oost", "Boetes", "2026-01", 3, "")])
    for absent, message in (
        ("area", "de buurt"),
        ("period", "de datum"),
        ("value", "het aantal"),
        ("topic", "onderwerp"),
    ):
        columns = {role: name for role, name in COUNTS.items() if role != absent}
        with pytest.raises(BookError, match=message):
            counted(path, Wanted("counts", columns), places)
    with pytest.raises(BookError, match="twee keer gekozen"):
        counted(path, Wanted("counts", {**COUNTS, "value": "Maand"}), places)


def test_only_mapped_columns_are_handed_on(write):
    book = open_book(write(".csv", [HEADER, ("Oost", "Boetes", "2026-01", 3, "geheim")]), ".csv")
    assert list(book.rows(book.sheets[0], 1, [0, 3])) == [(2, ["Oost", "3"])]


def test_the_long_table_marks_what_is_provisional(write, places):
    rows = [HEADER, ("Oost", "Boetes", "2026-01", 3, ""), ("Oost", "Boetes", "2026-02", 3, "")]
    columns = counted(write(".csv", rows), Wanted("counts", COUNTS), places).columns(["2026-02"])
    assert columns["status"].tolist() == ["final", "provisional"]
    assert columns["value"].dtype == np.float64
