"""Regression: what the default detector says of real figures, found by running it in November 2026.

The numbers are no truth. When the method is changed on purpose they may change; look at why, and
pin the new ones.
"""

from __future__ import annotations

import pytest
from benchmarks.injected import haaglanden

from koers.analysis.screening import screen_family


@pytest.fixture(scope="module")
def panel():
    return haaglanden()


@pytest.mark.shared
def test_the_hague_has_one_signal_in_its_last_month_which_was_told_the_month_before(panel):
    found = screen_family(panel, panel.periods[-1], "GM0518")
    assert found.signals == ()
    assert str(panel.periods[-1]) == "2016-12"
    assert (found.tested, found.untested, found.pairs) == (4716, 0, 1572)
    (signal,) = found.told
    assert (signal.area, signal.topic, signal.window, signal.kind) == (
        "BU05183396",
        "107",
        3,
        "rise",
    )
    assert (signal.observed, signal.lower, signal.upper) == (40.0, 0.0, 14.0)
    assert signal.expected == pytest.approx(4.879, rel=0.01)
    assert signal.q == pytest.approx(0.0123, rel=0.1)


@pytest.mark.shared
def test_wassenaar_has_none_and_hears_what_would_have_been_one(panel):
    found = screen_family(panel, panel.periods[-1], "GM0629")
    assert found.signals == ()
    assert (found.tested, found.untested, found.pairs) == (468, 0, 156)
    assert not found.too_few
    cell = found.visible.cell
    assert (cell.area, cell.topic, cell.window) == ("WK062901", "together", 12)
    assert found.visible.expected == pytest.approx(390.7, rel=0.01)
    assert found.visible.count == pytest.approx(603.0, rel=0.02)
