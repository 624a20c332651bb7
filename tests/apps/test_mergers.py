"""Figures over a municipal merger or split: no rate by the people of other boundaries, on no page
and in no file."""

import csv
import io
import math

import pytest
from django.conf import settings

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.picture.presenters import beside_neighbours
from koers.apps.picture.readings import reading
from koers.figures.queries.panel import get_panel
from koers.figures.store import FigureStore
from tests.figures.rows import changes, kept

YEARS = tuple(str(year) for year in range(2018, 2026))
GREW, STEADY, THIRD = "GM9001", "GM9002", "GM9004"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def at_home(client, db):
    def sign_in(code, name):
        where = Municipality.objects.create(code=code, name=name)
        user = User.objects.create_user("adviseur@example.org", "geheim-genoeg-123")
        Membership.objects.create(user=user, municipality=where, role=Role.ADVISER)
        client.force_login(user)
        return client

    return sign_in


def rows_of(client, path):
    text = client.get(path).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def figures(home, people, counts, table="47018NED", **more):
    key = [
        (area, "inhabitants", year, float(n))
        for area, by_year in people.items()
        for year, n in zip(YEARS, by_year, strict=True)
        if n
    ]
    kept(home, key, table="kerncijfers", scheme="key-figures", title="Kerncijfers")
    rows = [
        (area, "1.4.5", year, float(n))
        for area, by_year in counts.items()
        for year, n in zip(YEARS, by_year, strict=True)
    ]
    kept(home, rows, table=table, title="Misdrijven", **more)


SMALL_THEN_LARGE = (10_000,) * 4 + (15_000,) * 4
ALIKE = (20_000,) * 8


def merged(home):
    figures(
        home,
        {GREW: SMALL_THEN_LARGE, STEADY: ALIKE, THIRD: ALIKE},
        {GREW: (150,) * 8, STEADY: (200,) * 8, THIRD: (210,) * 8},
    )
    changes(home, [("GM9003", GREW, 2022, "merged", 1.0)])


def test_beside_its_neighbours_a_merged_municipality_has_no_rate_before_and_it_says_so(
    home, at_home
):
    merged(home)
    client = at_home(GREW, "Samendam")
    rows = rows_of(client, f"/beeld/{GREW}/mishandeling/buren.csv")
    own = {row["Periode"]: row[GREW] for row in rows}
    assert [own[year] for year in YEARS] == [""] * 4 + ["10"] * 4
    assert all("andere grenzen" in row["Herkomst"] for row in rows)
    page = client.get(f"/beeld/{GREW}/mishandeling/").content.decode()
    assert "kreeg in 2022 andere grenzen" in page


def test_a_rate_whose_people_step_without_a_merger_on_record_is_marked(home, at_home):
    figures(
        home,
        {GREW: SMALL_THEN_LARGE, STEADY: ALIKE, THIRD: ALIKE},
        {GREW: (150,) * 8, STEADY: (200,) * 8, THIRD: (210,) * 8},
    )
    client = at_home(GREW, "Samendam")
    rows = rows_of(client, f"/beeld/{GREW}/mishandeling/buren.csv")
    assert all("sprong in 2022 (+50 %)" in row["Herkomst"] for row in rows)
    # A neighbour in the chart is marked as well; one whose people stayed is not.
    other = beside_neighbours(public_shelf(), reading(public_shelf(), STEADY, "mishandeling"))
    assert [remark for remark in other.remarks if "sprong" in remark]
    assert not any(f"inwoners van {STEADY}" in remark for remark in other.remarks)


def test_the_latest_rate_is_withheld_where_its_people_are_of_other_boundaries(home, at_home):
    """The people of the last years were not loaded yet when the boundaries changed."""
    people = {GREW: (10_000,) * 4 + (0,) * 4, STEADY: ALIKE, THIRD: ALIKE}
    figures(home, people, dict.fromkeys(people, (150,) * 8))
    changes(home, [("GM9003", GREW, 2022, "merged", 1.0)])
    client = at_home(GREW, "Samendam")
    found = reading(public_shelf(), GREW, "mishandeling")
    assert math.isnan(found.rate) and "andere grenzen" in found.rate_missing
    assert "andere grenzen" in client.get(f"/beeld/{GREW}/mishandeling/").content.decode()
    compared = rows_of(client, f"/beeld/{STEADY}/mishandeling/vergelijking.csv")
    assert GREW not in {row["Gebied"] for row in compared}


def test_a_municipality_that_grew_by_a_part_of_one_that_is_not_loaded(home, at_home):
    """Only the change of its own boundaries is known; its series breaks, and no difference over the
    break is told."""
    until = YEARS[:5]
    rows = [(GREW, "1.4.5", year, 100.0 if year < "2022" else 150.0) for year in until]
    kept(home, rows, table="47018NED", title="Misdrijven")
    kept(
        home,
        [(GREW, "inhabitants", y, 10_000.0 if y < "2022" else 15_000.0) for y in until],
        table="kerncijfers",
        scheme="key-figures",
    )
    changes(home, [(GREW, GREW, 2022, "merged", 0.9998)])
    client = at_home(GREW, "Samendam")
    found = reading(public_shelf(), GREW, "mishandeling")
    assert found.verdict == "niet te vergelijken: andere grenzen sinds 2022"
    page = client.get(f"/beeld/{GREW}/mishandeling/").content.decode()
    assert "De reeks breekt in 2022" in page and "Niet te vergelijken" in page


@pytest.fixture
def real(real_home, monkeypatch):
    monkeypatch.setattr(settings, "HOME", real_home)


def rates_of(client, code, name):
    return {
        row["Periode"]: row[name]
        for row in rows_of(client, f"/beeld/{code}/woninginbraak/buren.csv")
    }


@pytest.mark.shared
def test_case_11_purmerend_with_beemster(real, at_home):
    """450 burglaries of 2012 are of the whole, 79,374 people are without Beemster: 5.7 is wrong."""
    found = rates_of(at_home("GM0439", "Purmerend"), "GM0439", "Purmerend")
    assert [year for year in found if found[year]] == ["2022", "2023", "2024", "2025"]
    assert found["2022"] == "0,8"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("code", "name", "year"),
    [
        ("GM0394", "Haarlemmermeer", 2019),
        ("GM0014", "Groningen", 2019),
        ("GM1980", "Dijk en Waard", 2022),
        ("GM0363", "Amsterdam", 2022),
        ("GM0824", "Oisterwijk", 2021),
    ],
)
def test_case_11_no_rate_by_the_people_of_before_a_merger(real, at_home, code, name, year):
    client = at_home(code, name)
    found = rates_of(client, code, name)
    assert [int(y) for y in found if found[y]] == list(range(year, 2026))
    page = client.get(f"/beeld/{code}/woninginbraak/").content.decode()
    assert f"{name} kreeg in {year} andere grenzen" in page


@pytest.mark.shared
def test_every_step_of_the_real_people_is_a_merger_or_marked(real, db):
    shelf = public_shelf()
    table = shelf.find_table("crime", "1.1.1", shelf.areas["GM0439"])
    assert table is not None
    people = shelf.people(table.panel.areas, table.panel.periods)
    rates = people.same
    for i, area in enumerate(table.panel.areas):
        marked = {note.year for note in people.notes_of(area) if note.kind == "step"}
        for t in range(1, rates.shape[1]):
            if abs(rates[i, t] / rates[i, t - 1] - 1) > 0.03:
                assert table.panel.periods[t].year in marked, area


@pytest.mark.shared
def test_case_13_own_figures_of_a_municipality_that_took_in_a_part_of_another(home, at_home):
    """GM9003 was divided over two; only GM9001 is loaded, so the change table has one row."""
    months = [f"{y}-{m:02d}" for y in range(2023, 2026) for m in range(1, 13)]
    changes(home, [("GM9001", "GM9001", 2025, "merged", 0.9998)])
    rows = [("GM9001", "demonstrations", m, 10.0 if m < "2025" else 15.0) for m in months]
    kept(home, rows, table="eigen", scheme="local", source="eigen")
    store = FigureStore(home)
    found = get_panel(
        store, table="eigen", level="municipality", topics=["demonstrations"], frequency="month"
    )
    assert [(b.area, b.year, b.reason) for b in found.broken] == [("GM9001", 2025, "redrawn")]
