"""The indicators that come with Koers: each can be used; how a wrong file is named stands in
test_reader.py."""

import pytest

from koers.indicators import load_indicators
from koers.indicators.reader import FOLDER, topics_by_scheme
from koers.indicators.themes import themes
from koers.sources.mapping import topic_titles


def test_every_bundled_indicator_is_read_under_its_file_name_and_each_theme_has_one():
    found = load_indicators()
    assert set(found) == {file.stem for file in FOLDER.glob("*.yaml")}
    assert {i.theme for i in found.values()} == set(list(themes())[:10])


@pytest.mark.parametrize("indicator", load_indicators().values(), ids=lambda i: i.id)
def test_a_bundled_indicator_says_why_what_it_leaves_out_and_counts_a_known_topic(indicator):
    assert indicator.why.endswith(".")
    assert len(indicator.limits) > 20
    assert indicator.tables
    titles = topic_titles(indicator.numerator.scheme)
    assert not titles or set(indicator.numerator.topics) <= set(titles)


def test_the_topics_to_fetch_are_those_that_the_indicators_count():
    found = topics_by_scheme()
    assert {"0.0.0", "1.1.1"} <= set(found["crime"])
    assert len(found["crime"]) == len(set(found["crime"]))


def test_the_compulsory_set_of_the_accounts_is_whole_and_per_people_as_the_accounts_have_it():
    found = {i.id: i for i in load_indicators().values() if "bbv" in i.sets}
    assert {(i.numerator.scheme, i.topic, i.unit) for i in found.values()} == {
        ("local", "halt-referrals", "per_1000_youths"),
        ("crime", "2.5.2", "per_1000_inhabitants"),
        ("crime", "1.1.1", "per_1000_inhabitants"),
        ("registered", "CRI3000", "per_1000_inhabitants"),
        ("registered", "CRI2000", "per_1000_inhabitants"),
    }
    assert load_indicators()["high-impact-crimes"].topics == ("1.1.1", "1.4.6", "1.4.7")
