from datetime import date

from django import forms

from koers.apps.meetings.models import (
    Event,
    Meeting,
    MeetingDecision,
    MeetingSeries,
    Part,
    SeriesMember,
    Usefulness,
)
from koers.apps.people.ownership import offer_colleagues
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.people.revising import RevisedForm
from koers.apps.plan.models import Action, Plan, Priority


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
            municipality=self.instance.municipality,
            kind=cleaned.get("kind"),
            date=cleaned.get("date"),
        )
        if same_day.exists():
            self.add_error("date", "Op deze dag is er al zo'n overleg. Kies een andere datum.")
        return cleaned


class NotesForm(PersonalDataWarning, RevisedForm):
    free_text = ("notes",)

    class Meta:
        model = Meeting
        fields = ["notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "notes": "Alleen voor deelnemers. Schrijf geen namen of adressen van inwoners op."
        }


class DecisionForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("text",)

    class Meta:
        model = MeetingDecision
        fields = ["text"]
        labels = {"text": "Wat is besloten?"}


class TakeUpForm(PersonalDataWarning):
    """Take a signal up: as an action, or as a measure under a priority."""

    free_text = ("title", "owner_department")
    title = forms.CharField(label="Wat gaan we doen?", max_length=200)
    owner_department = forms.CharField(
        label="Wie pakt het op (afdeling of partner)?", max_length=100, required=False
    )
    due = forms.DateField(label="Uiterlijk", required=False, widget=date_input())
    priority = forms.ModelChoiceField(
        Priority.objects.none(),
        label="Als maatregel onder",
        required=False,
        empty_label="Geen maatregel, alleen een actie",
    )

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = Priority.objects.of(municipality).filter(
            plan__archived_at=None
        )


class SetAsideForm(PersonalDataWarning):
    free_text = ("reason",)
    reason = forms.CharField(
        label="Waarom leggen we dit terzijde?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
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
    free_text = ("title", "owner_department")

    class Meta:
        model = Action
        fields = ["title", "owner", "owner_department", "due"]
        widgets = {"due": date_input()}

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.municipality = municipality
        offer_colleagues(self.fields["owner"], municipality)
        self.fields["owner"].empty_label = "Niemand in het bijzonder"


class CloseSignalForm(PersonalDataWarning):
    free_text = ("note",)
    usefulness = forms.ChoiceField(
        label="Het signaal was", choices=Usefulness.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Wat leverde het op?", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PriorityProposalForm(PersonalDataWarning):
    free_text = ("title", "description", "reason")
    title = forms.CharField(label="Prioriteit", max_length=200)
    priority = forms.ModelChoiceField(
        Priority.objects.none(),
        label="In plaats van",
        required=False,
        empty_label="Niets: een nieuwe prioriteit",
    )
    description = forms.CharField(
        label="Toelichting", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(label="Waarom", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = plan.priorities


class ProposalDecisionForm(PersonalDataWarning):
    free_text = ("because",)
    because = forms.CharField(
        label="Reden", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class EventForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("name", "area", "remark")

    class Meta:
        model = Event
        fields = ["name", "start", "end", "area", "visitors", "remark"]
        widgets = {
            "start": date_input(),
            "end": date_input(),
            "remark": forms.Textarea(attrs={"rows": 2}),
        }


class SeriesForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("name",)

    class Meta:
        model = MeetingSeries
        fields = ["name", "kind", "rhythm", "every", "nth", "weekday", "start", "school_region"]
        widgets = {"start": date_input()}


class MemberForm(PersonalDataWarning, forms.ModelForm):
    """Somebody with an account here, or an organisation without one."""

    free_text = ("organisation",)

    class Meta:
        model = SeriesMember
        fields = ["user", "organisation", "part"]

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        offer_colleagues(self.fields["user"], municipality, self.instance.user_id)
        self.fields["user"].empty_label = "Iemand zonder account"
        self.fields["part"].choices = Part.choices

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("user") and not cleaned.get("organisation"):
            self.add_error("organisation", "Kies een persoon, of vul een organisatie in.")
        return cleaned


class RedactForm(PersonalDataWarning):
    # The words that must go are personal by their nature; the reason stays.
    free_text = ("why",)
    words = forms.CharField(
        label="Welke woorden moeten weg?", max_length=200, min_length=3, strip=True
    )
    why = forms.CharField(label="Waarom (schrijf de woorden zelf hier niet op)", max_length=300)

    def clean(self):
        cleaned = super().clean()
        # As it was sent: of a reason that names somebody nothing is left in what was cleaned.
        words, why = cleaned.get("words", "").lower(), self.data.get("why", "").lower()
        if words and words in why:
            self.add_error("why", "Hier staan de woorden die weg moeten. Beschrijf het anders.")
        return cleaned
