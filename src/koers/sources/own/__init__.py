"""Files of one's own: which columns mean what, what was counted, and which rows could not be read."""

from koers.sources.own.book import Book, BookError, open_book
from koers.sources.own.counting import Counted, Problem, Wanted, count

# The source of every snapshot of own figures; what bears it is internal.
OWN = "eigen"

__all__ = ["OWN", "Book", "BookError", "Counted", "Problem", "Wanted", "count", "open_book"]
