"""The fields of a form, made from what is said of the fields of its line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html, format_html_join

from koers.apps.described import LineField, Type, field_of, fields_of, names
from koers.apps.plan.models import Priority
from koers.apps.plan.services.areas import area_choices
from koers.apps.plan.services.themes import themes_of
from koers.indicators import load_indicators
from koers.indicators.themes import by_field

MORE = "Meer gegevens"
NEAR = "Bij deze prioriteit"


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def indicator_choices(near: Collection[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every indicator, a group for each theme; those that are ``near`` in a group before them."""
    by_theme: dict[str, list[tuple[str, str]]] = {NEAR: []} if near else {}
    for indicator in load_indicators().values():
        group = NEAR if indicator.id in near else indicator.theme_title
        by_theme.setdefault(group, []).append((indicator.id, indicator.title))
    return list(by_theme.items())


def _offered_indicators(
    form: forms.BaseModelForm, name: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    return indicator_choices(near_indicators(form, name))


def near_indicators(form: forms.BaseModelForm, name: str) -> set[str]:
    """Those of the themes of the priority that a form is about, with what it and the form name."""
    line = form.instance
    priority = line if isinstance(line, Priority) else getattr(line, "priority", None)
    value = form[name].value() or ()
    chosen = {value} if isinstance(value, str) else set(value)
    known = load_indicators()
    if priority is not None:
        themes = set(themes_of(priority))
        chosen |= {*priority.indicators, *(i.id for i in known.values() if i.theme in themes)}
    return chosen & set(known)


def theme_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every theme, a group for each field of safety."""
    return [(field.title, [(t.id, t.title) for t in found]) for field, found in by_field()]


class Ticks(forms.CheckboxSelectMultiple):
    """Ticks in groups."""

    template_name = "components/ticks.html"


class NearTicks(Ticks):
    """Only the group that is near is seen at once; the others are folded away."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"]["optgroups"] = [group for group in groups if group[0] == NEAR]
        context["widget"]["others"] = [group for group in groups if group[0] != NEAR]
        return context


class ListField(forms.MultipleChoiceField):
    """Several of a list, by ticks; kept as a list of codes."""

    widget = Ticks

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
    """The fields that are typed: in the order of the line, or of the parts of its form; what is
    folded by itself comes last."""
    part_of, fold_of = parts_of(model), folds_of(model)
    typed = [field for field in fields_of(model) if field.typed]

    def place(field: LineField) -> tuple[bool, int]:
        last = fold_of.get(field.name) == MORE
        return last, parts.index(part_of[field.name]) if parts else 0

    return names(sorted(typed, key=place))


def parts_of(model: type[models.Model]) -> dict[str, str]:
    """The part of the form in which each field stands."""
    found, part = {}, ""
    for field in fields_of(model):
        part = field.said.part or part
        found[field.name] = part
    return found


def folds_of(model: type[models.Model]) -> dict[str, str]:
    """The fold in which a field stands, of those that do: a part that is folded, or what is more
    to say than most do."""
    part_of = parts_of(model)
    whole = {field.said.part for field in fields_of(model) if field.said.part and field.said.folded}
    found = {}
    for field in fields_of(model):
        if part_of[field.name] in whole:
            found[field.name] = part_of[field.name]
        elif field.said.folded:
            found[field.name] = MORE
    return found


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
        case Type.INDICATORS:
            return ListField(widget=NearTicks, **made)
        case Type.AREAS | Type.THEMES:
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
            # Worked out when somebody looks: a row of a list is saved without.
            form.fields[field.name].choices = partial(_offered_indicators, form, field.name)
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
