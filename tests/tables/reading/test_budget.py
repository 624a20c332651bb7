"""What something costs, as people write it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.dutch import number
from koers.tables.reading.budget import Budget, Money, budget_of


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("€ 3.500", 3500),
        ("€ 6.000,-", 6000),
        ("1.500", 1500),
        ("€ 1.500,50", "1500.50"),
        ("EUR 1500", 1500),
        ("15k", 15000),
        ("€ 1,2 mln", 1200000),
        ("€ 0", 0),
        (5000.0, 5000),
        (12.345, "12.35"),
        ("€ 10.000 (onder voorbehoud)", 10000),
        ("€ 2.000 eenmalig", 2000),
    ],
)
def test_an_amount_is_read_as_it_is_meant(cell, amount):
    assert budget_of(cell).amount == pytest.approx(Decimal(amount), abs=Decimal("0.011"))


@pytest.mark.parametrize(
    ("cell", "header", "kind", "words"),
    [
        ("€ 2.000 per jaar", "", Money.A_YEAR, "€ 2.000 per jaar"),
        ("€ 45.000 (structureel)", "", Money.A_YEAR, "€ 45.000 per jaar"),
        ("2.000", "Kosten per jaar", Money.A_YEAR, "€ 2.000 per jaar"),
        ("12", "Budget (x € 1.000)", Money.AMOUNT, "€ 12.000"),
        ("€ 5.000 - € 10.000", "", Money.RANGE, "€ 5.000 tot € 10.000"),
        ("5-10k", "", Money.RANGE, "€ 5.000 tot € 10.000"),
        ("ca. € 4.000", "", Money.ABOUT, "ongeveer € 4.000"),
        ("120 uur per jaar", "", Money.HOURS, "120 uur per jaar"),
        ("40", "Uren", Money.HOURS, "40 uur"),
        ("n.t.b.", "", Money.UNKNOWN, ""),
        ("PM", "", Money.RESERVED, ""),
        ("binnen bestaande formatie", "", Money.WITHIN, ""),
        ("Reguliere middelen", "", Money.WITHIN, ""),
        ("nvt", "", Money.NOTHING, ""),
    ],
)
def test_other_ways_to_say_a_budget_are_no_amount_to_add_up(cell, header, kind, words):
    found = budget_of(cell, header)
    assert (found.kind, found.words) == (kind, words)
    assert found.amount is None or kind == Money.AMOUNT


@pytest.mark.parametrize(
    "cell",
    [
        "€ 0,30 p. inw.",
        "10.000 (50% regio)",
        "Dekking: budget 2026 ondermijning",
        "€ 5.000 + € 3.000",
        "€ 12.000 in 2026",
        "1,234.50",
        "-500",
        "0,2 fte",
        "10.000 - 5.000",
        dt.date(2026, 3, 1),
        float("nan"),
        "9" * 30,
    ],
)
def test_a_text_of_which_a_part_is_not_understood_gives_no_number(cell):
    found = budget_of(cell)
    assert (found.kind, found.low, found.hours) == (Money.WORDS, None, None)


amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


@given(
    amounts, amounts, st.sampled_from([Money.AMOUNT, Money.A_YEAR, Money.RANGE, Money.HOURS]),
)  # fmt: skip
def test_what_is_understood_can_be_written_and_read_again(one, other, kind):
    low, high = sorted((one, other)) if kind == Money.RANGE else (one, one)
    found = Budget("", kind, low, high, kind == Money.A_YEAR)
    again = budget_of(found.words)
    assert (again.kind, again.low, again.high, again.a_year) == (kind, low, high, found.a_year)


@given(amounts, st.sampled_from(["€ {}", "{}", "€{}", "{} euro", "EUR {}", "{} eenmalig"]))
def test_an_amount_is_the_same_however_it_is_written(amount, way):
    assert budget_of(way.format(number(float(amount), 2))).amount == amount


PIECES = (
    "€ 1.000 2.500,50 , - tot per jaar structureel eenmalig k mln uur PM n.t.b. circa max ( )"
    " 2026 + binnen formatie 50% p. inw. x"
)
pieces = st.sampled_from(PIECES.split())


@given(
    st.one_of(st.text(), st.lists(pieces, max_size=6).map(" ".join), st.floats(), st.none()),
    st.sampled_from(["", "Budget", "x € 1.000", "Uren", "per jaar"]),
)
def test_any_cell_gives_a_budget_without_a_number_that_is_not_whole_in_it(cell, header):
    found = budget_of(cell, header)
    assert (found.low is None) == (found.high is None)
    if found.amount is not None:
        assert 0 <= found.amount < 10**9
        assert any(c.isdigit() for c in found.written)
