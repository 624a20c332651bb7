"""The same figures, however a source or a program writes them: padded codes, periods, line ends,
encodings, decimal commas."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koers.analysis.period import Period
from koers.sources import police
from koers.sources.bron import _rows as bron_rows
from koers.sources.bron import number_in
from koers.sources.layout import Dimension, Layout, Property
from koers.sources.mapping import load_mapping
from koers.sources.rows import RowReader, period_label, read_observations
from koers.sources.saved import _rows as saved_rows
from koers.sources.saved import _text as saved_text
from koers.sources.scope import Scope
from koers.sources.web import TryAgainError
from koers.tables.reading.book import open_book
from koers.tables.reading.cells import CellError, number_of, period_of
from tests.examples import examples

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1"])
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
SPACES = st.sampled_from(["", " ", "    "])
# Codes as CBS makes them: numbers, and letters where numbers ran out.
AREA_CODES = st.builds(
    "BU{:04d}{}".format, st.integers(1, 1999), st.from_regex(r"[0-9A-Z]{2}[0-9]{2}", fullmatch=True)
) | (
    st.builds(
        "WK{:04d}{}".format, st.integers(1, 1999), st.from_regex(r"[0-9A-Z]{2}", fullmatch=True)
    )
    | st.builds("GM{:04d}".format, st.integers(1, 1999))
)
YEARS, MONTHS = st.integers(2012, 2026), st.integers(1, 12)
MAPPING = """\
file: tellingen.csv
source: proef
licence: open data
attribution: Proef
tables:
  - table: proef
    title: Een proef
    scheme: local
    columns: {area: gebied, topic: soort, period: maand, value: aantal}
"""


def written(rows, encoding, line_end, separator):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode(encoding)


# Codes and their spaces


@settings(max_examples=examples(50))
@given(st.lists(AREA_CODES, min_size=1, max_size=8, unique=True), st.data())
def test_a_code_is_the_same_with_and_without_the_spaces_of_the_service(codes, data):
    width = max(map(len, codes)) + data.draw(st.integers(0, 2))
    area = Dimension(
        "WijkenEnBuurten",
        "GeoDetail",
        tuple({"Key": code.ljust(width), "Title": code} for code in codes),
    )
    rows = [{area.name: code + data.draw(SPACES), "V": n} for n, code in enumerate(codes)]
    read = Layout((area,), ("V",)).read(rows)
    assert area.plain[read[area.name]].tolist() == codes
    assert read["V"].tolist() == list(range(len(codes)))


@settings(max_examples=examples(50))
@given(st.lists(AREA_CODES, min_size=2, max_size=6, unique=True))
def test_a_code_that_is_in_no_list_is_refused_and_never_taken_for_one_that_looks_like_it(codes):
    area = Dimension(
        "WijkenEnBuurten",
        "GeoDetail",
        tuple({"Key": code.ljust(10), "Title": code} for code in codes[1:]),
    )
    for odd in (codes[0], codes[0].lower(), f" {codes[1][:-1]}", codes[1] + "0"):
        if odd.strip() in codes[1:]:
            continue
        with pytest.raises(TryAgainError, match="staat niet in de lijst"):
            Layout((area,), ("V",)).read([{area.name: odd, "V": 1}])


# Periods of the police, which has years, months and weeks in one column


def lets_through(where: str, keys: list[str]) -> list[str]:
    """The codes that a service lets through, which compares texts with the spaces that it keeps."""
    found = []
    for key in keys:
        for clause in where.split(" or "):
            begins = re.fullmatch(r"startswith\(Perioden,'([^']*)'\)", clause)
            equal = re.fullmatch(r"Perioden eq '([^']*)'", clause)
            assert begins or equal, f"neither names periods: {clause}"
            if (begins and key.startswith(begins[1])) or (equal and key == equal[1]):
                found.append(key.strip())
                break
    return found


@settings(max_examples=examples(60))
@given(
    st.lists(YEARS, min_size=1, max_size=3, unique=True),
    st.sets(MONTHS, max_size=12),
    st.sampled_from(["month", "year"]),
    st.none()
    | st.builds(Period, YEARS, MONTHS, st.just("month"))
    | st.builds(Period, YEARS, st.just(1), st.just("year")),
    st.integers(8, 10),
)
def test_periods_are_named_one_by_one_so_that_years_and_months_never_mix(
    years, months, frequency, since, width
):
    months = sorted(months)
    codes = [
        c
        for y in years
        for c in (f"{y}JJ00", *(f"{y}MM{m:02d}" for m in months), f"{y}KW07", f"{y}KW01")
    ]
    period = Dimension(
        "Perioden", "TimeDimension", tuple({"Key": c.ljust(width), "Title": c} for c in codes)
    )
    other = Dimension("Soort", "Dimension", ({"Key": "1.1.1", "Title": "x"},))
    shape = police._Shape(other, other, period, Property("Geregistreerde_1", "Topic"))
    spec = next(t for t in police.TABLES if t.frequency == frequency)
    scope = Scope(None, since)
    mark = "MM" if frequency == "month" else "JJ"
    wanted = {c for c in codes if c[4:6] == mark and scope.wants(Period.parse(c))}
    if not wanted:
        lost = not any(c[4:6] == mark for c in codes)
        with pytest.raises(
            police.FigureFileError, match="heeft geen maanden meer" if lost else "er nog niets"
        ) as said:
            police._when(spec, shape, scope)
        assert isinstance(said.value, police.NothingNewerError) is not lost
        return
    part = police._when(spec, shape, scope)
    assert set(lets_through(part.where, [c.ljust(width) for c in codes])) == wanted
    assert set(period.plain[np.asarray(part.mask)]) == wanted


@given(YEARS, MONTHS, st.integers(1, 28))
def test_a_month_has_one_name_however_it_is_written(year, month, day):
    wanted = f"{year}-{month:02d}"
    assert {
        period_label(text) for text in (wanted, f"{year}MM{month:02d}", f"{wanted}-{day:02d}")
    } == {wanted}
    assert {
        period_of(text)
        for text in (wanted, f"{year}MM{month:02d}", f"{day}-{month}-{year}", f"{year}{month:02d}")
    } == {wanted}
    assert {period_label(f"{year}JJ00"), period_of(f"{year}JJ00"), period_of(str(year))} == {
        str(year)
    }


@given(YEARS, st.sampled_from(["MM00", "MM13", "JJ01", "mm1", "KW54", "KW00", "-13", "-00", "Q1"]))
def test_a_period_that_does_not_exist_is_refused_by_every_reader(year, rest):
    with pytest.raises(ValueError):
        period_label(f"{year}{rest}")
    with pytest.raises(CellError):
        period_of(f"{year}{rest}")


# Saved files


@pytest.fixture(scope="module")
def mapping(tmp_path_factory):
    file = tmp_path_factory.mktemp("mapping") / "proef.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    return load_mapping(file)


@settings(max_examples=examples(40))
@given(
    st.dictionaries(
        st.tuples(AREA_CODES, YEARS, MONTHS),
        st.none() | st.integers(0, 10**6),
        min_size=1,
        max_size=6,
    ),
    SPACES,
    ENCODINGS,
    LINE_ENDS,
    st.sampled_from(",;"),
    st.booleans(),
    st.sampled_from(["", "."]),
)
def test_a_saved_file_is_read_alike_whatever_wrote_it(
    tmp_path_factory, mapping, table, spaces, encoding, end, separator, coded, absent
):
    rows = [("gebied", " soort", "maand ", "aantal", "toelichting é")]
    for (area, year, month), value in table.items():
        period = f"{year}MM{month:02d}" if coded else f"{year}-{month:02d}-01"
        rows.append(
            (
                area + spaces,
                "a" + spaces,
                period + spaces,
                absent if value is None else value,
                "één",
            )
        )
    file = tmp_path_factory.getbasetemp() / "tellingen.csv"
    text, _ = saved_text(file, written(rows, encoding, end, separator))
    found = read_observations(
        RowReader(file.name, mapping.tables[0]), saved_rows(file, mapping, text), complete=False
    )
    assert dict(
        zip(zip(found["area"], found["period"], strict=True), found["value"].tolist(), strict=True)
    ) == pytest.approx(
        {
            (area, f"{y}-{m:02d}"): float("nan") if v is None else v
            for (area, y, m), v in table.items()
        },
        nan_ok=True,
    )


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.tuples(st.integers(1, 999), st.decimals(0, 300_000, places=2)), min_size=1, max_size=5
    ),
    ENCODINGS,
    LINE_ENDS,
    st.sampled_from(",;"),
)
def test_a_file_within_a_zip_is_read_alike_whatever_wrote_it(points, encoding, end, separator):
    packed = io.BytesIO()
    rows = [
        ("Id", "X_COORD", "Plaats"),
        *((n, str(x).replace(".", ","), "Één; dorp, of niet") for n, x in points),
    ]
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("map/puntlocaties.txt", written(rows, encoding, end, separator))
    with zipfile.ZipFile(packed) as archive:
        found = [row for _, row in bron_rows(archive, "puntlocaties.txt", ["ID", "X_COORD"])]
    assert [(int(row["ID"]), number_in(row["X_COORD"])) for row in found] == [
        (n, float(x)) for n, x in points
    ]


# Own files


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="éëaN'=+-;,\" 0", min_size=1, max_size=6), st.integers(0, 10**7)
        ),
        min_size=1,
        max_size=5,
    ),
    ENCODINGS,
    LINE_ENDS,
    st.sampled_from(";,\t"),
)
def test_a_file_of_ones_own_is_read_alike_whatever_wrote_it(
    tmp_path_factory, rows, encoding, end, separator
):
    file = tmp_path_factory.getbasetemp() / "eigen.csv"
    file.write_bytes(
        written(
            [("Buurt", "Aantal", "Jaar"), *((f"x{t}", n, "2026") for t, n in rows)],
            encoding,
            end,
            separator,
        )
    )
    sheet = open_book(file, ".csv").sheets[0]
    assert sheet.header(1) == ["Buurt", "Aantal", "Jaar"]
    assert [(row[0], number_of(row[1])) for row in sheet.rows[1:]] == [
        (f"x{t}", n) for t, n in rows
    ]


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_thousands_have_dots_or_spaces_and_decimals_a_comma(whole, cents):
    dotted = f"{whole:,}".replace(",", ".")
    wanted = float(f"{whole}.{cents:02d}")
    for text in (
        f"{dotted},{cents:02d}",
        f"{whole},{cents:02d}",
        f"{dotted.replace('.', ' ')},{cents:02d}",
        f" {dotted.replace('.', chr(160))},{cents:02d} ",
    ):
        assert number_of(text) == number_in(text) == wanted
    assert number_of(dotted) == whole


@given(st.integers(1, 999), st.integers(0, 99))
def test_thousands_in_the_wrong_place_are_refused_and_not_guessed(first, rest):
    for text in (
        f"{first}.{rest:02d}.{rest:03d}",
        f"{first},{rest:02d},{rest:02d}",
        f"{first}.{rest:03d}.{rest:02d}",
    ):
        with pytest.raises(CellError):
            number_of(text)
