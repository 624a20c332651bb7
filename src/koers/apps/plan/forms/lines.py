"""The forms of the lines of a plan; what stands on them is said at the models."""

from django import forms
from django.utils.text import slugify

from koers.apps.plan.forms.base import LineForm, OwnedForm
from koers.apps.plan.forms.made import form_fields, free_texts, offer
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan, Priority
from koers.apps.plan.services.grouping import offered_fields
from koers.apps.plan.services.joint import joint_plans, joint_priorities, readers_of
from koers.apps.plan.services.serving import goal_elsewhere, refuse_goal

MEASURE_PARTS = (
    "Wat",
    "Hoe staat het ervoor",
    "Wie",
    "Wanneer",
    "Waarvoor",
    "Waar",
    "Waarover",
    "Middelen",
    "In uw plan",
    "Wat is bekend",
    "Delen",
)


def _years_run_on(form, cleaned: dict) -> None:
    if (
        cleaned.get("start_year")
        and cleaned.get("end_year")
        and cleaned["end_year"] < cleaned["start_year"]
    ):
        form.add_error("end_year", "Het laatste jaar ligt vóór het eerste.")


class PlanForm(LineForm):
    free_text = free_texts(Plan)

    class Meta(LineForm.Meta):
        model = Plan
        fields = form_fields(Plan)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if (joint := self.fields.get("joint")) is None:
            return
        joint.queryset = joint_plans(self.municipality)
        joint.label_from_instance = lambda plan: f"{plan} (gemeente {plan.municipality})"
        # A joint part has no joint part of its own.
        if not joint.queryset or (self.instance.pk and readers_of(self.instance)):
            del self.fields["joint"]

    def clean(self):
        cleaned = super().clean()
        _years_run_on(self, cleaned)
        return cleaned

    def save(self, commit=True):
        if not self.instance.slug:
            base = slugify(
                f"{self.municipality.slug}-{self.instance.start_year}-{self.instance.end_year}"
            )[:70]
            taken = Plan.objects.filter(slug__startswith=base).count()
            self.instance.slug = f"{base}-{taken + 1}" if taken else base
        return super().save(commit)


class PriorityForm(LineForm):
    free_text = free_texts(Priority)

    class Meta(LineForm.Meta):
        model = Priority
        fields = form_fields(Priority)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        offer(self.fields["safety_field"], offered_fields(plan))
        if not self.instance.ends:
            del self.fields["end_reason"]
        self.fields["elaborates"].queryset = joint_priorities(plan)
        if not self.fields["elaborates"].queryset:
            del self.fields["elaborates"]

    def clean(self):
        cleaned = super().clean()
        self.instance.plan = self.plan
        self.instance.slug = self.instance.slug or slugify(cleaned.get("title", ""))[:80]
        same = Priority.objects.filter(plan=self.plan, slug=self.instance.slug).exclude(
            pk=self.instance.pk
        )
        if same.exists():
            self.add_error("title", "Er is al een prioriteit met deze titel in dit plan.")
        if cleaned.get("frameworks") and cleaned.get("without_framework"):
            self.add_error(
                "without_framework",
                "Deze prioriteit hoort bij een kader. Haal de reden weg, of het vinkje bij het"
                " kader.",
            )
        return cleaned


class MeasureForm(LineForm):
    free_text = free_texts(Measure)
    parts = MEASURE_PARTS

    class Meta(LineForm.Meta):
        model = Measure
        fields = form_fields(Measure, MEASURE_PARTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.priority_id:
            above = self.instance.priority
            offer(self.fields["safety_field"], offered_fields(above.plan))
            offer(self.fields["sub_theme"], above.sub_themes)
            self._offer_to_serve(above)

    def _offer_to_serve(self, above: Priority) -> None:
        """The other priorities of this plan, and the goals of all of them."""
        live = above.plan.lines.filter(archived_at=None)
        self.fields["other_priorities"].queryset = live.exclude(pk=above.pk)
        goals = Goal.objects.filter(priority__in=live, archived_at=None)
        self.fields["goals"].queryset = goals.select_related("priority")
        self.fields["goals"].label_from_instance = lambda goal: f"{goal} ({goal.priority})"
        for name in ("other_priorities", "goals"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]

    def clean_safety_field(self):
        """That of its priority it has already."""
        said = self.cleaned_data["safety_field"]
        return "" if said == self.instance.priority.safety_field else said

    def clean_budget(self):
        budget = self.cleaned_data["budget"]
        if budget is not None and budget < 0:
            raise forms.ValidationError("Een budget is nul of meer.")
        return budget

    def clean(self):
        cleaned = super().clean()
        if self.instance.priority_id:
            others, goals = cleaned.get("other_priorities") or (), cleaned.get("goals") or ()
            if elsewhere := goal_elsewhere(self.instance.priority, others, goals):
                self.add_error("goals", refuse_goal(elsewhere))
        if cleaned.get("evidence") and not cleaned.get("evidence_source"):
            self.add_error(
                "evidence_source", "Noem de bron: waar staat wat over de werking bekend is?"
            )
        return cleaned


class ActionForm(LineForm):
    free_text = free_texts(Action)

    class Meta(LineForm.Meta):
        model = Action
        fields = form_fields(Action)


class PartnerForm(OwnedForm):
    free_text = free_texts(Partner)

    class Meta(OwnedForm.Meta):
        model = Partner
        fields = form_fields(Partner)


class FrameworkForm(OwnedForm):
    free_text = free_texts(Framework)

    class Meta(OwnedForm.Meta):
        model = Framework
        fields = form_fields(Framework)

    def clean(self):
        cleaned = super().clean()
        _years_run_on(self, cleaned)
        return cleaned
