"""What every form of the plan does: choices from one's own municipality, two who save at once, an adopted plan."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from koers.apps.people.colleagues import colleagues, works_in
from koers.apps.people.models import Municipality, User
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.people.revising import RevisedForm

PROPOSAL = "Alleen met een aanpassing"
PROPOSAL_NOTE = "Dit plan is vastgesteld. Wat u hieronder wijzigt, wordt een voorstel waarover nog wordt besloten."


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OwnedForm(PersonalDataWarning, forms.ModelForm):
    """A form on an object of one municipality: every choice comes from that municipality."""

    def __init__(self, *args, municipality, **kwargs):
        super().__init__(*args, **kwargs)
        self.municipality = municipality
        self.instance.municipality = municipality
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelChoiceField):
                self._own_choices(name, field)

    def _own_choices(self, name: str, field: forms.ModelChoiceField) -> None:
        model = field.queryset.model
        if model is User:
            self._people(name, field)
        elif model is Municipality:
            field.queryset = Municipality.objects.exclude(pk=self.municipality.pk)
            if not field.queryset.exists():
                del self.fields[name]
        else:
            field.queryset = model.objects.of(self.municipality)

    def _people(self, name: str, field: forms.ModelChoiceField) -> None:
        """Colleagues, and who stands there now: somebody who left is named, not silently dropped."""
        here = colleagues(self.municipality)
        now = getattr(self.instance, f"{name}_id", None)
        field.queryset = User.objects.filter(Q(pk__in=here.values("pk")) | Q(pk=now))
        gone = now if now and not here.filter(pk=now).exists() else None
        field.label_from_instance = lambda user: f"{user} (werkt hier niet meer)" if user.pk == gone else str(user)
        field.error_messages["invalid_choice"] = (
            "Deze persoon werkt hier niet (meer). Kies een collega, of noem alleen de afdeling."
        )

    def clean(self):
        cleaned = super().clean()
        for name, field in self.fields.items():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset.model is not User:
                continue
            somebody = cleaned.get(name)
            if somebody is not None and not works_in(somebody, self.municipality):
                self.add_error(
                    name, f"{somebody} werkt hier niet meer. Kies een collega, of maak dit leeg en noem de afdeling."
                )
        return cleaned


class LineForm(OwnedForm, RevisedForm):
    """A line of a plan that two people may change at once.

    ``parts`` names the field with which a part of the form begins. ``frozen`` are the fields that an adopted plan does
    not let go of: they come last, and ask for a ``reason``. ``parts`` and ``frozen`` change nothing of how fields are read.
    """

    parts: dict[str, str] = {}

    def __init__(self, *args, frozen: tuple[str, ...] = (), **kwargs):
        self.frozen = frozen
        if frozen:
            self.free_text = (*self.free_text, "reason")
        super().__init__(*args, **kwargs)
        if frozen:
            self._ask_for_a_reason()
        else:
            for name, part in self.parts.items():
                if name in self.fields:
                    self.fields[name].part = part

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
            for name in [n for n in self.fields if n in ("owner", "deputy", "shared_with")]:
                del self.fields[name]
            self.fields["reason"].help_text = "Waarom hoort dit in het plan? Daarover wordt nog besloten."
        open_fields = [name for name in self.fields if name not in self.frozen and name != "reason"]
        closed = [name for name in self.fields if name in self.frozen]
        last = [name for name in open_fields if name in ("accept_unmeasured", "keep_personal", "revision")]
        first = [name for name in open_fields if name not in last]
        if adding:
            self.order_fields([*(n for n in self.fields if n not in ("reason", *last)), "reason", *last])
            return
        self.order_fields([*first, *closed, "reason", *last])
        if first:
            self.fields[first[0]].part = "Direct te wijzigen"
        if closed:
            self.fields[closed[0]].part, self.fields[closed[0]].part_note = PROPOSAL, PROPOSAL_NOTE
