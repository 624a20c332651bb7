from django import forms

from koers.apps.decisions.models import Decision
from koers.apps.people.privacy import PersonalDataWarning
from koers.documents.college_decision import HEADINGS, MAY_BE_EMPTY


class DecisionForm(PersonalDataWarning, forms.ModelForm):
    """The date and the text under each heading."""

    free_text = tuple(HEADINGS)

    class Meta:
        model = Decision
        fields = ["meeting_date"]
        widgets = {"meeting_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, heading in HEADINGS.items():
            text = self.instance.texts.get(key, "")
            self.fields[key] = forms.CharField(
                label=heading,
                initial=text,
                required=key not in MAY_BE_EMPTY,
                widget=forms.Textarea(attrs={"rows": min(18, 2 + len(text) // 75 + text.count("\n"))}),
                error_messages={"required": f"Onder '{heading}' moet iets staan, desnoods 'Niet van toepassing.'"},
            )

    def save(self, commit=True):
        self.instance.texts = {key: self.cleaned_data[key].replace("\r\n", "\n") for key in HEADINGS}
        return super().save(commit)
