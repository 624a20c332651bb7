"""What people, programs and files send that nobody meant to receive."""

from __future__ import annotations

import random

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "bel\x07",
    "\x1b[31m",
    "\uf0b7 punt",
    "half \ud800 paar",
    "\udfff",
    "\U0010ffff",
    "\ufffe",
    "om\u202ekeer",
    "regel\x0bregel\x0c\u2028",
    "😀👨‍👩‍👧❤️🇳🇱",
    "السلام عليكم שלום 平和 สวัสดี",
    "é" * 201,
    "😀" * 120,
    "a" * 300,
    "woord " * 5_000,
    "A" * 25_000,
    "\n" * 2_000,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    '"; DROP TABLE plan_action; --',
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% load x %}",
    "%s%n%x",
    "../../../../etc/passwd",
    "#set page(width: 1pt)",
    "\\begin{document}",
    "]]><x/>",
    "&#0;&amp;&lt;",
    "[]",
    '{"a": [1, null]}',
    "null",
    "True",
    "None",
    "Laan van A. B. 12 0612345678 a@b.nl " * 40,
)
NUMBERS = (
    "0",
    "-1",
    "²",
    "٣",
    "1_000",
    "1e400",
    "-1e400",
    "nan",
    "inf",
    "1,5",
    "1.234,5",
    "0x10",
    "9" * 20,
    "9" * 5_000,
    str(2**31),
    str(2**63),
    str(-(2**63) - 1),
    "1e308",
    "0.0000000001",
    "99999",
)
DAYS = (
    "1000-01-01",
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "-2026-01-01",
    "1990-01-01",
    "2100-12-31",
    "2101-01-01",
    "26-1-1",
    "31-12-2026",
    "2026-W53-7",
    "vandaag",
    "9" * 300 + "-01-01",
)
ALL = TEXTS + NUMBERS + DAYS


def value(chance: random.Random) -> str:
    """Something hostile; now and then two of them together."""
    found = chance.choice(ALL)
    return found if chance.random() < 0.9 else found + chance.choice(TEXTS)


def usual(kind: str, chance: random.Random) -> str:
    """Something that a field of this kind takes."""
    match kind:
        case "number":
            return str(chance.choice((1, 2, 3, 12, 40)))
        case "date":
            return f"20{chance.randint(24, 29)}-{chance.randint(1, 12):02d}-15"
        case "email":
            return f"iemand{chance.randint(1, 10**6)}@voorbeeld.invalid"
        case "checkbox" | "radio":
            return "on"
        case _:
            return f"Toezicht in de avond {chance.randint(1, 10**6)}"
