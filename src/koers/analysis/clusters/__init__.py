"""Clusters: where, regardless of boundaries? (METHODS 2)"""

from koers.analysis.clusters.family import shares_of_chance
from koers.analysis.clusters.foretold import Foretold, foretell, scan_foretold
from koers.analysis.clusters.near_repeat import (
    NearRepeatOptions,
    NearRepeats,
    PairsCell,
    near_repeats,
)
from koers.analysis.clusters.scan import (
    Cluster,
    NoCirclesError,
    Places,
    Scan,
    ScanOptions,
    scan_permutation,
    scan_poisson,
)

__all__ = [
    "Cluster",
    "Foretold",
    "NearRepeatOptions",
    "NearRepeats",
    "NoCirclesError",
    "PairsCell",
    "Places",
    "Scan",
    "ScanOptions",
    "foretell",
    "near_repeats",
    "scan_foretold",
    "scan_permutation",
    "scan_poisson",
    "shares_of_chance",
]
