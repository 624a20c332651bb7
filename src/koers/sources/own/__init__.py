"""Files of one's own: which columns mean what, what was counted, and which rows could not be
read."""

from koers.sources.own.counted import Cases, Counted, Problem, Wanted
from koers.sources.own.counting import count
from koers.tables.reading.book import Book, BookError, open_book

# The source of every snapshot of own figures; what bears it is internal.
OWN = "eigen"

__all__ = [
    "OWN",
    "Book",
    "BookError",
    "Cases",
    "Counted",
    "Problem",
    "Wanted",
    "count",
    "open_book",
]
