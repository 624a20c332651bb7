"""What a sentence claims: a number in it was counted, or a word beside it says what it is.

One rule for every sentence that Koers makes. Tests read all of them with it; a new kind of number
needs a word here, not an exception.
"""

from __future__ import annotations

import re
from collections.abc import Collection

INTRODUCED_BY = (
    "verwacht",
    "nodig",
    "grens",
    "marge",
    "gemiddeld",
    "geschat",
    "kans",
    "streefwaarde",
    "waarschijnlijk",
    "hoogstens",
    "toeval",
    "plaats",
)
"""What tells that a number was not counted; it stands in the same clause."""
CHANGE = ("meer", "minder", "verschil", "veranderde", "sprong", "daalde", "steeg", "daling")
"""What tells that a percentage is a difference between two counts."""

MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
# Not a claim about cases: moments and spans of time, what is counted by, codes of tables and areas,
# q and p.
_NO_CLAIM = re.compile(
    rf"\b\d{{1,2}} (?:{MONTH}) \d{{4}}\b|\b(?:{MONTH}) \d{{4}}\b|\b\d+ maand(?:en)?\b"
    r"|\b\d{1,2}-\d{1,2}-\d{4}\b|\b\d{4}-\d{2}\b|\bper 1\.000\b|\b\d{5}NED\b|\b[A-Z]{2}\d{2,}\w*"
    r"|\bpeilmoment [0-9a-f]+\b|\b95 %-marge|\bper \d[\d.]*\b|\(1 = [^)]*\)|\b[qp] [=<] [\d,]+",
    re.I,
)
_YEAR = re.compile(
    r"\b(?:in|van|tot|sinds|en met|t/m|vanaf|ervoor|jaar|bij|,) ((?:19|20)\d{2})\b", re.I
)
_NUMBER = re.compile(r"[+\-−]?\d+(?:\.\d{3})*(?:,\d+)?(?: %)?")
_CLAUSE = re.compile(r"[;:()]\s*|\.\s+|,\s+")


def unexplained(sentence: str, counted: Collection[str]) -> list[str]:
    """The numbers in a sentence that were not counted and of which nothing says what they are.

    ``counted`` are the counted numbers as they are written ('1.234'). A word that introduces a
    number stands in the same clause, or before the colon or bracket that opens it.
    """
    text = _YEAR.sub(lambda found: found[0].replace(found[1], ""), _NO_CLAIM.sub(" ", sentence))
    wrong: list[str] = []
    for clause, introduced in _clauses(text):
        for found in _NUMBER.findall(clause):
            if found.strip("+-− %") in counted:
                continue
            words = f"{introduced} {clause}".lower()
            is_change = found.endswith("%") and any(word in words for word in CHANGE)
            if not is_change and not any(word in words for word in INTRODUCED_BY):
                wrong.append(found)
    return wrong


def _clauses(text: str) -> list[tuple[str, str]]:
    """Each clause, with what introduces it: the clause before its colon, bracket or comma; after a
    full stop or a semicolon nothing does."""
    found, before, start = [], "", 0
    for mark in [*_CLAUSE.finditer(text), None]:
        end = mark.start() if mark else len(text)
        clause = text[start:end]
        found.append((clause, before))
        if mark is None:
            break
        kind = mark[0].strip()
        before = clause if kind in (":", "(") else before if kind == ")" else ""
        start = mark.end()
    return found
