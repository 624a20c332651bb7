"""Indicators that a municipality makes itself: defined, filled, used, and nobody else's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.test import Client
from django.utils import timezone

from koers.apps.intake.archive import internal_shelf, public_shelf, store
from koers.apps.intake.models import OwnIndicator, OwnTable
from koers.apps.intake.services import own_indicators, typed
from koers.apps.meetings.services import series
from koers.apps.people.models import Role
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Goal, Priority
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.indicators import load_indicators
from koers.indicators.reader import bundled_indicators, own_at_hand
from tests.apps.publishing import make_public
from tests.apps.test_own_files import csv_file, mapping, own_home  # noqa: F401

NEW = "/cijfers/eigen/indicator/nieuw/"
YEAR = timezone.localdate().year
HOME = "VB01"


def defined(**more):
    return {
        "title": "Bezoekers van het buurthuis",
        "theme": "sociale-kwaliteit",
        "definition": "Wie er in een jaar binnenkwam, geteld bij de deur.",
        "unit": "count",
        "direction": "up",
        "level": "municipality",
        "frequency": "year",
        "way": "typed",
        "source": "telling van het buurthuis",
        "filled_by": "de beheerder",
        "limits": "",
        **more,
    }


@pytest.fixture
def make(adviser, own_home):  # noqa: F811
    """Makes an indicator on the screen."""

    def made(**more):
        response = adviser.post(NEW, defined(**more))
        assert response.status_code == 302, response.context["form"].errors
        return OwnIndicator.objects.latest("pk")

    return made


@pytest.fixture
def fill(adviser):
    """Types values: a dictionary of boxes, or rows that are pasted."""

    def filled(made, rows="", **boxes):
        url = f"/cijfers/eigen/indicator/{made.slug}/waarden/"
        data = {"was": typed.snapshot_of(made), "rijen": rows, **boxes}
        return adviser.post(url, {k.replace("_", "."): v for k, v in data.items()})

    return filled


def at_work(made):
    return own_at_hand(lambda: own_indicators.own_indicators(made.municipality))


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_one_that_is_made_on_the_screen_is_an_indicator_as_any_other(adviser, make, fill):
    made = make()
    rows = "\n".join(f"{YEAR - k};{400 + 40 * k}" for k in range(6, 0, -1))
    answer = fill(made, rows)
    assert answer.status_code == 302
    listed = page_of(adviser, "/beeld/indicatoren/")
    assert made.title in listed
    page = page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "440" in page and "eigen indicator, intern" in page
    assert "Geen aantoonbaar verschil (marge −" in page, "of a count there is a margin"
    assert "Naast eerdere jaren" in page and "Intern: niet voor publicatie" in page
    assert "telling van het buurthuis" in page
    assert "Wie er in een jaar binnenkwam" in page and f"(code {made.slug}" not in page
    assert b"<svg" in adviser.get(f"/beeld/{HOME}/{made.slug}/trend.svg").content
    trend = adviser.get(f"/beeld/{HOME}/{made.slug}/trend.csv").content.decode("utf-8-sig")
    counted = {r["Periode"]: r["Geteld"] for r in csv.DictReader(io.StringIO(trend), delimiter=";")}
    assert counted == {str(YEAR - k): str(400 + 40 * k) for k in range(6, 0, -1)}
    assert made.title in adviser.get("/beeld/indicatoren.csv").content.decode("utf-8-sig")
    assert made.title in page_of(adviser, f"/beeld/{HOME}/"), "in the picture"


def test_a_short_count_is_read_whole_and_nothing_is_said_of_what_is_not_on_the_page(
    adviser, make, fill
):
    made = make()
    fill(made, f"{YEAR - 2};38\n{YEAR - 1};41")
    values = page_of(adviser, f"/cijfers/eigen/indicator/{made.slug}/")
    page = page_of(adviser, f"/beeld/{HOME}/{made.slug}/")
    assert "41" in values and "41,0" not in values + page
    assert f"in {made.municipality.name} 41 in {YEAR - 1}, 38 in {YEAR - 2}" in page
    for absent in ("stippellijn", "Vergeleken met", "steeds dezelfde maanden"):
        assert absent not in page
    hours = make(title="Uren in het buurthuis", unit="hours")
    fill(hours, f"{YEAR - 2};8\n{YEAR - 1};7,5")
    assert "7,5" in page_of(adviser, f"/cijfers/eigen/indicator/{hours.slug}/")


def test_a_goal_can_be_set_on_it_and_is_judged_by_what_was_typed(adviser, make, fill, plan):
    made = make()
    fill(made, "\n".join(f"{YEAR - k};{400 + 40 * k}" for k in range(6, 0, -1)))
    priority = plan.priorities.first()
    answer = adviser.post(
        f"/plan/toevoegen/doel/{priority.pk}/",
        {
            "title": "Meer bezoekers",
            "kind": "value",
            "indicator": made.slug,
            "target": "600",
            "due": f"{YEAR + 2}-12-31",
            "accept_unmeasured": "on",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    goal = Goal.objects.get(title="Meer bezoekers")
    assert (goal.indicator, goal.start_value) == (made.slug, 440)
    page = page_of(adviser, f"/plan/doel/{goal.pk}/")
    assert made.title in page and "440" in page
    assert f"doel &#x27;{goal}&#x27;" in page_of(adviser, f"/cijfers/eigen/indicator/{made.slug}/")


def test_a_goal_on_it_that_was_missed_is_on_the_agenda(adviser, make, fill, plan, municipality):
    made = make()
    fill(made, "\n".join(f"{YEAR - k};{400 + 40 * k}" for k in range(6, 0, -1)))
    Goal.objects.create(
        municipality=municipality,
        priority=plan.priorities.first(),
        title="Zeshonderd bezoekers",
        indicator=made.slug,
        target=600,
        due=dt.date(YEAR - 1, 12, 31),
        adoption="adopted",
    )
    meeting = series.plan_meeting(municipality, "strategic", timezone.localdate(), None)
    page = page_of(adviser, f"/overleg/{meeting.pk}/")
    assert "Zeshonderd bezoekers" in page
    said = f"Niet gehaald: 440 geteld in {YEAR - 1} (intern); streefwaarde ten minste 600."
    assert said in page


def test_boxes_are_typed_and_what_is_empty_is_not_known(make, fill):
    made = make()
    boxes = {f"value.{YEAR - 1}.{HOME}": "1.250", f"value.{YEAR - 3}.{HOME}": "0"}
    assert fill(made, **boxes).status_code == 302
    assert {place[0]: t.value for place, t in typed.values_of(made).items()} == {
        str(YEAR - 1): 1250,
        str(YEAR - 3): 0,
    }
    with at_work(made):
        found = reading(internal_shelf(HOME), HOME, made.slug)
    told = dict(zip(found.labels, found.observed, strict=True))
    assert told[str(YEAR - 3)] == 0
    assert told[str(YEAR - 2)] != told[str(YEAR - 2)], "not typed is no zero"


def test_a_correction_is_a_new_snapshot_and_the_old_one_stays(make, fill):
    made = make()
    fill(made, f"{YEAR - 1};100\n{YEAR - 2};90")
    first = typed.snapshot_of(made)
    fill(made, f"{YEAR - 1};110")
    second = typed.snapshot_of(made)
    assert first != second
    assert typed.values_of(made)[str(YEAR - 1), HOME].value == 110
    assert typed.values_of(made)[str(YEAR - 2), HOME].value == 90
    kept = public_shelf().store.get(first)
    assert kept.manifest.id == first
    assert sorted(snapshot_rows(store(), first)["value"].tolist()) == [90, 100]
    fill(made, f"{YEAR - 1};110")
    assert typed.snapshot_of(made) == second, "the same values are no new snapshot"
    fill(made, **{f"value.{YEAR - 2}.{HOME}": ""})
    assert (str(YEAR - 2), HOME) not in typed.values_of(made)


def test_another_municipality_neither_sees_nor_sets_it(adviser, make, fill, plan, neighbour):
    made = make()
    fill(made, f"{YEAR - 1};48137")
    theirs = Client()
    theirs.force_login(neighbour.adviser)
    for address in ("", "wijzigen/", "waarden/"):
        url = f"/cijfers/eigen/indicator/{made.slug}/{address}"
        assert theirs.get(url).status_code == 404
        assert theirs.post(url, {"was": "", "rijen": f"{YEAR - 1};1"}).status_code in (
            403,
            404,
            405,
        )
    assert theirs.post(f"/cijfers/eigen/indicator/{made.slug}/weg/").status_code == 404
    assert theirs.get(f"/beeld/indicatoren/{made.slug}/").status_code == 404
    assert theirs.get(f"/beeld/{HOME}/{made.slug}/").status_code == 404
    assert theirs.get(f"/beeld/{HOME}/{made.slug}/trend.csv").status_code == 404
    assert made.title not in page_of(theirs, "/beeld/indicatoren/")
    assert made.title not in theirs.get("/beeld/indicatoren.csv").content.decode("utf-8-sig")
    line = Priority.objects.of(neighbour.municipality).first()
    form = page_of(theirs, f"/plan/toevoegen/doel/{line.pk}/")
    assert made.slug not in form and made.title not in form
    answer = theirs.post(
        f"/plan/toevoegen/doel/{line.pk}/",
        {
            "title": "Van een ander",
            "kind": "value",
            "indicator": made.slug,
            "target": "1",
            "due": f"{YEAR + 1}-12-31",
            "accept_unmeasured": "on",
        },
    )
    assert answer.status_code == 200 and not Goal.objects.filter(title="Van een ander").exists()
    assert made.title in page_of(adviser, f"/plan/toevoegen/doel/{plan.priorities.first().pk}/")


def test_on_public_pages_and_for_whoever_asks_outside_a_page_it_is_not_there(
    adviser, make, fill, plan, municipality
):
    made = make()
    fill(made, f"{YEAR - 1};48137")
    priority = plan.priorities.first()
    priority.indicators = [made.slug, *priority.indicators]
    priority.save()
    assert made.slug not in load_indicators()
    make_public(plan)
    for address in (f"/openbaar/{municipality.slug}/", "/"):
        for client in (adviser, Client()):
            said = client.get(address, follow=True).content.decode()
            assert "48.137" not in said and "48137" not in said
            assert made.title not in said or client is adviser and address == "/"


def test_of_a_survey_the_margin_decides_whether_there_is_a_difference(adviser, make, fill):
    made = make(title="Voelt zich veilig", unit="percent", source="inwonersenquête")
    assert fill(made, f"{YEAR - 1};62,5;;\n{YEAR - 3};70;400;").status_code == 302
    page = page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "De marge staat" not in page and "zonder marge" in page.lower()
    fill(made, f"{YEAR - 1};62,5;400\n{YEAR - 3};70;400;4,5")
    page = page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "62,5</span> ± 4,7" in page
    assert "Lager: −7,5 (marge −14,0 tot −1,0)" in page
    fill(made, f"{YEAR - 1};66;400")
    page = page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "Geen aantoonbaar verschil (marge −10,5 tot +2,5)" in page


def test_a_changed_definition_keeps_the_one_before_and_shows_at_once(adviser, make, fill):
    made = make()
    fill(made, f"{YEAR - 1};100")
    page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    edit = f"/cijfers/eigen/indicator/{made.slug}/wijzigen/"
    form = adviser.get(edit).context["form"]
    answer = adviser.post(
        edit, defined(title="Bezoek aan het buurthuis", revision=form.initial["revision"])
    )
    assert answer.status_code == 302
    assert "Bezoek aan het buurthuis" in page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "Bezoek aan het buurthuis in " in page_of(adviser, f"/beeld/{HOME}/{made.slug}/")
    own = page_of(adviser, f"/cijfers/eigen/indicator/{made.slug}/")
    assert "Bezoekers van het buurthuis" in own, "what it was called before"
    late = adviser.post(edit, defined(title="Van wie te laat kwam", revision=0))
    assert "Iemand anders heeft dit intussen gewijzigd" in late.content.decode()
    changed = defined(unit="hours", revision=OwnIndicator.objects.get().revision)
    refused = adviser.post(edit, changed).content.decode()
    assert "Er zijn al waarden ingevoerd" in refused
    assert OwnIndicator.objects.get().unit == "count"


def test_who_archives_one_on_which_a_goal_stands_is_told_so_first(adviser, make, fill, plan):
    made = make()
    fill(made, f"{YEAR - 1};100")
    goal = plan.priorities.first().goals.first()
    goal.indicator = made.slug
    goal.save()
    away = f"/cijfers/eigen/indicator/{made.slug}/weg/"
    asked = adviser.post(away)
    assert asked.status_code == 200 and str(goal) in asked.content.decode()
    assert OwnIndicator.objects.of(made.municipality).exists()
    assert adviser.post(away, {"zeker": "ja"}).status_code == 302
    assert not OwnIndicator.objects.of(made.municipality).exists()
    assert adviser.get(f"/beeld/indicatoren/{made.slug}/").status_code == 404
    assert not OwnTable.objects.of(made.municipality).exists()
    assert page_of(adviser, f"/plan/doel/{goal.pk}/"), "the goal is still there"


def test_one_that_nobody_uses_is_archived_at_once(adviser, make):
    made = make()
    assert adviser.post(f"/cijfers/eigen/indicator/{made.slug}/weg/").status_code == 302
    assert not OwnIndicator.objects.of(made.municipality).exists()


def test_its_values_may_come_from_a_file(adviser, make):
    made = make(way="file", frequency="month", level="neighbourhood")
    assert made.title in page_of(adviser, f"/cijfers/eigen/indicator/{made.slug}/")
    lines = [("Buurt", "Onderwerp", "Maand", "Aantal")]
    lines += [("Centrum", made.title, f"{YEAR - 1}-{m:02d}", 10) for m in range(1, 13)]
    url = adviser.post("/cijfers/eigen/nieuw/", {"kind": "counts", "file": csv_file(lines)}).url
    assert adviser.post(url, mapping(tellen="1")).status_code == 302
    page = page_of(adviser, f"/beeld/indicatoren/{made.slug}/")
    assert "120" in page and "nog niet geladen" not in page


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2020;veel", "Rij 1, kolom waarde: dit is geen getal."),
        ("periode;waarde\n2020;-3", "Rij 2, kolom waarde: een aantal kan niet negatief zijn."),
        ("2020;Nergens;3", "Rij 1, kolom gebied: dit is geen buurt"),
        ("2020;Centrum;3", "Rij 1, kolom gebied: van dit gebied is er bij deze indicator geen"),
        ("2020-03;3", "Rij 1, kolom waarde: dit cijfer gaat over een jaar"),
        (f"{YEAR + 1};3", "is nog niet begonnen"),
        ("2020;3,5", "een aantal is een geheel getal"),
        ("2020;3;40;2", "n en marge horen bij een percentage of een rapportcijfer"),
        ("2020;1\n2020;2", "Rij 2: 2020 staat er voor dit gebied twee keer."),
        ("2020;1;2;3;4;5", "er staan meer dan"),
        ("wat;is;dit\nhier;3", "Rij 2, kolom periode"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_and_nothing_is_kept(make, fill, rows, said):
    made = make()
    page = fill(made, f"{rows}\n2019;7").content.decode()
    assert said in page.replace("&#x27;", "'"), page[page.find("Er is niets") :][:400]
    assert "Er is niets opgeslagen" in page and "2019;7" in page, "what was typed stays"
    assert typed.values_of(made) == {}


def test_a_wrong_box_is_named_and_the_others_stay_filled(make, fill):
    made = make(unit="mark")
    name = f"value.{YEAR - 1}.{HOME}"
    page = fill(made, **{name: "12", f"value.{YEAR - 2}.{HOME}": "7,3"}).content.decode()
    assert f"{YEAR - 1}: 12,0 is meer dan 10." in page
    assert 'value="7,3"' in page and 'aria-invalid="true"' in page
    fill(made, **{name: "7,5", f"n.{YEAR - 1}.{HOME}": "300", f"margin.{YEAR - 1}.{HOME}": "0,2"})
    assert typed.values_of(made)[str(YEAR - 1), HOME] == typed.Typed(7.5, 300, 0.2)
    page = fill(made, **{f"n.{YEAR - 3}.{HOME}": "300"}).content.decode()
    assert "hier staat een n of een marge zonder waarde" in page
    page = fill(made, **{f"n.{YEAR - 1}.{HOME}": "0", name: "7,5"}).content.decode()
    assert "een geheel getal van 1 of meer" in page


@pytest.mark.postgres
def test_who_types_while_somebody_else_does_loses_nothing(make, fill):
    made = make()
    read = typed.snapshot_of(made)
    fill(made, f"{YEAR - 1};100")
    page = fill(made, f"{YEAR - 2};90", was=read).content.decode()
    assert "Iemand anders heeft intussen waarden opgeslagen" in page
    assert f"{YEAR - 2};90" in page
    assert len(typed.values_of(made)) == 1


def test_neighbourhoods_have_a_row_each_and_go_further_back_when_asked(adviser, make, fill):
    made = make(level="neighbourhood", frequency="month")
    url = f"/cijfers/eigen/indicator/{made.slug}/waarden/"
    page = page_of(adviser, url)
    assert page.count('<th scope="row"') > 3 and "Centrum" in page
    further = page_of(adviser, f"{url}?terug=8")
    assert further.count("<input") > page.count("<input")
    assert fill(made, f"{YEAR - 1}-03;Centrum;4").status_code == 302
    assert [t.value for t in typed.values_of(made).values()] == [4]


def test_only_who_may_define_makes_one_and_who_fills_it_types(client, person, make, municipality):
    made = make()
    client.force_login(person(Role.ENFORCEMENT))
    assert client.get(NEW).status_code == 403
    assert client.post(f"/cijfers/eigen/indicator/{made.slug}/weg/").status_code == 403
    url = f"/cijfers/eigen/indicator/{made.slug}/waarden/"
    assert client.post(url, {"was": "", "rijen": f"{YEAR - 1};5"}).status_code == 302
    client.force_login(person(Role.COMMITTEE))
    assert client.get(f"/cijfers/eigen/indicator/{made.slug}/").status_code == 403
    page = page_of(client, f"/beeld/indicatoren/{made.slug}/")
    assert "Nog geen cijfers" in page, "its figures are internal"


def test_without_any_own_one_there_are_those_that_come_with_koers(own_home):  # noqa: F811
    with own_at_hand(tuple):
        assert load_indicators() is bundled_indicators()


def test_one_of_a_later_koers_is_left_out_and_breaks_nothing(adviser, make):
    made = make()
    OwnIndicator.objects.filter(pk=made.pk).update(direction="sideways")
    assert own_indicators.own_indicators(made.municipality) == ()
    assert made.title not in page_of(adviser, "/beeld/indicatoren/")


def test_what_was_taken_out_of_a_title_is_not_in_its_address(make):
    made = make(title="Meldingen over Piet Jansen straat", keep_personal="on")
    assert "piet" not in json.dumps([made.slug, typed.table_of(made)]).lower()
