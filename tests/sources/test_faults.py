"""Whatever a source does wrong, the figures are right or there is a clear error (500 faults:
benchmarks/faults/sources.py)."""

from tests.sources.faults import KINDS, inject


def test_faults_of_every_kind_never_give_wrong_figures():
    outcome = inject(wanted=90, seed=7)
    assert outcome.wrong == []
    assert outcome.right > 0
    assert set(outcome.faults) <= set(KINDS)
    assert len(outcome.faults) >= 10
