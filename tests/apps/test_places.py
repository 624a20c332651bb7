"""Where a later app takes part in an earlier one: declared, typed, and looked at when Koers
starts."""

import pytest
from django.core.checks import run_checks
from mypy import api

from koers.apps.people import registry
from koers.apps.people.checks import places_are_filled
from koers.apps.people.registry import (
    Announcement,
    EnrolmentError,
    Place,
    Question,
    declared,
    enrol,
)


@pytest.fixture
def places(monkeypatch):
    """No places but those of the test."""
    monkeypatch.setattr(registry, "declared", {})
    monkeypatch.setattr("koers.apps.people.checks.declared", registry.declared)
    return registry.declared


def found() -> list[str]:
    return [problem.msg for problem in places_are_filled()]


def test_every_place_of_koers_has_somebody_who_fits():
    assert places_are_filled() == []


@pytest.mark.parametrize("name", sorted(declared))
def test_a_place_where_nobody_is_stops_the_start_in_plain_words(name, monkeypatch):
    monkeypatch.setattr(declared[name], "enrolled", {})
    problems = [p for p in run_checks() if p.id == "koers.E001"]
    assert [p.msg for p in problems] == [
        f"Niemand doet mee op de plek '{name}' ({declared[name].about})."
    ]
    assert "laadt haar enrolled.py niet" in problems[0].hint


@pytest.mark.parametrize("name", sorted(declared))
def test_a_place_is_named_after_the_app_that_declares_it_and_says_what_it_is_for(name):
    app, _, what = name.partition(".")
    assert (
        app in {"exchange", "people", "intake", "picture", "plan", "meetings", "decisions"} and what
    )
    assert len(declared[name].about) > 20


def test_a_place_may_be_empty_with_a_reason(places):
    Place[[int], str]("test.empty", "niets", may_be_empty="er is nog geen latere app")
    assert found() == []


def test_what_is_empty_is_left_out_and_the_rest_keeps_its_order(places):
    place = Place[[int], str]("test.many", "woorden")
    for name, word in (("first", "een"), ("silent", ""), ("last", "twee")):
        place.add(name, lambda number, word=word: word * number)
    assert place.all(2) == ["eeneen", "tweetwee"]
    assert place.named("last")(1) == "twee" and place.named("nobody") is None


def test_a_name_is_at_a_place_once_and_a_place_is_declared_once(places):
    place = Place[[int], str]("test.many", "woorden")
    enrol(place, "topic")(lambda number: "")
    with pytest.raises(EnrolmentError, match="topic is at test.many already"):
        enrol(place, "topic")(lambda number: "")
    with pytest.raises(EnrolmentError, match=r"test.many is declared twice"):
        Place[[int], str]("test.many", "woorden")


def test_a_question_is_answered_by_one(places):
    question = Question[[int], str]("test.one", "een woord", may_be_empty="toets")
    assert question.ask(1) is None
    enrol(question, "me")(lambda number: "")
    assert question.ask(1) == "", "an empty answer is one"
    with pytest.raises(EnrolmentError, match="test.one is for one, and me is there"):
        enrol(question, "you")(lambda number: "")


def too_many(number: int, other: int) -> str: ...
def too_few() -> str: ...
def other_type(number: str) -> str: ...
def not_said(number) -> str: ...
def gives_other(number: int) -> int: ...
def fits(number: int, more: int = 0) -> str: ...


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (too_many, "takes 2 arguments, the place gives 1"),
        (too_few, "takes 0 arguments, the place gives 1"),
        (other_type, "number is not said to be int"),
        (not_said, "number is not said to be int"),
        (gives_other, "is not said to give str"),
        (fits, ""),
    ],
)
def test_a_function_that_does_not_fit_stops_the_start(places, function, why):
    place = Place[[int], str]("test.many", "woorden")
    enrol(place, "it")(function)
    assert found() == ([f"it past niet op de plek 'test.many': {why}."] if why else [])


def test_an_announcement_reaches_everybody_with_what_happened(places):
    news, heard = Announcement[int]("test.news", "er is een getal"), []
    enrol(news, "one")(lambda number: heard.append(number))
    enrol(news, "two")(lambda number: heard.append(-number))
    news.tell(3)
    assert heard == [3, -3]
    assert (news.takes, news.gives) == ((int,), type(None))


def test_the_type_checker_refuses_what_does_not_fit(tmp_path):
    (tmp_path / "later.py").write_text(
        """
from koers.apps.people.registry import Announcement, Place, enrol
PLACE = Place[[int], str]("a.b", "")
NEWS = Announcement[int]("a.c", "")

@enrol(PLACE)
def fits(number: int) -> str:
    return ""

@enrol(PLACE)
def takes_other(number: str) -> str:
    return ""

@enrol(PLACE)
def gives_other(number: int) -> int:
    return 1

@enrol(NEWS)
def hears_other(number: str) -> None: ...

NEWS.tell("x")
PLACE.all("x")
"""
    )
    said, _, _ = api.run(
        [str(tmp_path / "later.py"), "--follow-imports=silent", f"--cache-dir={tmp_path}"]
    )
    lines = [int(line.split(":")[1]) for line in said.splitlines() if ": error:" in line]
    assert lines == [10, 14, 18, 21, 22], said
