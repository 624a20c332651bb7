"""Saving a form on a line of an adopted plan: the work of every day at once, the rest as a
proposal."""

from __future__ import annotations

from dataclasses import dataclass

from koers.apps.plan.forms.base import LineForm
from koers.apps.plan.kinds import KINDS, kind_of
from koers.apps.plan.models import Adjustment
from koers.apps.plan.services.adjustments import propose_change, propose_new
from koers.apps.plan.services.content import same, typed, values_of
from koers.records import Value


@dataclass(frozen=True)
class Outcome:
    """``saved``: fields that changed at once. ``proposed``: what waits for a decision. Neither: the
    form says why."""

    saved: bool = False
    proposed: Adjustment | None = None
    refused: bool = False


def save_or_propose(form: LineForm, user) -> Outcome:
    """Save what may change at once; of the frozen fields that differ a proposal is made, with the
    reason of the form."""
    now = form._now()
    if form.revision_read != now.revision:
        form.show_conflict()
        return Outcome(refused=True)
    proposed = _differing(form, now)
    reason = form.cleaned_data.get("reason", "").strip()
    if proposed and not reason:
        form.add_error("reason", "Schrijf op waarom het plan moet worden aangepast.")
        return Outcome(refused=True)
    daily = [
        name for name in form.changed_data if name in form._meta.fields and name not in form.frozen
    ]
    if daily:
        _put_back(form, now)
        if not form.save_as_read():
            return Outcome(refused=True)
    made = propose_change(now, proposed, reason, user.pseudonym) if proposed else None
    return Outcome(bool(daily), made)


def _differing(form: LineForm, now) -> dict[str, Value]:
    """The frozen fields of which the form holds something else than the line."""
    old = values_of(now, form.frozen)
    return {name: value for name in form.frozen if not same(old[name], value := _typed(form, name))}


def _typed(form: LineForm, name: str) -> Value:
    field = kind_of(form.instance).by_name[name]
    if name in form.cleaned_data:
        return typed(field, form.cleaned_data[name])
    return typed(field, getattr(form.instance, name))


def _put_back(form: LineForm, now) -> None:
    """The frozen fields as they are, so that saving the others leaves them alone."""
    for name in form.frozen:
        if form.instance._meta.get_field(name).many_to_many:
            form.cleaned_data.pop(name, None)
        else:
            setattr(form.instance, name, getattr(now, name))


def propose_added(form: LineForm, kind: str, above, user) -> Adjustment | None:
    """Propose the line that a form describes; None, and the form says why, where the reason is
    missing."""
    reason = form.cleaned_data.get("reason", "").strip()
    if not reason:
        form.add_error("reason", "Schrijf op waarom dit in het plan moet komen.")
        return None
    line = KINDS[kind]
    names = [*line.frozen, *(name for name in line.daily if name in form.cleaned_data)]
    new = {name: _typed(form, name) if not _is_unset(form, name) else () for name in names}
    return propose_new(above, kind, new, reason, user.pseudonym)


def _is_unset(form: LineForm, name: str) -> bool:
    """References that the form does not ask for: a line that is not saved has none to read."""
    return name not in form.cleaned_data and form.instance._meta.get_field(name).many_to_many
