"""With which municipalities one is compared: the nearest by key figures, or those that its people
chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from koers.analysis.comparison import nearest_peers
from koers.analysis.panel import Floats
from koers.apps.picture.models import PeerChoice
from koers.figures.queries.key_figures import newest_key_figures
from koers.figures.shelf import Shelf, kept

PEERS = 8


@dataclass(frozen=True)
class Feature:
    """A key figure by which municipalities are held against each other, as log where it spans
    orders of magnitude."""

    topic: str
    title: str
    decimals: int = 0
    log: bool = True


FEATURES = (
    Feature("inhabitants", "inwoners"),
    Feature("density", "inwoners per km²"),
    Feature("dwellings", "woningen"),
    Feature("premises", "bedrijfsvestigingen"),
    Feature("age-65-plus", "inwoners van 65 jaar en ouder"),
    Feature("urbanity", "stedelijkheid (1 = zeer sterk, 5 = niet)", log=False),
)
PER_INHABITANT = ("dwellings", "premises", "age-65-plus")


@dataclass(frozen=True)
class KeyFigures:
    """Municipalities and their newest key figures (codes, features); only features that are
    loaded."""

    codes: tuple[str, ...]
    features: tuple[Feature, ...]
    values: Floats


@dataclass(frozen=True)
class Peers:
    """``by`` says what they were chosen by; ``chosen`` is True where people chose them."""

    codes: tuple[str, ...]
    by: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def reason(self) -> str:
        if self.chosen:
            return "zelf gekozen"
        if not self.by:
            return ""
        words = f"{', '.join(self.by[:-1])} en {self.by[-1]}" if len(self.by) > 1 else self.by[0]
        return f"lijken het meest op grond van {words}"


@kept(1)
def key_figures(shelf: Shelf) -> KeyFigures:
    """The newest key figures of every municipality."""
    known = newest_key_figures(shelf.store, shelf.ids)
    features = tuple(f for f in FEATURES if any(topic == f.topic for _, topic in known))
    codes = tuple(sorted({area for area, _ in known}))
    values = np.array(
        [[known.get((code, f.topic), np.nan) for f in features] for code in codes], dtype=np.float64
    )
    return KeyFigures(codes, features, values.reshape(len(codes), len(features)))


def peers_of(shelf: Shelf, municipality: str) -> Peers:
    """Those that people chose, else the nearest by the key figures that are loaded; none without
    key figures."""
    choice = PeerChoice.objects.filter(municipality__code=municipality, archived_at=None).first()
    if choice is not None:
        return Peers(tuple(choice.codes), chosen=True)
    return nearest(shelf, municipality)


@kept(256)
def nearest(shelf: Shelf, municipality: str) -> Peers:
    """The municipalities nearest in the key figures that this one has, in standard deviations."""
    found = key_figures(shelf)
    if municipality not in found.codes:
        return Peers(())
    own = found.codes.index(municipality)
    there = np.isfinite(found.values[own])
    used = [f for f, known in zip(found.features, there, strict=True) if known]
    if not used:
        return Peers(())
    near = nearest_peers(_comparable(found.values[:, there], used), own, PEERS)
    return Peers(tuple(found.codes[i] for i in near), tuple(f.title.split(" (")[0] for f in used))


def _comparable(values: Floats, features: Sequence[Feature]) -> Floats:
    """Sizes as logarithms; what grows with the number of inhabitants is taken per inhabitant, so
    that size counts once."""
    columns = []
    topics = [f.topic for f in features]
    people = values[:, topics.index("inhabitants")] if "inhabitants" in topics else None
    for k, feature in enumerate(features):
        column = values[:, k]
        if feature.topic in PER_INHABITANT and people is not None:
            column = column / people
        columns.append(np.log(column) if feature.log else column)
    return np.stack(columns, axis=1)
