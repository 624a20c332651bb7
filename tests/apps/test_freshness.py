"""Old figures say so on every page, document and agenda; nothing of them is called new."""

import datetime as dt
import re

import pytest
from django.template.loader import render_to_string
from django.urls import URLResolver, get_resolver

from koers.apps.decisions.services.document import document_of, latest_decision
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import minutes, paper
from koers.apps.meetings.services.agenda import rows
from koers.apps.picture import freshness
from koers.apps.picture.freshness import is_old, old_figures, said_of_old
from koers.apps.picture.models import Cluster, Screening, Signal
from koers.apps.picture.services.happenings import open_happenings
from koers.apps.picture.services.screening import screen_municipality
from tests.apps.publishing import make_public
from tests.apps.rules.conftest import new_signal

LATER = dt.date(2036, 5, 1)
NO_FIGURES = ("/accounts/", "/account/", "/static/", "/api/", "/aanmelden", "/beheer/")


@pytest.fixture
def later(monkeypatch):
    """The figures are those of today, and the day is ten years on."""
    monkeypatch.setattr(freshness.timezone, "localdate", lambda *moment: LATER)


@pytest.mark.parametrize(
    ("last", "today", "old"),
    [
        ("2016-12", dt.date(2017, 3, 31), False),
        ("2016-12", dt.date(2017, 4, 1), False),
        ("2016-12", dt.date(2017, 5, 1), True),
        ("2016", dt.date(2018, 12, 31), False),
        ("2016", dt.date(2019, 2, 1), True),
    ],
)
def test_what_is_old(last, today, old):
    assert is_old(last, freshness.frequency_of(last), today) == old
    assert bool(said_of_old(last, today)) == old


def test_the_sentence_names_the_newest_period():
    said = said_of_old("2016-12", dt.date(2026, 1, 1))
    assert said == "Let op, oude cijfers: de nieuwste maand is december 2016."
    assert "het nieuwste jaar is 2016" in said_of_old("2016", dt.date(2026, 1, 1))
    assert said_of_old("", dt.date(2026, 1, 1)) == ""


@pytest.mark.parametrize(
    ("last", "newest", "today", "said"),
    [
        ("2026-07", "2026-09", dt.date(2026, 10, 1), ""),
        (
            "2026-07",
            "2026-09",
            dt.date(2026, 12, 1),
            "Let op, dit is langer geleden: de nieuwste cijfers gaan t/m september 2026.",
        ),
        (
            "2026-07",
            "2026-09",
            dt.date(2027, 2, 1),
            "Let op, oude cijfers: de nieuwste maand is september 2026.",
        ),
        (
            "2026-07",
            "",
            dt.date(2026, 12, 1),
            "Let op, oude cijfers: de nieuwste maand is juli 2026.",
        ),
    ],
)
def test_what_ended_before_the_newest_figures_is_not_called_the_newest(last, newest, today, said):
    assert freshness.said_of_past(last, newest, today) == said


def pages(resolver, before="/"):
    """Every address without parameters."""
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from pages(entry, path)
        elif "<" not in path and "(" not in path:
            yield path.replace("^", "").replace("$", "")


def main_of(page):
    text = re.sub(r"<(style|script|svg|select).*?</\1>", " ", page.split("<main", 1)[1], flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.split("</main>", 1)[0]))


def test_every_page_says_it_at_the_top(adviser, municipality, plan, figures, later):
    make_public(plan)
    said = old_figures(public_shelf(), municipality.code)
    assert "de nieuwste maand is" in said
    there = [
        "/",
        f"/beeld/{municipality.code}/",
        f"/beeld/{municipality.code}/woninginbraak/",
        f"/openbaar/{municipality.slug}/",
        *(p for p in dict.fromkeys(pages(get_resolver())) if not p.startswith(NO_FIGURES)),
    ]
    looked = 0
    for path in there:
        answer = adviser.get(path)
        html = answer.get("Content-Type", "").startswith("text/html")
        if answer.status_code != 200 or not html or b"<main" not in answer.content:
            continue
        page = answer.content.decode()
        if path.startswith("/openbaar/") and path != f"/openbaar/{municipality.slug}/":
            continue
        looked += 1
        assert said in page.split("<main", 1)[0], path
    assert looked > 25


def test_fresh_figures_are_not_called_old(adviser, municipality, figures, monkeypatch):
    newest = max(c.last for c in public_shelf().coverage if len(c.last) == 7)
    year, month = map(int, newest.split("-"))
    soon = dt.date(year + month // 12, month % 12 + 1, 15)
    monkeypatch.setattr(freshness.timezone, "localdate", lambda *moment: soon)
    assert old_figures(public_shelf(), municipality.code) == ""
    assert "oude cijfers" not in adviser.get("/").content.decode()


def test_no_page_of_figures_calls_them_of_now(adviser, municipality, plan, figures, later):
    """The municipality itself, an indicator, the signals, the front page, the public page."""
    make_public(plan)
    screen_municipality(municipality)
    word = re.compile(r"\b(nu|deze maand|nieuwe? signa\w+|vandaag)\b", re.I)
    for path in (
        f"/beeld/{municipality.code}/",
        f"/beeld/{municipality.code}/woninginbraak/",
        "/beeld/signalen/",
        "/beeld/indicatoren/woninginbraak/",
        f"/openbaar/{municipality.slug}/",
    ):
        answer = adviser.get(path)
        assert answer.status_code == 200, path
        assert not word.search(main_of(answer.content.decode())), path


def test_documents_and_agendas_say_it_too(municipality, plan, figures):
    decision = latest_decision(plan)
    assert "oude cijfers" not in document_of(decision).banner
    decision.meeting_date = LATER
    assert "Let op, oude cijfers: de nieuwste maand is" in document_of(decision).banner
    screen_municipality(municipality)
    meeting = Meeting.objects.create(municipality=municipality, date=LATER)
    rows.refresh(public_shelf(), meeting)
    signals = list(meeting.items.filter(kind="signal", archived_at=None))
    if Signal.objects.of(municipality).exists():
        assert signals and all("oude cijfers" in item.detail for item in signals)
    paper.close(public_shelf(), meeting)
    assert Screening.objects.of(municipality).exists()
    assert "oude cijfers" in minutes.document_of(meeting).banner


# Each event once


def cluster(municipality, **more):
    known = {
        "indicator": "woninginbraak",
        "title": "Woninginbraak",
        "areas": ["VB010101", "VB010102"],
        "names": ["Centrum", "Noord"],
        "first": "2026-07",
        "last": "2026-09",
        "observed": 21,
        "expected": 9.5,
        "radius": 1.0,
        "p_value": 0.001,
        "q_value": 0.01,
    }
    return Cluster.objects.create(municipality=municipality, **known | more)


SIGNAL = {"area_code": "VB010101", "topic": "1.1.1", "period": "2026-09", "window": 3}


def test_a_signal_and_a_cluster_of_the_same_are_one_item(adviser, municipality, figures):
    signal, found = new_signal(municipality, **SIGNAL), cluster(municipality)
    (only,) = open_happenings(public_shelf(), municipality)
    assert (only.signals, only.cluster) == ((signal,), found)
    page = main_of(adviser.get("/").content.decode())
    assert "1 onderwerp wacht" in page and "Ook een cluster: Centrum, Noord" in page
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    rows.refresh(public_shelf(), meeting)
    items = meeting.items.filter(kind__in=("signal", "cluster"), archived_at=None)
    assert [i.kind for i in items] == ["signal"]
    assert "Ook een cluster" in items[0].detail and "21 geteld" in items[0].detail


@pytest.mark.parametrize(
    "other",
    [
        {"area_code": "VB010103"},
        {"topic": "1.2.3"},
        {"period": "2025-09"},
        {"kind": "fall"},
        {"period": "2026-10", "window": 1},
    ],
)
def test_another_place_topic_or_time_is_another_event(adviser, municipality, figures, other):
    new_signal(municipality, **SIGNAL | other)
    cluster(municipality)
    assert len(open_happenings(public_shelf(), municipality)) == 2
    page = main_of(adviser.get("/").content.decode())
    assert "2 onderwerpen wachten" in page and "Cluster: Woninginbraak" in page


@pytest.mark.parametrize(
    "wider",
    [
        {"area_code": "VB0101", "level": "district"},
        {"area_code": "VB01", "level": "municipality"},
        {"topic": "1.1"},
    ],
)
def test_a_wider_signal_that_holds_the_cluster_is_the_same_event(municipality, figures, wider):
    known = public_shelf().areas
    if wider.get("level") == "district":
        wider = wider | {"area_code": known["VB010101"].parent}
    new_signal(municipality, **SIGNAL | wider)
    cluster(municipality)
    assert len(open_happenings(public_shelf(), municipality)) == 1


def test_front_page_knows_a_cluster_without_a_signal(adviser, municipality, figures):
    cluster(municipality)
    page = main_of(adviser.get("/").content.decode())
    assert "Cluster: Woninginbraak" in page and "21 geteld, 9,5 verwacht" in page


def test_a_cluster_of_which_the_signal_was_dealt_with_is_dealt_with(municipality, figures):
    signal = new_signal(municipality, **SIGNAL)
    cluster(municipality)
    signal.state = "set_aside"
    signal.save()
    assert open_happenings(public_shelf(), municipality) == []


def test_two_signals_in_a_cluster_are_one_line_on_the_front_page(adviser, municipality, figures):
    new_signal(municipality, **SIGNAL)
    new_signal(municipality, **SIGNAL | {"area_code": "VB010102", "area_name": "Noord"})
    cluster(municipality)
    (only,) = open_happenings(public_shelf(), municipality)
    assert len(only.signals) == 2
    assert "1 onderwerp wacht" in main_of(adviser.get("/").content.decode())
    assert render_to_string("picture/panels/new_signals.html", {"count": 0}).count("<h2>") == 1
