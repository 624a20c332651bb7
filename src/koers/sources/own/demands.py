"""What a file must have before its rows are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from koers.sources.own.places import Gazetteer
from koers.tables.reading.book import BookError, Sheet

ROLE_TITLES = {
    "area": "de buurt",
    "latitude": "de breedtegraad",
    "longitude": "de lengtegraad",
    "topic": "het onderwerp",
    "period": "de maand of datum",
    "value": "het aantal",
}


def demand_columns(
    names: Sequence[str],
    columns: Mapping[str, str],
    kind: str,
    topic: str,
    places: Gazetteer,
) -> None:
    """Whether every column that is needed for this kind of file was chosen, and none twice.

    Raises
    ------
    BookError
        Saying which column to choose.
    """
    for role, name in columns.items():
        if name and name not in names:
            raise BookError(
                f"De kolom '{name}' staat niet in de kop. Kies een andere kolom voor"
                f" {ROLE_TITLES[role]}."
            )
    has = {role for role, name in columns.items() if name}
    if "period" not in has:
        raise BookError("Kies de kolom met de datum, de maand of het jaar.")
    if kind != "reports" and "value" not in has:
        raise BookError("Kies de kolom met het aantal.")
    if "area" not in has and not {"latitude", "longitude"} <= has:
        points = ", of de twee kolommen met de coördinaten" if kind == "reports" else ""
        raise BookError(f"Kies de kolom met de buurt, de wijk of de gemeente{points}.")
    if "topic" not in has and not topic:
        raise BookError("Kies de kolom met het onderwerp, of één onderwerp voor alle rijen.")
    if "area" not in has and not any(a.geometry for a in places.neighbourhoods):
        raise BookError(
            "Koers kent de grenzen van de buurten van deze gemeente nog niet en kan punten daarom"
            " niet tellen. Haal eerst de grenzen op, of kies de kolom met de naam van de buurt."
        )
    used = [name for name in columns.values() if name]
    if len(used) != len(set(used)):
        raise BookError("Eén kolom is twee keer gekozen. Kies voor elk onderdeel een andere kolom.")


def demand_no_merged(
    sheet: Sheet, header_row: int, names: Sequence[str], at: Mapping[str, int]
) -> None:
    """Whether no merged cells lie in the columns that are read.

    Raises
    ------
    BookError
        Naming rows and column.
    """
    for cells in sheet.merged:
        touched = [c for c in at.values() if cells.first_column <= c + 1 <= cells.last_column]
        if cells.last_row > header_row and touched:
            raise BookError(
                f"Rij {cells.first_row} tot en met {cells.last_row}, kolom '{names[touched[0]]}':"
                " samengevoegde cellen. Haal de samenvoeging weg en vul elke cel, dan weet Koers"
                " wat er bij welke rij hoort."
            )
