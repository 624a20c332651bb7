"""What residents and the committee said, on the pages of the plan and the decision."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.consultation.models import Suggestion, Survey, SurveyCount
from koers.apps.consultation.surveys import shares_of
from koers.apps.decisions.models import Decision
from koers.apps.decisions.places import DECISION_PANELS
from koers.apps.people.places import FREE_TEXT, NO_FREE_TEXT, FreeText, Reasons
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Priority
from koers.apps.plan.places import PRIORITY_PANELS


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {
        Suggestion: ("party", "text", "answer"),
        Survey: ("title", "held"),
        SurveyCount: ("theme", "group"),
    }


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    return {
        Suggestion: {"block": "the id of a passage"},
        SurveyCount: {"safety_theme": "chosen from a list"},
    }


@enrol(PRIORITY_PANELS)
def concern(request: HttpRequest, priority: Priority) -> str:
    """How often a survey named what this priority is about, beside its figures."""
    found = [
        (survey, share, share.theme if share.theme.lower() != priority.title.lower() else "")
        for survey, share in shares_of(priority)
    ]
    return (
        render_to_string("consultation/panels/concern.html", {"found": found}, request)
        if found
        else ""
    )


@enrol(DECISION_PANELS)
def suggestions(request: HttpRequest, decision: Decision) -> str:
    found = decision.suggestions.filter(archived_at=None)
    return (
        render_to_string("consultation/panels/suggestions.html", {"suggestions": found}, request)
        if found
        else ""
    )
