"""The counted result of a survey from a CSV file: theme, group, count and, where given, the respondents of the group."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

from django.db import transaction
from scipy import stats

from koers.apps.consultation.models import Survey, SurveyCount
from koers.apps.plan.models import Plan
from koers.figures.text import DamagedTextError, as_meant, decode, first_line

NAMES = {"theme": ("theme", "thema"), "group": ("group", "groep"), "count": ("count", "aantal"),
         "respondents": ("respondents", "deelnemers")}  # fmt: skip


class SurveyFileError(ValueError):
    """A file that cannot be read: row, column and what to do."""


@dataclass(frozen=True)
class Row:
    theme: str
    group: str
    count: int
    respondents: int | None


@dataclass(frozen=True)
class Share:
    """How many of a group named a theme: share with 95 % interval (NaN without the number of respondents)."""

    theme: str
    group: str
    count: int
    respondents: int | None
    share: float
    lower: float
    upper: float


def read_rows(raw: bytes) -> list[Row]:
    """Rows of the file, comma or semicolon, UTF-8 or Latin-1.

    Raises
    ------
    SurveyFileError
        With row and column.
    """
    if not raw.strip():
        raise SurveyFileError("Het bestand is leeg. Kies een CSV-bestand met de kolommen thema, groep en aantal.")
    try:
        text, _ = decode(raw)
    except DamagedTextError as error:
        raise SurveyFileError(
            f"Rij {error.row}: {error.problem} Sla het bestand opnieuw op als CSV (UTF-8)."
        ) from error
    delimiter = ";" if first_line(text).count(";") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = {
        key: next((n for n in reader.fieldnames or () if n.strip().lower() in NAMES[key]), None) for key in NAMES
    }
    for key in ("theme", "group", "count"):
        if columns[key] is None:
            raise SurveyFileError(f"Rij 1: de kolom '{NAMES[key][1]}' ontbreekt. Nodig zijn thema, groep en aantal.")
    rows: list[Row] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(reader, 2):
        row = _row(number, cells, columns)
        if (row.theme, row.group) in seen:
            raise SurveyFileError(
                f"Rij {number}: {row.theme}, {row.group} staat ook al op rij {seen[row.theme, row.group]}."
            )
        seen[row.theme, row.group] = number
        rows.append(row)
    if not rows:
        raise SurveyFileError("Rij 2: er staan geen rijen onder de kop.")
    return rows


def _row(number: int, cells: dict, columns: dict) -> Row:
    theme, group = (as_meant((cells.get(columns[key]) or "").strip()) for key in ("theme", "group"))
    if not theme or not group:
        raise SurveyFileError(f"Rij {number}, kolom {columns['group' if theme else 'theme']}: hier staat niets.")
    count = _whole(number, columns["count"], cells.get(columns["count"]))
    asked = (cells.get(columns["respondents"]) or "").strip() if columns["respondents"] else ""
    respondents = _whole(number, columns["respondents"], asked) if asked else None
    if respondents is not None and count > respondents:
        raise SurveyFileError(
            f"Rij {number}, kolom {columns['count']}: {count} is meer dan het aantal deelnemers ({respondents})."
        )
    return Row(theme, group, count, respondents)


def _whole(number: int, column: str, text: str | None) -> int:
    try:
        value = int((text or "").strip())
    except ValueError:
        raise SurveyFileError(
            f"Rij {number}, kolom {column}: '{(text or '').strip()[:20]}' is geen geheel getal."
        ) from None
    if value < 0:
        raise SurveyFileError(f"Rij {number}, kolom {column}: {value} is kleiner dan nul.")
    return value


@transaction.atomic
def bring_in(plan: Plan, title: str, held: str, raw: bytes) -> Survey:
    """Keep a survey's counts; nothing is kept when a row is wrong."""
    rows = read_rows(raw)
    survey = Survey.objects.create(municipality=plan.municipality, plan=plan, title=title, held=held)
    SurveyCount.objects.bulk_create(
        SurveyCount(municipality=plan.municipality, survey=survey, theme=r.theme, group=r.group, count=r.count,
                    respondents=r.respondents) for r in rows
    )  # fmt: skip
    return survey


def shares(survey: Survey) -> list[Share]:
    """Each count with its share and margin (Wilson's interval), the most named first."""
    return sorted((_share(c) for c in survey.counts.all()), key=lambda s: (s.group, -s.count))


def _share(count: SurveyCount) -> Share:
    if not count.respondents:
        return Share(count.theme, count.group, count.count, None, math.nan, math.nan, math.nan)
    interval = stats.binomtest(count.count, count.respondents).proportion_ci(method="wilson")
    return Share(
        count.theme, count.group, count.count, count.respondents,
        100 * count.count / count.respondents, 100 * float(interval.low), 100 * float(interval.high),
    )  # fmt: skip
