"""Where later apps take part in the picture."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from koers import dutch
from koers.apps.people.models import Municipality
from koers.apps.people.registry import Place
from koers.apps.picture.models import Signal
from koers.figures.areas import Area
from koers.figures.shelf import Shelf
from koers.indicators import Indicator


@dataclass(frozen=True)
class OwnNumber:
    """``part`` of ``whole`` (both counts), and in words what they are of."""

    part: int
    whole: int
    words: str

    @property
    def share(self) -> str:
        """The share in words; of none there is no share."""
        return f"{dutch.number(100 * self.part / self.whole)} %" if self.whole else ""


OWN_NUMBERS = Place[[Shelf, Municipality], OwnNumber](
    "picture.own-numbers", "wat Koers van zichzelf telt; de naam is het onderwerp van de indicator"
)
SIGNAL_PANELS = Place[[HttpRequest, Signal], str](
    "picture.signal", "HTML bij een signaal: wat ermee gebeurt"
)
INDICATOR_PANELS = Place[[HttpRequest, Indicator], str](
    "picture.indicator", "HTML bij een cijfer in de eigen gemeente: wat het plan erover zegt"
)
AREA_PANELS = Place[[HttpRequest, Area], str](
    "picture.area", "HTML bij een buurt, wijk of gemeente: wat daar gebeurt"
)
