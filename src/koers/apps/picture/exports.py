"""The tables of the picture, to take along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from koers.apps.downloads import Download
from koers.apps.picture.evidence import Margin
from koers.apps.picture.models import Cluster, Signal
from koers.apps.picture.readings import Reading, source_line
from koers.dutch import number

READING_COLUMNS = ("Onderwerp", "Eenheid", "Waarover", "Aantal", "Ervoor", "Verschil")
SIGNAL_COLUMNS = ("Gebied", "Code", "Onderwerp", "Maand", "Maanden samen", "Richting", "Geteld", "Verwacht",
                  "Ondergrens 95 %", "Bovengrens 95 %", "p", "q", "Staat", "Reden")  # fmt: skip


def readings(name: str, caption: str, found: Sequence[Reading]) -> Download:
    """Indicators with their figure of now and the one before; what is not published is empty."""
    rows = [
        (r.indicator.title, r.indicator.unit_label, _about(r), r.recent, r.before, r.verdict if r.available else "")
        for r in found
    ]
    return Download(name, caption, READING_COLUMNS, rows, [r.source_line for r in found])


def elsewhere(name: str, caption: str, found: Sequence[Reading]) -> Download:
    """Indicators without figures here: what there is of the country, or which table Koers waits for."""
    rows = [
        (r.indicator.title, r.indicator.theme_title, r.recent if r.national else None, _about(r), r.indicator.waits_for)
        for r in found
    ]
    columns = ("Onderwerp", "Thema", "Landelijk", "Waarover", "Wacht op tabel")
    return Download(name, caption, columns, rows, [r.source_line for r in found])


def _about(found: Reading) -> str:
    return f"{found.recent_label}, heel Nederland" if found.national else found.recent_label


def signals(name: str, caption: str, found: Iterable[Signal]) -> Download:
    """Signals as the screening found them, with what a person did with each."""
    found = list(found)
    rows = [
        (s.area_name, s.area_code, s.topic_title, s.period, s.window, s.get_kind_display(), s.observed, s.expected,
         s.lower, s.upper, s.p_value, s.q_value, s.get_state_display(), s.reason)
        for s in found
    ]  # fmt: skip
    return Download(name, caption, SIGNAL_COLUMNS, rows, [_origin(s.snapshots) for s in found])


def clusters(name: str, caption: str, found: Iterable[Cluster]) -> Download:
    found = list(found)
    rows = [
        (c.title, ", ".join(c.names), " ".join(c.areas), c.first, c.last, c.observed, c.expected, c.radius, c.p_value,
         c.q_value)
        for c in found
    ]  # fmt: skip
    columns = ("Onderwerp", "Buurten", "Codes", "Van", "T/m", "Geteld", "Verwacht", "Straal in km", "p", "q")
    return Download(name, caption, columns, rows, [_origin(c.snapshots) for c in found])


def _origin(snapshots: Sequence[str]) -> str:
    """The sources of a signal; a snapshot that was thinned out since is named by its id."""
    found = []
    for snapshot in snapshots:
        try:
            found.append(source_line(snapshot))
        except KeyError:
            found.append(f"Peilmoment {snapshot}.")
    return " ".join(found)


def margins(name: str, caption: str, found: Sequence[Margin]) -> Download:
    columns = ("Kans", "Zonder verandering ligt het aantal tussen", "Ondergrens", "Bovengrens")
    rows = [(f"{m.level} %", f"{number(m.lower)} en {number(m.upper)}", m.lower, m.upper) for m in found]
    return Download(name, caption, columns, rows)
