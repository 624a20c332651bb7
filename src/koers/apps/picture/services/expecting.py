"""What is expected of the counts that pages show: worked out by the worker when figures come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from koers.apps.intake.archive import public_shelf
from koers.figures.shelf import Recipe, Shelf, derived
from koers.figures.topics import TOGETHER
from koers.indicators import load_indicators

Progress = Callable[[float, float, str], None]


def prepare_expectations(
    progress: Progress = lambda done, total, text: None, verify: bool = False
) -> int:
    """Work out what is not there yet, and let go what rests on former snapshots (with ``verify``
    also what was damaged); how many were made."""
    current = public_shelf()
    # With answers of its own: what this process knows already has to be on the disk as well, and
    # what it needs along the way is not kept.
    shelf = Shelf(current.store, current.ids, patient=True)
    places = {place: r for r in wanted(shelf) if (place := shelf.place_of(r)) is not None}
    for place in derived.all_kept(shelf.store.root):
        if place not in places or (verify and derived.problem_at(place)):
            derived.let_go(place)
    missing = [recipe for place, recipe in places.items() if not place.is_dir()]
    for done, recipe in enumerate(missing):
        progress(done, len(missing), recipe.table)
        shelf.make(recipe)
    return len(missing)


def wanted(shelf: Shelf) -> Iterator[Recipe]:
    """Every table that a page may ask for: of each indicator that adds up, at each level."""
    return iter(dict.fromkeys(_wanted(shelf)))


def _wanted(shelf: Shelf) -> Iterator[Recipe]:
    for indicator in load_indicators().values():
        for entry in shelf.coverage:
            if (
                not indicator.adds_up
                or entry.scheme != indicator.numerator.scheme
                or not set(indicator.topics) <= entry.topics
            ):
                continue
            topics = tuple(sorted(entry.topics))
            levels = [("table", entry.level)]
            if entry.level == "neighbourhood" and entry.frequency == "month":
                levels.append(("summed", "municipality"))
            for kind, level in levels:
                yield Recipe(kind, entry.table, level, entry.frequency, topics)
                if TOGETHER in indicator.topic:
                    yield Recipe(
                        "together", entry.table, level, entry.frequency, topics, indicator.topic
                    )
