"""The forms of an import: which table, and which column is what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from django import forms
from django.utils.text import capfirst

from koers.apps.exchange.columns import WHAT_LABELS, What, columns_for, gathering_for, label_of
from koers.apps.exchange.drafts import LARGEST
from koers.apps.exchange.known import Known
from koers.apps.exchange.mapping import SEARCHED
from koers.apps.exchange.part import Part, names_of
from koers.apps.people.bounds import Text
from koers.tables.reading.grid import SUFFIXES, Grid, text_of

DEEPEST = 100
WHOLE = "whole"
MOST_PASTED = 2_000_000
_USUAL = ("title", "priority", "measure", "owner", "due", "end", "state", "under", "number")


class PastedField(forms.CharField):
    """Rows, which are longer than a text may be; each cell is bounded by itself."""

    default_validators: ClassVar = [Text(MOST_PASTED)]


class SourceForm(forms.Form):
    """A file, or rows that were copied."""

    plan = forms.ModelChoiceField(label="In welk plan?", queryset=None, empty_label=None)
    file = forms.FileField(
        label="Bestand",
        required=False,
        help_text=(
            "Excel (.xlsx, .xls), ODS, CSV, Word (.docx) of ODT, hooguit"
            f" {LARGEST // 1_000_000} MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    read = forms.ChoiceField(
        label="Wat wilt u uit een Word- of ODT-document?",
        required=False,
        choices=[
            ("", "alleen de tabellen"),
            (WHOLE, "het hele document: tekst, prioriteiten, doelen, maatregelen en tabellen"),
        ],
    )
    pasted = PastedField(
        label="Of plak rijen uit Excel",
        max_length=MOST_PASTED,
        required=False,
        strip=False,
        help_text=(
            "Kopieer de cellen in Excel en plak ze hier. De rij met kolomnamen mag mee, maar hoeft"
            " niet."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans
        if len(plans) == 1:
            self.fields["plan"].widget = forms.HiddenInput()
            self.fields["plan"].initial = plans[0]

    def clean(self):
        cleaned = super().clean()
        if (
            not cleaned.get("file")
            and not (cleaned.get("pasted") or "").strip()
            and not self.errors
        ):
            self.add_error("file", "Kies een bestand, of plak rijen in het vak.")
        return cleaned


class TableForm(forms.Form):
    """Which table, where its header is, and what a row is."""

    table = forms.TypedChoiceField(label="Tabel of werkblad", coerce=int)
    what = forms.ChoiceField(
        label="Wat is een rij?", choices=[(w.value, WHAT_LABELS[w]) for w in What]
    )
    first = forms.IntegerField(
        label="Eerste rij van de kop",
        min_value=0,
        max_value=DEEPEST,
        help_text="0 als er geen kolomnamen boven staan.",
    )
    last = forms.IntegerField(label="Laatste rij van de kop", min_value=0, max_value=DEEPEST)

    def __init__(self, *args, tables: Sequence[Grid], **kwargs):
        super().__init__(*args, **kwargs)
        self.tables = tables
        self.fields["table"].choices = [
            (n, f"{t.name} ({len(t.rows)} rijen)") for n, t in enumerate(tables)
        ]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            rows = len(self.tables[cleaned["table"]].rows)
            if not cleaned["first"] or not cleaned["last"]:
                cleaned["first"] = cleaned["last"] = 0
            elif cleaned["last"] < cleaned["first"]:
                self.add_error("last", "De laatste rij van de kop ligt boven de eerste.")
            elif cleaned["last"] >= rows:
                self.add_error(
                    "last", f"Deze tabel heeft {rows} rijen: onder deze kop staat niets."
                )
            elif cleaned["last"] - cleaned["first"] >= SEARCHED:
                self.add_error("last", "Een kop heeft hooguit twintig rijen.")
        return cleaned


class ColumnsForm(forms.Form):
    """Of each field in which column it stands; and where rows belong that do not say so."""

    def __init__(self, *args, table: Grid, part: Part, known: Known, **kwargs):
        super().__init__(*args, **kwargs)
        self.part = part
        choices = [("", "niet in deze tabel"), *_columns(table, part)]
        for column in columns_for(part.what):
            self.fields[column.key] = forms.ChoiceField(
                label=label_of(column, part.what),
                required=False,
                choices=choices,
                initial=str(part.columns[column.key]) if column.key in part.columns else "",
            )
        self._ask_the_rest(table, part)
        if part.what in (What.JUDGEMENTS, What.PRIORITIES, What.PLAN):
            return
        if part.what == What.ACTIONS:
            measures = [
                ("", "bij geen maatregel"),
                *((m.pk, f"{m.title} ({m.priority})") for m in known.measures.values()),
            ]
            self.fields["measure"] = forms.ChoiceField(
                label="Acties waarbij geen maatregel staat, horen",
                required=False,
                choices=measures,
                initial=part.measure or "",
            )
        else:
            priorities = [
                ("", _nowhere(table, part)),
                *((p.pk, capfirst(str(p))) for p in known.priorities),
            ]
            self.fields["priority"] = forms.ChoiceField(
                label=(
                    "Doelen waarbij geen prioriteit staat, horen bij"
                    if part.what in (What.GOALS, What.GOAL_LINES)
                    else "Maatregelen waarbij geen prioriteit staat, horen bij"
                ),
                required=False,
                choices=priorities,
                initial=part.priority or "",
            )

    def _ask_the_rest(self, table: Grid, part: Part) -> None:
        """Of each column that is in no field of its own: where it goes."""
        names = dict(_columns(table, part))
        where = [
            ("", "niet lezen"),
            *((key, f"bij {label}") for key, label in gathering_for(part.what).items()),
        ]
        there = {n: key for key, several in part.also.items() for n in several}
        for n in range(table.width):
            if n not in part.columns.values() and _is_filled(table, part, n):
                self.fields[f"kolom-{n}"] = forms.ChoiceField(
                    label=names[str(n)], required=False, choices=where, initial=there.get(n, "")
                )

    @property
    def shown(self) -> list:
        """The fields that were found, and those that a table nearly always has."""
        return [f for f in self if f.name not in self.rest and not _is_column(f)]

    @property
    def others(self) -> list:
        return [f for f in self if f.name in self.rest]

    @property
    def more_columns(self) -> list:
        """The columns of the table that are in no field of their own."""
        return [f for f in self if _is_column(f)]

    @cached_property
    def rest(self) -> frozenset[str]:
        return frozenset(
            c.key
            for c in columns_for(self.part.what)
            if c.key not in self.part.columns and c.name not in _USUAL and not self.data.get(c.key)
        )

    def chosen(self) -> Part:
        data = self.cleaned_data
        columns = {key: int(value) for key, value in data.items() if "." in key and value != ""}
        also: dict[str, list[int]] = {}
        for name, key in data.items():
            if name.startswith("kolom-") and key and int(name[6:]) not in columns.values():
                also.setdefault(key, []).append(int(name[6:]))
        priority, measure = data.get("priority"), data.get("measure")
        return Part(
            self.part.table,
            self.part.what,
            self.part.first,
            self.part.last,
            columns,
            int(priority) if priority else None,
            int(measure) if measure else None,
            also,
        )


def _is_column(field: forms.BoundField) -> bool:
    return field.name.startswith("kolom-")


def _is_filled(table: Grid, part: Part, column: int) -> bool:
    rows = range(part.last + 1, len(table.rows) + 1)
    return any(text_of(table.cell(row, column)) for row in rows)


def _nowhere(table: Grid, part: Part) -> str:
    """What holds for rows without a priority where none is chosen."""
    if table.heading:
        return f"'{table.heading[:60]}', het kopje boven de tabel"
    if part.what == What.GOALS:
        return "het hele plan"
    return "nergens: dan is het een fout"


def _columns(table: Grid, part: Part) -> list[tuple[str, str]]:
    """The columns by their names; without a header by what stands in their first row."""
    if part.last:
        return [
            (str(n), name[:80] or f"kolom {n + 1} (zonder naam)")
            for n, name in enumerate(names_of(table, part.first, part.last))
        ]
    return [
        (str(n), f"kolom {n + 1} ('{text_of(table.cell(1, n))[:40]}')") for n in range(table.width)
    ]
