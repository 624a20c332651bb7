"""Each export read back by another program holds what the pages and the archive hold; what Koers
reads itself comes in again."""

from __future__ import annotations

import datetime as dt
import math
import shutil

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from koers.apps.consultation.models import Suggestion
from koers.apps.consultation.surveys import bring_in, read_rows
from koers.apps.decisions.models import Decision
from koers.apps.decisions.services.document import latest_decision
from koers.apps.intake.archive import public_shelf
from koers.apps.intake.models import OwnTable
from koers.apps.meetings.models import Meeting
from koers.apps.picture.models import Signal
from koers.apps.picture.readings import reading
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action, Measure
from koers.figures.store import FigureStore
from koers.figures.text import as_meant
from koers.indicators import load_indicators
from tests.apps.publishing import make_public
from tests.apps.tables import read_csv
from tests.apps.test_own_files import mapping
from tests.figures.rows import kept

ODD = (
    "=SOM(A1:A9)",
    "+31 23",
    "-streep",
    "@Marktplein",
    "'s-Gravenhage",
    "'=al beschermd",
    'Noord; "Oud", 1,5',
    "0397",
    "Één",
)


def number(cell: str) -> float:
    """A cell of a number: empty is not known."""
    return math.nan if cell == "" else float(cell.replace(",", "."))


def same(found, wanted) -> bool:
    return found == wanted or (math.isnan(found) and (wanted is None or math.isnan(wanted)))


def get(client, address) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200, address
    return read_csv(response.content)


# Figures


def test_a_trend_has_each_count_of_the_archive(adviser, figures):
    stored = dict(
        figures.connect()
        .execute(
            "SELECT period, sum(value) FROM observations WHERE scheme = 'crime' AND area ="
            " 'VB010101' AND topic = '1.1.1' AND length(period) = 7 GROUP BY period"
        )
        .fetchall()
    )
    rows = get(adviser, "/beeld/VB010101/woninginbraak/trend.csv")
    held = reading(public_shelf(), "VB010101", "woninginbraak")
    assert len(rows) == 48 and "0" in {row["Geteld"] for row in rows}
    assert [number(row["Geteld"]) for row in rows] == [stored[label] for label in held.labels[-48:]]
    assert [row["Voorlopig"] for row in rows] == [
        "ja" if v else "nee" for v in held.open_months[-48:]
    ]
    for row, expected in zip(rows, held.expected[-48:], strict=True):
        assert same(
            number(row["Verwacht"]), round(expected, 1) if not math.isnan(expected) else None
        )


def test_not_published_is_empty_and_a_zero_is_a_zero_in_the_file_of_a_trend(
    adviser, tmp_path, monkeypatch
):
    shutil.copytree(settings.HOME, tmp_path / "home")
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    months = [f"{y}-{m:02d}" for y in (2023, 2024, 2025) for m in range(1, 13)]
    values = {m: float(n % 4) for n, m in enumerate(months)} | {"2024-05": None, "2024-06": 0.0}
    kept(
        tmp_path / "home",
        [("VB010101", "youth-reports", m, math.nan if v is None else v) for m, v in values.items()],
        scheme="local",
    )
    rows = get(adviser, "/beeld/VB010101/jeugdmeldingen-openbare-ruimte/trend.csv")
    found = {row["Periode"]: row["Geteld"] for row in rows}
    assert (found["mei 2024"], found["juni 2024"]) == ("", "0")
    assert sorted(found.values()) == sorted(
        "" if v is None else str(int(v)) for v in values.values()
    )


def test_a_map_has_each_neighbourhood_once_with_its_count(adviser, figures):
    rows = get(adviser, "/beeld/VB01/woninginbraak/kaart.csv")
    inside = "SELECT name, code FROM known_areas WHERE code LIKE 'VB01____'"
    names = dict(figures.connect().execute(inside).fetchall())
    assert sorted(as_meant(row["Gebied"]) for row in rows) == sorted(names)
    for row in rows:
        assert same(
            number(row["Geregistreerd"]),
            reading(public_shelf(), names[as_meant(row["Gebied"])], "woninginbraak").recent,
        )


def test_a_comparison_has_each_area_once_within_its_margin(adviser, figures):
    rows = get(adviser, "/beeld/VB010101/woninginbraak/vergelijking.csv")
    assert len({row["Gebied"] for row in rows}) == len(rows) > 1
    for row in rows:
        _, value, low, high = (
            number(cell) if n else cell for n, cell in enumerate(list(row.values())[:4])
        )
        assert low <= value <= high


def test_the_themes_of_an_area_are_its_readings_with_nothing_known_kept_apart_from_zero(
    adviser, figures
):
    found = {}
    for name in {
        f"thema-{i.theme}"
        for i in load_indicators().values()
        if reading(public_shelf(), "VB010101", i.id).is_own
    }:
        found |= {row["Onderwerp"]: row for row in get(adviser, f"/beeld/VB010101/?csv={name}")}
    held = {i.title: reading(public_shelf(), "VB010101", i.id) for i in load_indicators().values()}
    assert set(found) == {title for title, r in held.items() if r.is_own}
    for title, row in found.items():
        assert same(number(row["Aantal"]), held[title].recent)
        assert same(number(row["Ervoor"]), held[title].before)
        assert row["Herkomst"] == held[title].source_line
    away = get(adviser, "/beeld/VB010101/?csv=zonder-cijfers")
    assert {row["Onderwerp"] for row in away} == set(held) - set(found)


def test_signals_come_back_to_the_last_digit(adviser, municipality):
    screen_municipality(municipality)
    Signal.objects.of(municipality).update(reason=ODD[0], area_name=ODD[6])
    signals = list(Signal.objects.of(municipality))
    rows = get(adviser, "/beeld/signalen.csv")
    assert len(rows) == len(signals) > 3
    for row, s in zip(rows, signals, strict=True):
        texts = (
            s.area_name,
            s.area_code,
            s.topic_title,
            s.period,
            s.get_kind_display(),
            s.get_state_display(),
            s.reason,
        )
        names = ("Gebied", "Code", "Onderwerp", "Maand", "Richting", "Staat", "Reden")
        assert tuple(as_meant(row[name]) for name in names) == texts
        values = (s.window, s.observed, s.expected, s.lower, s.upper, s.p_value, s.q_value)
        names = (
            "Maanden samen",
            "Geteld",
            "Verwacht",
            "Ondergrens 95 %",
            "Bovengrens 95 %",
            "p",
            "q",
        )
        assert tuple(number(row[name]) for name in names) == values


def test_revisions_and_snapshots_come_back_with_nothing_known_apart_from_zero(
    adviser, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    kept(
        tmp_path,
        [("GM0001", "a", "2024-01", 0.0), ("GM0001", "a", "2024-02", 3.5)],
        "2024-03-01",
        title=ODD[0],
    )
    kept(
        tmp_path,
        [("GM0001", "a", "2024-01", 2.0), ("GM0001", "a", "2024-02", 3.25)],
        "2024-04-01",
        title=ODD[0],
    )
    rows = {row["Periode"]: row for row in get(adviser, "/beeld/peilmomenten/bron/t.csv")}
    january, february = rows["januari 2024"], rows["februari 2024"]
    assert (january["Was"], january["Werd"], january["Verschil"], january["Verschil in %"]) == (
        "0",
        "2",
        "2",
        "",
    )
    assert (february["Was"], february["Werd"], february["Verschil"], february["Verschil in %"]) == (
        "3,5",
        "3,25",
        "-0,25",
        "-7,1",
    )
    (listed,) = get(adviser, "/beeld/peilmomenten/?csv=tabellen")
    assert (as_meant(listed["Tabel"]), listed["Code"], listed["Peilmomenten"]) == (ODD[0], "t", "2")
    assert [
        row["Opgehaald"] for row in get(adviser, "/beeld/peilmomenten/bron/t/?csv=peilmomenten")
    ] == [
        "2024-04-01",
        "2024-03-01",
    ]


def test_the_definitions_come_back_as_they_stand_in_their_files(adviser, municipality):
    rows = get(adviser, "/beeld/indicatoren.csv")
    assert [row["Id"] for row in rows] == list(load_indicators())
    for row, i in zip(rows, load_indicators().values(), strict=True):
        assert (as_meant(row["Indicator"]), as_meant(row["Let op"]), row["Codes"]) == (
            i.title,
            i.limits,
            " ".join(i.topics),
        )
        assert row["Beoordeeld op"] == i.reviewed.isoformat()


# What people wrote


def test_actions_and_measures_come_back_whatever_people_typed(adviser, plan, municipality):
    priority = plan.priorities.first()
    for n, text in enumerate(ODD):
        measure = Measure.objects.create(
            municipality=municipality,
            priority=priority,
            title=text,
            adoption="adopted",
            start=dt.date(2026, 1, n + 1),
            owner_department=text,
        )
        Action.objects.create(
            municipality=municipality,
            measure=measure,
            title=text,
            note=f"{text}\r\n{text}",
            due=None if n else dt.date(2026, 5, 1),
            adoption="adopted",
        )
    Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    make_public(priority.plan)
    for address in (
        "/plan/acties.csv",
        "/plan/acties/?csv=acties",
        reverse("meetings:actions-csv", args=[Meeting.objects.get().pk]),
    ):
        rows = [row for row in get(adviser, address) if as_meant(row["Maatregel"]) in ODD]
        assert {as_meant(row["Actie"]) for row in rows} == set(ODD)
        assert {row["Uiterlijk"] for row in rows} == {"", "2026-05-01"}
        assert all(as_meant(row["Actie"]) == as_meant(row["Maatregel"]) for row in rows)
    notes = {as_meant(row["Opmerking"]) for row in get(adviser, "/plan/acties.csv")}
    assert {f"{text}\r\n{text}" for text in ODD} <= notes
    for address in (
        "/plan/maatregelen.csv",
        f"/plan/prioriteit/{priority.pk}/?csv=maatregelen",
        "/openbaar/voorbeeldrecht/maatregelen.csv",
    ):
        rows = [row for row in get(adviser, address) if as_meant(row["Maatregel"]) in ODD]
        assert [
            (as_meant(row["Maatregel"]), row["Begin"])
            for row in sorted(rows, key=lambda r: r["Begin"])
        ] == [(text, f"2026-01-{n + 1:02d}") for n, text in enumerate(ODD)]


def test_goals_come_back_with_their_target(adviser, plan):
    rows = get(adviser, "/plan/?csv=doelen")
    goals = [
        g
        for p in (*plan.priorities, *plan.attention_themes)
        for g in p.goals.filter(archived_at=None)
    ]
    assert [(as_meant(row["Doel"]), number(row["Streefwaarde"]), row["Op"]) for row in rows] == [
        (str(g), float(g.target), g.due.isoformat()) for g in goals
    ]


def test_suggestions_come_back_whatever_people_typed(adviser, plan, municipality):
    decision = latest_decision(plan)
    for text in ODD:
        Suggestion.objects.create(
            municipality=municipality,
            decision=decision,
            text=text,
            party=text,
            answer=f"{text}\n{text}",
        )
    for address in ("/raadpleging/suggesties.csv", "/raadpleging/?csv=suggesties"):
        rows = get(adviser, address)
        assert {as_meant(row["Suggestie"]) for row in rows} == set(ODD)
        assert all(
            as_meant(row["Antwoord"]) == "\n".join([as_meant(row["Fractie of rol"])] * 2)
            for row in rows
        )


def test_the_figure_of_a_decision_comes_back_as_it_is_kept_with_it(adviser, plan):
    decision = latest_decision(plan)
    rows = get(adviser, f"/besluiten/{decision.pk}/?csv=cijfers")
    kept_figures = Decision.objects.get().figures
    assert len(rows) == len(kept_figures.labels)
    assert [number(row["Geteld"]) for row in rows] == list(kept_figures.observed)
    assert {row["Herkomst"] for row in rows} == {kept_figures.source}


# What Koers reads itself


def test_a_survey_that_is_taken_along_is_read_again_as_the_same(adviser, plan):
    counts = [(text, n, None if n % 3 == 0 else 2 * n + 1) for n, text in enumerate(ODD)]
    survey = bring_in(plan, "Enquête", "2026", _survey(counts))
    raw = adviser.get(f"/raadpleging/enquete/{survey.pk}.csv").content
    assert raw == adviser.get(f"/raadpleging/enquete/{survey.pk}/?csv=enquete").content
    assert {(row.theme, row.count, row.respondents) for row in read_rows(raw)} == {
        (c.theme, c.count, c.respondents) for c in survey.counts.all()
    }
    assert {c.theme for c in survey.counts.all()} == {as_meant(text) for text in ODD}
    again = bring_in(plan, "Nog eens", "2026", raw)
    assert (
        adviser.get(f"/raadpleging/enquete/{again.pk}.csv").content.replace(
            b"Nog eens", "Enquête".encode()
        )
        == raw
    )


def _survey(counts):
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("Thema", "Groep", "Aantal", "Deelnemers"))
    writer.writerows((text, "inwoners", n, "" if of is None else of) for text, n, of in counts)
    return out.getvalue().encode()


@pytest.fixture
def own_home(plan, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    return home


def upload(client, raw, name="eigen.csv", **more):
    url = client.post(
        "/cijfers/eigen/nieuw/", {"kind": "counts", "file": SimpleUploadedFile(name, raw)}
    ).url
    page = client.post(url, mapping(tellen="1", **more)).url
    return OwnTable.objects.get(pk=int(page.rstrip("/").rsplit("/", 1)[1]))


def stored(home, table):
    rows = (
        FigureStore(home)
        .connect([table.snapshot])
        .execute("SELECT area, topic, period, value FROM observations ORDER BY ALL")
        .fetchall()
    )
    return rows, FigureStore(home).get(table.snapshot).manifest.topics


def test_own_figures_that_are_taken_along_come_in_again_with_the_same_counts(adviser, own_home):
    """Not known, zero and part of an hour stay apart; odd names of topics, and a neighbourhood and
    its municipality too."""
    values = ["0", "", "7,5", "1.250", "3", "0,25", "12", "0", "1"]
    rows = ["Buurt;Onderwerp;Maand;Aantal"]
    rows += [
        f'"{b}";"{t.replace(chr(34), chr(34) * 2)}";2026-0{n + 1};{v}'
        for b in ("Centrum", "Voorbeeldrecht")
        for n, (t, v) in enumerate(zip(ODD, values, strict=True))
    ]
    first = upload(adviser, "\r\n".join(rows).encode())
    before, titles = stored(own_home, first)
    assert len(before) == 2 * len(ODD)
    exported = adviser.get(f"/cijfers/eigen/{first.pk}.csv").content
    table = read_csv(exported)
    assert [(row["Gebiedscode"], as_meant(row["Onderwerp"]), row["Periode"]) for row in table] == [
        (area, titles[topic], period)
        for area, topic, period, _ in sorted(before, key=lambda r: (r[2], r[1], r[0]))
    ]
    assert sorted(row["Aantal"] for row in table) == sorted(
        2 * ["0", "", "7,5", "1250", "3", "0,25", "12", "0", "1"]
    )
    # The page guesses the columns of its own export.
    columns = {
        "title": "Nog eens",
        "area": "Gebiedscode",
        "topic": "Onderwerp",
        "period": "Periode",
        "value": "Aantal",
    }
    guessed = adviser.get(
        adviser.post(
            "/cijfers/eigen/nieuw/",
            {"kind": "counts", "file": SimpleUploadedFile("x.csv", exported)},
        ).url
    )
    assert {
        role: guessed.context["form"].initial.get(role) for role in columns if role != "title"
    } == {role: name for role, name in columns.items() if role != "title"}
    again, titles_again = stored(own_home, upload(adviser, exported, **columns))
    assert again == before
    assert titles_again == titles


def test_the_totals_of_an_own_table_are_the_sums_of_its_cells_and_say_that_they_are_internal(
    adviser, own_home
):
    rows = [
        "Buurt;Onderwerp;Maand;Aantal",
        *(f"Centrum;Uren;2026-0{m};{m},5" for m in range(1, 5)),
        "Centrum;Uren;2026-05;",
    ]
    table = upload(adviser, "\r\n".join(rows).encode())
    (shown,) = get(adviser, f"/cijfers/eigen/{table.pk}/?csv=totalen-intern")
    assert [shown[f"{m} 2026"] for m in ("januari", "februari", "maart", "april", "mei")] == [
        "1,5",
        "2,5",
        "3,5",
        "4,5",
        "",
    ]
    assert shown["Herkomst"].endswith("Intern.")
