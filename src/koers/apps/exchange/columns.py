"""The columns in which measures and actions go out and come in: those of the fields that are said
to be in files, and those by which Koers knows a line again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from koers.apps.described import LineField, Type, fields_of
from koers.apps.people.owned import Owned
from koers.apps.plan.models import Action, Goal, Measure, Plan, Priority

MEASURE, ACTION, ROW, GOAL, JUDGEMENT = "measure", "action", "row", "goal", "judgement"
OF_PRIORITY, OF_PLAN = "priority", "plan"


class What(StrEnum):
    """What a row of a table is."""

    MEASURES = "measures"
    ACTIONS = "actions"
    BOTH = "both"
    LIST = "list"
    GOALS = "goals"
    GOAL_LINES = "goal_lines"
    JUDGEMENTS = "judgements"
    PRIORITIES = "priorities"
    PLAN = "plan"


WHAT_LABELS = {
    What.MEASURES: "elke rij is een maatregel",
    What.ACTIONS: "elke rij is een actie",
    What.BOTH: "elke rij is een actie, met de maatregel ernaast",
    What.LIST: "maatregelen en acties onder elkaar, met een kolom 'valt onder'",
    What.GOALS: "elke rij is een doel of een indicator",
    What.GOAL_LINES: "elke rij is een doel, zoals Koers het meeneemt",
    What.PRIORITIES: "elke rij is een prioriteit, zoals Koers haar meeneemt",
    What.PLAN: "de rij is het plan, zoals Koers het meeneemt",
    What.JUDGEMENTS: "elke rij is een oordeel over een doel, zoals Koers het meeneemt",
}
_LISTS = (Type.REFERENCES, Type.AREAS, Type.INDICATORS, Type.TEXTS, Type.THEMES)


@dataclass(frozen=True)
class FileColumn:
    """``key`` is the line and its field, ``header`` its name in an export of Koers, ``words`` are
    other names. ``field`` is None for what is no field: ids, the line above, the row itself."""

    key: str
    header: str
    words: tuple[str, ...] = ()
    field: LineField | None = None

    @property
    def of(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    @property
    def is_title(self) -> bool:
        return self.name == "title"

    @property
    def is_list(self) -> bool:
        return self.field is not None and self.field.type in _LISTS

    @property
    def is_long(self) -> bool:
        """Whether its cells hold a text of some length."""
        if self.field is None:
            return self.key in (PRIORITY, ABOVE)
        return self.field.type in (Type.TEXT, Type.REFERENCES)

    @property
    def asks(self) -> str:
        """The questions that are one: a name is explained once, wherever it stands; the word for a
        choice once in its column."""
        if self.key in (OTHERS, SERVED):
            return PRIORITY if self.key == OTHERS else self.key
        alike = (Type.PERSON, Type.REFERENCES, Type.AREAS, Type.INDICATORS)
        if self.key == GOAL_PRIORITY:
            return PRIORITY
        return self.field.type if self.field and self.field.type in alike else self.key


PRIORITY, ABOVE, ABOVE_ID = "measure.priority", "action.measure", "action.measure_id"
MEASURE_ID, ACTION_ID = "measure.id", "action.id"
FIELD, OTHERS, SERVED = "measure.safety_field", "measure.other_priorities", "measure.goals"


def _of(line: str, model: type[Owned]) -> tuple[FileColumn, ...]:
    return tuple(
        FileColumn(f"{line}.{f.name}", f.header, f.words, f)
        for f in fields_of(model)
        if f.said.in_files
    )


_PRIORITY_WORDS = (
    "prioriteit",
    "prioriteiten",
    "lokale prioriteit",
    "thema",
    "thema's",
    "themas",
    "veiligheidsthema",
    "aandachtsthema",
    "speerpunt",
    "speerpunten",
    "programma",
    "programmalijn",
    "hoofdthema",
    "opgave",
)
MEASURE_COLUMNS = (
    FileColumn(MEASURE_ID, "Maatregel-id", ("id maatregel", "id")),
    FileColumn(PRIORITY, "Prioriteit", _PRIORITY_WORDS),
    *_of(MEASURE, Measure),
)
ACTION_COLUMNS = (
    FileColumn(ACTION_ID, "Actie-id", ("id actie", "id")),
    FileColumn(ABOVE_ID, "Hoort bij maatregel-id", ("maatregel-id",)),
    FileColumn(
        ABOVE, "Hoort bij maatregel", ("hoort bij", "maatregel", "bij maatregel", "onderdeel van")
    ),
    *_of(ACTION, Action),
)
ROW_COLUMNS = (
    FileColumn("row.number", "Nummer", ("nr", "nummer", "volgnummer", "code", "id")),
    FileColumn(
        "row.under",
        "Valt onder",
        (
            "valt onder",
            "hoort onder",
            "onderdeel van",
            "bovenliggend",
            "bovenliggende regel",
            "hoofdregel",
            "parent",
        ),
    ),
)
GOAL_ID, GOAL_PRIORITY, GOAL_TITLE = "goal.id", "goal.priority", "goal.title"
GOAL_WORDS = "goal.words"
GOAL_LINE_COLUMNS = (
    FileColumn(GOAL_ID, "Doel-id", ("id doel",)),
    FileColumn(GOAL_PRIORITY, "Prioriteit", _PRIORITY_WORDS),
    *_of(GOAL, Goal),
)
PRIORITY_ID, PLAN_ID = "priority.id", "plan.id"
PRIORITY_COLUMNS = (
    FileColumn(PRIORITY_ID, "Prioriteit-id", ("id prioriteit",)),
    *_of(OF_PRIORITY, Priority),
)
PLAN_COLUMNS = (FileColumn(PLAN_ID, "Plan-id", ("id plan",)), *_of(OF_PLAN, Plan))
JUDGED_ID, JUDGED = "judgement.goal_id", "judgement.goal"
JUDGEMENT_COLUMNS = (
    FileColumn(JUDGED_ID, "Hoort bij doel-id", ("doel-id",)),
    FileColumn(JUDGED, "Hoort bij doel", ("bij doel",)),
    FileColumn("judgement.on", "Beoordeeld op", ("datum",)),
    FileColumn("judgement.answer", "Antwoord", ("oordeel",)),
    FileColumn("judgement.reason", "Reden", ("toelichting",)),
    FileColumn("judgement.judges", "Beoordeeld door", ("door",)),
)
# A table of others has a title, and beside it what Koers reads as a whole.
GOAL_COLUMNS = (
    FileColumn(GOAL_PRIORITY, "Prioriteit", _PRIORITY_WORDS),
    FileColumn(
        GOAL_TITLE,
        "Doel of indicator",
        (
            "indicator",
            "indicatoren",
            "effectindicator",
            "prestatie-indicator",
            "prestatieindicator",
            "kpi",
            "doel",
            "doelen",
            "doelstelling",
            "doelstellingen",
            "subdoel",
            "subdoelstelling",
            "beoogd effect",
            "ambitie",
            "naam indicator",
        ),
    ),
)
BY_KEY = {
    c.key: c
    for c in (
        *MEASURE_COLUMNS,
        *ACTION_COLUMNS,
        *GOAL_LINE_COLUMNS,
        *JUDGEMENT_COLUMNS,
        *PRIORITY_COLUMNS,
        *PLAN_COLUMNS,
        *ROW_COLUMNS,
        *GOAL_COLUMNS,
    )
}
GOAL_FIELDS = {c.name: c for c in GOAL_LINE_COLUMNS if c.field is not None}
# Fields that hold what stands in several columns, each with its name before it.
GATHERING = {
    "measure.planning": "de planning",
    "measure.partners": "de partners",
    "measure.aim": "het doel",
    "measure.result": "het resultaat",
    "measure.budget_words": "het budget in woorden",
    "measure.description": "de toelichting",
    "action.planning": "de planning van de actie",
    "action.note": "de opmerking bij de actie",
    GOAL_WORDS: "het doel",
}
# A measure that stands beside its actions says nothing of itself in these columns: they are about
# the action.
_OF_THE_ACTION = {MEASURE_ID, "measure.library", "measure.adoption"}
# An action in a list under its measure: where its columns are called as those of a measure.
AS_ACTION = {
    "measure.end": "action.due",
    "measure.description": "action.note",
    **{
        f"measure.{c.name}": c.key
        for c in ACTION_COLUMNS
        if f"measure.{c.name}" in BY_KEY and c.name not in ("id", "adoption")
    },
}


_TAKEN_ALONG = {
    What.GOAL_LINES: GOAL_LINE_COLUMNS,
    What.JUDGEMENTS: JUDGEMENT_COLUMNS,
    What.PRIORITIES: PRIORITY_COLUMNS,
    What.PLAN: PLAN_COLUMNS,
}
SHEETS = {
    "Maatregelen": (What.MEASURES, MEASURE_COLUMNS),
    "Acties": (What.ACTIONS, ACTION_COLUMNS),
    "Doelen": (What.GOAL_LINES, GOAL_LINE_COLUMNS),
    "Oordelen": (What.JUDGEMENTS, JUDGEMENT_COLUMNS),
    "Prioriteiten": (What.PRIORITIES, PRIORITY_COLUMNS),
    "Plan": (What.PLAN, PLAN_COLUMNS),
}


def columns_for(what: str) -> tuple[FileColumn, ...]:
    """What a table of this kind can hold; where two have a word in common, the first takes it."""
    if what == What.MEASURES:
        return MEASURE_COLUMNS
    if what == What.ACTIONS:
        return ACTION_COLUMNS
    if what == What.GOALS:
        return GOAL_COLUMNS
    if what in _TAKEN_ALONG:
        return _TAKEN_ALONG[What(what)]
    if what == What.BOTH:
        of_action = tuple(
            c for c in ACTION_COLUMNS if c.name not in ("id", "measure", "measure_id", "adoption")
        )
        return (*of_action, *(c for c in MEASURE_COLUMNS if c.key not in _OF_THE_ACTION))
    return (*ROW_COLUMNS, *(c for c in MEASURE_COLUMNS if c.key not in _OF_THE_ACTION))


def gathering_for(what: str) -> dict[str, str]:
    """The fields in which further columns of a table can go, with what they are called."""
    of = {
        What.ACTIONS: (ACTION,),
        What.GOALS: (GOAL,),
        What.BOTH: (MEASURE, ACTION),
        **dict.fromkeys(_TAKEN_ALONG, ()),
    }
    kinds = of.get(What(what), (MEASURE,))
    return {key: label for key, label in GATHERING.items() if key.partition(".")[0] in kinds}


def label_of(column: FileColumn, what: str) -> str:
    """What a column is called on the screen."""
    if what != What.BOTH or column.is_title:
        return column.header
    return f"{'Actie' if column.of == ACTION else 'Maatregel'}: {column.header.lower()}"
