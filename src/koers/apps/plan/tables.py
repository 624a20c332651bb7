"""The lines of a plan as tables: each column described once, for pages, files and lists that are
sorted by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from koers.apps.described import LineField, Type, fields_of
from koers.apps.picture.outlook import OnTheWay
from koers.apps.plan.kinds import kind_of_model
from koers.apps.plan.models import Action, Framework, Goal, Judgement, Measure
from koers.apps.plan.services.content import START, in_words, readable, values_of
from koers.apps.plan.services.outlook import COURSES, GoalCourse
from koers.apps.plan.services.serving import goals_of, others_of
from koers.tables import DAY, LINES, NUMBER, Column, Look, Place, Table

NO_OWNER = "nog geen eigenaar"


def _partners(line: Measure) -> str:
    return ", ".join(str(partner) for partner in line.partners.all())


def _others(line: Measure) -> str:
    return "; ".join(str(priority) for priority in others_of(line))


def _served(line: Measure) -> str:
    return "; ".join(str(goal) for goal in goals_of(line))


_KINDS = {Type.DAY: DAY, Type.MONEY: NUMBER, Type.WHOLE: NUMBER, Type.NUMBER: NUMBER}


_IN_WORDS = (
    Type.AREAS,
    Type.INDICATORS,
    Type.THEMES,
    Type.REFERENCES,
    Type.YES_NO,
    Type.TEXTS,
)


def of_field(field: LineField, **more: Any) -> Column:
    """The column of a field, as it is described; sorted by what it holds."""
    of: Any = field.name
    match field.type:
        case Type.CHOICE:
            of = f"get_{field.name}_display"
        case Type.TEXT if field.said.lines:
            more.setdefault("kind", LINES)
        case _ if field.type in _KINDS:
            more.setdefault("kind", _KINDS[field.type])
        case _ if field.type in _IN_WORDS:
            kind, name = kind_of_model(field.model).name, field.name
            return Column(
                slugify(field.header),
                field.header,
                lambda line: in_words(kind, name, values_of(line, [name])[name]),
                **more,
            )
    more.setdefault("order", (field.name,))
    return Column(slugify(field.header), field.header, of, **more)


def _field(model: type[Model], name: str, **more: Any) -> Column:
    return of_field(kind_of_model(model).by_name[name], **more)


def _listed(model: type[Model]) -> list[Column]:
    """What else is said to stand in the tables of a line."""
    return [of_field(field) for field in fields_of(model) if field.said.listed]


def _of_goal() -> Iterator[Column]:
    """What else a goal holds, in the file: each of its fields as it is described. Where it starts
    is not told where that is an own figure: a file goes further than who made it."""
    shown = ("title", "target", "due", "adoption")
    for field in fields_of(Goal):
        if field.name in shown:
            continue
        made = of_field(field)
        of: Any = partial(_start, field.name) if field.name in START else _under(made.of)
        yield replace(made, of=of, place=Place.FILE, order=())


def _start(name: str, course: GoalCourse) -> Any:
    return readable(values_of(course.goal, START))[name]


def _under(of: Any) -> Any:
    """Of the goal of a course what is said of a goal."""
    return f"goal.{of}" if isinstance(of, str) else lambda course: of(course.goal)


MEASURES = (
    _field(Measure, "title"),
    Column(
        "prioriteit",
        "Prioriteit",
        lambda m: str(m.priority),
        order=("priority__number", "priority__title"),
    ),
    Column("veiligheidsveld", "Veiligheidsveld", "band", place=Place.FILE),
    _field(Measure, "sub_theme", place=Place.FILE, order=()),
    Column("ook-voor", "Ook voor prioriteiten", _others, place=Place.FILE),
    Column("doelen", "Draagt bij aan doelen", _served, place=Place.FILE),
    _field(Measure, "kind"),
    _field(Measure, "state"),
    Column(
        "eigenaar",
        "Eigenaar",
        "owner_label",
        empty=NO_OWNER,
        order=("owner__name", "owner_department"),
    ),
    Column("partners", "Partners", _partners),
    _field(Measure, "start"),
    _field(Measure, "end"),
    *_listed(Measure),
    _field(Measure, "adoption", place=Place.FILE, order=()),
)
ACTIONS = (
    _field(Action, "title"),
    Column("maatregel", "Maatregel", lambda a: str(a.measure or ""), place=Place.FILE),
    Column("signaal", "Signaal", lambda a: str(a.signal or ""), place=Place.FILE),
    Column(
        "eigenaar",
        "Eigenaar",
        "owner_label",
        empty=NO_OWNER,
        order=("owner__name", "owner_department"),
    ),
    _field(Action, "due"),
    _field(Action, "state"),
    *_listed(Action),
    _field(Action, "adoption", place=Place.FILE, order=()),
    _field(Action, "note", place=Place.FILE, order=()),
)
GOALS = (
    Column("prioriteit", "Prioriteit", lambda c: str(c.goal.priority)),
    Column(
        "veiligheidsveld",
        "Veiligheidsveld",
        "goal.priority.safety_field",
        place=Place.FILE,
    ),
    Column("doel", "Doel", lambda c: str(c.goal)),
    Column("gevraagd", "Wat er wordt gevraagd", "asked"),
    Column("streefwaarde", "Streefwaarde", "goal.target", NUMBER),
    Column("op", "Op", "goal.due", DAY),
    Column("koers", "Koers", "words"),
    Column("toelichting", "Toelichting", "text"),
    *_of_goal(),
    Column("vaststelling", "Vaststelling", "goal.get_adoption_display"),
)
JUDGEMENTS = (
    Column("kwartaal", "Kwartaal", "quarter"),
    Column("op", "Op", "on", DAY),
    Column("antwoord", "Antwoord", "answer"),
    Column("reden", "Reden", "reason", LINES),
    Column("door", "Door", "judges"),
)
WAY = (
    Column("jaar", "Jaar", lambda w: str(w.step.year)),
    Column("streefwaarde", "Streefwaarde", "step.value", NUMBER),
    Column("stand", "Stand", "figure", empty="nog niet bekend"),
    Column("oordeel", "Oordeel", lambda w: COURSES.get(w.outlook.state, "nog geen cijfers")),
    Column("toelichting", "Toelichting", "outlook.text"),
)


def _years(framework: Framework) -> str:
    first, last = framework.start_year, framework.end_year
    return f"{first}" + (f"–{last}" if last != first else "")


FRAMEWORKS = (
    Column("kader", "Kader", str),
    Column("niveau", "Niveau", "get_level_display"),
    Column("looptijd", "Looptijd", _years),
    Column("volgt-uit", "Volgt uit", lambda f: str(f.follows or "")),
    Column("themas", "Thema's", lambda f: "; ".join(f.themes)),
)


def measures(found: Collection[Measure], caption: str = "Maatregelen", **more: Any) -> Table:
    return Table("maatregelen", caption, MEASURES, found, **more)


def actions(found: Collection[Action], caption: str = "Acties") -> Table:
    return Table("acties", caption, ACTIONS, found)


def goals(found: Iterable[GoalCourse], caption: str = "Doelen") -> Table:
    """Goals with their course, as it follows from the figures."""
    return Table("doelen", caption, GOALS, list(found))


def judgements(found: Collection[Judgement]) -> Table:
    """What people said of a goal in words, the last first."""
    return Table(
        "oordelen",
        "Wat mensen zeiden",
        JUDGEMENTS,
        found,
        empty="Nog niet beoordeeld.",
        look=Look.LINES,
    )


def on_the_way(found: Collection[OnTheWay]) -> Table:
    """The years on the way to a goal."""
    return Table("per-jaar", "Streefwaarden per jaar", WAY, found)


def frameworks(found: Collection[Framework], caption: str, *more: Column) -> Table:
    return Table("kaders", caption, (*FRAMEWORKS, *more), found, empty="Nog geen kaders.")


def beside(
    name: str, caption: str, rows: Collection, before: str, after: str, **more: Any
) -> Table:
    """Fields (with ``label``, ``old`` and ``new``) as they were and as they become."""
    columns = (
        Column("label", "Veld"),
        Column("old", before, kind=LINES, css="k-beside__old"),
        Column("new", after, kind=LINES, css="k-beside__new"),
    )
    return Table(name, caption, columns, rows, look=Look.BESIDE, **more)
