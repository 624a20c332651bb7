"""On the real figures: what a municipality with yearly figures shows, and one with months by
neighbourhood."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re

import pytest
from django.conf import settings

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.picture.models import Screening, Signal
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Goal
from koers.apps.plan.services.bundled import load_bundled_plan
from koers.apps.plan.services.outlook import forecast_chart

pytestmark = pytest.mark.shared

KINDS = {
    "woninginbraak": "1.1.1",
    "schuurinbraak": "1.1.2",
    "diefstal-uit-auto": "1.2.1",
    "diefstal-van-auto": "1.2.2",
    "fietsdiefstal": "1.2.3",
    "moord-doodslag": "1.4.2",
    "bedreiging": "1.4.4",
    "mishandeling": "1.4.5",
    "vernieling": "2.2.1",
    "bedrijfsinbraak": "2.5.1",
    "drugshandel": "3.1.1",
    "wapenhandel": "3.1.3",
}
MERGED = "2019"
"""The year in which Haarlemmerliede en Spaarnwoude went into Haarlemmermeer."""
NEIGHBOURS = {"Bloemendaal": "GM0377", "Haarlem": "GM0392", "Haarlemmermeer": "GM0394"}


@pytest.fixture
def at_home(client, db, real_home, monkeypatch):
    """A client in which the adviser of a municipality is signed in."""
    monkeypatch.setattr(settings, "HOME", real_home)

    def sign_in(municipality):
        user = User.objects.create_user("adviseur@example.org", "geheim-genoeg-123")
        Membership.objects.create(user=user, municipality=municipality, role=Role.ADVISER)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def yearly(at_home):
    return at_home(load_bundled_plan("heemstede-2025-2027").municipality)


def table(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return list(
        csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";")
    )


def number(text):
    return float(text.replace(",", "."))


@pytest.fixture(scope="module")
def source(shared):
    with gzip.open(
        shared / "data/crime/gemeente_year_2012_2025.csv.gz", "rt", encoding="utf-8-sig", newline=""
    ) as file:
        return {
            (row["RegioS"], row["SoortMisdrijf"], row["Perioden"][:4]): (
                int(row["GeregistreerdeMisdrijven_1"]),
                float(row["GemiddeldAantalInwoners"] or "nan"),
            )
            for row in csv.DictReader(file)
        }


def test_twelve_kinds_stand_beside_the_three_neighbours_and_all_others(yearly, source):
    for indicator, kind in KINDS.items():
        rows = table(yearly, f"/beeld/GM0397/{indicator}/buren.csv")
        assert [row["Periode"] for row in rows] == [str(year) for year in range(2012, 2026)]
        assert list(rows[0])[2:5] == list(NEIGHBOURS)
        for row in rows:
            for name, code in {"Heemstede": "GM0397", **NEIGHBOURS}.items():
                if name == "Haarlemmermeer" and row["Periode"] < MERGED:
                    assert row[name] == "", "its people of before are of a smaller area"
                    continue
                count, people = source[code, kind, row["Periode"]]
                expected = 1000 * count / people
                assert math.isclose(number(row[name]), expected, abs_tol=0.0501), (
                    indicator,
                    name,
                    row,
                )
            low, high = (number(row[key]) for key in row if key.endswith((": laag", ": hoog")))
            assert low <= high


def test_the_chart_of_a_goal_has_each_figure_above_the_name_of_its_year(yearly, source):
    goal = Goal.objects.get(indicator="woninginbraak", municipality__code="GM0397")
    chart = forecast_chart(public_shelf(), goal)
    places = {
        label: float(x)
        for x, label in re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>(20\d\d)</text>', chart.svg)
    }
    dots = [
        (float(x), float(y))
        for x, y in re.findall(r'translate\(([\d.]+),([\d.]+)\)" d="M2.55,0A', chart.svg)
    ]
    shown = range(2026 - len(dots), 2026)
    counted = {year: source["GM0397", "1.1.1", str(year)][0] for year in shown}
    most = max(counted, key=counted.__getitem__)
    assert len(dots) >= 10 and dots[-1][0] == pytest.approx(places["2025"], abs=1)
    assert min(dots, key=lambda dot: dot[1])[0] == pytest.approx(places[str(most)], abs=1)


def test_its_fourteen_neighbourhoods_are_on_the_map_with_their_totals(yearly, shared):
    with (shared / "data/crime/kennemerland_buurt_total_2023.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        expected = {
            row["buurtnaam_indeling2024"]: row["GeregistreerdeMisdrijven_1"]
            for row in csv.DictReader(file)
            if row["WijkenEnBuurten"].startswith("BU0397")
        }
    shown = table(yearly, "/beeld/GM0397/misdrijven-totaal/kaart.csv")
    assert len(shown) == 14
    assert sum(int(row["Geregistreerd"]) for row in shown) == 1101
    assert sorted(row["Geregistreerd"] for row in shown) == sorted(expected.values())


def test_a_theme_without_figures_of_its_own_shows_the_country_named_so(yearly):
    for indicator in ("cybercrime", "jeugdoverlast", "rijden-onder-invloed"):
        page = yearly.get(f"/beeld/GM0397/{indicator}/").content.decode()
        assert "Dit zijn <strong>landelijke</strong> cijfers" in page, indicator
        assert "Koers wacht op tabel" in page


def test_a_theme_without_any_figure_says_for_which_table_it_waits(yearly):
    page = yearly.get("/beeld/GM0397/verkeersongevallen-letsel/").content.decode()
    assert "Nog geen cijfers. Koers wacht op tabel" in page
    assert "<svg" not in page.split("<main", 1)[1]


def test_without_months_there_are_no_signals_and_the_page_says_why(yearly):
    assert screen_municipality(Municipality.objects.get(code="GM0397")) is None
    page = yearly.get("/beeld/GM0397/").content.decode()
    assert "Nog geen signalen: daarvoor zijn cijfers per buurt en maand nodig" in page


def test_a_small_municipality_with_months_has_signals_and_a_map_of_circles(at_home):
    home = Municipality.objects.create(code="GM0629", name="Wassenaar")
    client = at_home(home)
    screening = screen_municipality(home)
    assert screening is not None
    assert screening.tested > 100
    # No snapshots to learn from: the last two months are provisional, so the newest is looked at
    # for rises only.
    assert [(s.period, s.provisional) for s in Screening.objects.of(home)] == [
        ("2016-12", True),
        ("2016-10", False),
    ]
    page = client.get("/beeld/GM0629/").content.decode()
    for signal in Signal.objects.of(home).filter(period=screening.period):
        assert signal.q_value <= screening.rate
        assert signal.area_name in page.replace("&#x27;", "'")
    drawn = client.get("/beeld/GM0629/woninginbraak/kaart.svg").content.decode()
    assert len(table(client, "/beeld/GM0629/woninginbraak/kaart.csv")) == 11
    assert drawn.count("<path") >= 11


def test_every_theme_of_both_opens(yearly):
    for indicator in KINDS:
        assert yearly.get(f"/beeld/GM0397/{indicator}/").status_code == 200
        assert yearly.get(f"/beeld/GM0629/{indicator}/").status_code == 200
    for path in (
        "/beeld/GM0397/",
        "/beeld/GM0629/",
        "/beeld/BU06290100/",
        "/plan/",
        "/openbaar/heemstede/",
    ):
        assert yearly.get(path).status_code == 200
