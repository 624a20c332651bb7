"""Runs a command with DATABASE_URL on a PostgreSQL of its own, in a temporary folder; exit 77 when
there is none.

`python scripts/with_postgres.py pytest …`
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

NONE_HERE = 77


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


class Server:
    """A server on a free port of this machine, in a temporary folder, that can be stopped and
    started again."""

    def __init__(self, programs: Path) -> None:
        # PostgreSQL refuses to run as root, so root lends it to the user that the package made.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="koers-pg-"))
        self._data = self._folder / "data"
        if self._as_user:
            shutil.chown(self._folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"postgres://koers@127.0.0.1:{self._port}/postgres"

    @property
    def postmaster(self) -> int:
        """The process of the server that starts all others."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def make(self) -> None:
        given = ("-D", str(self._data), "-U", "koers", "--auth=trust", "-E", "UTF8")
        _run([*self._as_user, str(self._programs / "initdb"), *given])

    def start(self) -> None:
        options = (
            f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            " -c full_page_writes=off"
        )
        given = ("-l", str(self._folder / "log"), "-o", options, "-w", "start")
        _run([*self._pg_ctl(), *given])

    def stop(self, mode: str = "fast") -> None:
        subprocess.run(
            [*self._pg_ctl(), "-m", mode, "stop"], capture_output=True, check=False, cwd="/"
        )

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _pg_ctl(self) -> list[str]:
        return [*self._as_user, str(self._programs / "pg_ctl"), "-D", str(self._data)]


@contextlib.contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server of one's own until the end."""
    found = Server(programs)
    try:
        found.make()
        found.start()
        yield found
    finally:
        found.remove()


@contextlib.contextmanager
def server(programs: Path) -> Iterator[str]:
    """The same; gives its DATABASE_URL."""
    with running(programs) as found:
        yield found.url


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/"
    )
    if done.returncode:
        sys.exit(f"PostgreSQL start niet: {' '.join(command[-3:])}\n{done.stderr}")


def main() -> int:
    programs = find_programs()
    if programs is None:
        return NONE_HERE
    with server(programs) as url:
        return subprocess.run(
            sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
