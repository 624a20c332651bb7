"""Clusters on the safety picture: searched when figures come in, kept, shown on the map and in
words."""

import csv
import io
from dataclasses import replace

import pytest
from django.db import OperationalError

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Role
from koers.apps.picture.models import Cluster, ClusterSearch, Screening
from koers.apps.picture.services import clusters, screening
from koers.apps.picture.services.clusters import search_clusters


@pytest.fixture
def search(municipality):
    return search_clusters(municipality)


def test_the_rise_that_was_planted_in_the_example_is_a_cluster(search):
    found = Cluster.objects.get(indicator="woninginbraak")
    assert "VB010103" in found.areas
    assert found.last == search.period
    assert found.observed > 3 * found.expected
    assert found.snapshots and found.snapshots[0] in search.snapshots


def test_what_is_kept_is_seldom_chance_and_touches_the_municipality(search):
    for found in Cluster.objects.all():
        assert found.q_value <= search.rate
        assert any(code.startswith("VB01") for code in found.areas)


def test_searching_the_same_figures_twice_changes_nothing(search, municipality):
    before = list(Cluster.objects.values_list("pk", flat=True))
    assert search_clusters(municipality) == search
    assert list(Cluster.objects.of(municipality).values_list("pk", flat=True)) == before


def test_new_figures_make_old_clusters_make_room(search, municipality):
    before = set(Cluster.objects.of(municipality).values_list("pk", flat=True))
    ClusterSearch.objects.update(snapshots=["ouder"])
    search_clusters(municipality)
    assert not before & set(Cluster.objects.of(municipality).values_list("pk", flat=True))
    assert before <= set(Cluster.objects.values_list("pk", flat=True))


def test_they_are_searched_when_figures_come_in(municipality, monkeypatch):
    seen = []
    monkeypatch.setattr(screening, "search_clusters", seen.append)
    screening.screen_everyone()
    assert seen == [municipality]


def test_what_a_first_start_leaves_for_later_the_worker_does(municipality, other):
    screening.compute_first_picture(municipality, lambda *told: None)
    assert Screening.objects.of(municipality).exists()
    assert not ClusterSearch.objects.exists()
    tried = {}
    assert municipality.code in screening.screen_what_is_owed(tried)
    assert ClusterSearch.objects.of(municipality).exists()
    assert municipality.code not in screening.screen_what_is_owed(tried)
    screening.screen_what_is_owed(tried)
    # Where nothing can be found, it is not looked for without end.
    assert screening.screen_what_is_owed(tried) == []


def test_a_screening_that_fails_is_done_twice_with_the_same_figures_and_no_more(
    municipality, monkeypatch
):
    asked, tried = [], {}

    def fails(found):
        asked.extend(m.code for m in found)
        raise ValueError

    monkeypatch.setattr(screening, "compute_picture", fails)
    for _ in range(3):
        screening.screen_what_is_owed(tried)
    assert asked.count(municipality.code) == 2


@pytest.mark.postgres
def test_a_database_that_is_away_is_no_screening_that_failed(municipality, monkeypatch):
    def away(_):
        raise OperationalError

    monkeypatch.setattr(screening, "compute_picture", away)
    with pytest.raises(OperationalError):
        screening.screen_what_is_owed({})


def test_a_municipality_without_monthly_figures_is_not_searched(municipality):
    municipality.code = "GM9999"
    assert search_clusters(municipality) is None


def test_without_two_years_before_it_nothing_is_expected_and_nothing_searched(
    municipality, monkeypatch
):
    shelf = public_shelf()
    one = clusters.searched_indicators(shelf, municipality.code)[:1]
    monkeypatch.setattr(clusters, "searched_indicators", lambda *_: one)
    monkeypatch.setattr(clusters, "REPLICATES", 9)
    kind = one[0]
    whole = shelf.monthly_counts(kind.numerator.scheme, kind.topics, municipality.code)

    def with_months(count):
        panel = whole.panel.select(until=whole.panel.periods[count - 1])
        short = replace(whole, panel=panel, open_months=(False,) * count)
        monkeypatch.setattr(type(shelf), "monthly_counts", lambda *_: short)
        return search_clusters(municipality)

    assert with_months(24 + clusters.LONGEST - 1) is None
    assert with_months(24 + clusters.LONGEST).months == 24 + clusters.LONGEST


def test_the_map_marks_them_and_the_list_names_them(adviser, search):
    page = adviser.get("/beeld/VB01/?kaart=woninginbraak").content.decode()
    assert "Molenwijk" in page
    assert "Een gestreepte rand: hoort bij een cluster" in page
    assert 'stroke-dasharray="6,4"' in page
    assert "Gezocht is in" in page


def test_the_link_to_a_cluster_without_an_area_ends_on_the_map_of_its_kind(adviser, search):
    found = adviser.get("/beeld/?kaart=fietsdiefstal", follow=True)
    assert found.redirect_chain == [("/beeld/VB01/?kaart=fietsdiefstal", 302)]
    assert 'value="fietsdiefstal" selected' in found.content.decode()
    assert "Daar pakt u het op of legt u het terzijde" in found.content.decode()


def test_an_empty_list_says_what_was_looked_for(adviser, municipality, monkeypatch):
    monkeypatch.setattr(clusters, "RATE", -1)
    search_clusters(municipality)
    page = adviser.get("/beeld/VB01/").content.decode()
    assert "Geen clusters gevonden" in page
    assert f"uit {ClusterSearch.objects.get().months} maanden" in page
    assert "toeval" not in page.split("Clusters t/m")[1].split("</section>")[0]


def test_the_clusters_are_taken_along_as_csv(adviser, search):
    response = adviser.get("/beeld/clusters.csv")
    rows = list(
        csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert len(rows) == Cluster.objects.count()
    assert any("VB010103" in row["Codes"] for row in rows)


def test_who_may_not_see_signals_sees_no_clusters(client, person, search):
    client.force_login(person(Role.COMMITTEE))
    assert "Clusters t/m" not in client.get("/beeld/VB01/").content.decode()
    assert client.get("/beeld/clusters.csv").status_code == 403


def test_no_count_is_searched_for_clusters_under_two_names(figures):
    found = clusters.searched_indicators(public_shelf(), "VB01")
    topics = [(i.numerator.scheme, i.topic) for i in found]
    assert len(topics) == len(set(topics)) > 5
    assert "high-impact-crimes" not in {i.id for i in found}
