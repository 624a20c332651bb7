"""The page of snapshots shows which months were revised, by how much."""

from django.conf import settings
from django.urls import reverse

from koers.apps.intake.services.cited import cited_snapshots
from koers.apps.picture.models import Screening
from koers.figures.store import FigureStore
from tests.figures.rows import kept


def test_revised_months_are_listed_with_their_change_and_can_be_taken_along(
    adviser, monkeypatch, tmp_path
):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    kept(tmp_path, [("GM0001", "a", "2024-01", 5.0)], "2024-03-01", title="Misdrijven")
    kept(tmp_path, [("GM0001", "a", "2024-01", 8.0)], "2024-04-01", title="Misdrijven")
    listed = adviser.get("/beeld/peilmomenten/").content.decode()
    assert "Misdrijven" in listed
    assert "vrij" in listed
    page = adviser.get(reverse("picture:snapshots-table", args=["bron", "t"])).content.decode()
    assert "1 tellingen herzien" in page
    assert "januari 2024" in page
    assert "opgehaald op 1 maart 2024" in page, "it says with which moment it is compared"
    assert '<th scope="col" class="k-num">Was</th>' in page and '<td class="k-num">5</td>' in page
    assert page.count("in gebruik") == 1
    saved = adviser.get(reverse("picture:snapshots-csv", args=["bron", "t"])).content.decode(
        "utf-8-sig"
    )
    assert saved.splitlines()[1].startswith(
        "gemeenten;januari 2024;5;8;3;60;1;0;0;Bron: iemand, Misdrijven. Van peilmoment "
    )
    assert adviser.get("/beeld/peilmomenten/bron/nergens/").status_code == 404


def test_a_first_snapshot_has_nothing_to_compare_with(adviser):
    page = adviser.get("/beeld/peilmomenten/voorbeeld/voorbeeld-crime/")
    assert "nog geen eerder peilmoment" in page.content.decode()


def test_areas_have_nothing_to_compare(adviser):
    page = adviser.get("/beeld/peilmomenten/voorbeeld/voorbeeld-gebieden/").content.decode()
    assert "geen tellingen" in page
    assert "Cijfers t/m –" not in page


def test_what_an_object_mentions_is_cited(municipality, figures):
    first, second = (s.manifest.id for s in FigureStore(settings.HOME).current()[:2])
    Screening.objects.create(
        municipality=municipality, period="2026-09", tested=1, rate=0.1, snapshots=[first]
    )
    assert cited_snapshots([first, second]) == {first}
