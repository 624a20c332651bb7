"""Adding a field to a measure is one statement in its model, and a migration."""

import os
import subprocess
import sys
from pathlib import Path

import koers

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(koers.__file__).parent
MODEL = Path("apps/plan/models/measures.py")
BEFORE = "    evidence = described(\n"
ADDED = """\
    risk = described(
        models.CharField(
            "risico", max_length=4, choices=[("low", "laag"), ("high", "hoog")], default="low"
        ),
        FROZEN,
        listed=True,
        words="gevaar",
    )
    lesson = described(models.TextField("geleerd", blank=True), DAILY)
"""


def beside(real: Path, copy: Path, own: Path) -> None:
    """A folder that holds links to all that another holds, except for the way to one file of its
    own."""
    copy.mkdir(parents=True)
    first = own.parts[0]
    for path in real.iterdir():
        if path.name != first and path.name != "__pycache__":
            (copy / path.name).symlink_to(path)
    if len(own.parts) > 1:
        beside(real / first, copy / first, Path(*own.parts[1:]))


def ran(folder: Path, *command: str) -> str:
    env = {
        **os.environ,
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "koers.web.settings",
        "KOERS_HOME": str(folder / "home"),
    }
    for name in [name for name in env if name.startswith(("PYTEST", "COV_", "COVERAGE"))]:
        del env[name]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_field_that_is_added_in_one_place_stands_in_all(tmp_path):
    beside(SOURCE, tmp_path / "koers", MODEL)
    text = (SOURCE / MODEL).read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1
    (tmp_path / "koers" / MODEL).write_text(text.replace(BEFORE, ADDED + BEFORE), encoding="utf-8")
    made = ran(tmp_path, "django", "makemigrations", "plan", "--dry-run")
    changes = {line.strip() for line in made.splitlines() if line.strip()[:1] in ("+", "~", "-")}
    assert changes == {
        f"+ Add field {name} to {model}"
        for name in ("risk", "lesson")
        for model in ("measure", "historicalmeasure")
    }
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:cov")
    ran(tmp_path, "pytest", *options, "tests/apps/added_field.py")
