"""What stands out is said in sentences first, and each sentence holds what was counted."""

import csv
import gzip
import re

import pytest
from django.conf import settings

from koers.analysis.highlights import Fact, FactKind
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.standing_out import sentence, standing_out
from koers.indicators import load_indicators

TOWNS = ("GM0397", "GM0363", "GM1680", "GM0034", "GM0014", "GM1979", "GM0758")
BURGLARY = load_indicators()["woninginbraak"]
LABELS = {year: str(year) for year in range(2012, 2025)} | {2025: "2025 (voorlopig)"}


def fact(kind, **given):
    usual = {
        "key": "woninginbraak",
        "since": 2012,
        "until": 2025,
        "before": 185.0,
        "after": 40.0,
        "now": 40.0,
        "ratio": 40 / 185,
        "lower": 0.13,
        "upper": 0.37,
        "p": 0.0,
    }
    return Fact(kind, **{**usual, **given})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            fact(FactKind.FELL, extreme=2012),
            "Woninginbraak ging van 185 in 2012 naar 40 in 2025 (voorlopig): 78 % minder (marge 63"
            " tot 87 %). Dat is het laagste aantal sinds 2012.",
        ),
        (
            fact(FactKind.FELL),
            "Woninginbraak ging van 185 in 2012 naar 40 in 2025 (voorlopig): 78 % minder (marge 63"
            " tot 87 %).",
        ),
        (
            Fact(FactKind.ROSE, "woninginbraak", 2021, 2024, 131, 294, 218, 2.244, 1.58, 3.18, 0.0),
            "Woninginbraak ging van 131 in 2021 naar 294 in 2024: 124 % meer (marge 58 tot 218 %)."
            " In 2025 (voorlopig) waren het er 218.",
        ),
        (
            fact(
                FactKind.ROSE,
                before=40.0,
                after=185.0,
                ratio=4.6,
                lower=2.7,
                upper=7.7,
                extreme=2014,
            ),
            "Woninginbraak ging van 40 in 2012 naar 185 in 2025 (voorlopig): 360 % meer (marge 170"
            " tot 670 %). Dat is het hoogste aantal sinds 2014.",
        ),
        (
            fact(FactKind.BELOW, before=2.31, after=1.12, ratio=0.49, lower=0.34, upper=0.72),
            "Woninginbraak: 1,1 per 1.000 inwoners in 2025 (voorlopig), 51 % minder (marge 28 tot"
            " 66 %) dan het landelijke cijfer van 2,3.",
        ),
        (
            fact(FactKind.ABOVE, before=1.0, after=2.0, ratio=2.0, lower=1.5, upper=2.6),
            "Woninginbraak: 2,0 per 1.000 inwoners in 2025 (voorlopig), 100 % meer (marge 50 tot"
            " 160 %) dan het landelijke cijfer van 1,0.",
        ),
        (
            fact(FactKind.SLOWER, since=2020, ratio=0.5, lower=0.4, upper=0.7),
            "Woninginbraak ging van 185 in 2020 naar 40 in 2025 (voorlopig): 50 % minder (marge 30"
            " tot 60 %) dan wanneer het was gegaan zoals in het hele land.",
        ),
        (
            fact(
                FactKind.FASTER,
                since=2020,
                before=40.0,
                after=185.0,
                ratio=2.0,
                lower=1.5,
                upper=2.6,
            ),
            "Woninginbraak ging van 40 in 2020 naar 185 in 2025 (voorlopig): 100 % meer (marge 50"
            " tot 160 %) dan wanneer het was gegaan zoals in het hele land.",
        ),
        (
            fact(FactKind.HIGH_PLACE, before=2.4, after=14.2, place=1, places=342),
            "Woninginbraak: met 14,2 per 1.000 inwoners in 2025 (voorlopig) bij het tiende deel van"
            " de gemeenten met de hoogste cijfers (plaats 1 van 342, 1 is de hoogste; de middelste"
            " gemeente heeft 2,4).",
        ),
        (
            fact(FactKind.LOW_PLACE, before=2.4, after=0.2, place=340, places=342),
            "Woninginbraak: met 0,2 per 1.000 inwoners in 2025 (voorlopig) bij het tiende deel van"
            " de gemeenten met de laagste cijfers (plaats 340 van 342, 1 is de hoogste; de"
            " middelste gemeente heeft 2,4).",
        ),
    ],
)
def test_each_kind_of_fact_has_its_sentence(found, said):
    assert sentence(found, BURGLARY, LABELS) == said


@pytest.fixture
def real(real_home, monkeypatch, db):
    monkeypatch.setattr(settings, "HOME", real_home)
    return public_shelf()


@pytest.fixture(scope="module")
def source(shared):
    """Counts by area, kind and year as the file has them."""
    file = shared / "data/crime/gemeente_year_2012_2025.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as rows:
        return {
            (row["RegioS"], row["SoortMisdrijf"], int(row["Perioden"][:4])): float(
                row["GeregistreerdeMisdrijven_1"]
            )
            for row in csv.DictReader(rows)
        }


@pytest.mark.shared
@pytest.mark.parametrize("code", TOWNS)
def test_what_a_sentence_says_of_a_real_municipality_was_counted(code, real, source):
    found = standing_out(real, code)
    assert len(found) == 3
    for one in found:
        counted = {
            year: count
            for (area, kind, year), count in source.items()
            if area == code and kind in one.indicator.topics
        }
        changed = re.search(
            r"ging van ([\d.]+) in (\d{4}).* naar ([\d.]+) in (\d{4})[^:]*: (\d+) % (meer|minder)",
            one.sentence,
        )
        if changed and counted:
            before, since, after, until, share, way = changed.groups()
            before, after = (float(n.replace(".", "")) for n in (before, after))
            assert (counted[int(since)], counted[int(until)]) == (before, after)
            if "hele land" not in one.sentence:
                real_share = 100 * abs(after + 0.5 - before - 0.5) / (before + 0.5)
                assert abs(float(share) - real_share) <= 0.51
            assert (way == "meer") == (after > before)
        if (
            extreme := re.search(r"het (laag|hoog)ste aantal sinds (\d{4})", one.sentence)
        ) and counted:
            among = [n for year, n in counted.items() if year >= int(extreme[2])]
            assert counted[2025] == (min if extreme[1] == "laag" else max)(among)


@pytest.mark.shared
def test_for_heemstede_the_rule_finds_what_its_adviser_would_say(real):
    said = " ".join(one.sentence for one in standing_out(real, "GM0397"))
    assert "van 131 in 2021 naar 294 in 2024" in said
    assert "In 2025 (voorlopig) waren het er 218." in said
    assert "Woninginbraak ging van 185 in 2012 naar 40 in 2025 (voorlopig)" in said


@pytest.mark.shared
def test_what_a_table_of_years_ago_ended_with_is_no_news(real):
    # The Hague has months up to 2016 of eleven kinds, and years up to 2025 of others.
    assert all("2025" in one.sentence for one in standing_out(real, "GM0518"))


def test_an_area_that_is_not_there_has_nothing(plan):
    assert standing_out(public_shelf(), "GM9999") == ()
    assert standing_out(public_shelf(), "NL") == ()


def test_the_first_page_and_the_picture_begin_with_it(adviser, plan):
    code = plan.municipality.code
    said = [one.sentence for one in standing_out(public_shelf(), code)]
    picture = adviser.get(f"/beeld/{code}/").content.decode()
    assert "Wat opvalt" in picture
    assert picture.index("Wat opvalt") < picture.index("Signalen")
    today = adviser.get("/").content.decode()
    assert "Wat opvalt" in today and said
    for one in said:
        assert one in picture and one in today


def test_that_nothing_stands_out_is_said_too(adviser, plan, monkeypatch):
    monkeypatch.setattr("koers.apps.picture.enrolled.standing_out", lambda shelf, code: ())
    monkeypatch.setattr("koers.apps.picture.views.standing_out", lambda shelf, code: ())
    for path in ("/", f"/beeld/{plan.municipality.code}/"):
        assert "is niets bijzonders" in adviser.get(path).content.decode()


def test_a_municipality_without_figures_has_nothing_that_stands_out(adviser, plan):
    plan.municipality.code = "GM9999"
    plan.municipality.save()
    for path in ("/", "/beeld/GM9999/"):
        assert "Wat opvalt" not in adviser.get(path).content.decode()
