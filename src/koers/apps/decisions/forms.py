from django import forms
from django.utils import timezone

from koers.apps.decisions.models import Decision
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.people.revising import Difference, RevisedForm
from koers.records.decision import HEADINGS, MAY_BE_EMPTY


class DecisionForm(PersonalDataWarning, RevisedForm):
    """The date and the text under each heading."""

    free_text = tuple(HEADINGS)

    class Meta:
        model = Decision
        fields = ["meeting_date"]
        widgets = {"meeting_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, heading in HEADINGS.items():
            text = self.instance.texts.plain(key)
            self.fields[key] = forms.CharField(
                label=heading,
                initial=text,
                required=key not in MAY_BE_EMPTY,
                widget=forms.Textarea(
                    attrs={"rows": min(18, 2 + len(text) // 75 + text.count("\n"))}
                ),
                error_messages={
                    "required": (
                        f"Onder '{heading}' moet iets staan, desnoods 'Niet van toepassing.'"
                    )
                },
            )

    def clean(self):
        cleaned = super().clean()
        typed = {key: cleaned[key].replace("\r\n", "\n") for key in HEADINGS if key in cleaned}
        self.instance.texts = self.instance.texts.whole.with_typed(typed)
        self.instance.why = "Tekst bewerkt"
        return cleaned

    def _differences(self, now) -> tuple[Difference, ...]:
        """Beside the date the headings of which two people made something else."""
        found = [
            Difference(heading, theirs or "–", mine or "–")
            for key, heading in HEADINGS.items()
            if (theirs := now.texts.plain(key)) != (mine := self.instance.texts.plain(key))
        ]
        return (*super()._differences(now), *found)


class StepForm(PersonalDataWarning):
    """A step of the decision, with what there is to say about it."""

    free_text = ("note",)
    note = forms.CharField(
        label="Toelichting",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("on", "note", "keep_personal")


class AdoptForm(StepForm):
    """On which day the college took the decision."""

    on = forms.DateField(
        label="Collegevergadering",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="De dag waarop het college dit heeft besloten.",
        error_messages={
            "required": "Vul de dag in waarop het college dit heeft besloten.",
            "invalid": "Vul een datum in, zoals 11-03-2025.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                "Deze datum ligt in de toekomst: dan is het nog niet besloten."
            )
        return day
