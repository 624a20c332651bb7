"""Deliberate faults: which are made, which tests are tried, that only a copy has them."""

import ast
import gc
import os
import signal
from dataclasses import replace

import pytest
import yaml
from benchmarks.mutants import __main__ as command
from benchmarks.mutants import faults as making
from benchmarks.mutants import kept as keeping
from benchmarks.mutants.faults import ROOT, SOURCE, places
from benchmarks.mutants.inject import inject, leave_connections, switches
from benchmarks.mutants.kept import KILLED, NOT_INJECTED, SAME, SURVIVED, Judged
from benchmarks.mutants.reach import Reached

from koers.apps.meetings import tables  # noqa: F401
from koers.apps.meetings.models.series import nth_weekday
from koers.figures.store import FigureStore
from tests.figures.rows import kept

TRIAGE = SOURCE / "apps" / "meetings" / "services" / "triage.py"
SERIES = SOURCE / "apps" / "meetings" / "models" / "series.py"
TABLES = SOURCE / "apps" / "meetings" / "tables.py"


@pytest.fixture(scope="module")
def faults():
    return [place.write() for place in places(TRIAGE)]


def test_a_fault_changes_its_own_statement_and_is_still_python(faults):
    before = TRIAGE.read_text().splitlines()
    assert len(faults) > 20
    for fault in faults:
        ast.parse(fault.source)
        first, last = fault.lines
        after = fault.source.splitlines()
        assert after[: first - 1] == before[: first - 1]
        assert after[len(after) - (len(before) - last) :] == before[last:]
        assert after != before


def test_the_faults_that_go_wrong_in_this_house_are_among_them(faults):
    made = "\n".join(fault.diff for fault in faults)
    assert "count() == 2" in made and "count() != 1" in made
    assert "+    for action in signal.actions:" in made
    assert "+    signal.state, signal.reason = SignalState.TAKEN_UP" in made
    assert "measure is not None or measure.actions" in made


def test_what_people_read_and_what_is_raised_is_left_alone(faults):
    for fault in faults:
        added = "\n".join(line for line in fault.diff.splitlines() if line.startswith("+"))
        assert "not_Dit" not in added and "ValidationError" not in added


def test_a_kernel_and_the_constants_that_are_compiled_into_it_are_left_alone():
    """What a kernel does is held against references; a fault in it would not be seen."""
    stray = SOURCE / "analysis" / "screening" / "stray.py"
    kernels = {
        node.name
        for node in ast.parse(stray.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    faults = [place.write() for place in places(stray)]
    assert kernels and not kernels & {fault.function for fault in faults}
    assert not any("STRAYS" in fault.diff for fault in faults)
    setting = [p.write() for p in places(SOURCE / "analysis" / "screening" / "setting.py")]
    assert any("PEER_LIMITS" in fault.diff for fault in setting)


def test_what_a_benchmark_measured_and_how_a_row_is_locked_is_left_alone():
    called = [place.write().diff for place in places(SOURCE / "analysis/effects/called.py")]
    assert any("ALLOWED" in diff for diff in called) and not any(", 400)" in d for d in called)
    redaction = SOURCE / "apps" / "meetings" / "services" / "redaction.py"
    assert "lock=True" in redaction.read_text()
    assert not any("lock=True" in place.write().diff for place in places(redaction))


def test_a_fault_keeps_its_name_when_lines_above_it_come(tmp_path, monkeypatch, faults):
    """So the sample stays the same faults while others change the house."""
    moved = tmp_path / TRIAGE.relative_to(ROOT)
    moved.parent.mkdir(parents=True)
    moved.write_text(f"# One more line.\n{TRIAGE.read_text()}")
    monkeypatch.setattr(making, "ROOT", tmp_path)
    after = places(moved)
    assert [place.name for place in after] == [fault.name for fault in faults]
    assert after[0].lines != faults[0].lines
    assert len({fault.name for fault in faults}) == len(faults)


def test_a_fault_is_reached_by_a_test_that_runs_its_statement_alone():
    found = [place.write() for place in places(SERIES)]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        reached = Reached(found)
        nth_weekday(2026, 12, 1, 1)
        os.write(writing, "\n".join(found[n].function for n in reached).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    assert set(os.read(reading, 10_000).decode().splitlines()) == {"nth_weekday"}


def test_functions_of_one_name_each_keep_their_own_code():
    """A file has more than one lambda, and a property two functions."""
    path = str(TABLES.relative_to(ROOT))
    code = compile(TABLES.read_text(), str(TABLES), "exec", dont_inherit=True)
    found = switches(path, code, "")
    assert [f.__name__ for f, _ in found].count("<lambda>") > 1
    for function, other in found:
        # The same line and names, not the same bytes: there are probes in what is measured.
        own = function.__code__
        assert (other.co_firstlineno, other.co_varnames) == (own.co_firstlineno, own.co_varnames)


def test_a_fault_is_in_a_copy_of_the_process_alone():
    # As after a command of Koers in this process.
    gc.freeze()
    fault = next(
        place.write()
        for place in places(SERIES)
        if place.function == "nth_weekday" and "7 * (nth + 1)" in place.write().diff
    )
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens, the copy does not go on with the tests.
        try:
            inject(fault)
            os.write(writing, nth_weekday(2026, 12, 1, 1).isoformat().encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"2026-12-15"
    assert nth_weekday(2026, 12, 1, 1).isoformat() == "2026-12-01"


def test_a_copy_asks_the_figures_by_a_connection_of_its_own(tmp_path):
    """The threads of the one that was open did not come along: it would wait for them."""
    kept(tmp_path, [(f"GM{n:04d}", "a", "2024-01", 1.0) for n in range(2000)])
    store = FigureStore(tmp_path)

    def rows():
        found = store.connect().execute("SELECT count(*) FROM known_areas").fetchone()
        return str(found[0]).encode()

    before = rows()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        try:
            leave_connections()
            os.write(writing, rows())
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(reading, 100) == before


def test_every_fault_changes_something():
    for file in (SOURCE / "analysis" / "clusters" / "scan.py", TRIAGE):
        assert all(place.write().diff for place in places(file))


@pytest.mark.parametrize(
    ("killed", "survived", "code"), [(9, 1, 0), (8, 1, 1), (8, 2, 1), (0, 0, 0)]
)
def test_it_ends_with_1_when_fewer_than_nine_in_ten_are_seen(
    faults, capsys, killed, survived, code
):
    outcomes = [(faults[0], Judged(KILLED, "x"))] * killed
    outcomes += [(faults[1], Judged(SURVIVED, tests=3))] * survived
    outcomes += [(faults[2], Judged(NOT_INJECTED)), (faults[3], Judged(SAME, "why"))]
    assert command._report(outcomes) == code
    said = capsys.readouterr().out
    assert f"{killed} of {killed + survived} faults seen" in said
    assert "1 are no other behaviour" in said
    assert (faults[1].where in said) == bool(survived)


def test_what_was_asked_is_not_asked_again_until_it_changes(tmp_path):
    name, file = "tests/benchmarks/test_mutants.py", tmp_path / "outcomes.json"
    asked = Judged(SURVIVED, tests=2, files={name: keeping.digest(name)})
    keeping.write(file, {"a": asked, "b": Judged(KILLED, "by"), "c": Judged()})
    found = keeping.read(file)
    assert found["a"] == asked and found["a"].is_asked(name)
    assert not replace(asked, files={name: "as it was"}).is_asked(name)
    assert [found[n].is_open() for n in "abc"] == [True, False, True]


def test_each_that_is_no_other_behaviour_has_its_file_and_a_reason():
    for file, found in yaml.safe_load(command.SAME_BEHAVIOUR.read_text()).items():
        assert (ROOT / file).is_file() and all(len(why) > 20 for why in found.values())
    assert len(command.same_behaviour()) > 10
