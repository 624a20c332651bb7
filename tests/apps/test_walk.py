"""How a count becomes a number on a page: through few rooms (docs/ontwikkelen.md)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from koers.apps.intake import archive
from koers.figures.queries import dense
from koers.figures.queries.writes import writing
from koers.figures.shelf import ShelfCache
from koers.figures.store import FigureStore
from koers.sources.example import write as example
from koers.sources.example import write_example
from koers.web import settings

SOURCE = Path(settings.__file__).resolve().parent.parent
DOOR = (
    "web.log",
    "web.health",
    "web.away",
    "web.border",
    "apps.whole",
    "apps.people",
    "apps.intake.middleware",
)
"""What and who may come in, and with which figures: before the view, for every page."""


def rooms_of(frame: FrameType | None) -> list[str]:
    """The modules of Koers that wait for this one, the outermost first."""
    found: list[str] = []
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(SOURCE):
            room = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
            # The shelf is one room: what it keeps is asked for on the way out and in.
            found.append("figures.shelf" if room.startswith("figures.shelf.") else room)
        frame = frame.f_back
    return list(dict.fromkeys(reversed(found)))


def walk_to(function, work) -> list[str]:
    """Through which rooms ``work`` first comes at ``function``."""
    seen: list[list[str]] = []

    def look(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code is function.__code__ and not seen:
            seen.append(rooms_of(frame))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(before)
    return seen[0]


@pytest.fixture
def nothing_known(monkeypatch, example_home, tmp_path):
    """A process that has just started, on figures of which nothing was worked out."""
    monkeypatch.setattr(archive, "_shelves", ShelfCache())
    monkeypatch.setattr(
        "koers.figures.shelf.derived.kept_at",
        lambda place: None,
    )


def test_a_count_is_few_rooms_from_its_source_to_the_page(adviser, nothing_known, tmp_path):
    out = walk_out(adviser)
    into = walk_to(writing.write_files, lambda: write_example(FigureStore(tmp_path)))
    assert len(dict.fromkeys([*into, *reversed(out)])) <= 8


def walk_out(adviser) -> list[str]:
    walk = walk_to(dense.read_dense, lambda: adviser.get("/beeld/VB01/woninginbraak/"))
    return [room for room in walk if not room.startswith(DOOR)]


def test_a_count_in_a_file_is_few_rooms_from_the_page(adviser, nothing_known):
    walk = walk_out(adviser)
    assert (walk[0], walk[-1]) == ("apps.picture.views", "figures.queries.dense")
    assert set(walk[1:-1]) == {"apps.picture.readings", "figures.shelf", "figures.queries.panel"}


def test_a_row_of_a_source_is_few_rooms_from_the_file(tmp_path):
    walk = walk_to(writing.write_files, lambda: write_example(FigureStore(tmp_path)))
    assert walk[0] == "sources.example.write" and example.__name__.endswith(walk[0])
    assert walk[1:] == ["figures.store", "figures.queries.writes.writing"]
