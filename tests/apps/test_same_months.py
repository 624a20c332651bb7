"""This year so far, four months and a year, beside the same months of earlier years."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re

import numpy as np
import pytest
from django.conf import settings

from koers import dutch
from koers.analysis.comparison import change
from koers.analysis.period import Period, span
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.picture.earlier import earlier_years
from koers.apps.picture.readings import reading
from koers.apps.picture.same_months import said_months, same_months, sentence
from koers.figures.store import FigureStore
from koers.indicators import load_indicators
from koers.sources.saved import load_folder
from tests.apps.small_tables import adding, series
from tests.apps.test_claims import check, written

NAN = math.nan
MONTHS = [str(p) for p in span(Period(2020, 1, "month"), Period(2024, 12, "month"))]
HERE, KIND = "GM9001", "woninginbraak"


@pytest.fixture
def add(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return adding(FigureStore(tmp_path))


def asked():
    return same_months(public_shelf(), HERE, KIND)


def row(pair):
    return (pair.period, pair.now, pair.against, pair.then)


def test_this_year_so_far_stands_beside_the_same_months_of_each_earlier_year(add):
    values = [year * 10.0 for year in range(1, 6) for _ in range(12)]
    late = MONTHS[-4:]
    add(series(HERE, MONTHS, values), late=late)
    found = asked()
    assert [row(pair) for pair in found.so_far] == [
        ("januari t/m augustus 2024", 400, f"januari t/m augustus {year}", then)
        for year, then in ((2023, 320), (2022, 240), (2021, 160), (2020, 80))
    ]
    assert [row(pair) for pair in found.thirds][:3] == [
        ("mei t/m augustus 2024", 200, "mei t/m augustus 2023", 160),
        ("januari t/m april 2024", 200, "januari t/m april 2023", 160),
        ("september t/m december 2023", 160, "september t/m december 2022", 120),
    ]
    assert [row(pair) for pair in found.years] == [
        ("2023", 480, "2022", 360),
        ("2022", 360, "2021", 240),
        ("2021", 240, "2020", 120),
    ]
    assert found.stopped == ""


def test_a_month_that_is_not_published_is_no_zero_in_any_comparison(add):
    values = [10.0] * 60
    gap = MONTHS.index("2022-03")
    values[gap] = NAN
    add(series(HERE, MONTHS, values), late=MONTHS[-4:])
    found = asked()
    told = {pair.earlier: pair for pair in found.so_far}
    assert told[2022].change is None
    assert told[2022].verdict == "maart 2022 is niet gepubliceerd"
    assert told[2021].then == told[2023].then == 80
    assert [(p.year, p.verdict) for p in found.years] == [
        (2023, "maart 2022 is niet gepubliceerd"),
        (2021, found.years[1].verdict),
    ]
    assert not [p for p in found.thirds if p.period == "januari t/m april 2022"]
    words = sentence("inbraken", "Hier", [told[2022]])
    assert words == (
        "Inbraken: in Hier 80 in januari t/m augustus 2024, van januari t/m augustus 2022 niet alle"
        " maanden bekend. Maart 2022 is niet gepubliceerd."
    )


def test_this_year_goes_as_far_as_its_first_gap_and_says_so(add):
    values = [10.0] * 60
    values[MONTHS.index("2024-04")] = NAN
    add(series(HERE, MONTHS, values))
    found = asked()
    assert found.so_far[0].period == "januari t/m maart 2024"
    assert found.stopped == "April 2024 is niet gepubliceerd; daar houdt de telling op."
    values[MONTHS.index("2024-01")] = NAN
    add(series(HERE, MONTHS, values))
    assert asked().so_far == ()
    assert "geen stand van 2024." in asked().stopped


def test_without_january_the_page_says_why_there_is_no_year_so_far(add):
    values = [10.0] * 60
    values[MONTHS.index("2024-01")] = NAN
    add(series(HERE, MONTHS, values))
    shelf = public_shelf()
    found = earlier_years(shelf, reading(shelf, HERE, KIND))
    assert [s.table.name for s in found] == ["dit-jaar", "vier-maanden", "per-jaar"]
    assert found[0].words.startswith("Januari 2024 is niet gepubliceerd")


def test_only_one_month_and_a_whole_year_are_called_so(add):
    add(series(HERE, MONTHS[:37], [10.0] * 37))
    assert asked().so_far[0].period == "januari 2023"
    add(series(HERE, MONTHS, [10.0] * 60))
    shelf = public_shelf()
    first = earlier_years(shelf, reading(shelf, HERE, KIND))[0]
    assert first.heading == "Heel 2024 naast eerdere jaren"
    assert asked().so_far[0].period == "2024"


def test_many_months_away_are_counted_and_a_year_without_any_is_named(add):
    values = [10.0] * 60
    for month in ("02", "03", "05", "06"):
        values[MONTHS.index(f"2023-{month}")] = NAN
    for at, month in enumerate(MONTHS):
        if month.startswith("2022"):
            values[at] = NAN
    add(series(HERE, MONTHS, values))
    assert [p.verdict for p in asked().so_far[:2]] == [
        "4 maanden van 2023 zijn niet gepubliceerd",
        "geen cijfers van 2022",
    ]


def test_what_the_margin_is_made_of_is_pooled_over_the_table(add):
    rng = np.random.default_rng(5)
    calm = [
        entry
        for k in range(20)
        for entry in series(f"GM91{k:02d}", MONTHS, rng.poisson(5, 60).tolist())
    ]
    wild = [
        (area, month, value * (1 + (int(month[:4]) + int(area[-1])) % 2))
        for area, month, value in calm
    ]
    own = series(HERE, MONTHS, [6.0] * 48 + [5.0] * 12)
    widths = []
    for others in (calm, wild):
        add([*own, *others])
        found = asked().so_far[0]
        assert (found.now, found.then) == (60, 72)
        widths.append(found.upper - found.lower)
    assert widths[1] > 1.1 * widths[0]


def test_few_cases_have_no_percentage_and_nothing_before_has_no_ratio(add):
    add(series(HERE, MONTHS, [0.0] * 48 + [0.0] * 11 + [4.0]))
    found = asked().so_far[0]
    assert (found.verdict, found.ratio) == ("te weinig gegevens voor een vergelijking", None)
    add(series(HERE, MONTHS, [0.0] * 48 + [4.0] * 12))
    found = asked().so_far[0]
    assert (found.ratio, found.upper) == (None, None)
    assert found.lower > 1


def test_yearly_figures_are_held_against_the_year_before_and_a_late_one_says_so(add):
    years = [str(year) for year in range(2016, 2025)]
    add(series(HERE, years, [100.0 + k for k in range(9)]), late=["2024"])
    found = asked()
    assert (found.so_far, found.thirds) == ((), ())
    assert row(found.years[0]) == ("2024 (voorlopig)", 108, "2023", 107)
    assert len(found.years) == 8


def test_figures_without_any_published_month_give_nothing(add):
    add(series(HERE, MONTHS, [NAN] * 60) + series("GM9002", MONTHS, [1.0] * 60))
    assert asked() == type(asked())()


def test_a_percentage_and_what_is_not_there_are_not_counted_up(figures):
    shelf = public_shelf()
    for indicator in load_indicators():
        found = reading(shelf, "VB01", indicator)
        shown = earlier_years(shelf, found)
        assert bool(shown) <= (found.available and found.indicator.adds_up)


def test_every_sentence_says_what_its_table_says(figures):
    shelf, looked = public_shelf(), 0
    for home in ("VB01", "VB02", "VB010101"):
        for indicator in load_indicators():
            for section in earlier_years(shelf, reading(shelf, home, indicator)):
                first = section.table.rows[0]
                counted = written(first.now, first.then)
                check(section.words, counted, home, indicator, section.heading)
                assert f"{dutch.number(first.now)} in {first.period}, " in section.words
                assert f" {dutch.number(first.then)} in " in section.words
                if first.change and first.change.enough:
                    assert first.change.ratio == first.now / first.then
                looked += 1
    assert looked > 60


@pytest.mark.shared
def test_comparisons_equal_the_file_of_the_police(client, db, shared, tmp_path, monkeypatch):
    """Read once by plain Python, once by what a browser takes along."""
    name = "crime/haaglanden_buurt_month_2011_2016.csv.gz"
    (tmp_path / "bron" / "crime").mkdir(parents=True)
    (tmp_path / "bron" / name).symlink_to(shared / "data" / name)
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    load_folder(FigureStore(tmp_path / "home"), tmp_path / "bron")
    area, kind, indicator = "BU05180703", "111", "vernieling"
    with gzip.open(shared / "data" / name, "rt", encoding="utf-8-sig", newline="") as text:
        counted = {
            r["Perioden"]: int(r["Aantal"])
            for r in csv.DictReader(text)
            if (r["WijkenEnBuurten"], r["Delict"]) == (area, kind)
        }

    def total(first, last, year):
        return sum(counted[f"{year}MM{m:02d}"] for m in range(first, last + 1))

    home = Municipality.objects.create(code="GM0629", name="Hier")
    user = User.objects.create_user("adviseur@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=user, municipality=home, role=Role.ADVISER)
    client.force_login(user)
    address = f"/beeld/{area}/{indicator}/"
    looked = 0
    for table in ("dit-jaar", "vier-maanden", "per-jaar"):
        told = client.get(address, {"csv": table}).content.decode("utf-8-sig")
        for r in csv.DictReader(io.StringIO(told), delimiter=";"):
            year, earlier = int(r["Periode"][-4:]), int(r["Naast"][-4:])
            first, last = months_in(r["Periode"])
            assert months_in(r["Naast"]) == (first, last)
            assert int(r["Aantal"]) == total(first, last, year)
            assert int(r["Aantal toen"]) == total(first, last, earlier)
            plain = change(float(r["Aantal"]), float(r["Aantal toen"]))
            assert float(r["Ondergrens 95 %"].replace(",", ".")) <= plain.lower + 0.001
            looked += 1
    assert looked == 5 + 9 + 5


def months_in(label):
    names = [dutch.MONTHS.index(word) + 1 for word in re.findall("[a-z]{3,}", label)]
    return (names[0], names[-1]) if names else (1, 12)


def test_months_are_said_as_they_are_spoken():
    assert said_months((0, 12), 2024) == "2024"
    assert said_months((2, 3), 2024) == "maart 2024"
    assert said_months((4, 8), 2024) == "mei t/m augustus 2024"
