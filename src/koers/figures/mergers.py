"""Municipal mergers and splits since the figures of the police begin (2012): a record for where
the table of changed boundaries is not loaded.

Source: the laws on municipal reorganisation as CBS numbers them ("Gemeentelijke indeling op 1
januari", 2013 to 2026).
"""

from __future__ import annotations

import math

from koers.figures.renumbering import AreaChange

# By year: the municipality that came out, and those that went wholly into it (one that kept its
# code is not named as a part of itself).
WHOLE: dict[int, dict[str, str]] = {
    2013: {
        "GM0441": "GM0395 GM0476",
        "GM1924": "GM0504 GM0511 GM0559 GM0580",
        "GM1927": "GM0571 GM0693 GM0694",
    },
    2014: {"GM0484": "GM0499 GM1672"},
    2015: {
        "GM0361": "GM0365 GM0458",
        "GM0241": "GM0265 GM0282",
        "GM1945": "GM0241 GM0265 GM0282",
        "GM1930": "GM0568 GM0612",
        "GM1931": "GM0491 GM0608 GM0623 GM0643 GM0644",
    },
    2016: {"GM0385": "GM0478", "GM1942": "GM0381 GM0424 GM0425"},
    2017: {"GM1948": "GM0844 GM0846 GM0860"},
    2018: {
        "GM0299": "GM0196",
        "GM1950": "GM0007 GM0048",
        "GM1952": "GM0018 GM0040 GM1987",
    },
    2019: {
        "GM0014": "GM0009 GM0017",
        "GM0394": "GM0393",
        "GM0575": "GM0576",
        "GM1954": "GM0881 GM0951 GM0962",
        "GM1959": "GM0738 GM0870 GM0874",
        "GM1960": "GM0236 GM0304 GM0733",
        "GM1961": "GM0545 GM0620 GM0707",
        "GM1963": "GM0584 GM0585 GM0588 GM0611 GM0617",
        "GM1970": "GM0058 GM0079 GM1722",
        "GM1978": "GM0689 GM1927",
    },
    2021: {"GM1979": "GM0003 GM0010 GM0024"},
    2022: {
        "GM0363": "GM0457",
        "GM0439": "GM0370",
        "GM1980": "GM0398 GM0416",
        "GM1982": "GM0756 GM0786 GM0815 GM1684 GM1702",
        "GM1991": "GM0856 GM1685",
    },
    2023: {"GM1992": "GM0501 GM0530 GM0614"},
    2026: {"GM0402": "GM1696"},
}
# Those that got a part of a municipality that was divided, and perhaps others wholly.
IN_PART: dict[int, dict[str, str]] = {
    2014: {
        "GM0074": "GM0055",
        "GM0080": "GM0055",
        "GM1900": "GM0055",
        "GM1921": "GM0051 GM0055 GM0082 GM0653",
        "GM1940": "GM0051 GM0055 GM0082 GM0653",
    },
    2015: {"GM0796": "GM1671", "GM0828": "GM1671"},
    2018: {
        "GM0080": "GM0081 GM0140",
        "GM1900": "GM0140",
        "GM1949": "GM0063 GM0070 GM0140 GM1908",
    },
    2019: {
        "GM1966": "GM0005 GM0053 GM1651 GM1663",
        "GM1969": "GM0015 GM0022 GM0025 GM0053 GM0056",
    },
    2021: {"GM0757": "GM0788", "GM0824": "GM0788", "GM0855": "GM0788", "GM0865": "GM0788"},
}


def recorded() -> tuple[AreaChange, ...]:
    """The mergers and splits as changes; the ``share`` that a part got of those that were divided
    is not known (NaN)."""
    whole = [
        AreaChange(old, new, year, "merged", 1.0)
        for year, of_year in WHOLE.items()
        for new, olds in of_year.items()
        for old in olds.split()
    ]
    part = [
        AreaChange(old, new, year, "split", math.nan)
        for year, of_year in IN_PART.items()
        for new, olds in of_year.items()
        for old in olds.split()
    ]
    return (*whole, *part)
