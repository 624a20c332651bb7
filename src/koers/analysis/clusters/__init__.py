"""Clusters: where, regardless of boundaries? (METHODS 2)"""

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
    "NearRepeatOptions",
    "NearRepeats",
    "NoCirclesError",
    "PairsCell",
    "Places",
    "Scan",
    "ScanOptions",
    "near_repeats",
    "scan_permutation",
    "scan_poisson",
]
