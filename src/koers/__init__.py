"""Koers runs the local safety cycle of a Dutch municipality, from published figures to a
decision."""

__version__ = "0.1.0"
