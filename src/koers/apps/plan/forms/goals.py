from datetime import date

from django import forms

from koers.apps.intake.archive import is_internal, public_shelf
from koers.apps.picture.measured import units_for
from koers.apps.plan.forms.base import LineForm
from koers.apps.plan.forms.made import form_fields, free_texts, offer
from koers.apps.plan.forms.numbers import NumberField
from koers.apps.plan.kinds import kind_of_model
from koers.apps.plan.models import Goal, GoalKind
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.outlook import set_start
from koers.apps.plan.services.suiting import direction_problem, unit_problem
from koers.dutch import month_of
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators
from koers.indicators.units import GOAL_UNITS, INDEX
from koers.records.aim import step_line, steps_of

ALWAYS = ("title", "kind", "sub_theme", "due", "written", "end_reason")
_FIGURE = ("indicator", "area_code", "unit", "direction")
_START = ("start_value", "start_period")
MATTERS = {
    GoalKind.VALUE: (*_FIGURE, "target", "path", *_START),
    GoalKind.KEEP: (*_FIGURE, *_START),
    GoalKind.EARLIER: _FIGURE,
    GoalKind.PEERS: ("indicator", "unit", "direction"),
    GoalKind.WORDS: ("question", "scale", "judges"),
}
"""Of each kind of goal the fields that say something of it; the others are left empty."""
NEEDED = {
    GoalKind.VALUE: ("indicator", "target"),
    GoalKind.KEEP: ("indicator",),
    GoalKind.EARLIER: ("indicator",),
    GoalKind.PEERS: ("indicator",),
    GoalKind.WORDS: ("question",),
}
_MISSING = {
    "indicator": "Kies het cijfer waaraan u dit doel afmeet.",
    "target": "Vul de streefwaarde in.",
    "question": "Schrijf de vraag op die mensen elk kwartaal beantwoorden.",
}


class GoalForm(LineForm):
    """A goal of one kind, with the fields that matter for it. Its start comes from the figures or
    from the plan, and whoever sets one that cannot be measured is told so."""

    free_text = free_texts(Goal)
    target = NumberField(label="Streefwaarde", required=False)
    start_value = NumberField(
        label="Nulmeting", required=False, help_text="Leeg: zoals het in de cijfers staat."
    )
    accept_unmeasured = forms.BooleanField(
        label="Toch opslaan, ook al is het niet goed te meten", required=False
    )

    class Meta(LineForm.Meta):
        model = Goal
        fields = form_fields(Goal)

    def __init__(self, *args, figures: Shelf | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.figures = figures or public_shelf()
        self.known = ""
        self.fields["accept_unmeasured"].widget = forms.HiddenInput()
        self._before = self._figure_of(self.instance) if self.instance.pk else None
        self._start_before = (
            self.instance.start_value,
            self.instance.start_period,
            self.instance.start_snapshot,
        )
        self._due_before = self.instance.due
        self.kind = self._kind()
        self._show_what_matters()

    def _kind(self) -> GoalKind:
        given = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        known = GoalKind.values
        return GoalKind(given if given in known else self.instance.kind or GoalKind.VALUE)

    def _show_what_matters(self) -> None:
        """What says nothing of a goal of this kind is not asked, and emptied."""
        if not self.instance.ended:
            del self.fields["end_reason"]
        self.initial["kind"] = self.kind.value
        self.fields["kind"].required = False
        self.fields["kind"].widget = forms.HiddenInput()
        kept = (*ALWAYS, *MATTERS[self.kind])
        for name in kind_of_model(Goal).by_name:
            if name in self.fields and name not in kept:
                self.fields[name].widget = forms.HiddenInput()
                self.fields[name].required = False
        for name in NEEDED[self.kind]:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _MISSING[name]
        if self.instance.priority_id:
            offer(self.fields["sub_theme"], self.instance.priority.sub_themes)
        self.fields["path"].widget.attrs["rows"] = self.fields["scale"].widget.attrs["rows"] = 4
        self.fields["indicator"].choices = [
            ("", "kies een cijfer"),
            *self.fields["indicator"].choices,
        ]
        self.fields["unit"].choices = [
            ("", "zoals de indicator wordt geteld"),
            *GOAL_UNITS.items(),
        ]
        self.fields["direction"].choices = [
            ("", "zoals bij de indicator staat"),
            *[c for c in self.fields["direction"].choices if c[0]],
        ]
        if is_internal(self.instance.start_snapshot):
            self.fields["start_value"].help_text = "Intern: een eigen cijfer van de gemeente."
        if self.kind == GoalKind.KEEP:
            self.fields["start_period"].fold = ""
            self.fields[
                "start_period"
            ].help_text = "Van welk jaar u het niveau wilt houden, bijvoorbeeld 2016."

    def clean_kind(self):
        return self.kind.value

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due <= date.today() and due != self._due_before:
            raise forms.ValidationError(
                "De streefdatum ligt in het verleden. Kies een latere datum."
            )
        return due

    def clean_start_period(self):
        period = self.cleaned_data.get("start_period", "").strip()
        if period and not month_of(period):
            raise forms.ValidationError("Schrijf een jaar (2016) of een maand (2016-12).")
        return period

    def clean_path(self):
        try:
            return [step_line(step) for step in steps_of(self.cleaned_data.get("path") or ())]
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean(self):
        cleaned = super().clean()
        self._empty_the_rest(cleaned)
        if self.errors:
            return cleaned
        if self.kind != GoalKind.WORDS:
            self._by_figures(cleaned)
        return cleaned

    def _empty_the_rest(self, cleaned: dict) -> None:
        kept = (*ALWAYS, *MATTERS[self.kind])
        for name, field in kind_of_model(Goal).by_name.items():
            if name in self.fields and name not in kept:
                cleaned[name] = field.field.get_default() if field.field.has_default() else ""
                if name in ("target", "start_value"):
                    cleaned[name] = None
                self.errors.pop(name, None)
        if self.kind == GoalKind.WORDS:
            self.instance.start_snapshot = ""
        if self.kind != GoalKind.PEERS:
            self.instance.peers = []

    def _by_figures(self, cleaned: dict) -> None:
        indicator = load_indicators()[cleaned["indicator"]]
        if cleaned["unit"] and cleaned["unit"] not in units_for(indicator):
            units = ", ".join(GOAL_UNITS[unit] for unit in units_for(indicator))
            self.add_error("unit", f"{indicator.title} kan in: {units}. Kies een daarvan.")
            return
        late = [s for s in steps_of(cleaned.get("path") or ()) if s.year > cleaned["due"].year]
        if late:
            self.add_error("path", f"Het jaar {late[0].year} ligt na de streefdatum.")
            return
        needs_base = self.kind == GoalKind.KEEP or cleaned["unit"] == INDEX
        if needs_base and cleaned["start_value"] is None and not cleaned["start_period"]:
            self.add_error("start_period", "Vul in van welk jaar de nulmeting is.")
            return
        goal = self._started(cleaned)
        self._told(goal, cleaned)

    def _started(self, cleaned: dict) -> Goal:
        """The goal as it is typed, with its start."""
        named = kind_of_model(Goal).by_name
        typed = {name: value for name, value in cleaned.items() if name in named}
        goal = Goal(municipality=self.municipality, **typed)
        goal.start_snapshot, goal.peers = "", list(self.instance.peers)
        value, period, snapshot = self._start_before
        untouched = (goal.start_value, goal.start_period) in ((value, period), (None, ""))
        same = self._before == self._figure_of(goal)
        if untouched and snapshot and same:
            goal.start_value, goal.start_period, goal.start_snapshot = self._start_before
        else:
            if untouched and snapshot:
                goal.start_value = None
                if self.kind == GoalKind.VALUE and goal.unit != INDEX:
                    goal.start_period = ""
            set_start(self.figures, goal)
        self.instance.start_snapshot, self.instance.peers = goal.start_snapshot, goal.peers
        cleaned["start_value"], cleaned["start_period"] = goal.start_value, goal.start_period
        return goal

    @staticmethod
    def _figure_of(goal: Goal) -> tuple[str, ...]:
        return (goal.kind, goal.indicator, goal.area_code, goal.unit)

    def _told(self, goal: Goal, cleaned: dict) -> None:
        """What keeps the goal from being measured, until the writer says that it must be set all
        the same; and when it will be known."""
        if unit_said := unit_problem(self.figures, goal.aim):
            self.add_error("unit", unit_said)
            return
        if direction_said := direction_problem(self.figures, goal.aim):
            self.add_error("target", direction_said)
            return
        found = measurable(self.figures, goal.aim)
        self.known = found.known_in_words
        if not found.problems:
            return
        self.fields["accept_unmeasured"].widget = forms.CheckboxInput()
        if not cleaned.get("accept_unmeasured"):
            for problem in found.problems:
                where = problem.field if problem.field in MATTERS[self.kind] else None
                self.add_error(
                    where if problem.field != "due" else "due",
                    problem.text + " Of vink hieronder aan dat het toch moet.",
                )
