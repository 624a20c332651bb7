"""What every test may ask for."""

import fcntl
import os
import shutil
import sys
import tempfile
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
from django.conf import settings
from numba.core.dispatcher import Dispatcher

from koers import limited
from tests.once import once
from tests.processes import measured, prepare

# A busy machine is slow, not wrong: no example has a deadline.
hypothesis.settings.register_profile("few", deadline=None, max_examples=50)
hypothesis.settings.register_profile("many", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_EXAMPLES", "few"))

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_configure() -> None:
    # A password that takes half a second to check is for a site, not for a thousand tests.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each test has a client of its own, and without this each client reads every static file.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def helpers_are_measured():
    """Where coverage is measured, that of the helpers is too; they end with the session."""
    if os.environ.get("TESTS_MEASURED"):
        limited.COMMAND = [*measured(), str(ROOT / "tests" / "helper.py")]
    yield
    for module in [m for name, m in sys.modules.items() if name.startswith("koers.")]:
        for found in [v for v in vars(module).values() if isinstance(v, limited.Apart)]:
            found.close()


@pytest.fixture(scope="session", autouse=True)
def one_compiles_and_others_read():
    """A kernel that two processes ask for at once is compiled by one: a fresh clone has minutes of
    it."""
    compile_one = Dispatcher.compile
    turn = Turn(Path(tempfile.gettempdir()) / f"koers-kernels-{zlib.crc32(bytes(ROOT)):08x}")

    def compile_in_turn(self: Dispatcher, signature: object) -> object:
        with turn:
            return compile_one(self, signature)

    Dispatcher.compile = compile_in_turn
    yield
    Dispatcher.compile = compile_one


class Turn:
    """Held by one thread of one process; a kernel within a kernel has the turn of the outer one."""

    def __init__(self, file: Path) -> None:
        self._file, self._threads, self._depth = file.open("w"), threading.RLock(), 0

    def __enter__(self) -> None:
        self._threads.acquire()
        if not self._depth:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real figures and reference results, beside the checkout."""
    return SHARED


@pytest.fixture(scope="session")
def real_home(shared, tmp_path_factory) -> Path:
    """A home into which `koers load --figures` has loaded the shared folder, of which it refused
    nothing; to read, or to copy."""
    program = f"from koers.cli.load import load; load(['--figures', {str(shared / 'data')!r}])"
    return once(tmp_path_factory, "real-home", lambda home: prepare(program, home))


@pytest.fixture
def home_with_tables(tmp_path, tmp_path_factory):
    """The home has a database with its tables and nothing in them, as after a first command."""
    made = once(
        tmp_path_factory,
        "home-with-tables",
        lambda home: prepare("from koers.cli.setup import wake_django; wake_django()", home),
    )
    return shutil.copytree(made, tmp_path / "home")


@pytest.fixture
def server() -> Iterator[Callable[[], str]]:
    """Makes empty databases on the server of the tests, which go afterwards."""
    base = urlsplit(os.environ.get("DATABASE_URL", ""))
    if base.scheme == "sqlite" or not base.scheme:
        pytest.skip("needs PostgreSQL")
    made = []

    def make() -> str:
        name = f"upkeep_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(base.geturl(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return base._replace(path=f"/{name}").geturl()

    yield make
    with psycopg.connect(base.geturl(), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres-part",
        action="store_true",
        help="only what must be right on PostgreSQL too: tests marked postgres, and those in which"
        " several connections work at the same moment",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("postgres_part"):
        kept = [item for item in items if _on_postgres_too(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="the folder ../shared with real figures is not here")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(absent)


def _on_postgres_too(item: pytest.Item) -> bool:
    at_once = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    return at_once or item.get_closest_marker("postgres") is not None


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be skipped (CI), a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("KOERS_NOTHING_SKIPPED") == "1" and skipped:
        reporter.write_line(
            f"{len(skipped)} tests were skipped, and here nothing may be.", red=True
        )
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
