"""Every field of every form in which somebody writes freely points out what looks like a person, or
is said not to and why."""

from __future__ import annotations

import importlib
import pkgutil

from django import forms

import koers.apps
from koers.apps.decisions.models import DecisionState, DecisionStep
from koers.apps.decisions.services.document import latest_decision
from koers.apps.people.privacy import PersonalDataWarning

NOT_TYPED = (forms.HiddenInput, forms.PasswordInput, forms.Select, forms.RadioSelect)
ACCOUNT = "the name of an account: a person by its nature"
REASONS = {
    ("people.forms", "name"): ACCOUNT,
    ("people.forms", "code"): "six digits",
    ("plan.overviews.filters", "zoek"): "a search is not kept",
    ("plan.overviews.saved", "name"): "a shortcut that only its maker sees",
    ("plan.forms.goals", "path"): "years and numbers, anything else is refused",
    ("plan.forms.goals", "start_period"): "a year or a month, anything else is refused",
    ("plan.forms.lines", "evidence_source"): "names of authors belong to what they published",
    ("meetings.forms", "words"): "the words that must go; they are not kept",
    ("exchange.forms", "pasted"): "looked at row by row before anything is taken in",
    ("consultation.forms", "block"): "chosen from a list",
    ("meetings.screen_forms", "owner_department"): "a part of forms that point it out",
}


def forms_of_koers():
    for found in pkgutil.walk_packages(koers.apps.__path__, "koers.apps."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)
    waiting, seen = [forms.BaseForm], set()
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in seen:
                seen.add(form)
                waiting.append(form)
    return sorted(
        (f for f in seen if f.__module__.startswith("koers.") and hasattr(f, "base_fields")),
        key=lambda f: (f.__module__, f.__name__),
    )


def typed(form):
    return {
        name
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.EmailField)
        and not isinstance(field.widget, NOT_TYPED)
    }


def test_every_free_text_of_every_form_points_out_what_looks_personal():
    found = forms_of_koers()
    assert len(found) > 50
    silent = []
    for form in found:
        warned = set(form.free_text) if issubclass(form, PersonalDataWarning) else set()
        where = form.__module__.removeprefix("koers.apps.")
        silent += [
            f"{where}.{form.__name__}.{name}"
            for name in typed(form) - warned
            if (where, name) not in REASONS
        ]
    assert silent == []


def test_a_reason_is_given_for_a_field_that_is_there():
    there = {
        (form.__module__.removeprefix("koers.apps."), name)
        for form in forms_of_koers()
        for name in typed(form)
    }
    assert set(REASONS) <= there


def test_a_note_at_a_step_of_a_decision_is_looked_at(adviser, plan):
    decision = latest_decision(plan)
    address = f"/besluiten/{decision.pk}/stap/"
    data = {"to": DecisionState.INTENDED, "note": "Gebeld met mevrouw Pietersen"}
    page = adviser.post(address, data).content.decode()
    assert "Dit lijkt op persoonsgegevens" in page and not DecisionStep.objects.exists()
    adviser.post(address, {**data, "keep_personal": "on"})
    assert DecisionStep.objects.get().note == "Gebeld met mevrouw Pietersen"
