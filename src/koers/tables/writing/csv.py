"""Tables that Dutch Excel opens: semicolon, decimal comma, byte order mark; a text that looks like
a formula is defused."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from koers.figures.text import harmless

EXACT_IN_EXCEL = 10**15


def rows_to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The bytes of a CSV file with a header row. Numbers are written in full; ``text.as_meant``
    gives a text back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "ja" if value else "nee"
    if isinstance(value, (Real, Decimal)):
        return _number(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else harmless(str(value))


def _number(value: Any) -> str:
    """The shortest text that is this number and no other; no number is no text."""
    if isinstance(value, (int, np.integer)):
        return str(value)
    found = float(value)
    if math.isnan(found):
        return ""
    if math.isinf(found):
        return "oneindig" if found > 0 else "min oneindig"
    if found.is_integer() and abs(found) < EXACT_IN_EXCEL:
        return str(int(found))
    return repr(found).replace(".", ",")
