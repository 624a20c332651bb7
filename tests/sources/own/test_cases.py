"""Files from practice with their right answer: what is counted of an own file."""

import pytest

from koers.figures.areas import Area
from koers.sources.own import Wanted, count, open_book
from koers.sources.own.places import Gazetteer

pytestmark = pytest.mark.shared

NAMES = {
    "BU03970000": "Centrum",
    "BU03970003": "De Glip",
    "BU03970010": "Rivierenbuurt",
    "BU03970011": "Geleerdenbuurt",
    "BU03970012": "Provinciënbuurt",
    "BU03970013": "Schouwbroekerpolder",
}
COUNTS = {"area": "Buurt", "topic": "Onderwerp", "period": "Maand", "value": "Aantal"}


@pytest.fixture
def counted(shared):
    """Counts a file of a case in a municipality that has the areas that the cases name."""
    areas = [
        Area("GM0397", "Heemstede", "municipality", "NL", None, None, ""),
        Area("WK039700", "Wijk 00", "district", "GM0397", None, None, ""),
        Area("WK039701", "Wijk 01", "district", "GM0397", None, None, ""),
        *(
            Area(code, name, "neighbourhood", "WK039700", None, None, "")
            for code, name in NAMES.items()
        ),
    ]

    def read(case, kind, columns, topic=""):
        (folder,) = (shared / "cases").glob(f"{case[:2]}-*")
        path = folder / case[3:]
        book = open_book(path, path.suffix)
        wanted = Wanted(kind, columns, topic)
        return count(book, book.sheets[0], 1, wanted, Gazetteer(areas), lambda c: (f"eigen-{c}", c))

    return read


def by_month(found):
    return {period: n for (_, _, period), n in found.totals.items() if n}


def test_a_report_is_counted_in_the_dutch_month(counted):
    columns = {"area": "buurt_code", "topic": "sub_category", "period": "created_at", "value": ""}
    found = counted("07/o1-signalen.csv", "reports", columns)
    months = by_month(found)
    assert {month: months[month] for month in ("2026-03", "2026-11", "2026-01")} == {
        "2026-03": 1,
        "2026-11": 1,
        "2026-01": 1,
    }
    # Of the two other reports of April one names its neighbourhood in another column, one nowhere.
    assert months["2026-04"] == 1 and len(found.problems) == 2
    assert "geheim" not in str(found)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_code_that_excel_made_a_date_of_is_refused_with_what_it_did(counted, suffix):
    columns = {**COUNTS, "topic": "Soort misdrijf"}
    found = counted(f"08/o2-kinds-dates.{suffix}", "counts", columns)
    assert {p.row for p in found.problems} == {3, 4, 5, 6, 8, 9, 10, 11}
    assert all("maakte Excel die van een code" in p.reason for p in found.problems)
    assert by_month(found) == {"2026-10": 3} and len(found.totals) == 2


def test_dutch_numbers_are_read_and_what_is_none_is_refused(counted):
    found = counted("09/o3-numbers.csv", "counts", COUNTS)
    read = {(NAMES[area], period): n for (area, _, period), n in found.totals.items()}
    assert {key: n for key, n in read.items() if n == n} == {
        ("Centrum", "2026-10"): 1355,
        ("De Glip", "2026-10"): 10237,
        ("Rivierenbuurt", "2026-10"): 1355.5,
        ("Geleerdenbuurt", "2026-10"): 12.5,
        ("Provinciënbuurt", "2026-10"): 12.5,
    }
    assert {p.row for p in found.problems} == {7, 8, 9, 10}


def test_a_column_of_dates_in_two_orders_is_doubted_as_a_column(counted):
    columns = {"area": "Buurt", "topic": "Categorie", "period": "Datum", "value": ""}
    found = counted("10/o7-dates.csv", "reports", columns)
    reasons = {p.row: p.reason for p in found.problems}
    assert {2, 4} <= set(reasons) and "maand voorop" in reasons[2]
    assert set(by_month(found)) == {"2026-04"}


@pytest.mark.parametrize(
    ("file", "columns", "total"),
    [
        ("06/o5b.csv", COUNTS, {"2026-10": 12}),
        ("06/o5c.csv", COUNTS, {"2026-10": 10}),
        (
            "06/o5d.csv",
            {**COUNTS, "topic": ""},
            dict.fromkeys(("2026-08", "2026-09", "2026-10"), 120),
        ),
    ],
)
def test_a_total_row_is_no_part(counted, file, columns, total):
    found = counted(file, "counts", columns, "" if columns["topic"] else "uren")
    assert found.problems == []
    assert found.totals_seen
    neighbourhoods = {k: n for k, n in found.totals.items() if k[0].startswith("BU") and n}
    for period, sum_of in total.items():
        assert sum(n for (_, _, p), n in neighbourhoods.items() if p == period) == sum_of
