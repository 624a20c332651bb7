"""The form in which an indicator of one's own is defined."""

from __future__ import annotations

from typing import Any

from django import forms

from koers.apps.intake.models import OwnIndicator
from koers.apps.intake.services.own_indicators import DEFINED
from koers.apps.people.privacy import PersonalDataWarning
from koers.indicators.reader import DIRECTIONS, LEVELS
from koers.indicators.themes import by_field
from koers.indicators.units import UNITS
from koers.indicators.words import FREQUENCIES

_OFTEN = {key: FREQUENCIES[key] for key in ("year", "two-years", "month")}
_LEVELS = {key: LEVELS[key] for key in ("municipality", "neighbourhood")}


def _themes() -> list[Any]:
    groups = [(field.title, [(t.id, t.title) for t in found]) for field, found in by_field()]
    return [("", "kies een thema"), *groups]


class IndicatorForm(PersonalDataWarning, forms.ModelForm):  # type: ignore[type-arg]
    """What the figure is, in which unit, who fills it and how often."""

    free_text = ("title", "definition", "source", "filled_by", "limits")
    theme = forms.ChoiceField(label="Thema", choices=_themes)
    unit = forms.ChoiceField(
        label="Eenheid",
        choices=[("", "kies een eenheid"), *((key, unit.label) for key, unit in UNITS.items())],
    )
    direction = forms.ChoiceField(
        label="Gewenste richting", choices=[("", "kies een richting"), *DIRECTIONS.items()]
    )
    level = forms.ChoiceField(label="Kleinste gebied", choices=list(_LEVELS.items()))
    frequency = forms.ChoiceField(label="Hoe vaak", choices=list(_OFTEN.items()))
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = DEFINED

    class Meta:
        model = OwnIndicator
        fields = DEFINED
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 3}),
            "limits": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "title": "Zoals het in lijsten en boven grafieken staat.",
            "definition": "Wat u telt of meet, zo dat een collega hetzelfde getal vindt.",
            "source": "Waar het getal vandaan komt, bijvoorbeeld: inwonersenquête van de gemeente.",
            "filled_by": "Een functie of team, geen naam van een persoon.",
            "limits": "Wat het cijfer niet zegt.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.instance.pk and self.instance.has_values:
            for name in ("unit", "level", "frequency"):
                if name in cleaned and cleaned[name] != self.initial[name]:
                    self.add_error(
                        name,
                        "Er zijn al waarden ingevoerd; die zouden dan iets anders betekenen. Maak"
                        " een nieuwe indicator.",
                    )
        return cleaned
