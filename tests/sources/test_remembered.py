"""A load that asks for less than the one before is said to do so, and the page asks for no less
than the command did."""

import pytest

from koers.analysis.period import Period
from koers.figures.store import FigureStore
from koers.sources.remembered import former_scope, remember, said_of_less, widened
from koers.sources.scope import Scope

TWO, ONE, COUNTRY = Scope(("GM9001", "GM9002")), Scope(("GM9001",)), Scope(None)
FIRST = 2019


def since(text, codes=("GM9001", "GM9002")):
    return Scope(codes, Period.parse(text))


def test_a_scope_is_remembered_with_its_first_period(tmp_path):
    store = FigureStore(tmp_path)
    assert former_scope(store) is None
    for scope in (TWO, COUNTRY, since("2018-07"), since("2015")):
        remember(store, scope)
        assert former_scope(store) == scope


@pytest.mark.parametrize(
    ("asked", "former", "says"),
    [
        (ONE, TWO, "GM9002"),
        (ONE, COUNTRY, "andere gemeenten"),
        (since("2026-03"), TWO, "cijfers van vóór 2026-03"),
        (since("2026"), since("2024-06"), "cijfers van vóór 2026"),
        (TWO, since("2015"), "cijfers van vóór 2019"),
        # Tables by year begin earlier than those by month.
        (since("2019"), TWO, "cijfers van vóór 2019"),
    ],
)
def test_what_is_no_longer_asked_is_named(asked, former, says):
    assert says in said_of_less(asked, former, FIRST)


@pytest.mark.parametrize(
    ("asked", "former"),
    [
        (TWO, None),
        (TWO, TWO),
        (TWO, ONE),
        (COUNTRY, TWO),
        (TWO, since("2026")),
        (since("2015"), since("2018-07")),
    ],
)
def test_nothing_is_said_of_a_load_that_asks_for_as_much_or_more(asked, former):
    assert said_of_less(asked, former, FIRST) == ""


def test_what_is_asked_from_the_page_takes_the_former_scope_along():
    assert widened(Scope(("GM9003",)), TWO, FIRST).codes == ("GM9003", "GM9001", "GM9002")
    assert widened(ONE, COUNTRY, FIRST).everywhere
    assert widened(ONE, since("2015"), FIRST).since == Period.parse("2015")
    # A load from a late month on was an exception; the next one is whole again.
    assert widened(ONE, since("2026-03"), FIRST).since is None
    assert widened(ONE, None, FIRST) == ONE
