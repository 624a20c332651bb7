"""What the plan shows elsewhere."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.described import Type, names
from koers.apps.intake.places import FIGURES_REGION, INDICATOR_USES
from koers.apps.people.models import Municipality
from koers.apps.people.places import (
    FREE_TEXT,
    HOME_PANELS,
    NO_FREE_TEXT,
    PERSON_ERASED,
    Erased,
    FreeText,
    Reasons,
)
from koers.apps.people.registry import enrol
from koers.apps.picture.places import AREA_PANELS, INDICATOR_PANELS
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import (
    Action,
    ActionState,
    Adjustment,
    Framework,
    Goal,
    Judgement,
    Measure,
    Plan,
    PlanVersion,
    Priority,
    SavedView,
)
from koers.apps.plan.overviews.filters import in_area
from koers.apps.plan.services.bundled import region_of
from koers.apps.plan.services.in_force import plan_at_hand
from koers.apps.plan.services.news import heard, standing_still
from koers.apps.plan.services.outlook import goals_off_course
from koers.figures.areas import Area
from koers.indicators import Indicator
from koers.sources.places import bundled_unit_of

FEW = 5
"""How many actions the home page names; the rest is a link away."""


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    texts = {
        kind.model: names(f for f in kind.fields if f.typed and f.type == Type.TEXT)
        for kind in KINDS.values()
    }
    texts[Plan] += ("slug", "decision_texts")
    texts[Priority] += ("slug", "sub_themes")
    texts[Framework] += ("themes",)
    texts[Goal] += ("scale",)
    return {
        **texts,
        Judgement: ("answer", "reason", "judges"),
        Adjustment: ("title", "old", "new", "reason", "decided_in"),
        PlanVersion: ("content", "decided_in"),
        SavedView: ("name", "query"),
    }


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    chosen = "chosen from a list"
    return {
        Priority: {"indicators": chosen, "themes": chosen},
        Goal: {
            "indicator": chosen,
            "area_code": chosen,
            "start_period": "a year or a month",
            "path": "years with a number",
            "peers": "codes of municipalities",
            "start_snapshot": "a snapshot of the figures",
        },
        Measure: {"areas": chosen, "topics": chosen, "library": "a key of the library"},
        Adjustment: {"kind": "a kind of line"},
        SavedView: {"page": "the name of a page"},
    }


@enrol(HOME_PANELS)
def attention(request: HttpRequest, municipality: Municipality) -> str:
    if not request.user.has_perm("plan.view_plan", municipality):
        return ""
    open_actions = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN)
    context = {
        "off_course": goals_off_course(request.figures, municipality),
        "overdue": open_actions.filter(due__lt=date.today())[:FEW],
        "overdue_count": open_actions.filter(due__lt=date.today()).count(),
        "due": open_actions.filter(due__range=(date.today(), date.today() + timedelta(weeks=4)))[
            :FEW
        ],
        "still": standing_still(municipality, heard(municipality)),
    }
    return render_to_string("plan/panels/attention.html", context, request)


@enrol(FIGURES_REGION)
def region(municipality: Municipality) -> Sequence[str]:
    """The municipalities whose figures are fetched along: as the bundled plan names them, else the
    police unit's."""
    return region_of(municipality.code) or bundled_unit_of(municipality.code)


@enrol(INDICATOR_PANELS)
def in_the_plan(request: HttpRequest, indicator: Indicator) -> str:
    """Whether a figure is of a priority, of an attention theme or of any other theme."""
    municipality = request.municipality
    plan = plan_at_hand(municipality)
    if plan is None or not request.user.has_perm("plan.view_plan", municipality):
        return ""
    lines = [p for p in plan.lines.filter(archived_at=None) if indicator.id in p.indicators]
    return render_to_string("plan/panels/indicator.html", {"plan": plan, "lines": lines}, request)


@enrol(AREA_PANELS)
def done_here(request: HttpRequest, area: Area) -> str:
    """From the picture of a neighbourhood to what is done there."""
    municipality = request.municipality
    if area.level == "municipality" or not request.user.has_perm("plan.view_plan", municipality):
        return ""
    lines = in_area(Measure.objects.of(municipality), area.code)
    return render_to_string(
        "plan/panels/area.html", {"area": area, "measures": lines.count()}, request
    )


@enrol(PERSON_ERASED)
def forget_views(erased: Erased) -> None:
    SavedView.objects.filter(user=erased.user).delete()


@enrol(INDICATOR_USES)
def uses_of_indicator(municipality: Municipality, indicator: str) -> Sequence[str]:
    """The goals, priorities and measures that stand on an indicator."""
    goals = Goal.objects.of(municipality).filter(indicator=indicator)
    priorities = Priority.objects.of(municipality)
    measures = Measure.objects.of(municipality)
    return [
        *(f"doel '{goal}'" for goal in goals),
        *(f"prioriteit '{p}'" for p in priorities if indicator in p.indicators),
        *(f"maatregel '{m}'" for m in measures if indicator in m.topics),
    ]
