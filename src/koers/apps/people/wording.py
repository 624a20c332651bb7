"""Finding words in a text however they are written: in any case, with other accents, apostrophes
and hyphens, and over any white space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_SAME = str.maketrans("\u2019\u2018\u02bc\u00b4`\u2010\u2011\u2013\u2212", "'''''----")


def replacing(
    words: str, new: str, *, any_case: bool = True, before: str = r"\w"
) -> Callable[[str], str]:
    """A function that puts ``new`` for these words, as whole words; ``before``: what may not stand
    in front of them."""
    parts = r"\s+".join(map(re.escape, _folded(words)[0].split()))
    flags = re.IGNORECASE if any_case else re.NOFLAG
    pattern = re.compile(rf"(?<![{before}]){parts}(?!\w)", flags)

    def change(text: str) -> str:
        folded, places = _folded(text)
        made, done = [], 0
        for found in pattern.finditer(folded):
            end = places[found.end() - 1] + 1
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            made += [text[done : places[found.start()]], new]
            done = end
        return "".join([*made, text[done:]]) if made else text

    return change


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without accents and with one kind of apostrophe and hyphen, and where each letter of
    it stands in the text."""
    if text.isascii():
        return text.translate(_SAME), list(range(len(text)))
    letters, places = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter):
            if not unicodedata.combining(part):
                letters.append(part.translate(_SAME))
                places.append(place)
    return "".join(letters), places
