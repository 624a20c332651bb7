"""For which municipality a site works: the one that was asked for, also after a restart."""

import pytest

from koers.apps.people.models import Municipality
from koers.apps.plan.models import Plan
from koers.apps.plan.services.bundled import default_municipality
from koers.apps.publication.models import Publication
from koers.cli.setup import Loaded
from koers.cli.tenants import municipalities_at_work, municipality_before
from koers.figures.store import FigureStore
from tests.figures.rows import kept


@pytest.fixture
def real(tmp_path):
    kept(tmp_path, [(default_municipality(), "1.1.1", "2024-01", 5.0)])
    return FigureStore(tmp_path)


def at_work(store, asked=None, fictitious=False):
    return municipalities_at_work(store, asked, Loaded("folder", fictitious=fictitious))


@pytest.mark.django_db
def test_another_municipality_stands_alone_also_after_a_restart_without_the_option(real):
    for asked in ("GM9001", None):
        assert [m.code for m in at_work(real, asked)] == ["GM9001"]
    assert municipality_before() == "GM9001"
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_without_an_option_it_is_the_municipality_of_the_bundled_plan_and_nothing_is_public(real):
    first = at_work(real)[0]
    assert (first.code, first.primary) == (default_municipality(), True)
    assert Plan.objects.of(first).exists()
    assert not Publication.objects.exists()


def test_with_invented_figures_the_invented_municipality_comes_first_and_shows_its_plan(
    db, figures
):
    first = at_work(figures, fictitious=True)[0]
    assert first.fictitious and first.primary
    assert Publication.objects.get().municipality == first
    assert not Municipality.objects.filter(code=default_municipality()).exists()
    # Once there are real figures it makes place.
    assert municipality_before() is None


def test_a_municipality_that_was_asked_for_stays_first_where_figures_are_invented(
    db, figures, client
):
    assert at_work(figures, "GM9001", fictitious=True)[0].code == "GM9001"
    page = client.get("/openbaar/", follow=True).content.decode()
    assert "nog geen plan geplaatst" in page
    assert "Voorbeeldrecht" not in page
