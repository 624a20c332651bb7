from django import forms
from django.utils.text import slugify

from koers.apps.plan.forms.base import LineForm, OwnedForm, date_input
from koers.apps.plan.models import Action, Framework, Measure, Partner, Plan, Priority
from koers.apps.plan.services.areas import area_choices
from koers.indicators import load_indicators


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def indicator_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every indicator, a group for each theme."""
    by_theme: dict[str, list[tuple[str, str]]] = {}
    for indicator in load_indicators().values():
        by_theme.setdefault(indicator.theme_title, []).append((indicator.id, indicator.title))
    return list(by_theme.items())


def _years_run_on(form, cleaned: dict) -> None:
    if cleaned.get("start_year") and cleaned.get("end_year") and cleaned["end_year"] < cleaned["start_year"]:
        form.add_error("end_year", "Het laatste jaar ligt vóór het eerste.")


class _ListField(forms.MultipleChoiceField):
    """Several of a list, by ticks; kept as a list of codes."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text)
        self.error_messages["invalid_choice"] = "'%(value)s' staat niet in de lijst. Kies opnieuw."

    def prepare_value(self, value):
        return value or []


class PlanForm(LineForm):
    free_text = ("summary",)

    class Meta:
        model = Plan
        fields = ["title", "start_year", "end_year", "summary", "frameworks", "shared_with"]
        widgets = {"summary": _text(4), "frameworks": forms.CheckboxSelectMultiple,
                   "shared_with": forms.CheckboxSelectMultiple}  # fmt: skip
        help_texts = {"shared_with": "Deze gemeenten mogen het plan lezen, niet wijzigen."}

    def clean(self):
        cleaned = super().clean()
        _years_run_on(self, cleaned)
        return cleaned

    def save(self, commit=True):
        if not self.instance.slug:
            base = slugify(f"{self.municipality.slug}-{self.instance.start_year}-{self.instance.end_year}")[:70]
            taken = Plan.objects.filter(slug__startswith=base).count()
            self.instance.slug = f"{base}-{taken + 1}" if taken else base
        return super().save(commit)


class PriorityForm(LineForm):
    free_text = ("description", "without_framework")
    indicators = _ListField(label="Indicatoren", help_text="De cijfers die laten zien hoe het gaat.")

    class Meta:
        model = Priority
        fields = ["title", "kind", "number", "description", "indicators", "frameworks", "without_framework"]
        widgets = {"description": _text(4), "frameworks": forms.CheckboxSelectMultiple}

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["indicators"].choices = indicator_choices()

    def clean(self):
        cleaned = super().clean()
        self.instance.plan = self.plan
        self.instance.slug = self.instance.slug or slugify(cleaned.get("title", ""))[:80]
        same = Priority.objects.filter(plan=self.plan, slug=self.instance.slug).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("title", "Er is al een prioriteit met deze titel in dit plan.")
        if cleaned.get("frameworks") and cleaned.get("without_framework"):
            self.add_error(
                "without_framework",
                "Deze prioriteit hoort bij een kader. Haal de reden weg, of het vinkje bij het kader.",
            )
        return cleaned


class MeasureForm(LineForm):
    free_text = ("title", "description", "state_reason", "evidence")
    parts = {
        "title": "Wat", "state": "Hoe staat het ervoor", "owner": "Wie", "start": "Wanneer", "areas": "Waar",
        "topics": "Waarover", "budget": "Middelen", "evidence": "Wat is bekend", "shared_with": "Delen",
    }  # fmt: skip
    areas = _ListField(label="Gebieden", help_text="Kies geen gebied als de maatregel voor de hele gemeente is.")
    topics = _ListField(label="Indicatoren", help_text="De cijfers waarop deze maatregel invloed moet hebben.")

    class Meta:
        model = Measure
        fields = ["title", "description", "kind", "state", "state_reason", "owner", "owner_department", "deputy",
                  "deputy_department", "partners", "start", "end", "areas", "topics", "budget", "hours", "evidence",
                  "evidence_source", "shared_with"]  # fmt: skip
        widgets = {
            "description": _text(3), "evidence": _text(3), "start": date_input(), "end": date_input(),
            "partners": forms.CheckboxSelectMultiple, "shared_with": forms.CheckboxSelectMultiple,
            "budget": forms.NumberInput(attrs={"min": 0, "step": "0.01"}), "hours": forms.NumberInput(attrs={"min": 0}),
        }  # fmt: skip
        help_texts = {
            "state_reason": "Nodig bij 'loopt gevaar' en 'gestopt'.",
            "owner": "Wie zorgt dat het gebeurt.",
            "deputy": "Wie het overneemt als de eigenaar er niet is.",
            "evidence": "Werkt dit elders? Wat is daarvan gemeten?",
            "evidence_source": "Rapport, artikel of website waar dat staat.",
            "shared_with": "Deze gemeenten mogen de maatregel lezen, niet wijzigen.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = indicator_choices()
        choices = area_choices(self.municipality.code)
        # What was chosen before a renumbering is shown, else saving would lose it.
        known = {code for _, group in choices for code, _ in group}
        before = [(code, f"{code} (bestaat niet meer)") for code in self.instance.areas if code not in known]
        self.fields["areas"].choices = [*choices, *([("Eerder gekozen", before)] if before else [])]
        if not self.fields["areas"].choices:
            self.fields["areas"].help_text = "Nog geen buurten bekend: die komen mee met de cijfers."

    def clean_budget(self):
        budget = self.cleaned_data["budget"]
        if budget is not None and budget < 0:
            raise forms.ValidationError("Een budget is nul of meer.")
        return budget

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("evidence") and not cleaned.get("evidence_source"):
            self.add_error("evidence_source", "Noem de bron: waar staat wat over de werking bekend is?")
        return cleaned


class ActionForm(LineForm):
    free_text = ("title", "note")

    class Meta:
        model = Action
        fields = ["title", "owner", "owner_department", "deputy", "due", "state", "note"]
        widgets = {"due": date_input(), "note": _text(2)}


class PartnerForm(OwnedForm):
    class Meta:
        model = Partner
        fields = ["name", "description"]


class FrameworkForm(OwnedForm):
    themes = forms.CharField(
        label="Thema's", required=False, widget=_text(5), help_text="Elk thema op een eigen regel."
    )

    class Meta:
        model = Framework
        fields = ["title", "level", "start_year", "end_year", "follows", "themes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["themes"] = "\n".join(self.instance.themes)

    def clean_themes(self):
        return [line.strip() for line in self.cleaned_data["themes"].splitlines() if line.strip()]

    def clean(self):
        cleaned = super().clean()
        _years_run_on(self, cleaned)
        return cleaned
