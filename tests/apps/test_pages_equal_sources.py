"""What a page shows is what the source file says: read once by plain Python, once through
everything that Koers does."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from django.conf import settings

from koers import dutch
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.figures.store import FigureStore
from koers.sources.saved import load_folder

pytestmark = pytest.mark.shared

MONTHS = "crime/haaglanden_buurt_month_2011_2016.csv.gz"
YEARS = "crime/gemeente_year_2012_2025.csv.gz"
# (neighbourhood, indicator, the file's own kinds, month)
NEIGHBOURHOOD_MONTHS = (
    ("BU06290100", "woninginbraak", ("104",), "2013MM01"),
    ("BU06290101", "winkeldiefstal", ("107",), "2014MM08"),
    ("BU06290105", "fietsdiefstal", ("100", "101"), "2016MM11"),
    ("BU06290106", "woninginbraak", ("104",), "2016MM12"),
    ("BU05180703", "vernieling", ("111",), "2015MM12"),
)
MUNICIPALITY_YEARS = (
    ("woninginbraak", "1.1.1", "2012"),
    ("woninginbraak", "1.1.1", "2025"),
    ("fietsdiefstal", "1.2.3", "2025"),
    ("vernieling", "2.2.1", "2018"),
    ("moord-doodslag", "1.4.2", "2012"),
)


@pytest.fixture(scope="module")
def loaded_home(tmp_path_factory, shared):
    """A home into which the two files were loaded, and the names of neighbourhoods."""
    folder, home = tmp_path_factory.mktemp("bronnen"), tmp_path_factory.mktemp("home")
    for name in (MONTHS, YEARS):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(shared / "data" / name)
    report = load_folder(FigureStore(home), folder)
    assert report.refused == []
    return home


@pytest.fixture
def download(client, db, loaded_home, monkeypatch):
    """The CSV of a trend as a signed-in adviser downloads it: what was counted, by the name of the
    period."""
    return _downloader(client, loaded_home, monkeypatch)


def _downloader(client, home, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home)
    municipality = Municipality.objects.create(code="GM0629", name="Hier")
    user = User.objects.create_user("adviseur@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=user, municipality=municipality, role=Role.ADVISER)
    client.force_login(user)

    def get(area: str, indicator: str) -> dict[str, str]:
        response = client.get(f"/beeld/{area}/{indicator}/trend.csv")
        assert response.status_code == 200
        table = list(
            csv.DictReader(
                io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"
            )
        )
        return {row["Periode"]: row["Geteld"] for row in table}

    return get


def _rows(file):
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


@pytest.fixture(scope="module")
def months(shared):
    wanted = {area for area, *_ in NEIGHBOURHOOD_MONTHS}
    return {
        (row["WijkenEnBuurten"], row["Delict"], row["Perioden"]): row["Aantal"]
        for row in _rows(shared / "data" / MONTHS)
        if row["WijkenEnBuurten"] in wanted
    }


@pytest.fixture(scope="module")
def years(shared):
    return {
        (row["SoortMisdrijf"], row["Perioden"]): row["GeregistreerdeMisdrijven_1"]
        for row in _rows(shared / "data" / YEARS)
        if row["RegioS"] == "GM0397"
    }


@pytest.mark.parametrize(("area", "indicator", "kinds", "month"), NEIGHBOURHOOD_MONTHS)
def test_a_month_of_a_neighbourhood_equals_the_source(
    download, months, area, indicator, kinds, month
):
    shown = download(area, indicator)
    expected = sum(int(months[area, kind, month]) for kind in kinds)
    assert shown[dutch.period(month.replace("MM", "-"))] == str(expected)


def test_every_month_that_a_page_shows_equals_the_source(download, months):
    for area, indicator, kinds, _ in NEIGHBOURHOOD_MONTHS:
        shown = download(area, indicator)
        assert len(shown) == 48
        for year in range(2013, 2017):
            for number in range(1, 13):
                expected = sum(int(months[area, kind, f"{year}MM{number:02d}"]) for kind in kinds)
                assert shown[dutch.period(f"{year}-{number:02d}")] == str(expected), (
                    area,
                    indicator,
                    year,
                    number,
                )


@pytest.mark.parametrize(("indicator", "kind", "year"), MUNICIPALITY_YEARS)
def test_a_year_of_a_municipality_equals_the_source(download, years, indicator, kind, year):
    assert download("GM0397", indicator)[year] == years[kind, f"{year}JJ00"]


def test_every_year_that_a_page_shows_equals_the_source(download, years):
    for indicator, kind in {(i, k) for i, k, _ in MUNICIPALITY_YEARS}:
        shown = download("GM0397", indicator)
        assert {f"{year}JJ00": value for year, value in shown.items()} == {
            period: value for (found, period), value in years.items() if found == kind
        }


def test_a_month_that_is_not_published_is_empty_on_the_page_and_a_zero_stays_a_zero(
    client, db, shared, tmp_path, monkeypatch
):
    area, _, (kind,), month = NEIGHBOURHOOD_MONTHS[0]
    zero = next(
        row["Perioden"]
        for row in _rows(shared / "data" / MONTHS)
        if (row["WijkenEnBuurten"], row["Delict"], row["Aantal"]) == (area, kind, "0")
        and row["Perioden"] >= "2013"
    )
    folder = tmp_path / "bronnen"
    folder.mkdir()
    with (folder / "haaglanden_buurt_month_2011_2016.csv").open(
        "w", encoding="utf-8", newline=""
    ) as out:
        rows = [
            row
            for row in _rows(shared / "data" / MONTHS)
            if row["WijkenEnBuurten"].startswith("BU0629")
        ]
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        for row in rows:
            hidden = (row["WijkenEnBuurten"], row["Delict"], row["Perioden"]) == (area, kind, month)
            writer.writerow({**row, "Aantal": "" if hidden else row["Aantal"]})
    report = load_folder(FigureStore(tmp_path / "home"), folder)
    assert report.refused == []
    download = _downloader(client, tmp_path / "home", monkeypatch)
    shown = download(area, "woninginbraak")
    assert shown[dutch.period(month.replace("MM", "-"))] == ""
    assert shown[dutch.period(zero.replace("MM", "-"))] == "0"
    assert "–" in client.get(f"/beeld/{area}/woninginbraak/").content.decode()


def test_kinds_that_are_published_yearly_only_are_unknown_by_month_though_the_file_says_0(
    shared, tmp_path
):
    folder = tmp_path / "bronnen"
    folder.mkdir()
    (folder / "nl_month_2012_2022.csv").symlink_to(
        shared / "data" / "crime" / "nl_month_2012_2022.csv"
    )
    store = FigureStore(tmp_path / "home")
    assert load_folder(store, folder).refused == []
    query = (
        "SELECT count(*), count(value) FROM observations WHERE topic IN ('1.4.1', '3.2.1', '3.2.2',"
        " '3.7.3')"
    )
    rows, known = store.connect().execute(query).fetchone()
    assert rows == 4 * 127
    assert known == 0
