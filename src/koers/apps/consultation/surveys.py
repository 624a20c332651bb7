"""The counted result of a survey from a CSV file: theme, group, count and, where given, the
respondents of the group."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import scipy
from django.db import transaction

from koers.apps.consultation.models import Survey, SurveyCount
from koers.apps.plan.models import Plan, Priority
from koers.apps.plan.services.themes import themes_of
from koers.indicators.themes import theme_called
from koers.plain_text import whole_number
from koers.tables.reading.book import BookError, csv_rows

LARGEST, MOST_COUNTED = 2_000_000, 20_000_000
LONGEST = {"theme": 200, "group": 100}
NAMES = {
    "theme": ("theme", "thema"),
    "group": ("group", "groep"),
    "count": ("count", "aantal"),
    "respondents": ("respondents", "deelnemers"),
}


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
    """How many of a group named a theme: share with 95 % interval (NaN without the number of
    respondents)."""

    theme: str
    safety_theme: str
    group: str
    count: int
    respondents: int | None
    share: float
    lower: float
    upper: float


def read_rows(raw: bytes) -> list[Row]:
    """Rows of the file, as any CSV that people bring.

    Raises
    ------
    SurveyFileError
        With row and column.
    """
    if len(raw) > LARGEST:
        raise SurveyFileError(
            f"Het bestand is groter dan {LARGEST // 1_000_000} MB. De uitslag van een enquête is"
            " kleiner: kijk of dit het goede bestand is."
        )
    if not raw.strip():
        raise SurveyFileError(
            "Het bestand is leeg. Kies een CSV-bestand met de kolommen thema, groep en aantal."
        )
    try:
        head, *body = csv_rows(raw)
    except BookError as error:
        raise SurveyFileError(str(error)) from error
    columns = {
        key: next((name for name in head if name.strip().lower() in NAMES[key]), None)
        for key in NAMES
    }
    for key in ("theme", "group", "count"):
        if columns[key] is None:
            raise SurveyFileError(
                f"Rij 1: de kolom '{NAMES[key][1]}' ontbreekt. Nodig zijn thema, groep en aantal."
            )
    rows: list[Row] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(body, 2):
        if not cells:
            continue
        row = _row(number, dict(zip(head, cells, strict=False)), columns)
        if (row.theme, row.group) in seen:
            raise SurveyFileError(
                f"Rij {number}: {row.theme}, {row.group} staat ook al op rij"
                f" {seen[row.theme, row.group]}."
            )
        seen[row.theme, row.group] = number
        rows.append(row)
    if not rows:
        raise SurveyFileError("Rij 2: er staan geen rijen onder de kop.")
    return rows


def _row(number: int, cells: dict, columns: dict) -> Row:
    theme, group = ((cells.get(columns[key]) or "").strip() for key in ("theme", "group"))
    if not theme or not group:
        raise SurveyFileError(
            f"Rij {number}, kolom {columns['group' if theme else 'theme']}: hier staat niets."
        )
    for key, text in (("theme", theme), ("group", group)):
        if len(text) > LONGEST[key]:
            raise SurveyFileError(
                f"Rij {number}, kolom {columns[key]}: deze tekst is langer dan {LONGEST[key]}"
                " tekens."
            )
    count = _whole(number, columns["count"], cells.get(columns["count"]))
    asked = (cells.get(columns["respondents"]) or "").strip() if columns["respondents"] else ""
    respondents = _whole(number, columns["respondents"], asked) if asked else None
    if respondents is not None and count > respondents:
        raise SurveyFileError(
            f"Rij {number}, kolom {columns['count']}: {count} is meer dan het aantal deelnemers"
            f" ({respondents})."
        )
    return Row(theme, group, count, respondents)


def _whole(number: int, column: str, text: str | None) -> int:
    written = (text or "").strip()
    if re.fullmatch(r"-\d{1,18}", written, re.ASCII):
        raise SurveyFileError(f"Rij {number}, kolom {column}: {written} is kleiner dan nul.")
    value = whole_number(written)
    if value is None:
        raise SurveyFileError(
            f"Rij {number}, kolom {column}: '{written[:20]}' is geen geheel getal."
        )
    if value > MOST_COUNTED:
        raise SurveyFileError(
            f"Rij {number}, kolom {column}: {value} is meer dan er mensen in Nederland zijn."
        )
    return value


@transaction.atomic
def bring_in(plan: Plan, title: str, held: str, raw: bytes) -> Survey:
    """Keep a survey's counts; nothing is kept when a row is wrong."""
    rows = read_rows(raw)
    survey = Survey.objects.create(
        municipality=plan.municipality, plan=plan, title=title, held=held
    )
    SurveyCount.objects.bulk_create(
        SurveyCount(
            municipality=plan.municipality,
            survey=survey,
            theme=r.theme,
            safety_theme=matched(r.theme, plan),
            group=r.group,
            count=r.count,
            respondents=r.respondents,
        )
        for r in rows
    )
    return survey


def matched(text: str, plan: Plan) -> str:
    """The theme that a survey means: by title or synonym, else that of a priority with this title;
    "" where there is none, or more than one."""
    if found := theme_called(text):
        return found.id
    same = plan.lines.filter(archived_at=None, title__iexact=text.strip()).first()
    of_priority = themes_of(same) if same else ()
    return of_priority[0] if len(of_priority) == 1 else ""


def named_in(survey: Survey) -> dict[str, str]:
    """Each theme as the survey calls it, with the theme of Koers that it is about."""
    found = survey.counts.order_by("theme").values_list("theme", "safety_theme")
    return dict(found)


@transaction.atomic
def tell_themes(survey: Survey, chosen: Mapping[str, str]) -> None:
    """Keep which theme of Koers each theme of a survey is about, as somebody chose it."""
    for count in survey.counts.filter(theme__in=chosen):
        count.safety_theme = chosen[count.theme]
        count.save(update_fields=["safety_theme"])


def shares_of(priority: Priority) -> list[tuple[Survey, Share]]:
    """What the surveys of its plan counted about the themes of a priority, and about its title."""
    about, title = set(themes_of(priority)), priority.title.strip().lower()
    surveys = Survey.objects.of(priority.municipality).filter(plan=priority.plan)
    return [
        (survey, share)
        for survey in surveys.prefetch_related("counts")
        for share in shares(survey)
        if share.safety_theme in about or share.theme.strip().lower() == title
    ]


def shares(survey: Survey) -> list[Share]:
    """Each count with its share and margin (Wilson's interval), the most named first."""
    return sorted((_share(c) for c in survey.counts.all()), key=lambda s: (s.group, -s.count))


def _share(count: SurveyCount) -> Share:
    if not count.respondents:
        nothing = (None, math.nan, math.nan, math.nan)
        return Share(count.theme, count.safety_theme, count.group, count.count, *nothing)
    interval = scipy.stats.binomtest(count.count, count.respondents).proportion_ci(method="wilson")
    return Share(
        count.theme,
        count.safety_theme,
        count.group,
        count.count,
        count.respondents,
        100 * count.count / count.respondents,
        100 * float(interval.low),
        100 * float(interval.high),
    )
