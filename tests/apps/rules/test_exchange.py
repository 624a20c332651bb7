"""What a word, a date or a header in somebody's own table means."""

import datetime as dt
from types import SimpleNamespace

import pytest

from koers.apps.exchange import values
from koers.apps.exchange.checking import _Check
from koers.apps.exchange.columns import BY_KEY, columns_for
from koers.apps.exchange.fields import Fields
from koers.apps.exchange.forms import ColumnsForm, TableForm
from koers.apps.exchange.known import NewPriority
from koers.apps.exchange.mapping import guessed_what, proposal
from koers.apps.exchange.naming import MAKE
from koers.apps.exchange.part import Part
from koers.apps.exchange.values import CellError, UnknownError
from koers.apps.plan.models import ActionState, MeasureKind, MeasureState
from koers.tables.reading.grid import Grid

STATES = {
    MeasureState.PLANNED: ["Gepland", "Nog niet gestart"],
    MeasureState.RUNNING: ["loopt", "Continu", "doorlopend", "in uitvoering"],
    MeasureState.DONE: ["Afgerond", "gereed"],
    MeasureState.STOPPED: ["gestopt", "vervallen"],
}
KINDS = {
    MeasureKind.PREVENTION: ["Preventie", "voorlichting"],
    MeasureKind.EARLY_SIGNALLING: ["vroegsignalering", "Signaleren"],
    MeasureKind.ENFORCEMENT: ["Handhaving", "toezicht", "repressief"],
}


def said(words):
    return [(value, text) for value, texts in words.items() for text in texts]


@pytest.mark.parametrize(("state", "text"), said(STATES))
def test_a_state_is_known_by_the_words_that_people_use(state, text):
    assert values.choice_of(text, values.STATES_OF_MEASURES) == state


@pytest.mark.parametrize(("kind", "text"), said(KINDS))
def test_a_kind_of_measure_is_known_by_the_words_that_people_use(kind, text):
    assert values.choice_of(text, values.KINDS) == kind


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("jan '26", "2026-01-01", "2026-01-31"),
        ("kwartaal 2 2026", "2026-04-01", "2026-06-30"),
        ("Q4-'25", "2025-10-01", "2025-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_month_quarter_or_year_is_its_first_day_or_its_last(text, first, last):
    assert values.date_of(text, False)[0] == dt.date.fromisoformat(first)
    assert values.date_of(text, True)[0] == dt.date.fromisoformat(last)


def test_yes_and_no_are_what_they_say():
    assert [values.yes_or_no_of(text) for text in ("Ja", "j", "x", "waar")] == [True] * 4
    assert [values.yes_or_no_of(text) for text in ("nee", "N")] == [False] * 2
    with pytest.raises(UnknownError):
        values.yes_or_no_of("misschien")


@pytest.mark.parametrize(
    "word", ["Maatregel", "Naam maatregel", "Aanpak", "Interventie", "Inspanning"]
)
def test_a_table_with_actions_beside_a_measure_is_both(word):
    assert guessed_what([word, "Actie", "Wie"]) == "both"
    assert guessed_what(["Omschrijving", "Actie", "Wie"]) == "actions"
    assert guessed_what([word, "Wie"]) == "measures"


def test_an_action_beside_its_measure_has_no_column_that_says_which_measure():
    keys = [column.key for column in columns_for("both")]
    assert keys.count("action.title") == 1
    for gone in ("action.id", "action.measure", "action.measure_id", "action.adoption"):
        assert gone in BY_KEY and gone not in keys
    assert "measure.title" in keys and "measure.id" not in keys


def fields(answers=None):
    known = SimpleNamespace(
        partners={},
        priorities=[],
        priority=unknown,
        people=SimpleNamespace(name_of=lambda value: f"de heer {value}"),
        area_name=lambda code: f"wijk {code}",
        topic_name=lambda topic: f"cijfer {topic}",
    )
    return Fields(known, answers or {})


def unknown(text):
    raise UnknownError(f"Koers kent '{text}' niet")


def test_a_partner_has_a_name_of_at_most_120_letters():
    assert fields()._partner("p" * 120) == "p" * 120
    with pytest.raises(CellError, match="langer dan 120"):
        fields()._partner("p" * 121)


def test_a_new_priority_holds_as_much_of_its_name_as_fits(monkeypatch):
    found = fields()
    monkeypatch.setattr(found, "_asked", lambda *asked: MAKE)
    made = found._priority(SimpleNamespace(), BY_KEY["measure.priority"], "p" * 210)
    assert made == NewPriority("p" * 200)


def test_a_value_is_shown_as_a_person_reads_it():
    found = fields()
    assert found.text_of(BY_KEY["measure.owner"], 3) == "de heer 3"
    assert found.text_of(BY_KEY["measure.areas"], ["W1", "W2"]) == "wijk W1, wijk W2"
    assert found.text_of(BY_KEY["action.state"], ActionState.DONE) == ActionState.DONE.label
    assert found.text_of(BY_KEY["measure.partners"], ["a", "b"]) == "a, b"
    assert found.text_of(BY_KEY["action.due"], dt.date(2026, 3, 1)) == "1 maart 2026"
    assert found.text_of(BY_KEY["goal.indicator"], "vernieling") == "cijfer vernieling"
    assert found.text_of(BY_KEY["measure.owner"], None) == "–"


@pytest.fixture
def grid():
    rows = (("Lamp vervangen", "2026-05-01"), ("Poster ophangen", "2026-06-01"))
    return Grid("Blad1", rows * 20)


@pytest.mark.parametrize(
    ("first", "last", "good"), [(1, 1, True), (1, 20, True), (12, 14, True), (1, 21, False)]
)
def test_a_header_is_at_most_twenty_rows_wherever_it_stands(grid, first, last, good):
    given = {"table": "0", "what": "actions", "first": str(first), "last": str(last)}
    form = TableForm(given, tables=[grid])
    assert form.is_valid() == good, form.errors


def test_without_names_dates_and_the_first_text_are_recognised(grid):
    part = proposal(grid, 0, "actions")
    assert part.last == 0
    assert part.columns["action.due"] == 1 and part.columns["action.title"] == 0


def test_each_field_can_be_chosen_from_the_columns_of_the_table(grid):
    part = Part(0, "actions", 0, 0, {"action.title": 0})
    form = ColumnsForm(table=grid, part=part, known=SimpleNamespace(measures={}))
    assert form.fields["action.title"].initial == "0"
    offered = [value for value, _ in form.fields["action.due"].choices]
    assert offered[0] == "" and {"0", "1"} <= set(offered)


def measure(title, **more):
    return SimpleNamespace(
        **{"title": title, "is_measure": True, "existing": None, "uses": None} | more
    )


def by_title(title, lines=(), there=()):
    """The measure of an action that names it by its title, and what is said of it."""
    said = []
    known = SimpleNamespace(measures=dict(enumerate(there)))
    action = SimpleNamespace(wrong=lambda column, why, **_: said.append(why))
    check = SimpleNamespace(lines=lines, known=known)
    return _Check._by_title(check, action, title), said


def test_an_action_belongs_to_the_one_measure_that_has_the_title():
    new, there = measure("Lamp vervangen"), measure("Lamp  vervangen.", existing=object())
    no_new_ones = [
        measure("Lamp vervangen", is_measure=False),
        measure("Lamp vervangen", existing=object()),
        measure("Lamp vervangen", uses=object()),
    ]
    found, said = by_title("LAMP vervangen", [*no_new_ones, measure("Anders"), new])
    assert found is new and said == []
    found, said = by_title("Lamp vervangen", no_new_ones, [there, measure("Anders")])
    assert found is there and said == []
    found, (why,) = by_title("Lamp vervangen", [new], [there])
    assert found is None and "meer maatregelen met deze titel" in why
    found, (why,) = by_title("Lamp", [new], [there])
    assert found is None and "staat niet in het plan en niet in de tabel" in why


def node(title, *children):
    return SimpleNamespace(
        title=title, outside="", children=children, source=SimpleNamespace(row=3)
    )


@pytest.mark.parametrize(
    ("top", "above"),
    [
        (node("Wonen", node("Lamp", node("Bestellen"))), NewPriority("Wonen")),
        (node("Lamp", node("Bestellen")), None),
        (node("Lamp"), None),
    ],
)
def test_what_stands_above_measures_with_actions_is_a_priority(top, above):
    branches = []
    check = SimpleNamespace(
        known=SimpleNamespace(priority=unknown),
        notes=[],
        _branch=lambda node, part, priority: branches.append((node.title, priority)),
    )
    _Check._top(check, top, None)
    assert branches == [("Lamp", above)]
    assert check.notes == (["Rij 3: 'Wonen' wordt een nieuwe prioriteit."] if above else [])
