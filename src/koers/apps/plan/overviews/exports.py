"""The tables of these pages, to take along."""

from __future__ import annotations

from collections.abc import Iterable

from koers.apps.downloads import Download
from koers.apps.plan.models import Action
from koers.apps.plan.overviews.rows import Row

MEASURES = ("Maatregel", "Prioriteit", "Soort", "Staat", "Eigenaar", "Partners", "Begin", "Einde", "Acties open", "Acties",
            "Aandacht", "Vaststelling")  # fmt: skip
ACTIONS = ("Actie", "Maatregel", "Signaal", "Eigenaar", "Uiterlijk", "Staat", "Aandacht", "Vaststelling", "Opmerking")
MINE = ("Wat", "Regel", "Onder", "Mijn rol", "Uiterlijk", "Staat", "Aandacht")


def measures(found: Iterable[Row], caption: str = "Maatregelen") -> Download:
    rows = [
        (m.title, str(m.priority), m.get_kind_display(), m.get_state_display(), str(m.owner or "") or m.owner_department,
         ", ".join(str(p) for p in m.partners.all()), m.start, m.end, m.open_steps, m.steps, row.attention,
         m.get_adoption_display())
        for row in found if (m := row.line)
    ]  # fmt: skip
    return Download("maatregelen", caption, MEASURES, rows)


def actions(found: Iterable[Row], caption: str = "Acties") -> Download:
    rows = [
        (a.title, str(a.measure or ""), str(a.signal or ""), a.owner_label, a.due, a.get_state_display(), row.attention,
         a.get_adoption_display(), a.note)
        for row in found if (a := row.line)
    ]  # fmt: skip
    return Download("acties", caption, ACTIONS, rows)


def mine(found: Iterable[Row], user) -> Download:
    """What somebody owns or stands in for."""
    rows = []
    for row in found:
        line, is_action = row.line, isinstance(row.line, Action)
        role = "eigenaar" if line.owner_id == user.pk else "vervanger"
        above = (line.measure or line.signal or "") if is_action else line.priority
        rows.append((line.title, "actie" if is_action else "maatregel", str(above), role,
                     line.due if is_action else line.end, line.get_state_display(), row.attention))  # fmt: skip
    return Download("mijn-werk", "Mijn werk", MINE, rows)
