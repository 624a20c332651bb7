"""A form as somebody would fill it in."""

from __future__ import annotations

import random
from typing import Any, Protocol

from benchmarks.fuzz import hostile
from benchmarks.fuzz.site import Form


class GoodFiles(Protocol):
    """Files as they should be."""

    def good(self, chance: random.Random) -> Any: ...


def filled(form: Form, chance: random.Random, files: GoodFiles) -> list[tuple[str, Any]]:
    """Its fields with a value each, most of them."""
    sent: list[tuple[str, Any]] = []
    for name, (kind, value, choices) in form.fields.items():
        if kind == "file":
            sent.append((name, files.good(chance)))
        elif choices:
            wanted = [choice for choice in choices if choice] or choices
            sent.append((name, value or chance.choice(wanted)))
        elif kind == "hidden" or (value and chance.random() < 0.7):
            sent.append((name, value))
        elif kind != "checkbox" or chance.random() < 0.6:
            sent.append((name, value or hostile.usual(kind, chance)))
    if form.buttons:
        sent.append(chance.choice(form.buttons))
    return sent
