"""Invented figures of a municipality that does not exist, so that a first start without a network
shows everything."""

from koers.sources.example.write import EXAMPLE, write_example

__all__ = ["EXAMPLE", "write_example"]
