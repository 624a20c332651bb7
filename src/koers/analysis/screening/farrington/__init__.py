"""Farrington Flexible: each count against the same season of the years before (Noufaily et al.
2013)."""

from koers.analysis.screening.farrington.method import FarringtonResult, farrington
from koers.analysis.screening.farrington.options import FarringtonOptions, UnsuitableOptionsError

__all__ = ["FarringtonOptions", "FarringtonResult", "UnsuitableOptionsError", "farrington"]
