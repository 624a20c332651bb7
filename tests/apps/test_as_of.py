"""What every page says of how new its figures are."""

from __future__ import annotations

import numpy as np
import pytest

from koers.apps.picture import figures, readings
from koers.figures.manifest import Draft
from koers.figures.store import FigureStore


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """The line of the footer where these are the snapshots: (table, last period, published at)."""

    def line(*tables):
        store = FigureStore(tmp_path)
        kept = [store.write(draft(table, published), rows(period)) for table, period, published in tables]
        manifests = {s.manifest.id: s.manifest for s in kept}
        monkeypatch.setattr(figures, "current_ids", lambda: tuple(manifests))
        monkeypatch.setattr(figures, "manifest", manifests.__getitem__)
        return readings.as_of_line()

    return line


def draft(table, published):
    return Draft(source="politie", table=table, title="Proef", content="observations", scheme="crime", sha256="1" * 64,
                 address="", licence="", attribution="", published_at=published)  # fmt: skip


def rows(period):
    texts = {"area": "GM9001", "topic": "1", "period": period, "status": "final"}
    return {name: np.array([text], dtype=object) for name, text in texts.items()} | {"value": np.array([1.0])}


def test_a_page_says_until_when_figures_go_and_when_the_source_published_them(shown):
    line = shown(("oud", "2025", "2025-03-01T02:00:00"), ("nieuw", "2026-03", "2026-04-15T02:00:00"))
    assert line == "Cijfers t/m maart 2026, gepubliceerd op 15 april 2026."


def test_where_the_source_does_not_say_when_it_published_the_page_says_when_figures_were_retrieved(shown):
    assert "maart 2026, opgehaald op " in shown(("t", "2026-03", ""))


def test_a_moment_that_cannot_be_read_is_not_shown_as_one_of_publication(shown):
    assert "opgehaald op" in shown(("t", "2026-03", "binnenkort"))
