"""What every field of every form and model is held to, wherever it is made: texts that can be kept
and have an end, and days within a lifetime of the plan.

Django asks ``default_validators`` of the class of a field when it makes one, so these hold for the
fields of today, of tomorrow and of the libraries (allauth). Imported by ``apps.py``, which comes
before any form or model.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible

from koers.plain_text import LONGEST_TEXT, is_clean

FIRST_YEAR, LAST_YEAR = 1990, 2100
BEYOND_KEYS = 2**63
UNREADABLE = (
    "Hierin staan tekens die niet te lezen zijn (stuurtekens of tekens uit een speciaal"
    " lettertype). Haal ze weg of typ de tekst opnieuw."
)
OUT_OF_TIME = f"Kies een jaar van {FIRST_YEAR} tot en met {LAST_YEAR}."


@deconstructible
class Text:
    """Refuses a text that cannot be kept, or is longer than ``longest``."""

    def __init__(self, longest: int = LONGEST_TEXT) -> None:
        self.longest = longest

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str):
            return
        if len(value) > self.longest:
            raise ValidationError(too_long(len(value), self.longest), code="max_length")
        if not is_clean(value):
            raise ValidationError(UNREADABLE, code="unreadable")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.longest == self.longest

    def __hash__(self) -> int:
        return hash(self.longest)


def too_long(found: int, longest: int) -> str:
    """What is said of a text of so many letters."""
    return f"Deze tekst is te lang: {found} tekens, en er passen er {longest}. Kort hem in."


def within_time(value: Any) -> None:
    """Refuses a day, moment or year that no plan can mean."""
    year = value.year if isinstance(value, date | datetime) else value
    if isinstance(year, int) and not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(OUT_OF_TIME, code="out_of_time")


_choose = forms.ModelMultipleChoiceField.clean


def within_reach(field: forms.ModelMultipleChoiceField[Any], value: Any) -> Any:
    """Several choices, none of which has a key that no database holds: asked for one, SQLite stops.
    Of a single choice Django sees this itself."""
    for key in value if isinstance(value, list | tuple) else ():
        try:
            beyond = abs(int(key)) >= BEYOND_KEYS
        except (TypeError, ValueError):
            continue
        if beyond:
            raise ValidationError(
                field.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": str(key)[:20]},
            )
    return _choose(field, value)


def hold() -> None:
    """Put the rules on the fields of Django."""
    forms.ModelMultipleChoiceField.clean = within_reach  # type: ignore[method-assign, assignment]
    forms.CharField.default_validators = [Text()]
    models.CharField.default_validators = [Text()]
    models.TextField.default_validators = [Text()]
    for dated in (forms.DateField, forms.DateTimeField, models.DateField):
        dated.default_validators = [within_time]


hold()
