"""Which letters the fonts of a PDF have: what they lack is replaced, because a PDF/A with a letter
that cannot be shown is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

NOT_SHOWN = "□"
MOST_TRIES = 60
# In none of the fonts that come with Typst: Chinese, Japanese, Korean, emoji, flags.
_NOWHERE = re.compile(
    "[\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uff60"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
# What belongs to the letter before it: the parts of one emoji.
_PARTS = f"(?:[\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]+{NOT_SHOWN}?)+"
_ALWAYS = frozenset("€–—‘’“”„…•→✓□≤≥×−")
_LAST_LATIN = "\u024f"


def with_replaced(text: str, missing: Iterable[str]) -> str:
    """The text with a box for each letter in ``missing``, one for an emoji that is made of
    several."""
    found = "".join(map(re.escape, missing))
    if found:
        text = re.sub(f"[{found}]", NOT_SHOWN, text)
    text = re.sub(f"{NOT_SHOWN}{_PARTS}", NOT_SHOWN, text)
    return re.sub(f"{NOT_SHOWN}{{2,}}", lambda boxes: boxes[0][:3], text)


def missing_in(text: str, can_show: Callable[[str], bool]) -> set[str]:
    """The letters of a text that cannot be shown, found by trying: ``can_show`` takes letters and
    says whether all of them can. What is not known after ``MOST_TRIES`` counts as missing."""
    unusual = unusual_in(text)
    missing = {c for c in unusual if _NOWHERE.match(c)}
    waiting, tries = [sorted(unusual - missing)], 0
    while waiting:
        letters = waiting.pop()
        if not letters:
            continue
        tries += 1
        if tries <= MOST_TRIES and can_show(" ".join(letters)):
            continue
        if tries > MOST_TRIES or len(letters) == 1:
            missing.update(letters)
            continue
        half = len(letters) // 2
        waiting += [letters[:half], letters[half:]]
    return missing


def unusual_in(text: str) -> set[str]:
    """Every letter that is not Latin and no common sign."""
    return {c for c in text if c > _LAST_LATIN and c not in _ALWAYS}
