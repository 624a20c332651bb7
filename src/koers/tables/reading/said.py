"""Words that people use for "nothing" and "not known yet", and a text made fit for comparison."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

NOTHING = frozenset(
    {"", "-", "--", "n.v.t", "nvt", "niet van toepassing", "geen", "/", "x", "n.v.t. "}
)
UNKNOWN = frozenset(
    {
        "?",
        "n.t.b",
        "ntb",
        "nog te bepalen",
        "nader te bepalen",
        "nader in te vullen",
        "n.n.b",
        "nnb",
        "nog niet bekend",
        "onbekend",
        "pm",
        "p.m",
        "pro memorie",
        "tbd",
        "t.b.d",
        "volgt",
        "nog te plannen",
        "nog niet gepland",
        "nader te plannen",
    }
)
_REMARK = re.compile(r"\s*\([^()\d]*\)")


def said(cell: Any) -> str:
    """A cell as text: a whole number without its zero, a day without its midnight."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return (
            f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else f"{cell:%Y-%m-%d %H:%M}"
        )
    if isinstance(cell, date):
        return cell.isoformat()
    return re.sub(r"\r\n?", "\n", str(cell)).strip()


def plain(text: str) -> str:
    """A text for comparison: small letters, no double spaces, no point at the end."""
    return " ".join(text.lower().replace("\u00a0", " ").split()).rstrip(".:")


def without_remarks(text: str) -> str:
    """Without what stands between brackets, where that holds no number."""
    return " ".join(_REMARK.sub(" ", text).split())
