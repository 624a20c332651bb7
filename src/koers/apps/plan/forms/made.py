"""The fields of a form, made from what is said of the fields of its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html, format_html_join

from koers.apps.described import LineField, Type, field_of, fields_of, names
from koers.apps.plan.services.areas import area_choices
from koers.indicators import load_indicators
from koers.indicators.themes import by_field


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every indicator, a group for each theme."""
    by_theme: dict[str, list[tuple[str, str]]] = {}
    for indicator in load_indicators().values():
        by_theme.setdefault(indicator.theme_title, []).append((indicator.id, indicator.title))
    return list(by_theme.items())


def theme_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every theme, a group for each field of safety."""
    return [(field.title, [(t.id, t.title) for t in found]) for field, found in by_field()]


class ListField(forms.MultipleChoiceField):
    """Several of a list, by ticks; kept as a list of codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, **said)
        self.error_messages["invalid_choice"] = "'%(value)s' staat niet in de lijst. Kies opnieuw."

    def prepare_value(self, value: Any) -> Any:
        return value or []


class LinesField(forms.CharField):
    """Several texts, each on a line of its own; kept as a list."""

    def __init__(self, **said: Any) -> None:
        super().__init__(required=False, widget=text_area(5), **said)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class Offering(forms.TextInput):
    """A line of text with what can be chosen for it; anything else may be typed too."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__()
        self.offered = offered

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        key = f"aanbod-{name}"
        box = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join("", '<option value="{}">', ((one,) for one in self.offered))
        return format_html('{}<datalist id="{}">{}</datalist>', box, key, options)


def offer(field: forms.Field, offered: Sequence[str]) -> None:
    """Let a field of one line offer these texts."""
    field.widget = Offering(offered)
    field.widget.attrs |= field.widget_attrs(field.widget)


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def form_fields(model: type[models.Model], parts: Sequence[str] = ()) -> tuple[str, ...]:
    """The fields that are typed: in the order of the line, or of the parts of its form."""
    found: dict[str, list[LineField]] = {}
    part = ""
    for field in fields_of(model):
        part = field.said.part or part
        if field.typed:
            found.setdefault(part, []).append(field)
    ordered = sorted(found, key=parts.index) if parts else list(found)
    return names(field for part in ordered for field in found[part])


def free_texts(model: type[models.Model]) -> tuple[str, ...]:
    """The texts in which what looks like a person is pointed out."""
    return names(field for field in fields_of(model) if field.typed and field.free_text)


def form_field(model_field: models.Field, **said: Any) -> forms.Field | None:
    """The form field of a model field, by its description; Meta.formfield_callback."""
    field = field_of(model_field.model, model_field.name)
    if field is None:
        return model_field.formfield(**said)
    if field.said.help:
        said["help_text"] = field.said.help
    made = {"label": field.label, "help_text": said.get("help_text", "")}
    match field.type:
        case Type.AREAS | Type.INDICATORS | Type.THEMES:
            return ListField(**made)
        case Type.TEXTS:
            return LinesField(**made)
        case Type.AREA | Type.INDICATOR:
            return forms.ChoiceField(required=not field.field.blank, **made)
        case Type.DAY:
            said["widget"] = date_input()
        case Type.TEXT if field.said.lines:
            said["widget"] = text_area(field.said.lines)
        case Type.REFERENCES:
            said["widget"] = forms.CheckboxSelectMultiple
        case Type.MONEY:
            said["widget"] = forms.NumberInput(attrs={"min": 0, "step": "0.01"})
    return model_field.formfield(**said)


def offer_choices(form: forms.ModelForm, municipality: str) -> None:
    """Areas of this municipality, and the indicators that Koers knows."""
    for field in fields_of(form._meta.model):
        if field.name not in form.fields:
            continue
        if field.type in (Type.INDICATOR, Type.INDICATORS):
            form.fields[field.name].choices = indicator_choices()
        elif field.type == Type.THEMES:
            form.fields[field.name].choices = theme_choices()
        elif field.type == Type.AREA:
            whole = ("", "hele gemeente")
            form.fields[field.name].choices = [whole, *area_choices(municipality)]
        elif field.type == Type.AREAS:
            _offer_areas(form.fields[field.name], municipality, getattr(form.instance, field.name))


def _offer_areas(field: Any, municipality: str, chosen: Sequence[str]) -> None:
    choices = area_choices(municipality)
    # What was chosen before a renumbering is shown, else saving would lose it.
    known = {code for _, group in choices for code, _ in group}
    before = [(code, f"{code} (bestaat niet meer)") for code in chosen if code not in known]
    field.choices = [*choices, *([("Eerder gekozen", before)] if before else [])]
    if not field.choices:
        field.help_text = "Nog geen buurten bekend: die komen mee met de cijfers."
