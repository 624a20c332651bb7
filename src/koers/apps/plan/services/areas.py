"""The districts and neighbourhoods of a municipality, in which a measure may be carried out.

Which areas there are is published, so they are asked of the public figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from koers.apps.intake.archive import public_shelf
from koers.charts import Chart
from koers.charts.chosen import chosen_map
from koers.figures.areas import Area
from koers.figures.shelf import Shelf, kept

INSIDE = ("district", "neighbourhood")


def areas_within(municipality: str) -> tuple[Area, ...]:
    """Its districts and neighbourhoods, as the figures know them, by code."""
    return _within(public_shelf(), municipality)


@kept(64)
def _within(shelf: Shelf, municipality: str) -> tuple[Area, ...]:
    known = shelf.areas.values()
    found = (a for a in known if a.level in INSIDE and shelf.municipality_of(a) == municipality)
    return tuple(sorted(found, key=lambda a: a.code))


def area_choices(municipality: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a form offers: a group for each district, with the district as a whole first."""
    found = areas_within(municipality)
    districts = [a for a in found if a.level == "district"]
    groups = [
        (
            d.name,
            [
                (d.code, f"{d.name} (hele wijk)"),
                *((a.code, a.name) for a in found if a.parent == d.code),
            ],
        )
        for d in districts
    ]
    inside = {d.code for d in districts}
    rest = [
        (a.code, a.name) for a in found if a.level == "neighbourhood" and a.parent not in inside
    ]
    return [*groups, *([("Buurten", rest)] if rest else [])]


def area_names(codes: Sequence[str]) -> list[str]:
    """The names of areas; a code that the figures do not know stays a code."""
    known = public_shelf().areas
    return [known[code].name if code in known else code for code in codes]


def map_of(municipality: str, name: str, codes: Sequence[str], title: str) -> Chart | None:
    """The neighbourhoods of a municipality with those that were chosen; None where no boundary or
    centre is known."""
    found = areas_within(municipality)
    whole = {a.code for a in found if a.level == "district" and a.code in codes}
    neighbourhoods = [a for a in found if a.level == "neighbourhood"] or list(found)
    chosen = {a.code for a in neighbourhoods if a.code in codes or a.parent in whole}
    if not any(a.geometry or a.latitude is not None for a in neighbourhoods):
        return None
    return chosen_map(name, title, neighbourhoods, chosen)
