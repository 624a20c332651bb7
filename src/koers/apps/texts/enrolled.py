"""What texts take part in: they hold what people wrote, and what a document brings."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.exchange.places import (
    HAS_TEXT,
    KEEP_TEXT,
    TAKE_BACK_TEXT,
    DocumentText,
    TextToUndo,
)
from koers.apps.people.places import FREE_TEXT, FreeText
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Plan
from koers.apps.plan.places import PLAN_PANELS
from koers.apps.texts.models import TextVersion
from koers.apps.texts.services import plans


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {TextVersion: ("content", "note")}


@enrol(KEEP_TEXT)
def keep_document(text: DocumentText) -> int | None:
    return plans.keep_document(text)


@enrol(TAKE_BACK_TEXT)
def take_back(undone: TextToUndo) -> bool:
    return plans.take_back(undone)


@enrol(HAS_TEXT)
def has_text(plan: Plan) -> bool:
    return plans.text_of(plan) is not None


@enrol(PLAN_PANELS)
def text_of_the_plan(request: HttpRequest, plan: Plan) -> str:
    """Where the text of the plan is read; nothing as long as there is none."""
    version = plans.text_of(plan)
    if version is None:
        return ""
    return render_to_string("texts/_panel.html", {"plan": plan, "version": version}, request)
