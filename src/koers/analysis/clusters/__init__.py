"""Clusters: where, regardless of boundaries? (METHODS 2)"""

from koers.analysis.clusters.scan import (
    Cluster,
    NoCirclesError,
    Places,
    Scan,
    ScanOptions,
    scan_permutation,
    scan_poisson,
)

__all__ = ["Cluster", "NoCirclesError", "Places", "Scan", "ScanOptions", "scan_permutation", "scan_poisson"]
