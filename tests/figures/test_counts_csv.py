"""A CSV of counts as a panel."""

from __future__ import annotations

from koers.figures.counts_csv import read_counts


def test_neighbourhoods_whose_code_has_letters_lie_in_their_district_and_municipality(tmp_path):
    file = tmp_path / "tellingen.csv"
    file.write_text(
        "area,topic,period,count\nBU9001AA01,a,2024-01,3\nBU90010102,a,2024-01,1\nOost,a,2024-01,2\n"
    )
    groups = read_counts(file).panel.groups
    assert groups["BU9001AA01"] == ("WK9001AA", "GM9001")
    assert groups["BU90010102"] == ("WK900101", "GM9001")
    assert "Oost" not in groups
