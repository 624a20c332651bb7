"""What a file means: totals are no parts, moments have a zone, dates have one order, names are
written in more than one way."""

import csv
import math
from datetime import date, datetime

import pytest

from koers.figures.areas import Area
from koers.figures.queries.latest_totals import latest_totals
from koers.figures.store import FigureStore
from koers.sources.own import Wanted
from koers.sources.own.places import Gazetteer
from koers.tables.reading.cells import CellError, day_of, number_of, period_of
from tests.figures.rows import draft
from tests.sources.own.test_counting import COUNTS, HEADER, counted


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2026-03-31T22:30:00+00:00", "2026-04"),
        ("2026-03-31T21:30:00+00:00", "2026-03"),
        ("2026-10-31T23:30:00Z", "2026-11"),
        ("2025-12-31T23:15:00+00:00", "2026-01"),
        ("2026-04-15 12:00:00.123456+02:00", "2026-04"),
        ("2026-03-31T22:30:00", "2026-03"),
        ("2026-03-31 22:30:00 UTC", "2026-04"),
        ("2026-03-31T22:30:00 +00:00", "2026-04"),
        ("31-03-2026 22:30:00+00:00", "2026-04"),
        ("31/3/2026 22:30Z", "2026-04"),
        ("31-3-2026 9:30 GMT", "2026-03"),
        ("jan-26", "2026-01"),
        ("okt-26", "2026-10"),
        ("okt '26", "2026-10"),
        ("2026-01", "2026-01"),
        ("januari 2026", "2026-01"),
        ("wo 13 apr. 2026", "2026-04"),
        ("woensdag 13 april 2026", "2026-04"),
        ("13-04-26", "2026-04"),
        ("20260413", "2026-04"),
        ("13.04.2026", "2026-04"),
        ("13-4-2026 0:30", "2026-04"),
    ],
)
def test_a_moment_is_counted_in_the_dutch_month_however_it_is_written(cell, month):
    assert period_of(cell) == month


@pytest.mark.parametrize("cell", ["2026-13-01", "99-99-26", "2026-04-31T25:00Z", "morgen", ""])
def test_what_is_no_moment_is_refused(cell):
    with pytest.raises(CellError):
        period_of(cell)


def test_one_american_date_makes_the_column_doubtful(write, places):
    rows = [HEADER] + [
        ("Oost", "Fietswrak", day, 1, "")
        for day in ("3/4/2026", "13/4/2026", "4/13/2026", "2026-04-13", "5/5/2026")
    ]
    found = counted(write(".csv", rows), Wanted("reports", {**COUNTS, "value": ""}), places)
    assert [(p.row, p.column) for p in found.problems] == [(2, "Maand"), (4, "Maand")]
    assert "op rij 4 staat de maand voorop" in found.problems[0].reason
    months = {period: n for (_, _, period), n in found.totals.items() if n}
    assert months == {"2026-04": 2, "2026-05": 1}


def test_a_code_that_a_spreadsheet_made_a_date_of_gets_the_hint(write, places):
    rows = [HEADER, ("Oost", "1-2-2003", "okt-26", 3, ""), ("Oost", "1.1.1", "okt-26", 3, "")]
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert [p.row for p in found.problems] == [2]
    assert "maakte Excel die van een code" in found.problems[0].reason


@pytest.mark.parametrize(
    "day", ["wo 4/13/2026", "4/13/26", "woensdag 4-13-2026", "4.13.2026 14:00"]
)
def test_a_month_in_front_is_seen_behind_a_weekday_too(write, places, day):
    rows = [HEADER, ("Oost", "Fietswrak", "do 3/4/2026", 1, ""), ("Oost", "Fietswrak", day, 1, "")]
    found = counted(write(".csv", rows), Wanted("reports", {**COUNTS, "value": ""}), places)
    assert [p.row for p in found.problems] == [2, 3]


@pytest.mark.parametrize("code", ["1-2-03", "1-feb", "2 jan", "mrt-12", "2003-02-01", "sep. 2005"])
def test_a_code_is_no_day_of_a_month(write, places, code):
    rows = [HEADER, ("Oost", code, "okt-26", 3, ""), ("Oost", "1.1.1", "okt-26", 3, "")]
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert ["maakte Excel die van een code" in p.reason for p in found.problems] == [True]


def test_thousands_in_english_are_asked_and_not_a_thousandth():
    with pytest.raises(CellError, match="komma voor een punt"):
        number_of("1,234.50")
    assert number_of("1.234,50") == 1234.5


def test_a_level_that_is_said_is_meant():
    """A district and a neighbourhood of one name stand in most municipalities."""
    places = Gazetteer(
        [
            Area("GM1", "Dorp", "municipality", "", None, None, ""),
            Area("WK1", "Centrum", "district", "GM1", None, None, ""),
            Area("BU1", "Centrum", "neighbourhood", "WK1", None, None, ""),
            Area("BU2", "Wijk aan Zee", "neighbourhood", "WK1", None, None, ""),
            Area("BU3", "Burgemeester Peekpark", "neighbourhood", "WK1", None, None, ""),
            Area("BU4", "Meer & Duin", "neighbourhood", "WK1", None, None, ""),
        ]
    )
    for text, code in (
        ("Centrum", "BU1"),
        ("buurt Centrum", "BU1"),
        ("Wijk Centrum", "WK1"),
        ("Gemeente Dorp", "GM1"),
        ("gem. Dorp", "GM1"),
        ("wijk aan zee", "BU2"),
        ("Burg. Peekpark", "BU3"),
        ("Meer en Duin", "BU4"),
    ):
        assert places.find(text).code == code, text
    for total in ("Totaal", "Eindtotaal", "Totaal Dorp", "Dorp (totaal)", "Subtotaal wijk Centrum"):
        with pytest.raises(CellError, match="lijkt een rij met een totaal"):
            places.find(total)


def test_a_mistake_that_returns_is_said_once_with_its_rows(write, places):
    rows = [HEADER] + [("Nergens", "Boetes", "2026-01", 1, "")] * 3 + [("Oost", "B", "x", 1, "")]
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert [(m.rows, m.column) for m in found.wrong] == [
        ((2, 3, 4), "Buurt"),
        ((5,), "Maand"),
    ]


def totals(tmp_path, found, places):
    columns = found.columns()
    snapshot = FigureStore(tmp_path / "home").write(draft([], table="eigen"), columns)
    known = latest_totals(
        FigureStore(tmp_path / "home"), snapshot.manifest.id, {a.code: a for a in places.areas}
    )
    return {period: total for (_, period), total in known.items()}


@pytest.mark.parametrize(
    ("rows", "total", "said"),
    [
        ([("Oost", 4), ("West-Einde", 8), ("Dorp", 12)], 12, "De rij van Dorp is het totaal"),
        ([("Oost", 4), ("West-Einde", 8), ("Noord", 12)], 12, "De rij van Noord is het totaal"),
        ([("Oost", 4), ("Noord", 12), ("Dorp", 12)], 12, "De rij van Dorp is het totaal"),
        ([("Oost", 4), ("West-Einde", 8), ("Dorp", 15)], 15, "een ander getal dan de buurten"),
        ([("Oost", 7.5), ("West-Einde", 6.5), ("Dorp", 7)], 7, "een ander getal dan de buurten"),
        ([("Oost", 4), ("West-Einde", 8)], 12, ""),
    ],
)
def test_a_total_row_is_not_added_up(write, places, tmp_path, rows, total, said):
    """Also of an average, which no sum gives."""
    rows = [HEADER, *((area, "Boetes", "2026-01", n, "") for area, n in rows)]
    found = counted(write(".xlsx", rows), Wanted("counts", COUNTS), places)
    assert totals(tmp_path, found, places) == {"2026-01": total}
    assert said in " ".join(found.totals_seen)
    assert bool(said) == bool(found.totals_seen)


def test_areas_are_known_however_they_are_written():
    areas = [
        Area("GM1", "Stad", "municipality", "", None, None, ""),
        Area("BU1", "Provinciënbuurt", "neighbourhood", "GM1", None, None, ""),
        Area("BU2", "Bosch en omgeving", "neighbourhood", "GM1", None, None, ""),
        Area("BU3", "Sint-Jansveld", "neighbourhood", "GM1", None, None, ""),
        Area("BU4", "De Linden", "neighbourhood", "GM1", None, None, ""),
    ]
    places = Gazetteer(areas)
    for text, code in (
        ("provincienbuurt", "BU1"),
        ("Bosch e.o.", "BU2"),
        ("St. Jansveld", "BU3"),
        ("Buurt De Linden", "BU4"),
        ("buurt de linden", "BU4"),
    ):
        assert places.find(text).code == code
    with pytest.raises(CellError, match="bedoelt u De Linden"):
        places.find("De Lindn")


@pytest.mark.shared
def test_the_file_with_a_total_from_practice(shared, tmp_path, write):
    with (shared / "cases" / "06-total-row-counted-twice" / "o5b.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.reader(file, delimiter=";"))
    names = [row[0] for row in rows[1:]]
    home = Area("GM1", names[-1], "municipality", "", None, None, "")
    inside = [
        Area(f"BU{n}", name, "neighbourhood", "GM1", None, None, "")
        for n, name in enumerate(names[:-1])
    ]
    places = Gazetteer([home, *inside])
    found = counted(write(".csv", rows), Wanted("counts", COUNTS), places)
    assert found.problems == []
    (total,) = totals(tmp_path, found, places).values()
    assert total == 12 and not math.isnan(total)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("20260331", "2026-03-31"),
        ("31-3-2026 14:05", "2026-03-31"),
        ("di 31/03/26", "2026-03-31"),
        ("2026-03-31T22:30:00Z", "2026-04-01"),
        (datetime(2026, 3, 31, 14, 5), "2026-03-31"),
        (date(2026, 3, 31), "2026-03-31"),
        ("2026-03", None),
        ("03-2026", None),
        ("maart 2026", None),
        ("2026", None),
        ("30-02-2026", None),
        (2026.0, None),
    ],
)
def test_a_cell_says_its_day_or_none(cell, day):
    assert day_of(cell) == (None if day is None else date.fromisoformat(day))
