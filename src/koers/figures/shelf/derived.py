"""What was worked out of snapshots, kept beside them: written by the worker, read by every process
of the site.

A folder ``derived/<snapshot>/<key>`` holds the arrays of one table with its expectation, each as a
NumPy file, and ``about.json`` with their labels and checksums. It is written beside, put in place
by one rename and never changed after that; arrays are mapped, so that processes share them and only
what is looked at is read.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period
from koers.analysis.screening import Expectation
from koers.analysis.screening.predictive import Predictive
from koers.figures.folders import beside, put_in_place, remove, sha256_of
from koers.figures.renumbering import Break, Join
from koers.figures.shelf.tables import CountTable

METHOD = 2
"""Raised when an expectation is worked out in another way: what was kept is then made again."""
ABOUT = "about.json"
LOOKED_AT = 64_000_000
"""So many bytes are read before they are used; whether more than that are whole, the worker looks
at each night."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """What was worked out: a table at a level, neighbourhoods summed, or topics together."""

    kind: str
    table: str
    level: str
    frequency: str
    topics: tuple[str, ...]
    topic: str = ""


def place_of(root: Path, recipe: Recipe, snapshot: str, rests_on: Sequence[str]) -> Path:
    """Where the outcome of a recipe stands: beside the snapshot of its counts, by all that it rests
    on."""
    said = json.dumps([METHOD, asdict(recipe), list(rests_on)])
    return root / "derived" / snapshot / hashlib.sha256(said.encode()).hexdigest()[:16]


def keep(root: Path, place: Path, table: CountTable) -> None:
    """Write a table with its expectation; one that is there already stays.

    Raises
    ------
    OSError
        When the disk does not take it.
    """
    with beside(place.parent, root) as folder:
        arrays = _arrays(table)
        for name, values in arrays.items():
            np.save(folder / f"{name}.npy", values)
        sums = {name: sha256_of(folder / f"{name}.npy") for name in arrays}
        text = json.dumps(_about(table) | {"sums": sums}, ensure_ascii=False)
        (folder / ABOUT).write_text(text, encoding="utf-8")
        try:
            put_in_place(folder, place)
        except OSError:
            if not place.is_dir():
                raise


def kept_at(place: Path) -> CountTable | None:
    """The table that stands there; None where there is none, or none that can be read."""
    try:
        about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
        if _weighs(place, about["sums"]) <= LOOKED_AT and (problem := problem_at(place)):
            raise ValueError(problem)
        return _table(about, {name: _mapped(place / f"{name}.npy") for name in about["sums"]})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s cannot be read and is made again: %s", place, error)
        return None


def problem_at(place: Path) -> str:
    """What is wrong with what stands there, in plain words; '' when it is whole."""
    try:
        sums = json.loads((place / ABOUT).read_text(encoding="utf-8"))["sums"]
    except (OSError, ValueError, KeyError, TypeError):
        return "de beschrijving (about.json) is beschadigd of ontbreekt"
    for name, expected in sums.items():
        file = place / f"{name}.npy"
        if not file.is_file() or sha256_of(file) != expected:
            return f"het bestand {file.name} is veranderd sinds het is geschreven, of ontbreekt"
    return ""


def _weighs(place: Path, names: Iterable[str]) -> int:
    return sum((place / f"{name}.npy").stat().st_size for name in names)


def all_kept(root: Path) -> Iterator[Path]:
    """Every place at which something stands."""
    return iter(sorted(root.glob("derived/*/[!.]*")))


def let_go(place: Path) -> None:
    """Take away what stands there; whoever looks at it still has it."""
    remove(place)
    if not any(place.parent.iterdir()):
        place.parent.rmdir()


def _arrays(table: CountTable) -> dict[str, Floats]:
    assert table.expectation is not None
    found = {
        "counts": table.panel.counts,
        "population": table.panel.population,
        "mean": table.expectation.predictive.mean,
        "variance": table.expectation.predictive.variance,
    }
    if not np.array_equal(table.expectation.observed, table.panel.counts, equal_nan=True):
        found["observed"] = table.expectation.observed
    return found if table.complete is None else {**found, "complete": table.complete}


def _about(table: CountTable) -> dict[str, Any]:
    panel = table.panel
    return {
        "areas": panel.areas,
        "topics": panel.topics,
        "periods": [str(p) for p in panel.periods],
        "groups": dict(panel.groups),
        "provisional": table.provisional,
        "open_months": table.open_months,
        "snapshot": table.snapshot,
        "summed": table.summed,
        "joined": [asdict(join) for join in table.joined],
        "broken": [asdict(gap) for gap in table.broken],
    }


def _table(about: dict[str, Any], arrays: dict[str, Floats]) -> CountTable:
    panel = Panel(
        arrays["counts"],
        tuple(about["areas"]),
        tuple(about["topics"]),
        tuple(Period.parse(text) for text in about["periods"]),
        arrays["population"],
        {area: tuple(above) for area, above in about["groups"].items()},
    )
    expectation = Expectation(
        arrays.get("observed", panel.counts), Predictive(arrays["mean"], arrays["variance"])
    )
    return CountTable(
        panel,
        expectation,
        tuple(about["provisional"]),
        about["snapshot"],
        about["summed"],
        tuple(about["open_months"]),
        arrays.get("complete"),
        tuple(Join(**join) for join in about["joined"]),
        tuple(Break(**{**gap, "others": tuple(gap["others"])}) for gap in about["broken"]),
    )


def _mapped(file: Path) -> Floats:
    """The array of a file; writing in it changes nothing on the disk."""
    values: Floats = np.asarray(np.load(file, mmap_mode="c"))
    return values
