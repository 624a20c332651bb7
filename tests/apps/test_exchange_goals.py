"""Goals in tables become goals: by a figure that Koers knows, else in words for people to judge."""

import datetime as dt

import pytest
from django.conf import settings
from django.urls import reverse

from koers.apps.exchange.aims import Figure, direction_of, figure_in, kind_in, said_goal, unit_of
from koers.apps.plan.models import Adoption, Goal
from tests.apps.exchange import Import, home_beside


@pytest.fixture
def steps(adviser, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    return Import(adviser, plan)


def made(title):
    return Goal.objects.get(title=title)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("6,9", Figure(6.9)),
        ("1.234", Figure(1234)),
        ("4,8 per 1.000", Figure(4.8, "rate")),
        ("60 per 1.000 woningen", Figure(60, "per_1000_dwellings")),
        ("5 per 1.000 jongeren met meer delicten", Figure(5, "per_1000_youths")),
        ("\u2264 25%", Figure(25, "percent", "most")),
        ("Max. 40 per jaar", Figure(40, "", "most")),
        ("ten minste 7,3", Figure(7.3, "", "least")),
        ("40 of lager per jaar", Figure(40, "", "most")),
        ("rapportcijfer 7,3", Figure(7.3, "mark")),
        ("index 90", Figure(90, "index")),
        ("7,5 (2023)", Figure(7.5, "", "", 2023)),
        ("10 % meer deelnemers", None),
        ("98/89", None),
        ("-10 %", None),
        ("4 gesprekken met 3 scholen", None),
        ("geen norm", None),
        ("", None),
    ],
)
def test_a_number_is_understood_whole_or_not_at_all(text, figure):
    assert figure_in(text) == figure


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Minimaal het niveau van 2016", ("keep", 2016)),
        ("behoud niveau 2016", ("keep", 2016)),
        ("stabilisatie", ("keep", None)),
        ("lager dan vorig jaar", ("earlier", None)),
        ("beter dan vergelijkbare gemeenten", ("peers", None)),
        ("minder overlast", ("", None)),
    ],
)
def test_words_that_ask_for_a_kind_of_goal_are_known(text, kind):
    assert kind_in(text) == kind


def test_units_that_contradict_each_other_are_none():
    goal = said_goal("Inbraken", [("Nulmeting", "4,8 per 1.000"), ("Doel 2027", "40 %")])
    assert unit_of(goal) is None
    goal = said_goal("Inbraken per 1.000 woningen", [("Nulmeting", "5,1"), ("Doel 2027", "4,8")])
    assert (unit_of(goal), direction_of(goal, 4.8)) == ("per_1000_dwellings", "most")


def test_a_number_in_the_first_column_is_the_target_of_the_indicator_beside_it():
    goal = said_goal("max. 30", [("Indicator", "Woninginbraak")])
    assert (goal.title, goal.target) == ("Woninginbraak", Figure(30, "", "most"))


TABLE = (
    "Prioriteit;Indicator;Eenheid;Nulmeting 2024;Doel 2025;Doel 2026;Doel 2027;Bron\n"
    "Jeugdoverlast;Meldingen van jeugdoverlast;aantal;60;55;50;max. 45;politie\n"
    "Jeugdoverlast;Rapportcijfer voor de veiligheid in de buurt;;6,9;;;7,3;monitor\n"
)


def test_an_indicator_table_makes_goals_with_a_path_and_where_they_start(steps):
    steps.send(TABLE, "d.csv")
    steps.map()
    assert steps.problems() == []
    assert "2 doelen toegevoegd" in steps.take_in().content.decode()
    goal = made("Meldingen van jeugdoverlast")
    assert (goal.kind, goal.indicator, goal.unit, goal.direction) == (
        "value", "jeugdoverlast", "count", "",
    )  # fmt: skip
    assert (goal.target, goal.due, goal.path) == (
        45, dt.date(2027, 12, 31), ["2025: 55", "2026: 50"],
    )  # fmt: skip
    assert (goal.start_value, goal.start_period, goal.start_snapshot) == (60, "2024", "")
    assert goal.adoption == Adoption.EXAMPLE and goal.priority.title == "Jeugdoverlast"
    assert goal.written == (
        "Meldingen van jeugdoverlast. Eenheid: aantal; Nulmeting 2024: 60; Doel 2025: 55;"
        " Doel 2026: 50; Doel 2027: max. 45; Bron: politie"
    )
    mark = made("Rapportcijfer voor de veiligheid in de buurt")
    assert (mark.target, mark.start_value, mark.unit) == (7.3, 6.9, "mark")
    page = steps.client.get(reverse("plan:goal", args=[goal.pk])).content.decode()
    assert "In uw plan" in page and "Bron: politie" in page


def test_the_same_table_once_more_changes_nothing(steps):
    steps.send(TABLE, "d.csv")
    steps.map()
    steps.take_in()
    steps.send(TABLE, "d.csv")
    steps.map()
    assert [line.outcome for line in steps.preview().lines] == ["same", "same"]


def test_a_figure_that_koers_does_not_know_is_asked_and_stays_in_words_until_it_is_said(steps):
    steps.send("Prioriteit;Indicator;Doel 2027\nJeugdoverlast;Tevreden over de boa;65 %\n", "d.csv")
    steps.map()
    (asked,) = steps.preview().questions
    assert (asked.text, asked.offered) == ("Tevreden over de boa", "tekst")
    assert steps.preview().lines[0].values["kind"] == "words"
    steps.look(**{asked.name: "tevreden-zichtbaarheid-politie"})
    steps.take_in()
    goal = made("Tevreden over de boa")
    assert (goal.kind, goal.indicator, goal.target, goal.unit) == (
        "value", "tevreden-zichtbaarheid-politie", 65, "percent",
    )  # fmt: skip


def test_a_name_that_is_nearly_that_of_a_figure_is_offered(steps):
    steps.send(
        "Prioriteit;Indicator;Nulmeting;Doel 2027\n"
        "Jeugdoverlast;Aantal woninginbraken per 1.000 woningen;5,1;4,8\n",
        "d.csv",
    )
    steps.map()
    (asked,) = steps.preview().questions
    assert asked.offered == "woninginbraak"
    (line,) = steps.preview().lines
    assert (line.values["unit"], line.values["target"]) == ("per_1000_dwellings", 4.8)


def test_a_number_with_a_part_is_no_count_and_the_unit_is_asked(steps):
    steps.send("Prioriteit;Indicator;Doel 2027\nJeugdoverlast;Woninginbraak;4,8\n", "d.csv")
    steps.map()
    (asked,) = steps.preview().questions
    assert asked.offered == "per_1000_dwellings"
    assert steps.preview().lines[0].values["unit"] == "per_1000_dwellings"


def test_a_unit_that_the_figure_does_not_have_leaves_the_goal_in_words_and_that_is_said(steps):
    steps.send("Prioriteit;Indicator;Doel 2027\nJeugdoverlast;Woninginbraak;40 %\n", "d.csv")
    steps.map()
    (line,) = steps.preview().lines
    assert line.values["kind"] == "words"
    assert any("de eenheid past niet" in note for note in line.notes)


def test_goals_that_figures_decide_without_a_number_of_their_own(steps):
    rows = (
        "Woninginbraak;Minimaal het niveau van 2016",
        "Straatroof;lager dan vorig jaar",
        "Mishandeling;beter dan vergelijkbare gemeenten",
        "Vernieling;98/89",
    )
    text = "\n".join(f"Jeugdoverlast;{row}" for row in rows)
    steps.send(f"Prioriteit;Indicator;Doelstelling 2027\n{text}", "d.csv")
    steps.map()
    found = {line.title: line.values for line in steps.preview().lines}
    kinds = [found[t]["kind"] for t in ("Woninginbraak", "Straatroof", "Mishandeling")]
    assert kinds == ["keep", "earlier", "peers"]
    assert found["Woninginbraak"]["start_period"] == "2016"
    assert found["Vernieling"]["kind"] == "words"
    assert any("geen getal dat Koers" in n for n in steps.preview().lines[3].notes)


def test_aims_beside_measures_become_goals_in_words_each_once_and_stay_with_the_measure(steps):
    steps.send(
        "Thema;Doel;Actie;Planning;Trekker;Partners;Budget\n"
        "Jeugdoverlast;Minder overlast;Tafel;2026;OOV;Politie;100\n"
        ";;Hal;2026;OOV;Politie;100\n"
        "Jeugdoverlast;-;Veld;2026;OOV;Politie;100\n",
        "p.csv",
    )
    steps.map()
    goals = [line for line in steps.preview().lines if line.is_goal]
    assert [g.title for g in goals] == ["Minder overlast"]
    steps.look(**{goals[0].source.leaving_out: "1"})
    assert [x.outcome for x in steps.preview().lines] == ["new", "new", "new", "left_out"]
    steps.look()
    steps.take_in()
    goal = made("Minder overlast")
    assert (goal.kind, goal.question, goal.due) == (
        "words", "Hoe staat het met dit doel?", dt.date(2027, 12, 31),
    )  # fmt: skip
    measures = goal.priority.measures.filter(aim="Minder overlast")
    assert {m.title for m in measures} == {"Tafel", "Hal"}


def test_a_goal_that_people_judged_stays_when_the_import_is_undone_and_is_named(steps):
    steps.send("Prioriteit;Doel;Norm\nJeugdoverlast;Rust;geen\nJeugdoverlast;Orde;geen", "d.csv")
    steps.map()
    steps.take_in()
    goal = made("Rust")
    goal.judgements.create(
        municipality=goal.municipality, on=dt.date(2026, 12, 1), answer="gaat goed", reason="R",
        judges="het overleg",
    )  # fmt: skip
    page = steps.client.post(f"/plan/inlezen/{steps.token}/ongedaan/", follow=True)
    assert "daarom gebleven: Rust" in page.content.decode()
    live = Goal.objects.of(goal.municipality).filter(title__in=["Rust", "Orde"])
    assert [g.title for g in live] == ["Rust"]
