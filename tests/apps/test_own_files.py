"""Own files on the pages: mapped, counted, kept internal, and the file itself gone."""

import io
import json
import math
import random
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from koers.apps.decisions.services.figures import figure_data
from koers.apps.intake import archive
from koers.apps.intake.archive import internal_shelf, public_shelf, shelf_for
from koers.apps.intake.models import ColumnMapping, OwnTable, Upload
from koers.apps.intake.services import counting, uploads
from koers.apps.intake.services.pairs import topic_pairs
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.people.models import Membership, Role, User
from koers.apps.picture.readings import reading
from koers.figures.store import FigureStore
from tests.apps.publishing import make_public

MONTHS = [*(f"2025-{m:02d}" for m in range(8, 13)), *(f"2026-{m:02d}" for m in range(1, 10))]


@pytest.fixture
def own_home(plan, tmp_path, monkeypatch):
    """A home with the example's figures in which a test may write."""
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    return home


def csv_file(rows, name="handhaving.csv"):
    return SimpleUploadedFile(name, "\r\n".join(";".join(map(str, row)) for row in rows).encode())


def hours(months=MONTHS, value=10):
    rows = [("Buurt", "Onderwerp", "Maand", "Aantal", "Naam boa")]
    return [
        *rows,
        *(("Centrum", "Aangemelde demonstraties", month, value, "J. Geheim") for month in months),
    ]


def send(client, rows, kind="counts", **more):
    response = client.post("/cijfers/eigen/nieuw/", {"kind": kind, "file": csv_file(rows, **more)})
    return response.url if response.status_code == 302 else response


def mapping(**more):
    return {
        "sheet": "CSV",
        "header_row": "1",
        "title": "Handhaving",
        "area": "Buurt",
        "topic": "Onderwerp",
        "period": "Maand",
        "value": "Aantal",
        **more,
    }


def stored_files(home):
    folder = home / "uploads"
    return list(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def counted(adviser, own_home):
    adviser.post(send(adviser, hours()), mapping(tellen="1"))
    return OwnTable.objects.get()


def test_a_file_is_mapped_looked_at_and_counted_and_then_it_is_gone(adviser, own_home):
    url = send(adviser, hours())
    assert len(stored_files(own_home)) == 1
    assert stored_files(own_home)[0].stat().st_mode & 0o077 == 0
    page = adviser.post(url, mapping(voorbeeld="1")).content.decode()
    assert "14 te tellen" in page and "Centrum" in page and "Aangemelde demonstraties" in page
    assert "Geheim" not in page
    assert not OwnTable.objects.exists()
    response = adviser.post(url, mapping(tellen="1"), follow=True)
    assert "Het bestand is verwijderd" in response.content.decode()
    assert stored_files(own_home) == []
    table = OwnTable.objects.get()
    assert (table.first_period, table.last_period, table.rows_read) == ("2025-08", "2026-09", 14)
    assert "Geheim" not in "".join(
        f.read_bytes().decode("latin-1") for f in own_home.rglob("*/eigen/**/*") if f.is_file()
    )


def test_what_is_an_average_is_not_added_up(adviser, own_home):
    """Two streets of 34 and 41 km an hour are not 76 in the municipality; hours are added."""
    names = ("Snelheid die 85 % niet overschrijdt (V85)", "Gemiddelde wachttijd", "Uren toezicht")
    rows = [("Buurt", "Onderwerp", "Maand", "Aantal")]
    rows += [
        (area, name, "2025-01", value)
        for name in names
        for area, value in (("Centrum", "34,5"), ("Stationsbuurt", "41,5"))
    ]
    rows.append(("Voorbeeldrecht", names[1], "2025-01", "37,2"))
    adviser.post(send(adviser, rows), mapping(tellen="1"))
    shown = dict(counting.summary(OwnTable.objects.get())[1])
    assert math.isnan(shown[f"{names[0]} (niet op te tellen)"])
    assert shown[f"{names[1]} (niet op te tellen)"] == 37.2
    assert shown[names[2]] == 76
    page = adviser.get(f"/cijfers/eigen/{OwnTable.objects.get().pk}/")
    assert page.status_code == 200 and "nan" not in page.content.decode().lower()


def test_the_mapping_is_found_again_by_the_header(adviser, counted):
    url = send(adviser, hours(["2026-10"], 20))
    page = adviser.get(url).content.decode()
    assert "Koers kent deze kop" in page and "1 te tellen" in page
    adviser.post(url, mapping(tellen="1"))
    assert ColumnMapping.objects.count() == 1


def test_a_next_file_fills_the_table_up_and_replaces_its_own_months(adviser, counted):
    adviser.post(send(adviser, hours(["2026-09", "2026-10"], 20)), mapping(tellen="1"))
    table = OwnTable.objects.get()
    rows = adviser.get(f"/cijfers/eigen/{table.pk}.csv").content.decode("utf-8-sig").splitlines()
    values = {line.split(";")[3]: line.split(";")[4] for line in rows[1:]}
    assert (values["2026-08"], values["2026-09"], values["2026-10"]) == ("10", "20", "20")


def test_only_the_month_that_still_grows_is_provisional(adviser, own_home, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 15))
    adviser.post(send(adviser, hours(["2026-10", "2026-11", "2026-12"])), mapping(tellen="1"))
    columns, _ = counting._before(OwnTable.objects.get().snapshot)
    late = columns["period"][columns["status"] == "provisional"]
    assert set(late) == {"2026-12"} < set(columns["period"])


def test_unreadable_rows_are_shown_and_left_out_only_when_somebody_says_so(adviser, own_home):
    url = send(
        adviser, [*hours(), ("Nergens", "Aangemelde demonstraties", "2026-01", 3, "J. Geheim")]
    )
    page = adviser.post(url, mapping(tellen="1")).content.decode()
    assert (
        "Vink aan dat de rijen" in page
        and "Dit is geen buurt, wijk of code van deze gemeente" in page
    )
    assert "Geheim" not in page
    assert not OwnTable.objects.exists()
    adviser.post(url, mapping(tellen="1", zonder="1"))
    assert OwnTable.objects.get().rows_refused == 1


def test_reports_are_counted_by_category_as_chosen(adviser, own_home):
    rows = [("datum", "categorie", "lat", "lon", "tekst")]
    store = FigureStore(own_home)
    place = (
        store.connect()
        .execute("SELECT latitude, longitude FROM known_areas WHERE code = 'VB010101'")
        .fetchone()
    )
    rows += [
        ("2026-05-03", "Jongeren", *place, "Geheim"),
        ("2026-05-04", "Afval", *place, "Geheim"),
    ]
    url = send(adviser, rows, kind="reports")
    choice = {
        "sheet": "CSV",
        "header_row": "1",
        "title": "Meldingen",
        "latitude": "lat",
        "longitude": "lon",
        "topic": "categorie",
        "period": "datum",
    }
    page = adviser.post(url, {**choice, "voorbeeld": "1"}).content.decode()
    assert "&#x27;Jongeren&#x27; telt als" in page
    names = {
        "name_0": "Afval",
        "category_0": "-",
        "name_1": "Jongeren",
        "category_1": "youth-reports",
    }
    adviser.post(url, {**choice, **names, "tellen": "1"})
    table = OwnTable.objects.get()
    lines = (
        adviser.get(f"/cijfers/eigen/{table.pk}.csv").content.decode("utf-8-sig").splitlines()[1:]
    )
    assert {line.split(";")[2] for line in lines} == {
        "Meldingen over jongeren in de openbare ruimte"
    }
    assert sum(int(line.split(";")[4]) for line in lines) == 1
    assert ColumnMapping.objects.get().topics.topics == {"Afval": "-", "Jongeren": "youth-reports"}


def reports(home, series):
    """Forty reports on a line of a kilometre, spread over a year; with ``series`` each is followed
    the next day, 10 m away."""
    latitude, longitude = (
        FigureStore(home)
        .connect()
        .execute("SELECT latitude, longitude FROM known_areas WHERE code = 'VB010101'")
        .fetchone()
    )
    rows = [("datum", "categorie", "lat", "lon", "tekst")]
    rng = random.Random(1)
    for _ in range(40):
        day = datetime(2025, 1, 1) + timedelta(days=rng.randrange(360))
        along = latitude + rng.randrange(-20, 20) * 0.00027
        for late in range(2 if series else 1):
            place = (along + 0.0001 * late, longitude)
            when = f"{day + timedelta(days=late):%d-%m-%Y}"
            rows.append((when, "Inbraak", *place, "Geheim"))
    return rows


BURGLARIES = {
    "sheet": "CSV",
    "header_row": "1",
    "title": "Inbraken",
    "latitude": "lat",
    "longitude": "lon",
    "topic": "categorie",
    "period": "datum",
}


@pytest.mark.parametrize("series", [True, False])
def test_points_with_a_day_say_how_often_one_is_soon_followed_nearby(adviser, own_home, series):
    rows = reports(own_home, series)
    adviser.post(send(adviser, rows, kind="reports"), {**BURGLARIES, "tellen": "1"})
    table = OwnTable.objects.get()
    page = " ".join(adviser.get(f"/cijfers/eigen/{table.pk}/").content.decode().split())
    told = topic_pairs(table)[0]
    assert told.reports == len(rows) - 1
    assert (told.told.pairs >= 40) == series
    if series:
        assert "is de kans op een tweede binnen 200 m in twee weken" in page
        assert "keer zo groot als door toeval" in page
    else:
        assert "niet aantoonbaar vaker dan door toeval" in page
        assert "keer zo groot" not in page
    kept = json.dumps(table.near_repeats.kept())
    assert not any(f"{row[2]:.4f}"[:7] in kept for row in rows[1:])
    lines = adviser.get(f"/cijfers/eigen/{table.pk}/?csv=herhaling-intern").content.decode()
    assert len(lines.strip().splitlines()) >= 17


def test_months_and_few_points_say_nothing_of_repeats(adviser, own_home):
    whole = reports(own_home, series=True)
    for rows in (whole[:25], [whole[0], *(("2025-03", *row[1:]) for row in whole[1:])]):
        adviser.post(send(adviser, rows, kind="reports"), {**BURGLARIES, "tellen": "1"})
        table = OwnTable.objects.get()
        assert table.near_repeats.topics == ()
        page = adviser.get(f"/cijfers/eigen/{table.pk}/").content.decode()
        assert "Herhaling dichtbij" not in page


def test_own_counts_fill_their_indicator_for_people_inside_only(counted, municipality):
    assert not reading(public_shelf(), municipality.code, "demonstraties").is_own
    assert reading(internal_shelf(municipality.code), "VB010101", "demonstraties").is_own
    assert not reading(internal_shelf("VB02"), "VB010101", "demonstraties").is_own


def test_own_tables_are_in_the_list_of_snapshots_for_people_inside_only(client, counted, other):
    address = f"/beeld/peilmomenten/eigen/{counted.table}"
    for role, where, sees in (
        (Role.ADVISER, None, True),
        (Role.ADVISER, other, False),
        (Role.COMMITTEE, None, False),
    ):
        user = User.objects.create_user(f"{role}-{where}@example.org", "geheim-genoeg-123")
        Membership.objects.create(user=user, municipality=where or counted.municipality, role=role)
        client.force_login(user)
        assert (counted.table in client.get("/beeld/peilmomenten/").content.decode()) == sees
        assert (
            "Handhaving" in client.get("/beeld/peilmomenten/?csv=tabellen").content.decode()
        ) == sees
        for end in ("/", ".csv", "/?csv=peilmomenten"):
            assert (client.get(address + end).status_code == 200) == sees, (role, end)


def test_own_figures_stay_off_public_pages_and_out_of_decisions(client, counted, plan, person):
    priority = plan.attention_themes.first()
    priority.indicators = ["demonstraties"]
    priority.save()
    first = plan.priorities.first()
    first.indicators = ["demonstraties"]
    first.save()
    make_public(plan)
    client.force_login(person(Role.POLICE))
    inside = client.get(f"/plan/prioriteit/{first.pk}/").content.decode()
    assert "Aangemelde demonstraties" in inside and "120</span>" in inside
    for path in ("/openbaar/voorbeeldrecht/", f"/openbaar/voorbeeldrecht/{first.slug}/", "/"):
        assert "120 in 12" not in client.get(path).content.decode()
    assert (
        "nog geen cijfers" in client.get(f"/openbaar/voorbeeldrecht/{first.slug}/").content.decode()
    )
    figure = figure_data(plan)
    assert figure is None or figure.indicator != "demonstraties"


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.PARTNER, Role.COLLEGE])
def test_roles_outside_do_not_see_own_figures(client, counted, person, role):
    client.force_login(person(role))
    assert client.get("/cijfers/").status_code == 403
    assert client.get(f"/cijfers/eigen/{counted.pk}/").status_code == 403
    page = client.get("/beeld/indicatoren/demonstraties/").content.decode()
    assert "Nog geen cijfers" in page


def test_another_municipality_does_not_see_them(client, counted, person, other):
    client.force_login(person(Role.ADVISER, where=other))
    assert client.get(f"/cijfers/eigen/{counted.pk}/").status_code == 404
    assert client.get(f"/cijfers/eigen/{counted.pk}.csv").status_code == 404
    assert "Handhaving" not in client.get("/cijfers/").content.decode()


def test_a_released_table_still_stays_internal_and_says_so(client, adviser, counted, municipality):
    adviser.post(f"/cijfers/eigen/{counted.pk}/vrijgeven/", {"reason": ""})
    counted.refresh_from_db()
    assert counted.released_at is None
    adviser.post(
        f"/cijfers/eigen/{counted.pk}/vrijgeven/",
        {"reason": "Alleen totalen per maand, besproken met de driehoek"},
    )
    counted.refresh_from_db()
    assert counted.released_at and "driehoek" in counted.release_reason
    page = adviser.get(f"/cijfers/eigen/{counted.pk}/").content.decode()
    assert "Daarom blijven ze ook na vrijgave intern" in page
    assert counted.snapshot not in public_shelf().ids
    adviser.post(f"/cijfers/eigen/{counted.pk}/intern/")
    counted.refresh_from_db()
    assert counted.released_at is None


@pytest.mark.parametrize("role", [Role.ENFORCEMENT, Role.POLICE])
def test_only_an_adviser_or_administrator_releases(client, counted, person, role):
    client.force_login(person(role))
    assert (
        client.post(f"/cijfers/eigen/{counted.pk}/vrijgeven/", {"reason": "omdat"}).status_code
        == 403
    )


def test_counting_again_takes_the_release_back(adviser, counted):
    adviser.post(f"/cijfers/eigen/{counted.pk}/vrijgeven/", {"reason": "besproken"})
    adviser.post(send(adviser, hours(["2026-10"])), mapping(tellen="1"))
    counted.refresh_from_db()
    assert counted.released_at is None


def test_police_aggregates_before_publication_are_internal_and_change_no_series(
    adviser, own_home, municipality
):
    before = reading(public_shelf(), municipality.code, "woninginbraak").observed
    rows = [
        ("Buurt", "Soort misdrijf", "Maand", "Aantal"),
        ("Centrum", "1.1.1", "2026-10", 6),
        ("Centrum", "Iets anders", "2026-10", 1),
    ]
    url = send(adviser, rows, kind="early")
    choice = mapping(title="Vooruit", topic="Soort misdrijf", tellen="1")
    assert "Dit is geen soort misdrijf van de politie" in adviser.post(url, choice).content.decode()
    adviser.post(url, {**choice, "zonder": "1"})
    page = adviser.get("/beeld/indicatoren/woninginbraak/").content.decode()
    assert "Vooruit geleverd door de politie" in page and "oktober 2026" in page
    inside = internal_shelf(municipality.code)
    assert reading(inside, municipality.code, "woninginbraak").observed == before


def test_a_refused_file_leaves_nothing_behind(adviser, own_home):
    response = adviser.post(
        "/cijfers/eigen/nieuw/",
        {"kind": "counts", "file": SimpleUploadedFile("x.xlsx", b"geen zip")},
    )
    assert "beschadigd of geen XLSX" in response.content.decode()
    response = adviser.post(
        "/cijfers/eigen/nieuw/", {"kind": "counts", "file": SimpleUploadedFile("x.exe", b"MZ")}
    )
    assert "Koers leest CSV, XLSX en ODS" in response.content.decode()
    assert stored_files(own_home) == []
    assert not Upload.objects.exists()


def test_a_file_that_somebody_leaves_is_gone_after_an_hour(
    adviser, own_home, django_capture_on_commit_callbacks
):
    url = send(adviser, hours())
    (own_home / "uploads" / "vergeten.csv").write_text("x")
    Upload.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    with django_capture_on_commit_callbacks(execute=True):
        uploads.sweep()
    assert [f.name for f in stored_files(own_home)] == ["vergeten.csv"]
    assert "is er niet meer" in adviser.get(url, follow=True).content.decode()


def test_a_file_whose_counting_fails_is_gone_as_well(adviser, own_home, monkeypatch):
    def full(*_, **__):
        raise OSError("disk full")

    url = send(adviser, hours())
    monkeypatch.setattr(FigureStore, "write", full)
    with pytest.raises(OSError):
        adviser.post(url, mapping(tellen="1"))
    assert stored_files(own_home) == []
    assert not OwnTable.objects.exists()


def test_a_file_can_be_thrown_away(adviser, own_home):
    url = send(adviser, hours())
    adviser.post(f"{url}weg/")
    assert stored_files(own_home) == []
    assert not OwnTable.objects.exists()


def test_an_upload_of_another_municipality_does_not_exist(adviser, client, own_home, person, other):
    url = send(adviser, hours())
    client.force_login(person(Role.ADVISER, where=other))
    assert client.get(url).status_code == 404


def test_an_archived_table_counts_nowhere(adviser, counted, municipality):
    adviser.post(f"/cijfers/eigen/{counted.pk}/weg/")
    assert not reading(internal_shelf(municipality.code), "VB010101", "demonstraties").is_own


def test_a_spreadsheet_with_two_sheets_and_a_title_is_mapped(adviser, own_home):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Toelichting"])
    sheet = book.create_sheet("Cijfers")
    for row in (["Overzicht"], [], *hours()):
        sheet.append(list(row))
    raw = io.BytesIO()
    book.save(raw)
    file = SimpleUploadedFile("boek.xlsx", raw.getvalue())
    url = adviser.post("/cijfers/eigen/nieuw/", {"kind": "counts", "file": file}).url
    page = adviser.get(url, {"sheet": "Cijfers", "header_row": "3"}).content.decode()
    assert "Naam boa" in page and "Geheim" not in page
    adviser.post(url, mapping(sheet="Cijfers", header_row="3", tellen="1"))
    assert OwnTable.objects.get().rows_read == 14


def public_addresses(plan):
    """Every page that is open to everyone, of which the address is known here."""
    words = {"slug": "voorbeeldrecht", "priority": plan.priorities.first().slug}

    def walk(patterns, names=()):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inside = (*names, pattern.namespace) if pattern.namespace else names
                yield from walk(pattern.url_patterns, inside)
            elif permission_of(pattern.callback) == PUBLIC and pattern.name:
                asked = pattern.pattern.converters
                if set(asked) <= set(words):
                    name = ":".join((*names, pattern.name))
                    yield reverse(name, kwargs={w: words[w] for w in asked})

    return sorted(set(walk(get_resolver().url_patterns)))


def test_no_public_page_shows_own_figures_whoever_opens_it(client, counted, plan, person):
    for line in (plan.priorities.first(), plan.attention_themes.first()):
        line.indicators = ["demonstraties", "woninginbraak"]
        line.save()
    make_public(plan)
    addresses = public_addresses(plan)
    assert len(addresses) > 5 and any("openbaar" in a for a in addresses)
    for user in (None, person(Role.ADVISER)):
        if user is not None:
            client.force_login(user)
        for address in addresses:
            page = client.get(address)
            said = b"".join(page.streaming_content) if page.streaming else page.content
            text = said.decode(errors="replace")
            assert counted.snapshot not in text and counted.table not in text, address
            assert "120 in 12" not in text, address


def test_the_shelf_of_one_municipality_never_holds_the_own_table_of_another(counted, municipality):
    own, others, public = internal_shelf(municipality.code), internal_shelf("VB02"), public_shelf()
    assert counted.snapshot in own.ids
    for shelf in (others, public, public_shelf([*public.ids, counted.snapshot])):
        assert counted.snapshot not in shelf.ids
        assert counted.table not in {entry.table for entry in shelf.coverage}
        with pytest.raises(KeyError):
            shelf.manifest(counted.snapshot)


@pytest.mark.parametrize(
    ("role", "permission", "sees"),
    [
        (Role.ADVISER, "picture.view_picture", True),
        (Role.ADVISER, PUBLIC, False),
        (Role.ADVISER, None, False),
        (Role.COMMITTEE, "picture.view_picture", False),
        (None, PUBLIC, False),
    ],
)
def test_own_figures_stand_on_the_shelf_of_who_may_see_them_on_a_page_that_is_not_public(
    rf, counted, person, municipality, role, permission, sees
):
    def view(request): ...

    view.koers_permission = permission
    request = rf.get("/")
    request.user = person(role) if role else AnonymousUser()
    request.municipality = municipality if role else None
    assert (counted.snapshot in shelf_for(request, view).ids) == sees


def test_one_module_only_makes_a_shelf_with_own_figures():
    source = Path(archive.__file__).parents[2]
    using = [f for f in source.rglob("*.py") if "internal_shelf" in f.read_text(encoding="utf-8")]
    assert using == [Path(archive.__file__)]
