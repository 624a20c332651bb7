"""What the commands say and how they end, without the start of a process."""

import csv
import io
import shutil

import pytest
from click.testing import CliRunner
from django.conf import settings

from koers.apps.intake.archive import store
from koers.apps.people.models import Role
from koers.cli import main, setup
from koers.figures.store import FigureStore
from tests.figures.rows import kept

BEFORE = [("GM0001", "a", "2024-01", 5.0), ("GM0001", "a", "2024-02", 2.0)]
AFTER = [
    ("GM0001", "a", "2024-01", 6.0),
    ("GM0001", "a", "2024-02", 2.0),
    ("GM0001", "a", "2024-03", 1.0),
]


@pytest.fixture
def koers(db, monkeypatch):
    """Runs a command in this process; the tables are there already."""
    monkeypatch.setattr(setup, "wake_django", setup.django_ready)

    def run(*arguments):
        done = CliRunner().invoke(main, [str(a) for a in arguments], prog_name="koers")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive with two snapshots of one table."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(settings, "HOME", home)
    return kept(home, BEFORE, "2024-03-01"), kept(home, AFTER, "2024-04-01")


def rows(done):
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_archive_is_listed_newest_first_and_says_what_is_in_use(koers, archive):
    one, two = archive
    found = rows(koers("figures", "list", "--csv"))
    assert [row["peilmoment"] for row in found] == [two.manifest.id, one.manifest.id]
    assert [row["staat"] for row in found] == ["in gebruik", ""]
    assert [row["rijen"] for row in found] == ["3", "2"]
    current = rows(koers("figures", "list", "t", "--current", "--csv"))
    assert [row["peilmoment"] for row in current] == [two.manifest.id]
    said = koers("figures", "list")
    assert "2 peilmomenten van 1 tabel." in said.stderr


def test_a_snapshot_that_a_decision_cites_is_told(koers, plan, archive):
    from koers.apps.decisions.services.document import latest_decision

    one, _ = archive
    decision = latest_decision(plan)
    type(decision).objects.filter(pk=decision.pk).update(
        texts=decision.texts.with_typed({"subject": f"Peilmoment {one.manifest.id}"})
    )
    said = {r["peilmoment"]: r["staat"] for r in rows(koers("figures", "list", "--csv"))}
    assert said[one.manifest.id] == "aangehaald"


def test_what_is_not_there_is_said_with_what_is(koers, archive):
    for wrong in (
        ("figures", "list", "bestaat-niet"),
        ("figures", "show", "bestaat-niet"),
        ("figures", "diff", "bestaat-niet"),
    ):
        done = koers(*wrong)
        assert done.exit_code == 2
        assert "Tabellen hier: t" in done.stderr


def test_a_snapshot_is_shown_with_its_last_rows(koers, archive):
    _, two = archive
    shown = koers("figures", "show", "t", "--rows", "1")
    assert f"peilmoment:                  {two.manifest.id}" in shown.stdout
    assert "2024-03" in shown.stdout and "2024-02" not in shown.stdout.splitlines()[-1]
    by_beginning = koers("figures", "show", two.manifest.id[:6], "--csv")
    assert [row["period"] for row in rows(by_beginning)] == ["2024-03", "2024-02", "2024-01"]


@pytest.mark.parametrize("name", ["alles.csv", "alles.parquet"])
def test_every_row_of_a_snapshot_is_written(koers, archive, tmp_path, name):
    file = tmp_path / name
    assert koers("figures", "show", "t", "--out", file).exit_code == 0
    if name.endswith("csv"):
        found = list(csv.DictReader(file.open()))
        assert [(r["period"], r["count"]) for r in found] == [
            ("2024-01", "6"),
            ("2024-02", "2"),
            ("2024-03", "1"),
        ]
    else:
        connected = store().connect([archive[1].manifest.id])
        number = connected.execute(f"SELECT count(*) FROM read_parquet('{file}')").fetchone()
        assert number == (3,)


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("nergens/x.csv", "bestaat niet"),
        ("x.doc", "moet eindigen op .csv of .parquet"),
        ("map.csv", "is een map"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_read(
    koers, archive, tmp_path, out, says
):
    (tmp_path / "map.csv").mkdir()
    done = koers("figures", "show", "t", "--out", tmp_path / out)
    assert done.exit_code == 2 and says in done.stderr


def test_two_snapshots_are_held_beside_each_other(koers, archive, tmp_path):
    one, two = archive
    file = tmp_path / "verschil.csv"
    found = rows(koers("figures", "diff", "t", "--csv", "--out", file))
    assert [(r["periode"], r["was"], r["werd"], r["herzien"], r["bij"]) for r in found] == [
        ("2024-03", "0.0", "0.0", "0", "1"),
        ("2024-01", "5.0", "6.0", "1", "0"),
    ]
    assert len(file.read_text().splitlines()) == 3
    said = koers("figures", "diff", one.manifest.id, two.manifest.id)
    assert "1 telling herzien, 1 bijgekomen, 0 vervallen, 1 gelijk" in said.stderr
    assert "gemeente" in said.stdout
    back = koers("figures", "diff", two.manifest.id, one.manifest.id)
    assert "0 bijgekomen, 1 vervallen" in back.stderr


def test_the_first_snapshot_of_a_table_has_nothing_before_it(koers, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    kept(tmp_path, BEFORE, "2024-03-01")
    done = koers("figures", "diff", "t")
    assert done.exit_code == 2 and "geen peilmoment vóór" in done.stderr


def test_a_damaged_snapshot_is_named(koers, archive):
    one, two = archive
    assert koers("figures", "verify").exit_code == 0
    one.data.write_bytes(b"weg")
    done = koers("figures", "verify")
    assert done.exit_code == 1
    assert one.manifest.id in done.stdout and two.manifest.id not in done.stdout
    assert "1 van de 2 peilmomenten beschadigd" in done.stderr


def test_old_snapshots_are_thinned_unless_it_is_a_rehearsal(koers, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    days = ["2014-01-10", "2014-02-10", "2014-03-10", "2026-01-10"]
    for number, day in enumerate(days):
        kept(tmp_path, [("GM0001", "a", "2013-01", float(number))], day)
    rehearsed = koers("figures", "thin", "--dry-run", "--csv")
    assert "2 peilmomenten zouden weggaan, 2 blijven" in rehearsed.stderr
    assert len(FigureStore(tmp_path).snapshots()) == 4
    done = koers("figures", "thin", "--csv")
    assert [row["opgehaald"][:10] for row in rows(done)] == days[:2]
    assert len(FigureStore(tmp_path).snapshots()) == 2


# The decision of the college


def test_the_decision_of_a_plan_is_written_and_each_time_the_same(koers, plan, tmp_path):
    file = tmp_path / "besluit.pdf"
    done = koers("decide", plan.slug, "--out", file)
    assert done.exit_code == 0 and f"collegebesluit van {plan.municipality}" in done.stderr
    first = file.read_bytes()
    assert first.startswith(b"%PDF")
    koers("decide", plan.slug, "--out", file)
    assert file.read_bytes() == first
    assert [f.name for f in tmp_path.iterdir() if "besluit" in f.name] == ["besluit.pdf"]


def test_a_plan_that_is_not_there_or_a_folder_that_is_not_is_a_wrong_command(koers, plan, tmp_path):
    unknown = koers("decide", "bestaat-niet", "--out", tmp_path / "x.pdf")
    assert unknown.exit_code == 2 and plan.slug in unknown.stderr
    nowhere = koers("decide", plan.slug, "--out", tmp_path / "nergens" / "x.pdf")
    assert nowhere.exit_code == 2 and "bestaat niet" in nowhere.stderr


# The first administrator


def test_a_municipality_without_administrator_gets_a_link_and_another_does_not(
    koers, municipality, other, person
):
    person(Role.ADMINISTRATOR)
    assert koers("administrator", other.code).stdout.startswith("/")
    taken = koers("administrator", municipality.code)
    assert taken.exit_code == 1 and "heeft al een beheerder" in taken.stderr
    unknown = koers("administrator", "GM9999")
    assert unknown.exit_code == 2 and municipality.code in unknown.stderr


# Is all in order


def test_an_installation_is_looked_over(koers, figures):
    done = koers("check")
    assert "goed   pakketten" in done.stdout and "goed   schijf" in done.stdout
    assert "cijfers" in done.stdout


def test_an_installation_without_figures_or_with_damaged_ones_is_not_in_order(
    koers, figures, tmp_path, monkeypatch
):
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    damaged = FigureStore(home).current()[0]
    next(damaged.path.glob("*.parquet")).write_bytes(b"weg")
    done = koers("check")
    assert done.exit_code == 1
    assert f"FOUT   cijfers {damaged.manifest.source} {damaged.manifest.table}" in done.stdout
    empty = tmp_path / "leeg"
    empty.mkdir()
    monkeypatch.setattr(settings, "HOME", empty)
    assert "nog geen cijfers" in koers("check").stdout


# What a load is asked


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--all", "--region"], "--all is heel Nederland"),
        (["--all", "--municipality", "GM0001"], "--all is heel Nederland"),
        (["--municipality", "Ons Dorp"], "geen gemeentecode"),
        (["--municipality", "GM0001", "--since", "gisteren"], "geen jaar of maand"),
        (["--municipality", "GM0001", "--since", "1989"], "geen jaar of maand"),
        (["--municipality", "GM0001", "--since", "2024-W07"], "geen jaar of maand"),
        (["--municipality", "GM0001", "--since", "2999"], "in de toekomst"),
        ([], "Geef --figures MAP"),
        (["--region"], "Zeg ook welke gemeente"),
    ],
)
def test_a_load_that_asks_for_what_cannot_be_is_a_wrong_command(
    koers, tmp_path, monkeypatch, options, says
):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    done = koers("load", *options)
    assert done.exit_code == 2 and says in done.stderr


def test_a_folder_and_live_sources_are_not_loaded_at_once(koers, tmp_path):
    done = koers("load", "--figures", tmp_path, "--all")
    assert done.exit_code == 2 and "niet allebei" in " ".join(done.stderr.split())


def test_a_folder_without_a_file_that_is_known_loads_nothing(koers, tmp_path, monkeypatch):
    home, folder = tmp_path / "home", tmp_path / "map"
    home.mkdir()
    folder.mkdir()
    (folder / "onbekend.csv").write_text("a;b\n1;2\n")
    monkeypatch.setattr(settings, "HOME", home)
    done = koers("load", "--figures", folder)
    assert "0 tabellen geladen" in done.stderr
    assert FigureStore(home).snapshots() == () or not FigureStore(home).snapshots()
