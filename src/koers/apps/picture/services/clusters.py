"""Clusters that last until now: groups of neighbourhoods with more cases than they had otherwise,
whatever the boundaries."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction

from koers.analysis.clusters import Cluster as Found
from koers.analysis.clusters import (
    NoCirclesError,
    Places,
    ScanOptions,
    foretell,
    scan_foretold,
    shares_of_chance,
)
from koers.analysis.panel import Panel
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.picture.figures import counted_monthly
from koers.apps.picture.models import Cluster, ClusterSearch
from koers.figures.areas import Area
from koers.figures.shelf import Shelf
from koers.figures.topics import TOGETHER
from koers.indicators import Indicator

RATE = 0.1
LONGEST, LARGEST, REPLICATES, SEED = 6, 0.2, 999, 1
"""The longest that a cluster may last in months, the largest part of the expected cases in it, and
of chance."""
REACH = 0.15
"""Degrees around the municipality that are searched along: crime does not stop at a boundary."""


@dataclass(frozen=True)
class _Scanned:
    """What one kind came to: the areas and months, and the clusters of which a part lies in the
    municipality."""

    indicator: Indicator
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    snapshot: str
    clusters: tuple[Found, ...]


def searched_indicators(shelf: Shelf, municipality: str) -> list[Indicator]:
    """Kinds that are counted here by neighbourhood and month, and of which more is no good news."""
    return [
        i
        for i in counted_monthly(shelf, municipality)
        if i.searched and i.direction != "up" and i.numerator.scheme in ("crime", "nuisance")
    ]


def search_clusters(municipality: Municipality) -> ClusterSearch | None:
    """Search every kind and keep what was found; None where there are no monthly figures. Twice
    changes nothing."""
    shelf = public_shelf()
    indicators = searched_indicators(shelf, municipality.code)
    snapshots = sorted(
        {
            m.snapshot
            for i in indicators
            if (m := shelf.monthly_counts(i.numerator.scheme, i.topics, municipality.code))
            is not None
        }
    )
    done = ClusterSearch.objects.of(municipality).first()
    if not snapshots or (done is not None and done.snapshots == snapshots):
        return done
    scanned = [
        found for i in indicators if (found := _scan(shelf, i, municipality.code)) is not None
    ]
    return _keep(shelf, municipality, scanned, snapshots) if scanned else None


def _scan(shelf: Shelf, indicator: Indicator, municipality: str) -> _Scanned | None:
    """The scan of one kind against what was expected of it, in and around the municipality."""
    monthly = shelf.monthly_counts(indicator.numerator.scheme, indicator.topics, municipality)
    if monthly is None:
        return None
    complete = [t for t, late in enumerate(monthly.open_months) if not late]
    near = _near(shelf, monthly.panel, municipality) if complete else []
    if not near:
        return None
    panel = _together(monthly.panel, [area.code for area in near], complete[-1])
    foretold = foretell(panel)
    known = np.flatnonzero(foretold.known)
    codes = tuple(near[i].code for i in known)
    inside = [municipality in monthly.panel.groups.get(code, ()) for code in codes]
    if not any(inside):
        return None
    placed = [near[i] for i in known]
    places = Places(
        np.array([area.longitude for area in placed], dtype=np.float64),
        np.array([area.latitude for area in placed], dtype=np.float64),
        geographic=True,
    )
    try:
        options = ScanOptions(LARGEST, LONGEST, REPLICATES, SEED)
        scan = scan_foretold(places, foretold.of(known), options)
    except NoCirclesError:
        return None
    own = tuple(c for c in scan.clusters if any(inside[a] for a in c.areas))
    labels = tuple(str(period) for period in panel.periods)
    return _Scanned(indicator, codes, labels, monthly.snapshot, own)


def _together(panel: Panel, areas: list[str], last: int) -> Panel:
    """These areas up to a month, the topics added up to one; what is not published of one of them
    is not known of the sum."""
    cut = panel.select(areas=areas, until=panel.periods[last])
    return replace(cut, counts=cut.counts.sum(axis=1, keepdims=True), topics=(TOGETHER,))


def _near(shelf: Shelf, panel: Panel, municipality: str) -> list[Area]:
    """The areas of which the place is known in the municipality and within reach of it."""
    placed = [
        (area, area.longitude, area.latitude)
        for code in panel.areas
        if (area := shelf.areas.get(code)) is not None
        and area.longitude is not None
        and area.latitude is not None
    ]
    own = [(x, y) for area, x, y in placed if municipality in panel.groups.get(area.code, ())]
    if not own:
        return []
    west, east = min(x for x, _ in own) - 1.6 * REACH, max(x for x, _ in own) + 1.6 * REACH
    south, north = min(y for _, y in own) - REACH, max(y for _, y in own) + REACH
    return [area for area, x, y in placed if west <= x <= east and south <= y <= north]


@transaction.atomic
def _keep(
    shelf: Shelf, municipality: Municipality, scanned: list[_Scanned], snapshots: list[str]
) -> ClusterSearch:
    """Keep those of which at most one in ten is expected to be chance; what was found before makes
    room."""
    shares = shares_of_chance([np.array([c.p_value for c in s.clusters]) for s in scanned])
    for old in Cluster.objects.of(municipality):
        old.archive()
    for kind, of_kind in zip(scanned, shares, strict=True):
        for cluster, share in zip(kind.clusters, of_kind.tolist(), strict=True):
            if share <= RATE:
                _keep_one(shelf, municipality, kind, cluster, share)
    last = max(s.labels[-1] for s in scanned)
    search, _ = ClusterSearch.objects.update_or_create(
        municipality=municipality,
        period=last,
        defaults={
            "kinds": len(scanned),
            "areas": max(len(s.codes) for s in scanned),
            "months": max(len(s.labels) for s in scanned),
            "longest": LONGEST,
            "rate": RATE,
            "snapshots": snapshots,
        },
    )
    return search


def _keep_one(
    shelf: Shelf, municipality: Municipality, kind: _Scanned, found: Found, q: float
) -> None:
    known = shelf.areas
    codes = [kind.codes[a] for a in found.areas]
    Cluster.objects.create(
        municipality=municipality,
        indicator=kind.indicator.id,
        title=kind.indicator.title,
        areas=codes,
        names=[known[c].name for c in codes],
        first=kind.labels[found.first],
        last=kind.labels[found.last],
        observed=found.cases,
        expected=found.expected,
        radius=found.radius,
        p_value=found.p_value,
        q_value=q,
        snapshots=[kind.snapshot],
    )
