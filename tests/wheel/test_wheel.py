"""The wheel runs without a checkout, without npm and without make, and below a path, on a Python
other than that of all other tests: between them the oldest and a newer one are tried.

`make test` runs these beside the style check: they take no database and no browser.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.cli.conftest import Running
from tests.ports import free_port
from tests.processes import alone

ROOT = Path(__file__).resolve().parents[2]
HERE = "{}.{}".format(*sys.version_info)
VERSIONS = [version for version in ("3.11", "3.13") if version != HERE]

pytestmark = [pytest.mark.slow, pytest.mark.wheel]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(out.glob("koers-*.whl"))


@pytest.fixture(scope="module")
def pinned(tmp_path_factory) -> Path:
    """The pinned versions as constraints, so that no release of today changes the outcome."""
    pins = re.findall(r"^\S+==[^\\\n]+", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    file = tmp_path_factory.mktemp("pins") / "constraints.txt"
    file.write_text("\n".join(pins))
    return file


def python(version: str) -> str:
    for found in filter(None, (shutil.which(f"python{version}"), sys.executable)):
        told = subprocess.run([found, "--version"], capture_output=True, text=True)
        if told.stdout.startswith(f"Python {version}."):
            return found
    pytest.skip(f"geen python{version} op deze machine; .ci/run haalt hem bij Debian")


@pytest.fixture(params=VERSIONS)
def installed(request, wheel, pinned, tmp_path) -> Path:
    """The folder with the commands of an environment that holds the wheel and what it needs."""
    own = tmp_path / "omgeving"
    subprocess.run([python(request.param), "-m", "venv", "--without-pip", own], check=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", own / "bin" / "python"),
            *("install", "--quiet", "--no-compile", "--constraint", pinned, wheel),
        ],
        check=True,
    )
    return own / "bin"


def test_the_wheel_starts_and_serves_its_own_front_end(installed, tmp_path):
    elsewhere = tmp_path / "ergens"
    elsewhere.mkdir()
    port, log = free_port(), tmp_path / "start.log"
    environment = {
        **alone(tmp_path / "home"),
        "PATH": str(installed),
        "KOERS_ADDRESS": f"http://127.0.0.1:{port}/koers",
    }
    environment.pop("PYTHONPATH", None)
    with log.open("w") as output:
        process = subprocess.Popen(
            [installed / "koers", "start", "--port", str(port)],
            cwd=elsewhere,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    site = Running(process, port, log)
    try:
        site.wait(400)
        status, page = site.get("/koers/openbaar/")
        assert status == 200
        named = re.findall(r'(?:href|src)="(/[^"#]*)"', page)
        assert named and all(path.startswith("/koers/") for path in named)
        asked = fetch_all(site, [path for path in named if "/static/" in path])
        assert any(path.startswith("/koers/static/vendor/") for path in asked)
        assert set(asked.values()) == {200}, asked
        assert site.stop() == 0
    finally:
        if process.poll() is None:
            site.stop()
    done = subprocess.run(
        [installed / "koers", "check"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(elsewhere.iterdir()) == []


def fetch_all(site: Running, paths: list[str]) -> dict[str, int]:
    """The status of each file, and of each that a style sheet names in turn."""
    asked: dict[str, int] = {}
    while paths:
        path = paths.pop()
        if path in asked:
            continue
        asked[path], text = fetch(site, path)
        if path.endswith(".css"):
            named = re.findall(r"""url\(["']?([^"')]+)["']?\)""", text)
            paths += [urljoin(path, name) for name in named if not name.startswith("data:")]
    return asked


def fetch(site: Running, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{site.port}{path}") as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
