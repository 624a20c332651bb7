"""Free text holds counts and agreements, no persons: what looks like a person is pointed out before saving."""

import re

from django import forms

_LOOKS_LIKE = (
    ("een telefoonnummer", re.compile(r"(?<!\w)(?:\+31|0031|0)[\s-]?[1-9](?:[\s-]?\d){8}(?!\w)")),
    ("een e-mailadres", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    ("een postcode", re.compile(r"\b[1-9]\d{3}\s?[A-Z]{2}\b")),
    ("een huisadres", re.compile(r"\b[A-Z][a-z]+(?:straat|laan|weg|plein|dreef|kade|hof|singel)\s+\d+\b")),
    ("een naam", re.compile(r"\b(?:[Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw|[Ff]amilie)\b\.?\s+[A-Z]\w+")),
    ("een geboortedatum", re.compile(r"\b(?:geb\.|geboren)\s*(?:op\s*)?\d{1,2}[-/ ]")),
)


def likely_personal(text: str) -> list[tuple[str, str]]:
    """What in a text looks personal: (kind, the words themselves)."""
    return [(kind, found.group()) for kind, pattern in _LOOKS_LIKE for found in pattern.finditer(text)]


class PersonalDataWarning(forms.Form):
    """A form that stops once at likely personal data, and goes on when the writer says that it must stay."""

    keep_personal = forms.BooleanField(label="Dit is nodig en mag zo worden opgeslagen", required=False)
    free_text: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self._found():
            self.fields["keep_personal"].widget = forms.HiddenInput()

    def _found(self) -> dict[str, list[tuple[str, str]]]:
        if not self.is_bound:
            return {}
        texts = {name: str(self.data.get(self.add_prefix(name), "")) for name in self.free_text}
        return {name: found for name, text in texts.items() if (found := likely_personal(text))}

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("keep_personal"):
            for name, found in self._found().items():
                words = "; ".join(f"{kind}: '{text}'" for kind, text in found)
                self.add_error(
                    name, f"Dit lijkt op persoonsgegevens ({words}). Haal het weg, of vink aan dat het moet blijven."
                )
        return cleaned
