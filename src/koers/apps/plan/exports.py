"""The lines of a plan, to take along."""

from __future__ import annotations

from collections.abc import Iterable

from koers.apps.downloads import Download
from koers.apps.picture.readings import Reading
from koers.apps.plan.models import Action, Framework, Measure
from koers.apps.plan.services.outlook import GoalCourse

MEASURE_COLUMNS = (
    "Prioriteit",
    "Maatregel",
    "Soort",
    "Staat",
    "Begin",
    "Einde",
    "Eigenaar",
    "Partners",
    "Vaststelling",
)
ACTION_COLUMNS = ("Actie", "Maatregel", "Signaal", "Eigenaar", "Uiterlijk", "Staat", "Vaststelling", "Opmerking")
COURSES = {
    "on_course": "op koers", "off_course": "niet op koers", "unsure": "onzeker", "too_few": "te weinig gegevens",
}  # fmt: skip


def measures(found: Iterable[Measure], caption: str = "Maatregelen") -> Download:
    rows = [
        (str(m.priority), m.title, m.get_kind_display(), m.get_state_display(), m.start, m.end,
         str(m.owner or m.owner_department), ", ".join(str(p) for p in m.partners.all()), m.get_adoption_display())
        for m in found
    ]  # fmt: skip
    return Download("maatregelen", caption, MEASURE_COLUMNS, rows)


def actions(found: Iterable[Action], caption: str = "Acties") -> Download:
    rows = [
        (a.title, str(a.measure or ""), str(a.signal or ""), a.owner_label, a.due, a.get_state_display(),
         a.get_adoption_display(), a.note)
        for a in found
    ]  # fmt: skip
    return Download("acties", caption, ACTION_COLUMNS, rows)


def goals(found: Iterable[GoalCourse], caption: str = "Doelen") -> Download:
    """Goals with their course, as it follows from the figures."""
    rows = [
        (str(c.goal.priority), str(c.goal), c.goal.target, c.goal.due, COURSES.get(c.outlook.state, "nog geen cijfers"),
         c.outlook.text, c.goal.get_adoption_display())
        for c in found
    ]  # fmt: skip
    columns = ("Prioriteit", "Doel", "Streefwaarde", "Op", "Koers", "Toelichting", "Vaststelling")
    return Download("doelen", caption, columns, rows)


def frameworks(found: Iterable[Framework], caption: str) -> Download:
    rows = [
        (str(f), f.get_level_display(), f"{f.start_year}" + (f"–{f.end_year}" if f.end_year != f.start_year else ""),
         str(f.follows or ""), "; ".join(f.themes))
        for f in found
    ]  # fmt: skip
    return Download("kaders", caption, ("Kader", "Niveau", "Looptijd", "Volgt uit", "Thema's"), rows)


def readings(found: Iterable[Reading], caption: str) -> Download:
    """The indicators of a priority, own figures and those of the country told apart."""
    found = list(found)
    rows = [
        (r.indicator.title, r.recent, r.indicator.unit_label, r.recent_label,
         r.shown.name if r.shown else "", r.verdict if r.available else "") for r in found
    ]  # fmt: skip
    columns = ("Onderwerp", "Aantal", "Eenheid", "Waarover", "Gebied", "Verschil")
    return Download("cijfers", caption, columns, rows, [r.source_line for r in found])
