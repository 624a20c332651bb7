"""Ending a priority half-way the plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from koers.apps.people.access import allow, own_or_404
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.forms.made import date_input
from koers.apps.plan.kinds import kind_of
from koers.apps.plan.models import Priority
from koers.apps.plan.services.adjustments import propose_ending
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.services.ending import end, onward, still_under, targets_of
from koers.apps.plan.views.editing import PROPOSED
from koers.records import Onward

CLOSE = "afsluiten"


class EndForm(PersonalDataWarning):
    """Until when a priority is one and why it ends; of each line under it what becomes of it."""

    free_text = ("reason",)
    ends = forms.DateField(
        label="Tot",
        widget=date_input(),
        help_text="De eerste dag waarop dit geen prioriteit meer is.",
        error_messages={"invalid": "Vul een datum in, zoals 11-03-2025."},
    )
    reason = forms.CharField(
        label="Waarom",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Schrijf op waarom deze prioriteit eindigt."},
    )

    def __init__(self, *args: Any, priority: Priority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.priority, self.lines = priority, still_under(priority)
        self.targets = targets_of(priority)
        choices = [(CLOSE, "afsluiten, met deze reden")]
        choices += [(str(one.pk), f"gaat verder onder: {one}") for one in self.targets]
        for line in self.lines:
            label = f"{kind_of(line).name.capitalize()}: {line}"
            self.fields[self._name(line)] = forms.ChoiceField(label=label, choices=choices)

    @staticmethod
    def _name(line: Any) -> str:
        return f"{kind_of(line).name}-{line.pk}"

    def clean_ends(self) -> Any:
        day, plan = self.cleaned_data["ends"], self.priority.plan
        if not plan.start_year <= day.year <= plan.end_year:
            raise forms.ValidationError(
                f"Kies een dag in het plan: van {plan.start_year} tot en met {plan.end_year}."
            )
        if self.priority.begins and day <= self.priority.begins:
            raise forms.ValidationError("De prioriteit begint pas later. Kies een latere dag.")
        return day

    @property
    def becomes(self) -> list[Onward]:
        by_key = {str(one.pk): one for one in self.targets}
        return [
            onward(line, by_key.get(self.cleaned_data[self._name(line)])) for line in self.lines
        ]


@allow("plan.change_plan")
def end_priority(request, pk):
    """End a priority: at once in a draft, as a proposal in an adopted plan."""
    found = own_or_404(request, Priority, pk=pk)
    frozen = bool(frozen_fields(found))
    initial = {"ends": found.ends, "reason": found.end_reason}
    form = EndForm(request.POST or None, priority=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = (form.cleaned_data["ends"], form.cleaned_data["reason"], form.becomes)
        if frozen:
            made = propose_ending(found, *said, request.user.pseudonym)
            messages.success(request, PROPOSED)
            return redirect("plan:adjustment", made.pk)
        end(found, *said)
        messages.success(request, f"'{found}' is een prioriteit {found.period}.")
        return redirect("plan:priority", found.pk)
    return render(request, "plan/end.html", {"form": form, "priority": found, "frozen": frozen})
