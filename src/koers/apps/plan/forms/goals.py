from datetime import date

from django import forms

from koers.apps.intake.archive import public_shelf
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.apps.plan.forms.base import LineForm
from koers.apps.plan.forms.made import form_fields, free_texts
from koers.apps.plan.models import Goal
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.outlook import set_start
from koers.dutch import number
from koers.figures.shelf import Shelf


class GoalForm(LineForm):
    """A goal; its start comes from the figures, and whoever sets one that cannot be measured in
    time is told so."""

    free_text = free_texts(Goal)
    target = forms.FloatField(
        label="Streefwaarde", min_value=0, help_text="Aantal in 12 maanden (of in een jaar)."
    )
    accept_unmeasured = forms.BooleanField(
        label="Toch opslaan, ook al is het niet op tijd te meten", required=False
    )

    class Meta(LineForm.Meta):
        model = Goal
        fields = form_fields(Goal)

    def __init__(self, *args, figures: Shelf | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.figures = figures or public_shelf()
        self.fields["accept_unmeasured"].widget = forms.HiddenInput()
        self._before = (
            (self.instance.indicator, self.instance.area_code) if self.instance.pk else None
        )
        self._due_before = self.instance.due

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due <= date.today() and due != self._due_before:
            raise forms.ValidationError(
                "De streefdatum ligt in het verleden. Kies een latere datum."
            )
        return due

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("indicator") or cleaned.get("target") is None or not cleaned.get("due"):
            return cleaned
        area = cleaned.get("area_code") or self.municipality.code
        found = reading(self.figures, area, cleaned["indicator"])
        self._told(found, cleaned)
        if found.is_own:
            self._right_direction(found, cleaned["target"])
            self._start(found, cleaned)
        return cleaned

    def _told(self, found: Reading, cleaned: dict) -> None:
        """What keeps the goal from being measured in time, until the writer says that it must be
        set all the same."""
        problems = measurable(self.figures, found, cleaned["target"], cleaned["due"]).problems
        if not problems:
            return
        self.fields["accept_unmeasured"].widget = forms.CheckboxInput()
        if not cleaned.get("accept_unmeasured"):
            for problem in problems:
                self.add_error(
                    problem.field, problem.text + " Of vink hieronder aan dat het toch moet."
                )

    def _right_direction(self, found: Reading, target: float) -> None:
        wrong = {"down": target > found.recent, "up": target < found.recent}
        if wrong.get(found.indicator.direction):
            better = "lager" if found.indicator.direction == "down" else "hoger"
            now = number(found.recent, 0 if found.indicator.adds_up else 1)
            self.add_error(
                "target",
                f"De laatste stand is {now} {found.recent_label}; kies een {better} getal.",
            )

    def _start(self, found: Reading, cleaned: dict) -> None:
        """Where the goal starts: as the figures stood when it was set, not when its words were
        mended."""
        if self._before == (cleaned["indicator"], cleaned.get("area_code", "")):
            return
        set_start(self.instance, found)
