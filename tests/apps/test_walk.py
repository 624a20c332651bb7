"""How a count becomes a number on a page: through few rooms (docs/ontwikkelen.md)."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from koers.apps.intake import archive
from koers.figures.queries import dense
from koers.figures.queries.writes import writing
from koers.figures.shelf import ShelfCache
from koers.figures.store import FigureStore
from koers.sources.example import write_example
from koers.sources.live import Addresses, load_live
from koers.sources.mapping import load_mapping
from koers.sources.saved import load_folder
from koers.web import settings
from tests.sources import country
from tests.sources.odata_server import serve
from tests.sources.test_saved import LINES, MAPPING

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


MOST = 8


def test_a_count_of_any_source_is_few_rooms_from_there_to_the_page(
    adviser, nothing_known, tmp_path
):
    out = walk_out(adviser)
    for bring_in, begins in ((example_in, "example"), (folder_in, "saved"), (police_in, "live")):
        home = tmp_path / begins
        home.mkdir()
        into = walk_to(writing.write_files, partial(bring_in, home))
        assert into[0].removeprefix("sources.").startswith(begins)
        assert into[-2:] == ["figures.store", "figures.queries.writes.writing"]
        rooms = dict.fromkeys([*into, *reversed(out)])
        assert len(rooms) <= MOST, list(rooms)


def example_in(home: Path) -> None:
    write_example(FigureStore(home))


def folder_in(home: Path) -> None:
    (home / "tellingen.csv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    (home / "proef.yaml").write_text(MAPPING, encoding="utf-8")
    load_folder(FigureStore(home), home, mappings=[load_mapping(home / "proef.yaml")])


def police_in(home: Path) -> None:
    with serve(country.police_tables()) as source:
        addresses = Addresses(**dict.fromkeys(settings.KOERS_SOURCES, source.address))
        load_live(FigureStore(home), ["GM9001"], None, 2026, addresses, sources=("47022NED",))


def walk_out(adviser) -> list[str]:
    walk = walk_to(dense.read_dense, lambda: adviser.get("/beeld/VB01/woninginbraak/"))
    return [room for room in walk if not room.startswith(DOOR)]


def test_a_count_in_a_file_is_few_rooms_from_the_page(adviser, nothing_known):
    walk = walk_out(adviser)
    assert (walk[0], walk[-1]) == ("apps.picture.views", "figures.queries.dense")
    assert set(walk[1:-1]) == {"apps.picture.readings", "figures.shelf", "figures.queries.panel"}
