"""The figures as they are known at one moment: which snapshots, and what was worked out of them."""

from koers.figures.shelf.cache import ShelfCache
from koers.figures.shelf.derived import Recipe
from koers.figures.shelf.kept import kept
from koers.figures.shelf.shelf import Shelf
from koers.figures.shelf.tables import CountTable, MonthlyCounts

__all__ = ["CountTable", "MonthlyCounts", "Recipe", "Shelf", "ShelfCache", "kept"]
