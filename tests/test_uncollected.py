"""What is read at the start is not looked through for garbage, and what comes after it is."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from koers.uncollected import uncollected
from tests.processes import alone


class Ring:
    """Holds itself, so that only the collector takes it away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def thawed():
    yield
    gc.unfreeze()


def test_nothing_is_looked_for_while_modules_are_read_and_afterwards_it_is(thawed):
    with uncollected():
        assert not gc.isenabled()
        stays = weakref.ref(Ring())
    assert gc.isenabled()
    gc.collect()
    assert stays() is not None
    goes = weakref.ref(Ring())
    gc.collect()
    assert goes() is None


def test_within_one_another_the_outer_one_ends_it_and_an_error_does_too(thawed):
    with pytest.raises(ValueError, match="stuk"), uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
        raise ValueError("stuk")
    assert gc.isenabled()


def test_a_command_reads_django_in_it_and_ends_without_a_word(tmp_path):
    program = (
        "import gc, sys; from koers.cli import setup; setup.read_django(); import duckdb;"
        " print(gc.isenabled(), gc.get_freeze_count(), 'numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=alone(tmp_path)
    )
    assert done.stderr == ""
    enabled, frozen, compiles = done.stdout.split()
    assert enabled == "True"
    assert compiles == "False", "the compiler comes with the first kernel that is called"
    assert int(frozen) > 100_000
