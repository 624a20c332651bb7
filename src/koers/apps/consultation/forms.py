from django import forms
from django.utils.text import Truncator

from koers.apps.consultation.models import Suggestion, SuggestionState
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.forms.made import theme_choices
from koers.apps.texts.models import TextVersion
from koers.records.text import said, shown

PASSAGE = 90
"""So many signs of a passage stand in the list to choose from."""


class SuggestionForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("party", "text")

    class Meta:
        model = Suggestion
        fields = ["block", "party", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"party": "Zoals de naam van de fractie. Geen namen van personen."}

    def __init__(self, *args, version: TextVersion | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.version = version
        self.fields["block"] = forms.ChoiceField(
            label="Waarover gaat dit?",
            required=False,
            choices=[("", "Het besluit als geheel"), *_passages(version)],
            error_messages={
                "invalid_choice": "Deze passage staat niet meer in de tekst. Kies opnieuw."
            },
        )


def _passages(version: TextVersion | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every passage of the text under its heading, by its first words."""
    if version is None:
        return []
    return [
        (s.heading, [(b.id, Truncator(said(shown(b))).chars(PASSAGE)) for b in s.blocks])
        for s in version.content.sections
        if s.blocks
    ]


class AnswerForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("answer",)

    class Meta:
        model = Suggestion
        fields = ["state", "answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 3})}

    def clean(self):
        cleaned = super().clean()
        if (
            cleaned.get("state") != SuggestionState.RECEIVED
            and not cleaned.get("answer", "").strip()
        ):
            self.add_error(
                "answer", "Leg in een zin uit waarom: elke suggestie krijgt een antwoord."
            )
        return cleaned


class SurveyThemesForm(forms.Form):
    """Which theme of Koers each theme of a survey is about: one choice for each."""

    def __init__(self, *args, named: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            ("", "geen van deze"),
            *theme_choices(),
        ]
        self.called = {f"thema-{n}": text for n, text in enumerate(named)}
        for name, text in self.called.items():
            self.fields[name] = forms.ChoiceField(
                label=text, choices=choices, required=False, initial=named[text]
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The id of the theme by what the survey calls it."""
        return {text: self.cleaned_data[name] for name, text in self.called.items()}


class SurveyForm(PersonalDataWarning):
    free_text = ("title", "held")
    title = forms.CharField(label="Titel", max_length=200)
    held = forms.CharField(
        label="Gehouden in",
        max_length=60,
        required=False,
        help_text="Zoals: september/oktober 2023",
    )
    file = forms.FileField(
        label="CSV-bestand",
        help_text=(
            "Kolommen: thema, groep, aantal en als het kan deelnemers (in de groep). Alleen deze"
            " kolommen worden gelezen."
        ),
    )
    field_order = ["title", "held", "file", "keep_personal"]
