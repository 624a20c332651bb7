from datetime import date

from django import forms

from koers.apps.meetings.models import Meeting, MeetingDecision
from koers.apps.people.models import User
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.models import Action, Priority


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MeetingForm(forms.ModelForm):
    class Meta:
        model = Meeting
        fields = ["kind", "date"]
        widgets = {"date": date_input()}

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.municipality = municipality

    def clean(self):
        cleaned = super().clean()
        same_day = Meeting.objects.filter(
            municipality=self.instance.municipality, kind=cleaned.get("kind"), date=cleaned.get("date")
        )
        if same_day.exists():
            self.add_error("date", "Op deze dag is er al zo'n overleg. Kies een andere datum.")
        return cleaned


class NotesForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("notes",)

    class Meta:
        model = Meeting
        fields = ["notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"notes": "Alleen voor deelnemers. Schrijf geen namen of adressen van inwoners op."}


class DecisionForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("text",)

    class Meta:
        model = MeetingDecision
        fields = ["text"]
        labels = {"text": "Wat is besloten?"}


class TakeUpForm(PersonalDataWarning):
    """Take a signal up: as an action, or as a measure under a priority."""

    free_text = ("title",)
    title = forms.CharField(label="Wat gaan we doen?", max_length=200)
    owner_department = forms.CharField(label="Wie pakt het op (afdeling of partner)?", max_length=100, required=False)
    due = forms.DateField(label="Uiterlijk", required=False, widget=date_input())
    priority = forms.ModelChoiceField(
        Priority.objects.none(),
        label="Als maatregel onder",
        required=False,
        empty_label="Geen maatregel, alleen een actie",
    )

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = Priority.objects.of(municipality).filter(plan__archived_at=None)


class SetAsideForm(PersonalDataWarning):
    free_text = ("reason",)
    reason = forms.CharField(
        label="Waarom leggen we dit terzijde?", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class LongerForm(PersonalDataWarning):
    """More time for an action, with the reason."""

    free_text = ("reason",)
    until = forms.DateField(label="Wanneer is het klaar?", widget=date_input())
    reason = forms.CharField(label="Waarom lukt het niet eerder?", max_length=300)

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, **kwargs)
        self.action = action

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until <= max(self.action.due or date.min, date.today()):
            raise forms.ValidationError("Kies een datum na vandaag en na de datum die er nu staat.")
        return until


class ActionForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("title",)

    class Meta:
        model = Action
        fields = ["title", "owner", "owner_department", "due"]
        widgets = {"due": date_input()}

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(memberships__municipality=municipality, is_active=True).distinct()
        self.fields["owner"].queryset = people
        self.fields["owner"].empty_label = "Niemand in het bijzonder"
