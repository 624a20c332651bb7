from datetime import date

from django import forms
from django.utils.text import slugify

from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan, Priority
from koers.indicators import load_indicators


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OwnedForm(PersonalDataWarning, forms.ModelForm):
    """A form on an object of one municipality: every choice comes from that municipality."""

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        self.instance.municipality = municipality
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                model = field.queryset.model
                field.queryset = (
                    model.objects.of(municipality)
                    if hasattr(model.objects, "of")
                    else model.objects.filter(memberships__municipality=municipality).distinct()
                )


class PlanForm(OwnedForm):
    free_text = ("summary",)

    class Meta:
        model = Plan
        fields = ["title", "start_year", "end_year", "summary", "frameworks"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 4}), "frameworks": forms.CheckboxSelectMultiple}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("start_year") and cleaned.get("end_year") and cleaned["end_year"] < cleaned["start_year"]:
            self.add_error("end_year", "Het laatste jaar ligt vóór het eerste.")
        return cleaned

    def save(self, commit=True):
        if not self.instance.slug:
            base = slugify(f"{self.municipality.slug}-{self.instance.start_year}-{self.instance.end_year}")[:70]
            taken = Plan.objects.filter(slug__startswith=base).count()
            self.instance.slug = f"{base}-{taken + 1}" if taken else base
        return super().save(commit)


class PriorityForm(OwnedForm):
    free_text = ("description",)
    indicators = forms.MultipleChoiceField(label="Indicatoren", required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Priority
        fields = ["title", "kind", "number", "description", "indicators", "frameworks"]
        widgets = {"description": forms.Textarea(attrs={"rows": 4}), "frameworks": forms.CheckboxSelectMultiple}

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["indicators"].choices = [(i.id, f"{i.title} ({i.theme_title})") for i in load_indicators().values()]

    def clean(self):
        cleaned = super().clean()
        self.instance.plan = self.plan
        self.instance.slug = self.instance.slug or slugify(cleaned.get("title", ""))[:80]
        same = Priority.objects.filter(plan=self.plan, slug=self.instance.slug).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("title", "Er is al een prioriteit met deze titel in dit plan.")
        return cleaned


class GoalForm(OwnedForm):
    free_text = ("title",)
    indicator = forms.ChoiceField(label="Indicator", help_text="Koers vult start, stand en kans in uit de cijfers.")
    target = forms.FloatField(label="Streefwaarde", min_value=0, help_text="Aantal in 12 maanden (of in een jaar).")
    accept_unmeasured = forms.BooleanField(label="Toch opslaan, ook al is het nog niet te meten", required=False)

    class Meta:
        model = Goal
        fields = ["title", "indicator", "target", "due"]
        widgets = {"due": _date()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [(i.id, i.title) for i in load_indicators().values()]
        if not self.is_bound:
            self.fields["accept_unmeasured"].widget = forms.HiddenInput()

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due <= date.today():
            raise forms.ValidationError("De streefdatum ligt in het verleden. Kies een latere datum.")
        return due

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("indicator") or cleaned.get("target") is None:
            return cleaned
        found = reading(self.municipality.code, cleaned["indicator"])
        if not found.is_own:
            if not cleaned.get("accept_unmeasured"):
                self.add_error(
                    "indicator",
                    f"Dit doel kan nog niet worden gemeten: er zijn geen cijfers van deze gemeente. Koers wacht op tabel "
                    f"{found.indicator.waits_for}. Kies een andere indicator of vink hieronder aan dat het toch moet.",
                )
            return cleaned
        wrong = {"down": cleaned["target"] > found.recent, "up": cleaned["target"] < found.recent}
        if wrong.get(found.indicator.direction):
            better = "lager" if found.indicator.direction == "down" else "hoger"
            self.add_error(
                "target", f"Nu zijn het er {found.recent:.0f} {found.recent_label}; kies een {better} getal."
            )
        self.instance.start_value, self.instance.start_snapshot = found.recent, found.snapshot
        self.instance.start_period = found.labels[-1]
        return cleaned


class MeasureForm(OwnedForm):
    free_text = ("title", "description")

    class Meta:
        model = Measure
        fields = ["title", "description", "kind", "state", "start", "end", "owner", "owner_department", "partners"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "start": _date(), "end": _date(),
                   "partners": forms.CheckboxSelectMultiple}  # fmt: skip


class ActionForm(OwnedForm):
    free_text = ("title", "note")

    class Meta:
        model = Action
        fields = ["title", "owner", "owner_department", "due", "state", "note"]
        widgets = {"due": _date(), "note": forms.Textarea(attrs={"rows": 2})}


class PartnerForm(OwnedForm):
    class Meta:
        model = Partner
        fields = ["name", "description"]


class FrameworkForm(OwnedForm):
    class Meta:
        model = Framework
        fields = ["title", "level", "start_year", "end_year"]
