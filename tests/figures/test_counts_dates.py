"""What stands in the column period, and which series of periods it makes."""

from __future__ import annotations

import numpy as np
import pytest

from koers.figures.counts_dates import PeriodTextError, axis


@pytest.mark.parametrize(
    ("texts", "frequency", "labels"),
    [
        (["2024-03", "2024-01"], "month", ("2024-01", "2024-02", "2024-03")),
        (["2023-W52", "2024-W02"], "week", ("2023-W52", "2024-W01", "2024-W02")),
        (["2022", "2020"], "year", ("2020", "2021", "2022")),
        (["2024-01-01", "2024-03-01"], "month", ("2024-01-01", "2024-02-01", "2024-03-01")),
        (["2024-01-08", "2024-01-22"], "week", ("2024-01-08", "2024-01-15", "2024-01-22")),
        (["2020-01-01", "2022-01-01"], "year", ("2020-01-01", "2021-01-01", "2022-01-01")),
    ],
)
def test_the_axis_runs_from_the_first_period_to_the_last_without_holes(texts, frequency, labels):
    found = axis(texts)
    assert {p.frequency for p in found.periods} == {frequency}
    assert found.labels == labels
    assert [found.labels[found.position[text]] for text in texts] == texts
    assert (found.dates is None) == (len(texts[0]) < 10)


def test_weeks_by_date_may_have_a_53rd_and_stay_a_week_apart():
    days = [str(d) for d in np.arange(np.datetime64("2020-12-21"), np.datetime64("2021-01-25"), 7)]
    found = axis(days)
    assert found.labels == tuple(days)
    assert np.diff(found.dates).astype(int).tolist() == [7] * 4


def test_first_of_january_with_another_first_of_a_month_is_monthly():
    assert {p.frequency for p in axis(["2020-01-01", "2021-01-01", "2021-02-01"]).periods} == {
        "month"
    }


@pytest.mark.parametrize(
    ("texts", "culprit", "says"),
    [
        (["2024-02-30"], "2024-02-30", "bestaande datum"),
        (["2024-13"], "2024-13", "geen periode"),
        (["janner 2024"], "janner 2024", "geen periode"),
        (["2024-W53"], "2024-W53", "2024 had 52 weken"),
        (["2024-01", "2024"], "2024", "ander soort"),
        (["2024-01", "2024-01-01"], "2024-01-01", "ander soort"),
        (["2024-01-08", "2024-01-16"], "2024-01-16", "weekdag"),
    ],
)
def test_what_does_not_fit_is_named_with_its_text(texts, culprit, says):
    with pytest.raises(PeriodTextError, match=says) as error:
        axis(texts)
    assert error.value.text == culprit
