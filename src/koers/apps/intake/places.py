"""Where later apps take part in the intake, and what it tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koers.apps.people.models import Municipality
from koers.apps.people.registry import Announcement, Place, Question

FIGURES_REGION = Question[[Municipality], Sequence[str]](
    "intake.region", "de gemeenten van wie de cijfers meekomen, als codes"
)
INDICATOR_USES = Place[[Municipality, str], Sequence[str]](
    "intake.indicator-uses", "waar een eigen indicator wordt gebruikt, in woorden; naar zijn id"
)


@dataclass(frozen=True)
class FiguresChanged:
    """Figures came in: ``snapshots`` are the new ones."""

    snapshots: tuple[str, ...]


FIGURES_CHANGED = Announcement[FiguresChanged](
    "intake.figures-changed", "er zijn cijfers binnengekomen"
)
