from django import forms

from koers.apps.consultation.models import Suggestion, SuggestionState
from koers.apps.people.privacy import PersonalDataWarning


class SuggestionForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("text",)

    class Meta:
        model = Suggestion
        fields = ["party", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"party": "Zoals de naam van de fractie. Geen namen van personen."}


class AnswerForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("answer",)

    class Meta:
        model = Suggestion
        fields = ["state", "answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 3})}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("state") != SuggestionState.RECEIVED and not cleaned.get("answer", "").strip():
            self.add_error("answer", "Leg in een zin uit waarom: elke suggestie krijgt een antwoord.")
        return cleaned


class SurveyForm(forms.Form):
    title = forms.CharField(label="Titel", max_length=200)
    held = forms.CharField(
        label="Gehouden in", max_length=60, required=False, help_text="Zoals: september/oktober 2023"
    )
    file = forms.FileField(
        label="CSV-bestand",
        help_text="Kolommen: thema, groep, aantal en als het kan deelnemers (in de groep). Alleen deze kolommen worden gelezen.",
    )
