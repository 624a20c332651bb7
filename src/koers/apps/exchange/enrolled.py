"""What tables in and out show on the pages of the plan."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join

from koers.apps.exchange import drafts
from koers.apps.people.places import WORDS_REMOVED, WordsRemoved
from koers.apps.people.registry import enrol
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Measure, Priority
from koers.apps.plan.places import ACTIONS_PANELS, TOOLS
from koers.apps.plan.services.in_force import plan_at_hand


@enrol(ACTIONS_PANELS)
def paste_actions(request: HttpRequest) -> str:
    """The field in which rows from Excel are pasted, for who may change the plan."""
    if not request.user.has_perm("plan.change_plan", request.municipality):
        return ""
    plan = plan_at_hand(request.municipality)
    if plan is None:
        return ""
    return render_to_string("exchange/_paste.html", {"paste_into": plan}, request)


@enrol(TOOLS)
def lists(request: HttpRequest, line: Priority | Measure) -> str:
    """To the lists in which one types what stands under a line."""
    kinds = ("maatregel", "doel") if isinstance(line, Priority) else ("actie",)
    return format_html_join(
        " ",
        '<a href="{}">{} als lijst</a>',
        ((reverse("exchange:list", args=[k, line.pk]), KINDS[k].many.capitalize()) for k in kinds),
    )


@enrol(WORDS_REMOVED)
def forget_tables(removed: WordsRemoved) -> None:
    """What waits on disk may hold the words too."""
    drafts.reword(removed.municipality.code, removed.change)
