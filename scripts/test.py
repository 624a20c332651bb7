"""`make test`: style, types, imports and the wheel, then every other test on SQLite with the lines
and branches that it covers, and beside all that what must be right on PostgreSQL too.

`make test-all` (nightly) runs every test of the application on both databases, and tries more
examples where the examples are drawn. With KOERS_NOTHING_SKIPPED=1 anything that is skipped is a
failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import database_lines
import floors

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NONE_HERE = 77
CHECKS = (
    ("stijl", ["ruff", "check", "src", "tests", "scripts", "benchmarks"]),
    ("opmaak", ["ruff", "format", "--check", "src", "tests", "scripts", "benchmarks"]),
    ("typen", ["mypy"]),
    ("wie importeert wie", ["lint-imports"]),
)
PYTEST = (str(BIN / "python"), "-m", "pytest", "-q", "--dist", "worksteal")
MEASURED = ("-p", "tests.measuring")
WITH_POSTGRES = (str(BIN / "python"), "scripts/with_postgres.py")
# One more than there are processors: some tests wait for a process, a disk or a browser.
WORKERS = min(os.cpu_count() or 1, 4) + 1
# Pages in a browser take what they show from the same views.
PART = ("tests", "--ignore=tests/browser", "--ignore=tests/wheel", "--postgres-part")
APPS = ("tests/apps", "tests/web")
Failures = list[str]


def main(arguments: Sequence[str]) -> int:
    everything = "--all" in arguments
    failed: Failures = []
    with tempfile.TemporaryDirectory(prefix="koers-test-") as home:
        environment = {
            **os.environ,
            "KOERS_HOME": home,
            "DJANGO_SETTINGS_MODULE": "koers.web.settings",
            "HYPOTHESIS_EXAMPLES": "many" if everything else "few",
        }
        environment.pop("DATABASE_URL", None)
        # Where nothing compiled may be written, each of a few hundred processes reads all of its
        # sources anew: half of what a command takes.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        # A worker for each processor: threads of linear algebra in each of them wait for each
        # other's processor, at full speed. The drug markets of Seattle took 64 s of it, and 29 now.
        environment["OPENBLAS_NUM_THREADS"] = "1"
        beside = {**environment, "KOERS_HOME": str(Path(home) / "postgres")}
        Path(beside["KOERS_HOME"]).mkdir()
        if everything:
            failed += check(environment)
            failed += on_postgres(beside, *APPS, "-n", str(WORKERS))
            rest_of_it = [*PART, *(f"--ignore={folder}" for folder in APPS)]
            failed += on_postgres(beside, *rest_of_it, "-n", str(WORKERS))
            failed += on_sqlite(environment)
            measured = [coverage_of(environment)]
        else:
            # PostgreSQL takes one processor, and longer than the checks do: every test on SQLite
            # begins as soon as those are done.
            with ThreadPoolExecutor(2) as pool:
                rest = pool.submit(lambda: check(environment) + on_sqlite(environment))
                failed += part_on_postgres(beside)
                failed += rest.result()
            measured = [coverage_of(environment), coverage_of(beside)]
        failed += timed(
            "dekking",
            lambda: floors.below([m for m in measured if m.exists()], Path(home) / "together"),
        )
    if failed:
        print(f"NIET GOED: {', '.join(failed)}.")
    return 1 if failed else 0


def check(environment: dict[str, str]) -> Failures:
    """Style, types, imports, and the wheel in environments of its own."""
    wheel = ("wiel", ["python", "-m", "pytest", "-q", "-m", "wheel", "tests/wheel"])
    return [
        name
        for name, command in (*CHECKS, wheel)
        if run(name, [str(BIN / command[0]), *command[1:]], environment)
    ]


def part_on_postgres(environment: dict[str, str]) -> Failures:
    """The tests marked for PostgreSQL, which together run each line of the source that it may take
    otherwise than SQLite."""
    data = coverage_of(environment)
    failed = on_postgres(measuring(environment), *PART, *MEASURED, "-n", str(max(1, WORKERS // 2)))
    # No server, no measurement.
    if failed or not any(data.parent.glob(f"{data.name}.*")):
        return failed
    return floors.together(data) or database_lines.not_run(data)


def on_postgres(environment: dict[str, str], *arguments: str) -> Failures:
    name = "tests op PostgreSQL"
    code = run(name, [*WITH_POSTGRES, *PYTEST, *arguments], environment)
    if code != NONE_HERE:
        return [name] if code else []
    print(
        "OVERGESLAGEN: tests op PostgreSQL, want hier is geen PostgreSQL (apt-get install"
        " postgresql)."
    )
    return ["PostgreSQL ontbreekt"] if os.environ.get("KOERS_NOTHING_SKIPPED") == "1" else []


def on_sqlite(environment: dict[str, str]) -> Failures:
    name = "alle tests op SQLite"
    command = [*PYTEST, *MEASURED, "-m", "not wheel", "-n", str(WORKERS)]
    failed = [name] if run(name, command, measuring(environment)) else []
    return failed + floors.together(coverage_of(environment))


def measuring(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "TESTS_MEASURED": str(coverage_of(environment))}


def coverage_of(environment: dict[str, str]) -> Path:
    """What the tests in this environment covered."""
    return Path(environment["KOERS_HOME"]) / "coverage"


def run(name: str, command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command, and say at once all that it said and how long it took."""
    begin = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    print(f"\n=== {name} ({time.monotonic() - begin:.0f} s)\n{done.stdout}", flush=True)
    return done.returncode


def timed(name: str, work: Callable[[], Failures]) -> Failures:
    begin = time.monotonic()
    found = work()
    print(f"=== {name} ({time.monotonic() - begin:.0f} s)", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
