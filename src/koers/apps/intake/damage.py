"""That figures are damaged, in words for whoever reads them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from koers import dutch
from koers.figures.health import Damage
from koers.figures.manifest import Manifest


def damaged_words(damage: Damage) -> str:
    """Which figures, and what stands in their place."""
    title = f"{damage.title} ({damage.table})" if damage.title else f"tabel {damage.table}"
    if damage.instead is None:
        return f"Beschadigd: de cijfers van {title}. Er zijn geen eerdere."
    day = dutch.day(timezone.localdate(damage.instead.manifest.retrieved))
    return f"Beschadigd: de nieuwste cijfers van {title}. U ziet die van {day}."


def state_words(manifest: Manifest, now: datetime) -> str:
    """How figures in use stand; that their date cannot be right, where a clock was wrong."""
    if manifest.is_ahead(now):
        return "in gebruik; de datum van ophalen klopt niet, de klok van de computer liep voor"
    return "in gebruik"
