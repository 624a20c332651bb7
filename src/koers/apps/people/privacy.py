"""Free text holds counts and agreements, no persons: what looks like a person is pointed out before
saving."""

from django import forms

from koers.apps.people.personal import Personal, likely_personal
from koers.plain_text import LONGEST_TEXT

__all__ = ["PersonalDataWarning", "likely_personal"]


class PersonalDataWarning(forms.Form):
    """A form that stops once at likely personal data, and goes on when the writer says that it must
    stay."""

    keep_personal = forms.BooleanField(
        label="Dit is nodig en mag zo worden opgeslagen", required=False
    )
    free_text: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self._found():
            self.fields["keep_personal"].widget = forms.HiddenInput()

    def _found(self) -> dict[str, list[Personal]]:
        if not self.is_bound:
            return {}
        texts = {name: str(self.data.get(self.add_prefix(name), "")) for name in self.free_text}
        # A text that is too long is refused for that.
        return {
            name: found
            for name, text in texts.items()
            if len(text) <= LONGEST_TEXT and (found := likely_personal(text))
        }

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("keep_personal"):
            for name, found in self._found().items():
                words = "; ".join(f"{kind}: '{text}'" for kind, text in found)
                self.add_error(
                    name,
                    f"Dit lijkt op persoonsgegevens ({words}). Haal het weg, of vink aan dat het"
                    " moet blijven.",
                )
        return cleaned
