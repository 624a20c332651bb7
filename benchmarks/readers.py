"""Two hundred people who read, over HTTP against the site as `koers start` runs it.

    python -m benchmarks.readers [--readers 200] [--pause 10] [--seconds 60] [--processes N]
    python -m benchmarks.readers --database postgresql --figures FOLDER

Each reader is an adviser with a session and a connection of their own that stays open, and opens a
page, drawn from those of an adviser's work, on average every ten seconds. Before it is counted each
page has been asked for twice. Afterwards readers without a pause tell the ceiling, in pages a
second; then the same for a site of one process. The readers are one process beside the site. The
figures are the invented ones of Koers, or those of a folder. ``--database postgresql`` starts a
PostgreSQL of its own, unless DATABASE_URL names one. Ends with 1 where p95 is above 150 ms or
anything went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.pages import fill, pages
from benchmarks.waking import wake

ROOT = Path(__file__).resolve().parent.parent
GOAL_MS, SEED, AT_ONCE = 150.0, 14, 16
OFTEN = {
    "home": 12,
    "picture": 10,
    "signals": 8,
    "plan": 8,
    "priority": 6,
    "goal": 4,
    "measure": 10,
    "edit a measure": 3,
    "edit an action": 4,
    "tree": 3,
    "measures": 6,
    "actions": 8,
    "actions, searched": 3,
    "board": 4,
    "my work": 8,
    "neighbourhood": 3,
    "meetings": 4,
    "meeting planned": 5,
    "meeting held": 3,
    "meeting screen": 3,
    "tree, all": 0.5,
    "version, a priority": 0.5,
    "difference 1, 2": 0.3,
    "difference 2, now": 0.3,
}
"""How often a page is opened beside the others, which count for one."""


@dataclass
class Told:
    """What readers saw: milliseconds of each page, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    since: float = field(default_factory=time.monotonic)
    until: float = 0.0

    @property
    def seconds(self) -> float:
        """From the first click to the last answer."""
        return self.until - self.since

    @property
    def number(self) -> int:
        return sum(map(len, self.took.values()))


@dataclass(frozen=True)
class Scene:
    """Where to read: the addresses by name, and the sessions of the readers."""

    addresses: list[tuple[str, str]]
    sessions: list[str]


def scene(asked: argparse.Namespace) -> Scene:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connections, transaction

    from koers.apps.people.models import Membership, User
    from koers.apps.picture.services.expecting import prepare_expectations

    with transaction.atomic():
        place = fill(asked).municipalities.first()
        sessions = []
        for n in range(asked.readers):
            user = User.objects.create_user(f"lezer-{n}@koers.invalid", None, name=f"Lezer {n}")
            Membership.objects.create(user=user, municipality=place, role="adviser")
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session.save()
            sessions.append(session.session_key)
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")
    prepare_expectations()
    found = pages(place)
    connections.close_all()
    return Scene(found, sessions)


@contextmanager
def site(processes: int) -> Iterator[int]:
    """`koers start` with so many processes; gives its port."""
    from tests.ports import free_port

    port = free_port()
    with tempfile.NamedTemporaryFile("w+") as log:
        running = subprocess.Popen(
            [Path(sys.executable).with_name("koers"), "start", "--port", str(port)],
            env={
                **os.environ,
                "KOERS_PROCESSES": str(processes),
                **{
                    f"KOERS_SOURCE_{name}": "http://nergens.invalid"
                    for name in ("POLICE", "STATLINE", "STATLINE_V4", "PDOK", "PDOK_WFS", "BRON")
                },
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            until = time.monotonic() + 120
            while "Koers is klaar" not in (said := Path(log.name).read_text()):
                if running.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"koers start did not begin:\n{said}")
                time.sleep(0.2)
            yield port
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


class Reader:
    """Somebody with a browser: one connection, opened again where it was closed."""

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        self._head = f"Host: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, address: str) -> int:
        """The status of a page that was received whole."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        reader, writer = self._streams
        try:
            writer.write(f"GET {address} HTTP/1.1\r\n{self._head}".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if "transfer-encoding: chunked" in head:
                while size := int(await reader.readuntil(b"\r\n"), 16):
                    await reader.readexactly(size + 2)
                await reader.readexactly(2)
            else:
                await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError):
            self.close()
            raise
        if "connection: close" in head:
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def read(
    reader: Reader, told: Told, where: Scene, chance: random.Random, until: float, pause: float
) -> None:
    weights = [OFTEN.get(what, 1.0) for what, _ in where.addresses]
    await asyncio.sleep(chance.random() * pause)
    while time.monotonic() < until:
        what, address = chance.choices(where.addresses, weights)[0]
        await once(reader, told, what, address)
        if pause:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)


async def once(reader: Reader, told: Told, what: str, address: str) -> None:
    begin = time.perf_counter()
    try:
        status = await reader.get(address)
    except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
        told.wrong[f"{what}: {type(error).__name__}"] += 1
        await asyncio.sleep(0.5)
        return
    if status != 200:
        told.wrong[f"{what}: {status}"] += 1
    told.took.setdefault(what, []).append(1000 * (time.perf_counter() - begin))
    told.until = time.monotonic()


async def warm(port: int, where: Scene, times: int) -> None:
    """Each page some times, over as many connections."""
    readers = [Reader(port, session) for session in where.sessions[:times]]
    for reader in readers:
        for what, address in where.addresses:
            await once(reader, Told(), what, address)
        reader.close()


async def crowd(port: int, where: Scene, number: int, pause: float, seconds: float) -> Told:
    told = Told()
    readers = [Reader(port, session) for session in where.sessions[:number]]
    await asyncio.gather(
        *(
            read(reader, told, where, random.Random(SEED + n), told.since + seconds, pause)
            for n, reader in enumerate(readers)
        )
    )
    for reader in readers:
        reader.close()
    return told


def report(told: Told, slowest: int = 8) -> bool:
    every = [ms for some in told.took.values() for ms in some]
    p50, p95, p99 = np.percentile(every, [50, 95, 99])
    print(
        f"  {told.number} pages in {told.seconds:.0f} s, {told.number / told.seconds:.1f} a second:"
        f" p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, slowest {max(every):.0f} ms;"
        f" errors: {dict(told.wrong) or 'none'}"
    )
    late = sorted(((np.percentile(some, 95), what) for what, some in told.took.items()))
    if slowest:
        shown = ", ".join(f"{what} {ms:.0f}" for ms, what in reversed(late[-slowest:]))
        print(f"  p95 by page: {shown}", flush=True)
    return p95 <= GOAL_MS and not told.wrong


def measure(asked: argparse.Namespace) -> bool:
    begin = time.perf_counter()
    where = scene(asked)
    print(f"made in {time.perf_counter() - begin:.0f} s; {len(where.addresses)} pages", flush=True)
    good = True
    for processes in dict.fromkeys([asked.processes, 1]):
        with site(processes) as port:
            asyncio.run(warm(port, where, 2 * processes))
            if processes == asked.processes:
                print(
                    f"{asked.readers} readers, {asked.pause:g} s between clicks,"
                    f" {processes} processes:"
                )
                good = report(
                    asyncio.run(crowd(port, where, asked.readers, asked.pause, asked.seconds))
                )
            told = asyncio.run(crowd(port, where, AT_ONCE, 0.0, asked.seconds / 3))
            print(f"the ceiling of {processes} processes, {AT_ONCE} readers without a pause:")
            report(told, 0)
            good = good and not told.wrong
    return good


def main() -> None:
    from koers.cli.processes import processes

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--pause", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=processes())
    parser.add_argument("--municipalities", type=int, default=2)
    parser.add_argument("--measures", type=int, default=200)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    if asked.database == "postgresql" and "DATABASE_URL" not in os.environ:
        again = [sys.executable, "-m", "benchmarks.readers", *sys.argv[1:]]
        sys.exit(
            subprocess.call(
                [sys.executable, str(ROOT / "scripts" / "with_postgres.py"), *again], cwd=ROOT
            )
        )
    # So that no site is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="koers-readers-") as home:
        wake(home)
        sys.exit(0 if measure(asked) else 1)


if __name__ == "__main__":
    main()
