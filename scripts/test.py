"""`make test`: style, types, imports, then every test on SQLite and, where one can be started, on PostgreSQL.

With KOERS_NOTHING_SKIPPED=1 anything that is skipped is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NONE_HERE = 77
CHECKS = (
    ("stijl", ["ruff", "check", "src", "tests", "scripts", "benchmarks"]),
    ("opmaak", ["ruff", "format", "--check", "src", "tests", "scripts", "benchmarks"]),
    ("typen", ["mypy"]),
    ("wie importeert wie", ["lint-imports"]),
)


def main() -> int:
    strict = os.environ.get("KOERS_NOTHING_SKIPPED") == "1"
    failed = []
    with tempfile.TemporaryDirectory(prefix="koers-test-") as home:
        environment = {**os.environ, "KOERS_HOME": home, "DJANGO_SETTINGS_MODULE": "koers.web.settings"}
        environment.pop("DATABASE_URL", None)
        for name, command in CHECKS:
            say(name)
            if run([str(BIN / command[0]), *command[1:]], environment):
                failed.append(name)
        pytest = [str(BIN / "python"), "-m", "pytest", "-q", "-n", str(min(os.cpu_count() or 1, 4))]
        # The tests that touch the database run on both; the rest once.
        say("tests op PostgreSQL")
        code = run(
            [str(BIN / "python"), "scripts/with_postgres.py", *pytest, "tests/apps"],
            environment,
        )
        if code == NONE_HERE:
            print("OVERGESLAGEN: tests op PostgreSQL, want hier is geen PostgreSQL (apt-get install postgresql).")
            failed += ["PostgreSQL ontbreekt"] if strict else []
        elif code:
            failed.append("tests op PostgreSQL")
        say("alle tests op SQLite")
        if run([*pytest, "--cov", "--cov-report=term:skip-covered"], environment):
            failed.append("tests op SQLite")
    if failed:
        print(f"NIET GOED: {', '.join(failed)}.")
    return 1 if failed else 0


def run(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def say(text: str) -> None:
    print(f"\n=== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
