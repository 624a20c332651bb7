"""Deliberate faults: which are made, which tests are tried, that only a copy has them."""

import ast
import os
import signal

import pytest
from benchmarks.mutants import __main__ as command
from benchmarks.mutants import reach as reaching
from benchmarks.mutants.faults import ROOT, SOURCE, places
from benchmarks.mutants.inject import inject, leave_connections
from benchmarks.mutants.plugin import KILLED, NOT_INJECTED, SURVIVED
from benchmarks.mutants.reach import Reach, keys

from koers.apps.meetings.models.series import nth_weekday
from koers.figures.store import FigureStore
from tests.figures.rows import kept

TRIAGE = SOURCE / "apps" / "meetings" / "services" / "triage.py"
SERIES = SOURCE / "apps" / "meetings" / "models" / "series.py"


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


def test_tests_are_found_by_function_and_text_quickest_first():
    path = str(TRIAGE.relative_to(ROOT))
    number = next(n for n, k in keys(TRIAGE).items() if k.startswith("put_back|signal.save()"))
    reach = Reach(
        files={"tests/a.py": "x", "tests/b.py": "y"},
        seconds={"tests/a.py::slow": 2.0, "tests/b.py::quick": 0.1},
        lines={path: {"put_back|signal.save()": ["tests/a.py::slow", "tests/b.py::quick"]}},
    )
    assert reach.tests_of(path, (number, number)) == ["tests/b.py::quick", "tests/a.py::slow"]
    assert reach.tests_of(path, (1, 1)) == []
    reach.forget(["tests/b.py"])
    assert reach.tests_of(path, (number, number)) == ["tests/a.py::slow"]
    assert reach.files == {"tests/a.py": "x"}


def test_a_fault_is_in_a_copy_of_the_process_alone():
    fault = next(
        place.write()
        for place in places(SERIES)
        if place.function == "nth_weekday" and "7 * (nth + 1)" in place.write().diff
    )
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        inject(fault)
        os.write(writing, nth_weekday(2026, 12, 1, 1).isoformat().encode())
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
        leave_connections()
        os.write(writing, rows())
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
    outcomes = [command.Outcome(faults[0], KILLED, "x")] * killed
    outcomes += [command.Outcome(faults[1], SURVIVED, tests=3)] * survived
    outcomes += [command.Outcome(faults[2], NOT_INJECTED)]
    assert command._report(outcomes) == code
    said = capsys.readouterr().out
    assert f"{killed} of {killed + survived} faults seen" in said
    assert (faults[1].where in said) == bool(survived)


def test_a_measurement_that_is_broken_off_goes_on_where_it_was(tmp_path, monkeypatch):
    files = reaching._test_files(["tests/records"])
    measured = []

    def measure(reach, portion, workers, data):
        if len(measured) == 2:
            raise SystemExit("broken off")
        measured.append(portion)

    monkeypatch.setattr(reaching, "PORTION", 3)
    monkeypatch.setattr(reaching, "_measure", measure)
    kept = tmp_path / "reach.json"
    with pytest.raises(SystemExit):
        reaching.measured(kept, ["tests/records"], 1)
    assert set(Reach.read(kept).files) == set(files[:6])
    measured.clear()
    monkeypatch.setattr(reaching, "PORTION", 100)
    reaching.measured(kept, ["tests/records"], 1)
    assert measured == [files[6:]]
