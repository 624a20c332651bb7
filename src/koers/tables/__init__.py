"""Tables in and out: files and pasted rows as cells, one description of a table's columns, and the
pages and files that are made of it."""

from koers.tables.column import Column, Place, controls, drawing
from koers.tables.kinds import DAY, LINES, MOMENT, NUMBER, PERIOD, TEXT, YES_NO
from koers.tables.table import Head, Look, Table

__all__ = [
    "DAY",
    "LINES",
    "MOMENT",
    "NUMBER",
    "PERIOD",
    "TEXT",
    "YES_NO",
    "Column",
    "Head",
    "Look",
    "Place",
    "Table",
    "controls",
    "drawing",
]
