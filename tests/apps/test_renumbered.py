"""What a renumbering of areas did to a series is said in words."""

from koers.apps.picture.renumbered import said_of, said_of_sum
from koers.figures.areas import Area
from koers.figures.renumbering import Break, Join

KNOWN = {"BU1": Area("BU1", "De Bocht", "neighbourhood", "WK1", None, None, "")}


def test_a_series_that_runs_on_names_every_code_it_had():
    joined = (Join("BU9", "BU5", 2019), Join("BU5", "BU1", 2023), Join("BU7", "BU8", 2023))
    elsewhere = (Break("BU7", 2020, "split", ("BU3",)),)
    first, second = said_of("BU1", joined, elsewhere, KNOWN)
    assert first.startswith("Tot 2023 had dit gebied de code BU5.")
    assert second.startswith("Tot 2019 had dit gebied de code BU9.")
    assert said_of("BU2", joined, (), KNOWN) == ()


def test_a_series_that_cannot_run_on_says_why():
    gaps = (
        Break("BU2", 2021, "merged", ("BU1", "BU3")),
        Break("BU2", 2022, "overlap", ("BU4",)),
        Break("BU6", 2022, "split", ("BU1",)),
    )
    merged, overlap = said_of("BU2", (), gaps, KNOWN)
    assert "begint in 2021" in merged and "samengevoegd uit De Bocht (BU1), BU3" in merged
    assert "oude code (BU4)" in overlap
    assert "afgesplitst van De Bocht (BU1)" in said_of("BU6", (), gaps, KNOWN)[0]


def test_of_a_sum_it_is_said_which_parts_do_not_run_on():
    gaps = (Break("BU1", 2021, "merged", ("BU3",)), Break("BU6", 2022, "split", ("BU1",)))
    assert said_of_sum(["BU1"], gaps, KNOWN) == (
        "Van deze buurt loopt de reeks niet door over een nieuwe indeling: De Bocht (BU1).",
    )
    assert said_of_sum(["BU5"], gaps, KNOWN) == ()
