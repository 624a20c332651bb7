"""`koers load` of live sources as a user runs it."""

from __future__ import annotations

import pytest

from tests.sources import country
from tests.sources.odata_server import serve


@pytest.fixture
def live():
    with serve(country.police_tables() | country.statline_tables()) as source:
        yield (
            {"KOERS_SOURCE_POLICE": source.address, "KOERS_SOURCE_STATLINE": source.address},
            source,
        )


def test_one_table_of_one_municipality_from_a_month_on_and_again_without_options(
    koers, home_with_tables, live
):
    environment, source = live
    done = koers(
        "load", "47022NED", "--municipality", "GM9001", "--since", "2026-03", **environment
    )
    assert done.returncode == 0, done.stderr
    assert "1 tabellen geladen" in done.stderr
    asked = [path for path in source.asked if "TypedDataSet" in path]
    assert asked and all("47022NED" in path for path in asked)
    assert all("2026MM03" in path and "2026MM02" not in path for path in asked)
    source.asked.clear()
    again = koers("load", "47022NED", **environment)
    assert again.returncode == 0, again.stderr
    assert "1 ongewijzigd" in again.stderr
    assert not [path for path in source.asked if "TypedDataSet" in path]


def test_the_whole_country(load, live):
    environment, source = live
    done = load("politie", "--all", **environment)
    assert "voor heel Nederland" in done.stderr
    assert "5 tabellen geladen" in done.stderr
    # 47008NED was asked for by naming its source, and this source does not have it.
    assert done.returncode == 1
    assert "47008NED" in done.stderr


def test_a_region_that_nobody_knows_is_said(load, live):
    done = load("--municipality", "GM9001", "--region", **live[0])
    assert done.returncode == 1
    assert "politie-eenheid" in done.stderr


def test_options_that_contradict_each_other_are_a_wrong_command(load, tmp_path):
    assert load("--all", "--region").returncode == 2
    assert load("--figures", tmp_path, "--all").returncode == 2
    assert load("--municipality", "GM9001", "--since", "gisteren").returncode == 2
    assert load("nergens", "--municipality", "GM9001").returncode in (1, 2)


def test_two_changes_of_a_source_are_named_and_what_was_loaded_stays(load, live):
    environment, source = live
    assert load("47013NED", "--municipality", "GM9001", **environment).returncode == 0
    for row in source.tables["47013NED"].entities["DataProperties"]:
        if row["Type"] == "Topic":
            row["Unit"] = "promille"
    done = load("47013NED", "--municipality", "GM9001", **environment)
    assert done.returncode == 1
    assert "eenheid" in done.stderr and "promille" in done.stderr
    assert "blijven de eerder geladen cijfers in gebruik" in done.stderr


def test_load_wants_one_origin_and_a_real_code(load):
    assert load().returncode == 2
    assert load("--municipality", "Heemstede").returncode == 2
    done = load("--municipality", "GM9001")
    assert done.returncode == 1
    assert "antwoorden niet" in done.stderr
