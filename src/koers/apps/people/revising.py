"""A form on a line that two people may have open: who saves second is told, and sees both versions
side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from koers import dutch
from koers.apps.people.names import name_of
from koers.apps.people.owned import ChangedMeanwhileError
from koers.tables import LINES, Column, Look, Table

BESIDE = (
    Column("label", "Veld"),
    Column("theirs", "Nu bewaard", kind=LINES),
    Column("mine", "Uw tekst", kind=LINES),
)


@dataclass(frozen=True)
class Difference:
    """A field of which two people made something else."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Conflict:
    """What was saved meanwhile, by whom and when, beside what was typed."""

    who: str
    when: Any
    differences: tuple[Difference, ...]

    @property
    def table(self) -> Table:
        return Table(
            "conflict", "De twee versies naast elkaar", BESIDE, self.differences, look=Look.BESIDE
        )


class RevisedForm(forms.ModelForm):
    """A form on a :class:`~koers.apps.people.owned.Revised` line; it carries the revision that was
    read as a hidden field.

    In a view: ``if form.is_valid() and form.save_as_read(): return redirect(…)``, else render the
    form again. After a conflict ``conflict`` is shown above it by ``{% koers_form %}``, the fields
    keep what was typed, and saving once more is a choice for one's own text.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    conflict: Conflict | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def save_as_read(self) -> bool:
        """Save the line; False, with ``conflict`` filled, where somebody else saved it
        meanwhile."""
        if self.instance._state.adding:
            self.save()
            return True
        try:
            self.instance.save_as_read(self.revision_read)
        except ChangedMeanwhileError:
            self.show_conflict()
            return False
        self._save_m2m()
        return True

    @property
    def revision_read(self) -> int:
        """The revision that the page showed; whoever sends none (no browser of ours) saves over
        what is there now."""
        read = self.cleaned_data.get("revision")
        return self._now().revision if read is None else read

    def show_conflict(self) -> None:
        """Fill ``conflict`` with the line as it is now, and let the next save go on from there."""
        now = self._now()
        last = now.history.first()
        self.conflict = Conflict(
            name_of(last.history_user_id) if last else "",
            last.history_date if last else None,
            self._differences(now),
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = now.revision
        self.instance.revision = now.revision

    def _now(self):
        return type(self.instance)._default_manager.get(pk=self.instance.pk)

    def _differences(self, now) -> tuple[Difference, ...]:
        found = []
        for name in self._meta.fields:
            if name not in self.fields or name not in self.cleaned_data:
                continue
            label = str(self.fields[name].label or name).capitalize()
            theirs, mine = (
                in_words(self.fields[name], v)
                for v in (getattr(now, name), self.cleaned_data[name])
            )
            if theirs != mine:
                found.append(Difference(label, theirs, mine))
        return tuple(found)


def in_words(field: forms.Field, value: Any) -> str:
    """A value of a form field as it is read."""
    if isinstance(value, models.Manager):
        value = value.all()
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, date):
        return dutch.day(value)
    if isinstance(value, Decimal):
        return dutch.number(float(value), 2)
    if isinstance(value, (models.QuerySet, list, tuple)):
        return ", ".join(sorted(_label(field, one) for one in value)) or "–"
    return _label(field, value)


def _label(field: forms.Field, value: Any) -> str:
    if isinstance(value, models.Model):
        return str(value)
    return dict(_flat(getattr(field, "choices", ()))).get(str(value), str(value))


def _flat(choices: Iterable) -> Iterable[tuple[str, str]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), str(label)
