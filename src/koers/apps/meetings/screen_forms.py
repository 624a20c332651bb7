"""The forms on the screen of a meeting."""

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from koers.apps.meetings.forms import date_input
from koers.apps.meetings.services.screen import OWNER_FIELDS, TEXT_FIELDS, Read
from koers.apps.people.colleagues import colleagues
from koers.apps.people.models import User
from koers.apps.people.privacy import PersonalDataWarning

NOBODY = "Niemand in het bijzonder"


class AsRead(forms.Form):
    """Carries what the writer had before them: ``revision`` and a digest of the fields
    (``was``)."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    was = forms.CharField(widget=forms.HiddenInput, max_length=16)

    @property
    def read(self) -> Read:
        return Read(self.cleaned_data["revision"], self.cleaned_data["was"])

    @staticmethod
    def as_it_is(row, fields) -> dict:
        read = Read.of(row, fields)
        return {"revision": read.revision, "was": read.digest}


class ItemLineForm(PersonalDataWarning):
    """A line that comes under the note: nobody else's text is touched, so there is nothing to be in
    conflict with."""

    free_text = ("text",)
    text = forms.CharField(label="Regel bij de notitie", max_length=500)


class ItemNoteForm(AsRead, PersonalDataWarning):
    free_text = ("note",)
    note = forms.CharField(
        label="Hele notitie", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    @classmethod
    def of(cls, item):
        return cls(initial={"note": item.note, **cls.as_it_is(item, TEXT_FIELDS)}, prefix="note")

    def clean_note(self):
        return self.cleaned_data["note"].replace("\r\n", "\n")


class Colleagues:
    """Who works in a municipality, read and written as options once for all forms of a page that
    ask who does it."""

    def __init__(self, municipality) -> None:
        self.people = colleagues(municipality)

    @cached_property
    def options(self) -> SafeString:
        return format_html_join(
            "", '<option value="{}">{}</option>', ((p.pk, p) for p in self.people)
        )

    def options_with(self, chosen: str) -> SafeString:
        mark = format_html('<option value="{}"', chosen)
        return (
            mark_safe(self.options.replace(mark, f"{mark} selected", 1)) if chosen else self.options
        )  # noqa: S308


class ColleagueSelect(forms.Select):
    """A list of people written in one go: a template for each option is slow where three forms hold
    everybody."""

    colleagues: Colleagues

    def render(self, name, value, attrs=None, renderer=None):
        return format_html(
            '<select name="{}"{}><option value="">{}</option>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            NOBODY,
            self.colleagues.options_with(str(value or "")),
        )


class _Owner(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Wie", required=False, widget=ColleagueSelect
    )
    owner_department = forms.CharField(label="Afdeling of partner", max_length=100, required=False)
    due = forms.DateField(label="Uiterlijk", required=False, widget=date_input())

    def __init__(self, *args, colleagues: Colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues.people
        self.fields["owner"].widget.colleagues = colleagues

    @property
    def who(self) -> tuple:
        data = self.cleaned_data
        return data["owner"], data["owner_department"], data["due"]


class AssignForm(_Owner, AsRead, PersonalDataWarning):
    free_text = ("owner_department",)

    @classmethod
    def of(cls, item, colleagues):
        initial = {
            "owner": item.owner_id,
            "owner_department": item.owner_department,
            "due": item.due,
        }
        return cls(
            initial={**initial, **cls.as_it_is(item, OWNER_FIELDS)},
            prefix="assign",
            colleagues=colleagues,
        )


class ItemActionForm(_Owner, PersonalDataWarning):
    """An action that comes of an item, also when the item is taken up."""

    free_text = ("title", "owner_department")
    title = forms.CharField(label="Wat gaan we doen?", max_length=200)
    field_order = ["title"]


class ItemDecisionForm(PersonalDataWarning):
    free_text = ("text",)
    text = forms.CharField(
        label="Wat is besloten?", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ItemReasonForm(PersonalDataWarning):
    free_text = ("reason",)
    reason = forms.CharField(
        label="Waarom leggen we dit terzijde?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OwnItemForm(PersonalDataWarning):
    free_text = ("title", "detail")
    title = forms.CharField(label="Punt", max_length=300)
    detail = forms.CharField(
        label="Toelichting", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
