"""A site of several processes is one site: each answers, each sees new figures at once, and one
that is killed takes nothing along that was acknowledged."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from koers.apps.intake.services import pulse
from koers.cli import start
from koers.cli.household import Household, Member, Started
from koers.cli.processes import EACH, MOST, REST, fitting, megabytes, processes
from koers.cli.serve import settle
from koers.web.log import SharedFile
from tests.cli.test_processes import ends_within, of_session
from tests.cli.test_worker import wait_for
from tests.figures.rows import kept

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
PASSWORD = "een lang wachtwoord voor de toets"
ROW = [("GM0001", "1.1.1", "2025-01", 3)]


class Browser(httpx.Client):
    """One connection to one process, with a session where somebody signed in."""

    def __init__(self, port: int, cookies: httpx.Cookies | None = None) -> None:
        super().__init__(
            base_url=f"http://127.0.0.1:{port}", cookies=cookies, timeout=60, trust_env=False
        )

    def send_form(self, page: str, address: str, **fields: str) -> httpx.Response:
        """As the first form of that page to that address is sent."""
        form = self.get(page).text.partition(f'action="{address}"')[2] or self.get(page).text
        return self.post(address, data={**dict(HIDDEN.findall(form)), **fields})


def process_of(log: Path, answer: httpx.Response) -> int:
    """Which process answered, by the line of the request."""
    number = answer.headers["Koers-Verzoek"]
    found: list[int] = []

    def told() -> bool:
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        found.extend(line["process"] for line in lines if line.get("request") == number)
        return bool(found)

    wait_for(told)
    return found[0]


def one_at_each(port: int, log: Path, cookies: httpx.Cookies, count: int) -> dict[int, Browser]:
    """A connection to each process of the site."""
    found: dict[int, Browser] = {}

    def all_there() -> bool:
        browser = Browser(port, cookies)
        number = process_of(log, browser.get("/aanmelden/"))
        if found.setdefault(number, browser) is not browser:
            browser.close()
        return len(found) == count

    wait_for(all_there)
    return found


def inviting(
    port: int, cookies: httpx.Cookies, name: str, ends: threading.Event
) -> tuple[list[str], threading.Thread]:
    """Invite one after the other until it ends; gives whom the site said that it invited, and who
    does it."""
    acknowledged: list[str] = []

    def go_on() -> None:
        with Browser(port, cookies) as browser:
            marks = dict(HIDDEN.findall(browser.get("/beheer/").text.partition("uitnodigen/")[2]))
            number = 0
            while not ends.is_set():
                number += 1
                who = f"{name}-{number}@voorbeeld.invalid"
                fields = {"name": "Iemand", "email": who, "role": "adviser"}
                try:
                    said = browser.post("/beheer/uitnodigen/", data={**marks, **fields})
                except httpx.TransportError:
                    ends.wait(0.05)
                    continue
                if said.status_code == 200 and who in said.text:
                    acknowledged.append(who)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    return acknowledged, thread


@pytest.mark.postgres
def test_every_process_answers_and_what_is_killed_loses_nothing_and_comes_back(
    request, started, tmp_path
):
    def living(of):
        return [p for p, command in of_session(site.process.pid).items() if of in command]

    more = {"KOERS_LOG": str(tmp_path / "log"), "KOERS_PROCESSES": "2"}
    if "DATABASE_URL" in os.environ:
        more["DATABASE_URL"] = request.getfixturevalue("server")()
    else:
        request.getfixturevalue("home_with_tables")
    (tmp_path / "no-figures").mkdir()
    log, sign_of_life = tmp_path / "log" / "start.log", tmp_path / "home" / pulse.FILE
    with started("--figures", tmp_path / "no-figures", **more) as site:
        first = Browser(site.port)
        who = {"email": "beheer@voorbeeld.invalid", "name": "Beheer"}
        passwords = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        first.send_form(site.link, site.link, **who, **passwords)
        browsers = one_at_each(site.port, log, first.cookies, 2)
        for title in ("Eerste cijfers", "Latere cijfers"):
            kept(tmp_path / "home", ROW, title=title, sha256=title)
            for browser in browsers.values():
                assert title in browser.get("/cijfers/").text

        ends = threading.Event()
        busy = [inviting(site.port, first.cookies, f"lezer-{n}", ends) for n in range(3)]
        told = [acknowledged for acknowledged, _ in busy]
        wait_for(lambda: all(len(one) > 2 for one in told))
        killed = min(browsers)
        os.kill(killed, signal.SIGKILL)
        before = [len(one) for one in told]
        wait_for(lambda: all(len(one) > n + 2 for one, n in zip(told, before, strict=True)))
        ends.set()
        for _, thread in busy:
            thread.join()
        wait_for(lambda: re.search(r"Siteproces \d is onverwacht gestopt \(signaal 9", site.said))
        page = Browser(site.port, first.cookies).get("/beheer/").text
        assert [who for one in told for who in one if page.count(f"({who})") != 1] == []

        wait_for(sign_of_life.exists)
        (worker,) = living("worker --parent")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: "Koers worker is onverwacht gestopt (signaal 9)" in site.said)
        again = one_at_each(site.port, log, first.cookies, 2)
        assert killed not in again and len({*browsers, *again}) == 3
        wait_for(lambda: re.search(r"Siteproces \d is er weer", site.said))
        wait_for(lambda: living("worker --parent") not in ([], [worker]))
        lines = [json.loads(line) for line in (log.parent / "processes.log").open()]
        assert [(line["what"], line["code"]) for line in lines] == [("process died", -9)] * 2
        wait_for(lambda: not json.loads(sign_of_life.read_text())["stopped"])
        # A worker that is ended in the middle of compiling may tell of that.
        assert "Traceback" not in site.said
        assert ends_within(site.process) == 0
    assert "Koers is gestopt." in site.said


SILENT = "import time; time.sleep(60)"
ONE_WORD = f"import os, sys; os.write(int(sys.argv[1]), b'.'); {SILENT}"


@pytest.fixture
def own_signals():
    """What is done at a signal is put back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("program", "after"), [(ONE_WORD, 0.3), (SILENT, 0.06)], ids=["silent", "never begins"]
)
def test_a_process_that_falls_silent_or_never_begins_is_ended_and_started_again(
    program, after, own_signals, capsys
):
    made = []

    def begin():
        mine, its = os.pipe()
        os.set_blocking(mine, False)
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", program, str(its)], pass_fds=(its,), process_group=0
        )
        os.close(its)
        made.append(process)
        house.asked_to_stop = len(made) == 2
        return Started(process, mine)

    with Household() as house:
        house.keep(Member("Proef", begin, silent_after=after, wait=0.0))
        house.watch()
    assert [one.returncode for one in made] == [-signal.SIGKILL, -signal.SIGTERM]
    assert "Proef antwoordt niet meer en wordt beëindigd." in capsys.readouterr().err


def test_a_process_is_started_again_where_nothing_can_be_said_of_it(own_signals, monkeypatch):
    made = []

    def begin():
        mine, _ = os.pipe()
        os.set_blocking(mine, False)
        made.append(subprocess.Popen([sys.executable, "-S", "-c", ""], process_group=0))
        house.asked_to_stop = len(made) == 2
        return Started(made[-1], mine)

    full = io.TextIOWrapper(io.FileIO("/dev/full", "w"), write_through=True)
    with monkeypatch.context() as patched, Household() as house:
        patched.setattr(sys, "stderr", full)
        house.keep(Member("Proef", begin, wait=0.0))
        house.watch()
    assert len(made) == 2


def test_the_number_of_processes_follows_processors_and_memory(tmp_path, monkeypatch):
    assert fitting(2, 24_000) == 2
    assert fitting(64, 256_000) == MOST
    assert fitting(4, REST + 2 * EACH) == 2
    assert fitting(4, 100) == 1
    monkeypatch.setenv("KOERS_PROCESSES", "3")
    assert processes() == 3

    assert megabytes(tmp_path) > 1_000_000, "what is not known bounds nothing"
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text("MemFree: 1 kB\nMemTotal: 4000000 kB\n")
    assert megabytes(tmp_path) == 4_096
    (tmp_path / "proc/self/cgroup").write_text("1:name=x:/y\n0::/system.slice/koers.service\n")
    group = tmp_path / "sys/fs/cgroup/system.slice/koers.service"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group.parent / "memory.max").write_text("2000000000\n")
    assert megabytes(tmp_path) == 2_000


def test_an_address_that_is_not_of_this_machine_is_said(capsys):
    with pytest.raises(SystemExit):
        start.bound("203.0.113.7", 8000)
    assert "kan niet luisteren op 203.0.113.7, poort 8000" in capsys.readouterr().err


def test_a_log_of_several_processes_is_turned_over_without_losing_a_line(tmp_path):
    file, number = tmp_path / "start.log", 300

    def writer(name):
        handler = SharedFile(file, maxBytes=2_000, backupCount=99, delay=True, encoding="utf-8")
        for n in range(number):
            text = f"{name} {n} {'x' * (n % 50)}"
            handler.emit(logging.LogRecord("koers", logging.INFO, "", 0, text, None, None))
        handler.close()

    threads = [threading.Thread(target=writer, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = [one for one in tmp_path.iterdir() if not one.name.startswith(".")]
    lines = [line.split() for one in files for line in one.read_text().splitlines()]
    assert len(files) > 10
    assert all(one.stat().st_size < 2_400 for one in files)
    assert sorted((name, int(n)) for name, n, *_ in lines) == [
        (name, n) for name in "abcd" for n in range(number)
    ]
    assert all(len(rest) == (int(n) % 50 > 0) and set(*rest) <= {"x"} for _, n, *rest in lines)


def test_what_a_process_begins_with_is_not_looked_through_for_garbage_again():
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
