"""A page shows the figures of one moment: the archive is asked once, and again for the next."""

from datetime import date

import pytest
from django.urls import reverse

from koers.apps.intake import archive
from koers.apps.plan.models import Measure
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.versions import adopt
from koers.figures.store import FigureStore


@pytest.fixture
def asked(monkeypatch):
    """How often the archive was asked what is current."""
    times = []
    current = FigureStore.current
    monkeypatch.setattr(FigureStore, "current", lambda store: (times.append(1), current(store))[1])
    return times


def test_a_page_of_many_lines_with_areas_asks_the_archive_as_often_as_one_without(
    adviser, plan, asked
):
    Measure.objects.filter(priority__plan=plan).update(areas=["VB010101"])
    version = adopt(plan, date(2026, 1, 1), "raadsvergadering")
    pages = []
    for _ in range(2):
        asked.clear()
        page = adviser.get(reverse("plan:version", args=[plan.pk, version.number]) + "?open=alles")
        pages.append(page.text)
        assert 0 < len(asked) <= 4, "public figures, and those of one municipality"
    assert pages[0].count(area_names(["VB010101"])[0]) > 1


def test_within_one_moment_nothing_new_comes_in(figures, asked):
    with archive.one_moment():
        assert archive.public_shelf() is archive.public_shelf()
        number = len(asked)
        archive.public_shelf()
        assert len(asked) == number
    assert archive.public_shelf() is not archive.public_shelf()
