"""What letters a text may hold: the one rule for forms, addresses, files, charts and documents.

Refused are those that no page, document or database can keep: control characters, halves of a
surrogate pair, private-use characters (which mean something in one font only), those that turn the
direction of what follows, and numbers that stand for no character at all. Tab and line end stay.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST_TEXT = 20_000
"""Letters of one text field, where nothing shorter is said."""

MOST_DIGITS = 18
"""Of a number in an address or a form: what both databases can hold."""

_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"
    + "".join(f"{chr(0x10000 * n + 0xFFFE)}{chr(0x10000 * n + 0xFFFF)}" for n in range(1, 15))
    + "\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
# What Word puts in a text: the bullets of its font Symbol, a line end within a paragraph, a page.
_MEANT = {
    "\x0b": "\n",
    "\x0c": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\uf0b7": "•",
    "\uf0a7": "•",
    "\uf0d8": "•",
    "\uf076": "•",
    "\uf06e": "•",
    "\uf06f": "•",
    "\uf0fc": "✓",
    "\uf0e0": "→",
    "\uf0e8": "→",
    "\uf02d": "-",
    "\uf0be": "-",
}


def is_clean(text: str) -> bool:
    """Whether a text holds only letters that can be kept."""
    return text.isprintable() or _UNREADABLE.search(text) is None


def cleaned(text: str) -> str:
    """The text without what cannot be kept; what Word writes for a bullet, an arrow or a line end
    becomes one, and a byte of Windows that was read as a control character the letter it was."""
    return text if is_clean(text) else _UNREADABLE.sub(lambda found: _meant(found[0]), text)


def _meant(letter: str) -> str:
    if letter in _MEANT:
        return _MEANT[letter]
    if "\x80" <= letter <= "\x9f":
        return letter.encode("latin-1").decode("cp1252", "ignore")
    return ""


def cleaned_deep(value: Any) -> Any:
    """The same for every text in lists and dicts (of which the keys stay as they are)."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return {key: cleaned_deep(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned_deep(inner) for inner in value]
    return value


def whole_number(text: object) -> int | None:
    """A number as it stands in an address or a hidden field; None for anything else: '²' and '٣'
    are digits to Python, and a number of 5,000 digits is none of ours."""
    written = str(text or "")
    if not (written.isascii() and written.isdigit()) or len(written) > MOST_DIGITS:
        return None
    return int(written)
