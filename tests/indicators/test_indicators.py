"""Indicator files: each can be used, and a wrong one is named."""

import pytest

from koers.indicators import IndicatorError, load_indicators
from koers.indicators.reader import FOLDER, THEMES, read_indicator, topics_by_scheme
from koers.sources.mapping import topic_titles

GOOD = """\
title: Fietsdiefstal
theme: veiligheid-in-de-wijken
why: Veel mensen hebben ermee te maken.
numerator:
  scheme: crime
  topics: ["1.2.3"]
unit: per_1000_inhabitants
direction: down
tables:
- {table: 47022NED, level: neighbourhood, frequency: month}
limits: Niet alles wordt gemeld.
source: politie
reviewed: 2026-11-23
"""


def written(tmp_path, text):
    file = tmp_path / "fiets.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_and_named_after_itself(tmp_path):
    found = read_indicator(written(tmp_path, GOOD))
    assert (found.id, found.topic, found.unit_label) == ("fiets", "1.2.3", "per 1.000 inwoners")
    assert (found.theme_title, found.waits_for) == ("Veiligheid in de wijken", "47022NED")


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("theme: veiligheid-in-de-wijken", "theme: veiligheid", 2, "theme"),
        ("unit: per_1000_inhabitants", "unit: per_hoofd", 7, "unit"),
        ("direction: down", "direction: omlaag", 8, "direction"),
        ("reviewed: 2026-11-23", "reviewed: gisteren", 13, "reviewed"),
        ('topics: ["1.2.3"]', "topics: []", 4, "numerator.topics"),
        ("level: neighbourhood", "level: straat", 9, "tables.0.level"),
        ("source: politie", "source: politie\nkleur: rood", 13, "kleur"),
        ("why: Veel mensen hebben ermee te maken.\n", "", 1, "why"),
    ],
)
def test_a_wrong_field_is_named_with_file_and_line(tmp_path, old, new, line, field):
    assert old in GOOD
    with pytest.raises(IndicatorError) as refused:
        read_indicator(written(tmp_path, GOOD.replace(old, new)))
    assert f"fiets.yaml, regel {line}: veld '{field}' klopt niet" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"), [("title: [x\n", "geen geldige YAML"), ("een losse zin\n", "veld: waarde"), ("", "regel 1")]
)
def test_what_is_no_list_of_fields_is_named(tmp_path, text, says):
    with pytest.raises(IndicatorError, match=says):
        read_indicator(written(tmp_path, text))


def test_every_bundled_indicator_is_read_under_its_file_name_and_each_theme_has_one():
    found = load_indicators()
    assert set(found) == {file.stem for file in FOLDER.glob("*.yaml")}
    assert {i.theme for i in found.values()} == set(THEMES)


@pytest.mark.parametrize("indicator", load_indicators().values(), ids=lambda i: i.id)
def test_a_bundled_indicator_says_why_what_it_leaves_out_and_counts_a_known_topic(indicator):
    assert indicator.why.endswith(".")
    assert len(indicator.limits) > 20
    assert indicator.tables
    titles = topic_titles(indicator.numerator.scheme)
    assert not titles or indicator.topic in titles


def test_the_topics_to_fetch_are_those_that_the_indicators_count():
    found = topics_by_scheme()
    assert {"0.0.0", "1.1.1"} <= set(found["crime"])
    assert len(found["crime"]) == len(set(found["crime"]))
