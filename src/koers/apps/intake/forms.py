"""The forms of a file: which, and what its columns mean."""

from __future__ import annotations

from django import forms

from koers.apps.intake.models import FileKind
from koers.apps.intake.services.counting import Choice, local_topics, recognised
from koers.apps.people.privacy import PersonalDataWarning
from koers.sources.own.counted import NOT_COUNTED

GUESSES = {
    "area": (
        "buurtcode",
        "gebiedscode",
        "buurt",
        "buurtnaam",
        "wijk",
        "gebied",
        "neighbourhood",
        "area",
        "gemeente",
    ),
    "latitude": ("latitude", "lat", "breedtegraad", "y"),
    "longitude": ("longitude", "lon", "lng", "lengtegraad", "x"),
    "topic": (
        "onderwerp",
        "categorie",
        "hoofdcategorie",
        "category",
        "category_main",
        "soort misdrijf",
        "soort",
        "topic",
    ),
    "period": (
        "maand",
        "periode",
        "period",
        "datum",
        "date",
        "created_at",
        "aangemaakt",
        "meldingsdatum",
        "tijdstip",
        "jaar",
    ),
    "value": ("aantal", "count", "geteld", "waarde", "uren", "value", "totaal"),
}
LABELS = {
    "area": "Buurt, wijk of gemeente (naam of code)",
    "latitude": "Breedtegraad (latitude) of RD-y",
    "longitude": "Lengtegraad (longitude) of RD-x",
    "topic": "Onderwerp of categorie",
    "period": "Maand, datum of jaar",
    "value": "Aantal",
}
IN_A_FILE = [(k, words) for k, words in FileKind.choices if k != FileKind.TYPED]
ROLES_OF = {
    FileKind.COUNTS: ("area", "topic", "period", "value"),
    FileKind.REPORTS: ("area", "latitude", "longitude", "topic", "period"),
    FileKind.EARLY: ("area", "topic", "period", "value"),
}
NEEDED = ("period", "value")


def guess(names: list[str]) -> dict[str, str]:
    """Which column seems to hold what, by its name."""
    plain = {name.strip().lower(): name for name in reversed(names)}
    return {
        role: next((plain[w] for w in words if w in plain), "") for role, words in GUESSES.items()
    }


def _by_itself(category: str) -> str:
    known = recognised(category)
    return f"{known} (herkend)" if known else "een eigen onderwerp met deze naam"


class FileForm(forms.Form):
    kind = forms.ChoiceField(label="Wat staat er in?", choices=IN_A_FILE, widget=forms.RadioSelect)
    file = forms.FileField(
        label="Bestand",
        help_text="CSV, XLSX of ODS, hooguit 25 MB. Koers telt het en verwijdert het daarna.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.ods"}),
    )


class PlaceForm(forms.Form):
    """On which sheet, and in which row, the names of the columns stand."""

    sheet = forms.ChoiceField(label="Werkblad")
    header_row = forms.IntegerField(
        label="Rij met de namen van de kolommen", min_value=1, max_value=200
    )

    def __init__(self, *args, sheets: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, name) for name in sheets]


class ColumnsForm(PersonalDataWarning):
    """What each column means; a category of which Koers has seen values can be counted as something
    else, or not."""

    free_text = ("title",)
    title = forms.CharField(
        label="Naam van deze tabel",
        max_length=80,
        help_text="Een volgend bestand met deze naam vult de tabel aan.",
    )

    def __init__(self, *args, kind: str, names: list[str], categories: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.categories = kind, categories
        columns = [("", "geen kolom"), *((name, name) for name in names if name)]
        for role in ROLES_OF[FileKind(kind)]:
            self.fields[role] = forms.ChoiceField(
                label=LABELS[role], choices=columns, required=role in NEEDED
            )
        if kind != FileKind.EARLY:
            topics = sorted(local_topics().items(), key=lambda item: item[1])
            self.fields["fixed"] = forms.ChoiceField(
                label="Of: alle rijen gaan over",
                required=False,
                choices=[("", "staat in de kolom hierboven"), *topics],
                help_text="Kies dit als er geen kolom met een onderwerp is.",
            )
            for number, category in enumerate(categories):
                self.fields[f"category_{number}"] = forms.ChoiceField(
                    label=f"'{category}' telt als",
                    required=False,
                    choices=[("", _by_itself(category)), (NOT_COUNTED, "niet tellen"), *topics],
                )

    def choice(self, sheet: str, header_row: int) -> Choice:
        data = self.cleaned_data
        columns = {role: data[role] for role in ROLES_OF[FileKind(self.kind)] if data.get(role)}
        if columns.get("area"):
            columns.pop("latitude", None)
            columns.pop("longitude", None)
        topics = {
            c: data[f"category_{n}"]
            for n, c in enumerate(self.categories)
            if data.get(f"category_{n}")
        }
        fixed = "" if columns.get("topic") else data.get("fixed", "")
        return Choice(data["title"], sheet, header_row, columns, fixed, topics)


class ReleaseForm(PersonalDataWarning):
    reason = forms.CharField(
        label="Waarom mogen deze cijfers naar buiten?", widget=forms.Textarea(attrs={"rows": 3})
    )
    free_text = ("reason",)
    field_order = ["reason", "keep_personal"]


class AcceptForm(PersonalDataWarning):
    """Why figures that cannot be right, are."""

    reason = forms.CharField(
        label="Waarom kloppen deze cijfers toch?", widget=forms.Textarea(attrs={"rows": 3})
    )
    free_text = ("reason",)
    field_order = ["reason", "keep_personal"]
