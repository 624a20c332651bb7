"""Words that are taken out are nowhere in the figures archive either: not in the name of an own
table, of what it counts, of a folder, or in any file."""

import pytest
from django.conf import settings

from koers.apps.intake import archive
from koers.apps.intake.archive import internal_shelf
from koers.apps.intake.models import OwnTable
from koers.apps.intake.services import counting, rewording
from koers.apps.meetings.services import redaction
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.figures.store import FigureStore
from tests.apps.test_own_files import MONTHS, mapping, own_home, send  # noqa: F401
from tests.apps.test_redaction import where

pytestmark = pytest.mark.postgres
NAME = "Karel van Dalen"
FORMS = (b"karel", b"dalen", b"Karel", b"Dalen")


def on_disk():
    """Every file and folder of the archive of which the name or the bytes hold the words; a text in
    a Parquet file stands there as it is, or packed: so the rows are read too."""
    root, found = settings.HOME / "figures", []
    for path in root.rglob("*"):
        told = str(path.relative_to(root)).encode() + (path.read_bytes() if path.is_file() else b"")
        found += [path] * any(form in told for form in FORMS)
    for snapshot in archive.store().snapshots():
        if snapshot.manifest.source == "eigen":
            topics = set(snapshot_rows(archive.store(), snapshot.manifest.id)["topic"])
            found += [snapshot.path] * any("dalen" in str(topic) for topic in topics)
    return found


@pytest.fixture
def counted(adviser, own_home):  # noqa: F811
    """An own table whose name and categories hold a name, counted twice, beside one that does
    not."""
    for value in (3, 4):
        rows = [("Buurt", "Soort", "Maand", "Aantal")]
        for month in MONTHS:
            rows += [
                ("Centrum", f"Klacht over {NAME}", month, value),
                ("Centrum", "Geluid", month, 10),
            ]
        columns = send(adviser, rows)
        given = mapping(title=f"Meldingen {NAME}", topic="Soort", tellen="1", keep_personal="on")
        adviser.post(columns, given)
    return OwnTable.objects.get(title=f"Meldingen {NAME}")


def test_the_words_are_nowhere_in_the_archive_and_the_figures_stay(adviser, counted, municipality):
    before = counting.cells(counted)
    assert len(archive.store().of_table(counted.table)) == 2 and on_disk()
    kept = {s.manifest.id for s in archive.store().of_table(counted.table)}
    data = {"words": NAME, "why": "Naam van een inwoner"}
    page = adviser.post("/overleg/weglaten/", data).content.decode()
    assert "eigen cijfers" in page and "cijferarchief" in page
    adviser.post("/overleg/weglaten/", {**data, "choice": "confirm"})
    assert on_disk() == [] and where(NAME) == [] and where("dalen") == []
    counted.refresh_from_db()
    assert "dalen" not in counted.table
    fresh = FigureStore(settings.HOME)
    assert {s.manifest.id for s in fresh.of_table(counted.table)} == kept
    assert all(fresh.problem_with(s) == "" for s in fresh.of_table(counted.table))
    after = counting.cells(counted)
    assert [row[-1] for row in after] == [row[-1] for row in before]
    assert {row[2] for row in after} == {"Klacht over [weggelaten]", "Geluid"}
    page = adviser.get(f"/cijfers/eigen/{counted.pk}/").content.decode()
    assert "Klacht over [weggelaten]" in page and "Karel" not in page
    assert counted.snapshot in internal_shelf(municipality.code).ids


def test_a_store_that_was_open_reads_the_new_words(adviser, counted, municipality):
    """Another web process has the former files open."""
    other = FigureStore(settings.HOME)
    assert any("dalen" in str(t) for t in snapshot_rows(other, counted.snapshot)["topic"])
    adviser.post("/overleg/weglaten/", {"words": NAME, "why": "naam", "choice": "confirm"})
    assert not any("dalen" in str(t) for t in snapshot_rows(other, counted.snapshot)["topic"])


def test_what_was_broken_off_is_still_told_and_goes_the_next_time(
    adviser, counted, municipality, monkeypatch
):
    broken = monkeypatch.context()
    with broken as patch:
        patch.setattr(rewording, "_take_out", lambda *args: None)
        redaction.redact(municipality, NAME, "naam", None)
    counted.refresh_from_db()
    assert NAME not in counted.title and on_disk()
    page = adviser.post("/overleg/weglaten/", {"words": NAME, "why": "naam"}).content.decode()
    assert "cijferarchief" in page
    adviser.post("/overleg/weglaten/", {"words": NAME, "why": "naam", "choice": "confirm"})
    assert on_disk() == []


def test_two_kinds_that_are_called_alike_afterwards_stay_two(adviser, own_home, municipality):  # noqa: F811
    rows = [("Buurt", "Soort", "Maand", "Aantal")]
    for month in MONTHS:
        rows += [("Centrum", NAME, month, 1), ("Centrum", "Weggelaten", month, 2)]
    chosen = mapping(title="Tabel", topic="Soort", tellen="1", keep_personal="on")
    adviser.post(send(adviser, rows), chosen)
    adviser.post("/overleg/weglaten/", {"words": NAME, "why": "naam", "choice": "confirm"})
    cells = counting.cells(OwnTable.objects.get(title="Tabel"))
    assert {(row[2], row[-1]) for row in cells} == {("[weggelaten]", 1), ("Weggelaten", 2)}


def test_a_table_of_another_municipality_keeps_its_words(adviser, counted, other):
    redaction.redact(other, NAME, "naam", None)
    assert on_disk() and redaction.places(other, NAME) == []
