"""`koers load` with figures that cannot be right, and `koers figures held`, `accept`, `reject` and
`hold`."""

import csv
import io

import pytest

from koers.apps.intake.models import FiguresDecision
from koers.figures.store import FigureStore

HEADER = "SoortMisdrijf,RegioS,Perioden,GeregistreerdeMisdrijven_1,GemiddeldAantalInwoners"
YEARS = range(2012, 2026)


def file(folder, factor=1):
    """Counts of twelve municipalities, in the form of a saved file that Koers knows."""
    lines = [
        f"{kind},GM900{n:X},{year}JJ00,{factor * (100 + n + year % 7)},25000"
        for kind in ("0.0.0", "1.1.1")
        for n in range(10)
        for year in YEARS
    ]
    folder.mkdir(exist_ok=True)
    (folder / "gemeente_year_2012_2025.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    return folder


@pytest.fixture
def home(db, tmp_path, monkeypatch, settings):
    settings.HOME = tmp_path / "home"
    monkeypatch.setenv("KOERS_HOME", str(settings.HOME))
    return settings.HOME


@pytest.fixture
def run(command, django_capture_on_commit_callbacks):
    """A command of which what waits for the database to keep it is done too."""

    def to_the_end(*arguments):
        with django_capture_on_commit_callbacks(execute=True):
            return command(*arguments)

    return to_the_end


@pytest.fixture
def good(run, home, tmp_path):
    done = run("load", "--figures", file(tmp_path / "bronnen"))
    assert done.returncode == 0, done.stderr
    return run


@pytest.fixture
def odd(good, tmp_path):
    done = good("load", "--figures", file(tmp_path / "bronnen", factor=0))
    return good, done


def used(home):
    return {s.manifest.table: s.manifest.id for s in FigureStore(home).current()}


def test_loading_says_what_is_held_and_ends_with_1(odd, home, tmp_path):
    command, done = odd
    assert done.returncode == 1
    assert "Apart gehouden: " in done.stderr and "Alle 280 cijfers zijn nul." in done.stderr
    assert "blijven in gebruik" in done.stderr and "koers figures held" in done.stderr
    again = command("load", "--figures", tmp_path / "bronnen")
    assert again.returncode == 1 and "Apart gehouden: " in again.stderr
    found = command("check")
    assert found.returncode == 1 and "wordt apart gehouden" in found.stdout


def test_what_is_odd_is_shown_with_what_was_and_is(odd, tmp_path):
    command, _ = odd
    shown = command("figures", "held")
    assert shown.returncode == 1 and "Alle 280 cijfers zijn nul." in shown.stdout
    plain = command("figures", "held", "--csv", "--out", tmp_path / "vreemd.csv")
    rows = list(csv.DictReader(io.StringIO(plain.stdout)))
    total = next(row for row in rows if row["wat"] == "totaal gehalveerd of verdubbeld")
    assert float(total["was"]) > 10_000 and float(total["is"]) == 0
    assert (tmp_path / "vreemd.csv").read_text() == plain.stdout
    assert "apart gehouden" in command("figures", "list").stdout


def test_a_person_uses_them_and_takes_that_back(odd, home):
    command, _ = odd
    before = used(home)
    (held,) = FigureStore(home).held.waiting()
    assert command("figures", "accept", held.id).returncode == 2
    assert command("figures", "accept", held.id, "--reason", " ").returncode == 2
    assert used(home) == before
    done = command("figures", "accept", held.id, "--reason", "De politie telt nu anders.")
    assert done.returncode == 0 and "In gebruik" in done.stderr
    assert used(home)[held.snapshot.manifest.table] == held.id
    assert command("figures", "held").returncode == 0
    assert command("figures", "hold", held.id).returncode == 0
    assert used(home) == before and command("figures", "held").returncode == 1


def test_what_is_rejected_is_not_held_against_the_next_load(odd, home, tmp_path):
    command, _ = odd
    (held,) = FigureStore(home).held.waiting()
    assert command("figures", "reject", held.id).returncode == 0
    done = command("load", "--figures", tmp_path / "bronnen")
    assert done.returncode == 0 and "besloot ze niet te gebruiken" in done.stderr
    assert "afgewezen" in command("figures", "held", "--all").stdout
    assert command("figures", "reject", "bestaat-niet").returncode == 2


def test_the_reason_is_kept_with_a_municipality(odd, home):
    from koers.apps.people.models import Municipality

    Municipality.objects.create(code="GM9001", name="Waterdorp")
    command, _ = odd
    (held,) = FigureStore(home).held.waiting()
    command("figures", "accept", held.id, "--reason", "De politie telt nu anders.")
    kept = FiguresDecision.objects.get()
    assert (kept.snapshot, kept.state, kept.reason) == (
        held.id,
        "accepted",
        "De politie telt nu anders.",
    )
    assert kept.history.count() == 1
