"""A number as it is typed in Dutch."""

from __future__ import annotations

from typing import Any

from django import forms

from koers.records.aim import number_of, number_text


class NumberField(forms.FloatField):
    """Takes "4,8" and "4.8", and shows a comma."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal"}

    def to_python(self, value: Any) -> float | None:
        if isinstance(value, str) and value.strip():
            try:
                value = number_of(value)
            except ValueError:
                raise forms.ValidationError("Schrijf een getal, bijvoorbeeld 4,8.") from None
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return number_text(value) if isinstance(value, (int, float)) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (None if initial in (None, "") else float(initial))
        except forms.ValidationError:
            return True
