"""Indicator files: what is there, and what a wrong one is told."""

from pathlib import Path

import pytest

from koers.indicators import IndicatorError, load_indicators
from koers.indicators.reader import read_indicator, topics_by_scheme
from koers.indicators.themes import themes
from koers.indicators.units import DENOMINATORS, UNITS
from koers.sources.mapping import topic_titles

HERE = Path(__file__).parent
MESSAGES = {
    "missing-limits": (1, "limits", "het veld ontbreekt"),
    "unknown-field": (18, "weight", "dit veld bestaat niet"),
    "unknown-theme": (2, "theme", "'parkeren' mag hier niet; kies 'veiligheid-in-de-wijken', "),
    "unknown-unit": (10, "unit", "'per_hundred' mag hier niet; kies 'per_1000_inhabitants', "),
    "unit-without-denominator": (
        8,
        "unit",
        "'per_1000_dwellings' heeft een noemer nodig: dwellings",
    ),
    "denominator-of-another-unit": (
        10,
        "unit",
        "de noemer 'inhabitants' past niet bij de eenheid 'per_1000_dwellings'",
    ),
    "unknown-denominator": (9, "denominator.of", "'chimneys' mag hier niet; kies 'inhabitants', "),
    "direction-of-hidden-crime": (
        11,
        "direction",
        "bij het thema 'ondermijning' is de richting van meldingen 'neither'",
    ),
    "no-topics": (6, "numerator.topics", "hier hoort ten minste één waarde"),
    "unknown-scheme": (5, "numerator.scheme", "'rumours' mag hier niet; kies 'crime', "),
    "empty-title": (1, "title", "hier staat niets"),
    "no-date": (18, "reviewed", "dit is geen datum zoals 2026-11-24"),
    "no-tables": (14, "tables", "hier hoort ten minste één waarde"),
    "unknown-level": (15, "tables.0.level", "'street' mag hier niet; kies 'neighbourhood', "),
    "own-id": (1, "id", "de naam van het bestand is al de id"),
    "not-yaml": (6, "", "dit is geen geldige YAML"),
    "list": (1, "", "verwacht regels 'veld: waarde'"),
}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_wrong_file_is_told_file_line_and_field(name):
    line, field, problem = MESSAGES[name]
    with pytest.raises(IndicatorError) as caught:
        read_indicator(HERE / f"invalid-{name}.yaml")
    error = caught.value
    assert (error.file, error.line, error.field) == (f"invalid-{name}.yaml", line, field), str(
        error
    )
    assert error.problem.startswith(problem), error.problem
    assert str(error).startswith(f"invalid-{name}.yaml, regel {line}")


def test_every_invalid_file_here_has_its_message():
    assert {file.stem.removeprefix("invalid-") for file in HERE.glob("invalid-*.yaml")} == set(
        MESSAGES
    )


WITH_INDICATORS = {
    "veiligheid-in-de-wijken",
    "jeugdoverlast",
    "cybercrime",
    "verkeer-en-fietspaden",
    "ondermijning",
    "zichtbaarheid-politie",
    "evenementen",
    "crisisbeheersing",
    "internationale-instabiliteit",
    "informatiepositie",
}


def test_there_are_at_least_forty_over_every_priority_and_attention_theme():
    found = load_indicators().values()
    assert len(found) >= 40
    assert {i.theme for i in found} == WITH_INDICATORS <= set(themes())


def test_limits_are_of_the_indicator_itself():
    limits = [i.limits for i in load_indicators().values()]
    assert len(set(limits)) == len(limits)


def test_codes_of_police_kinds_exist():
    for scheme in ("crime", "nuisance"):
        assert set(topics_by_scheme()[scheme]) <= set(topic_titles(scheme))


def test_reports_of_cybercrime_and_subversive_crime_have_no_direction():
    found = [i for i in load_indicators().values() if i.theme in ("cybercrime", "ondermijning")]
    assert len(found) >= 10
    assert {i.direction for i in found} == {"neither"}


def test_a_rate_has_the_denominator_of_its_unit():
    for indicator in load_indicators().values():
        if indicator.measure == "rate":
            assert indicator.denominator.of in UNITS[indicator.unit].denominators
            assert DENOMINATORS[indicator.denominator.of].title
        if indicator.unit == "count":
            assert indicator.denominator is None


def test_several_topics_are_one_indicator():
    found = load_indicators()["straatroof-overval"]
    assert (found.topics, found.topic) == (("1.4.6", "1.4.7"), "1.4.6+1.4.7")


def test_the_topics_of_a_denominator_are_asked_for_as_well():
    assert {"alcohol-compliant", "alcohol-checks"} <= set(topics_by_scheme()["local"])


def test_a_fact_that_nobody_looked_up_says_so():
    assert any(i.to_check for i in load_indicators().values())
    halt = load_indicators()["halt-verwijzingen"]
    assert halt.to_check and halt.direction == "neither"
