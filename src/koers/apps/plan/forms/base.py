"""What every form of the plan does: choices from one's own municipality, two who save at once, an
adopted plan."""

from __future__ import annotations

from django import forms

from koers.apps.described import Keeps, fields_of
from koers.apps.people.colleagues import works_in
from koers.apps.people.models import Municipality, User
from koers.apps.people.ownership import not_here, offer_colleagues
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.people.revising import RevisedForm
from koers.apps.plan.forms.made import folds_of, form_field, offer_choices

PROPOSAL = "Alleen met een aanpassing"
PROPOSAL_NOTE = (
    "Dit plan is vastgesteld. Wat u hieronder wijzigt, wordt een voorstel waarover nog wordt"
    " besloten."
)


class OwnedForm(PersonalDataWarning, forms.ModelForm):
    """A form on an object of one municipality: every choice comes from that municipality."""

    class Meta:
        formfield_callback = form_field

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        self.instance.municipality = municipality
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelChoiceField):
                self._own_choices(name, field)
                if field.empty_label and not field.required:
                    field.empty_label = "niemand" if field.queryset.model is User else "geen"
        offer_choices(self, municipality.code)

    def _own_choices(self, name: str, field: forms.ModelChoiceField) -> None:
        model = field.queryset.model
        if model is User:
            offer_colleagues(field, self.municipality, getattr(self.instance, f"{name}_id", None))
        elif model is Municipality:
            # An invented municipality and a real one share nothing.
            alike = Municipality.objects.filter(fictitious=self.municipality.fictitious)
            field.queryset = alike.exclude(pk=self.municipality.pk)
            if not field.queryset.exists():
                del self.fields[name]
        else:
            field.queryset = model.objects.of(self.municipality)

    def clean(self):
        """Somebody who left is replaced by whoever edits the line."""
        cleaned = super().clean()
        for name, field in self.fields.items():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset.model is not User:
                continue
            somebody = cleaned.get(name)
            if somebody is not None and not works_in(somebody, self.municipality):
                self.add_error(name, not_here(somebody))
        return cleaned


class LineForm(OwnedForm, RevisedForm):
    """A line of a plan that two people may change at once.

    ``parts`` are the headings of the form, in their order. ``frozen`` are the fields that an
    adopted plan does not let go of: they come last, and ask for a ``reason``. Both change nothing
    of how fields are read.
    """

    parts: tuple[str, ...] = ()

    class Meta(OwnedForm.Meta):
        pass

    def __init__(self, *args, frozen: tuple[str, ...] = (), **kwargs):
        self.frozen = frozen
        if frozen:
            self.free_text = (*self.free_text, "reason")
        super().__init__(*args, **kwargs)
        self._fold()
        if frozen:
            self._ask_for_a_reason()
        else:
            for field in fields_of(self._meta.model):
                if field.name in self.fields and field.said.part in self.parts:
                    self._begin_part(field.name, field.said.part)

    def _fold(self) -> None:
        for name, fold in folds_of(self._meta.model).items():
            if name in self.fields:
                self.fields[name].fold = fold

    def _begin_part(self, name: str, part: str, note: str = "") -> None:
        """With a field begins a part, unless that is folded: then its name stands on the fold."""
        field = self.fields[name]
        if getattr(field, "fold", "") != part:
            field.part, field.part_note, field.fold = part, note, ""

    def _ask_for_a_reason(self) -> None:
        self.fields["reason"] = forms.CharField(
            label="Reden van de aanpassing",
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Nodig als u iets wijzigt dat alleen met een aanpassing kan.",
        )
        adding = self.instance._state.adding
        if adding:
            # Who does it is filled in once it has been decided that it is done.
            unkept = [f.name for f in fields_of(self._meta.model) if f.keeps == Keeps.UNKEPT]
            for name in [n for n in unkept if n in self.fields]:
                del self.fields[name]
            self.fields[
                "reason"
            ].help_text = "Waarom hoort dit in het plan? Daarover wordt nog besloten."
        open_fields = [name for name in self.fields if name not in self.frozen and name != "reason"]
        closed = [name for name in self.fields if name in self.frozen]
        last = [
            name
            for name in open_fields
            if name in ("accept_unmeasured", "keep_personal", "revision")
        ]
        first = [name for name in open_fields if name not in last]
        if adding:
            self.order_fields(
                [*(n for n in self.fields if n not in ("reason", *last)), "reason", *last]
            )
            return
        self.order_fields([*first, *closed, "reason", *last])
        if first:
            self._begin_part(first[0], "Direct te wijzigen")
        if closed:
            self._begin_part(closed[0], PROPOSAL, PROPOSAL_NOTE)
