"""What draws a chart may crash; the site does not."""

import json

import pytest

from koers.charts import render
from koers.limited import DiedError

SPEC = {"data": {"values": [{"a": 1, "b": 2}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
PANICS = {**SPEC, "title": "bel\x07"}


def test_the_crash_of_the_library_takes_a_helper_along_and_the_next_chart_is_drawn():
    with pytest.raises(DiedError):
        render._render(json.dumps(PANICS, ensure_ascii=False))
    assert "</svg>" in render.draw("daarna", SPEC, "Titel", "Tekst")


def test_a_control_character_does_not_come_in_a_chart():
    svg = render.draw("naam", PANICS, "Titel\x00 \ud800", "Tekst\x07")
    assert "kon niet worden gemaakt" not in svg
    assert not {"\x00", "\x07", "\ud800"} & set(svg)


def test_a_chart_that_cannot_be_drawn_says_so_and_has_its_title(monkeypatch):
    def dies(_: str) -> str:
        raise DiedError("vol")

    monkeypatch.setattr(render, "_render", dies)
    svg = render.draw("naam", SPEC, "Inbraken", "Van 2023 tot 2025")
    assert "Deze tekening kon niet worden gemaakt. De cijfers staan in de tabel." in svg
    assert '<title id="naam-title">Inbraken</title>' in svg
