"""A value of a table as a program other than Excel's CSV takes it."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np

# What XML cannot hold; such letters come with texts that were pasted.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def plain_value(value: Any) -> str | int | float | Decimal | date | None:
    """A number, day, moment (without time zone) or text; None for nothing; 'ja' and 'nee'."""
    if value is None or value == "":
        return None
    if isinstance(value, (bool, np.bool_)):
        return "ja" if value else "nee"
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _number(float(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, date) else _NO_XML.sub("", str(value))


def _number(value: float) -> float | str | None:
    if math.isinf(value):
        return "oneindig" if value > 0 else "min oneindig"
    return None if math.isnan(value) else value
