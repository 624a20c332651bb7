"""Work in a process that may die."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koers import limited
from koers.limited import Apart, ApartError, DiedError, TookTooLongError

HELPERS = Apart(("json",), seconds=20, megabytes=400, at_once=2, uses=3)


def give(value: object) -> object:
    return value


def refuse() -> None:
    raise ValueError("zo niet")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def take(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def panic() -> None:
    raise BaseException("a library gave up")


def whoami() -> int:
    return os.getpid()


def test_what_the_work_gives_and_what_it_raises_comes_back():
    assert HELPERS.do(give, {"a": [1, None]}) == {"a": [1, None]}
    with pytest.raises(ValueError, match="zo niet"):
        HELPERS.do(refuse)
    assert HELPERS.do(whoami) != os.getpid()


@pytest.mark.parametrize("work", [die, panic])
def test_a_helper_that_dies_takes_nothing_along(work):
    with pytest.raises(DiedError):
        HELPERS.do(work)
    assert HELPERS.do(give, 1) == 1


def test_a_helper_that_takes_too_much_memory_is_told_so():
    with pytest.raises(ApartError):
        HELPERS.do(take, 1_000)
    assert HELPERS.do(take, 10) == 10_000_000


def test_a_helper_that_takes_too_long_is_ended():
    quick = Apart((), seconds=0.5, megabytes=400)
    begin = time.monotonic()
    with pytest.raises(TookTooLongError):
        quick.do(time.sleep, 30)
    assert time.monotonic() - begin < 15


def test_a_helper_is_used_again_and_after_so_many_times_replaced():
    helpers = Apart((), seconds=20, megabytes=400, uses=3)
    found = [helpers.do(whoami) for _ in range(4)]
    assert found[0] == found[1] == found[2] != found[3]
    helpers.close()
    assert helpers.do(whoami) != found[3]


def test_a_helper_whose_asker_has_ended_goes_without_a_word():
    program = (
        "import os, time; from koers.limited import Apart, _Helper; import pickle\n"
        "h = _Helper((), 400, 20); h._write(pickle.dumps(('time', 'sleep', (0.5,), {})))\n"
        "print(h._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    helper = Path("/proc") / done.stdout.strip()
    until = time.monotonic() + 30
    while helper.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not helper.exists()
    assert done.stderr == ""


def hold(file: str) -> int:
    """Busy in C, which hears of nothing."""
    Path(file).write_text(str(os.getpid()))
    return sum(range(10**12))


def test_a_helper_in_the_middle_of_its_work_ends_with_whoever_asked(tmp_path):
    file = tmp_path / "helper"
    program = f"from tests.test_limited import HELPERS, hold; HELPERS.do(hold, {str(file)!r})"
    asks = subprocess.Popen([sys.executable, "-c", program])
    until = time.monotonic() + 60
    while not (file.exists() and file.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    helper = Path("/proc") / file.read_text()
    asks.kill()
    asks.wait()
    until = time.monotonic() + 5
    while helper.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not helper.exists()


def test_each_of_several_processes_has_one_helper_of_a_kind(monkeypatch):
    monkeypatch.setattr(limited, "AT_ONCE", 1)
    room = Apart(("json",), seconds=1, megabytes=100)._here()
    assert room.acquire(blocking=False)
    assert not room.acquire(blocking=False)
