"""What residents and the committee said, on the pages of the plan and the decision."""

from django.template.loader import render_to_string

from koers.apps.consultation.models import Survey
from koers.apps.consultation.surveys import shares
from koers.apps.people.registry import enrol


@enrol("plan.priority")
def concern(request, priority):
    """How often a survey named this priority, beside its figures."""
    wanted = priority.title.strip().lower()
    found = [
        (survey, share)
        for survey in Survey.objects.of(priority.municipality).filter(plan=priority.plan)
        for share in shares(survey)
        if share.theme.strip().lower() == wanted
    ]
    return render_to_string("consultation/panels/concern.html", {"found": found}, request) if found else ""


@enrol("decisions.decision")
def suggestions(request, decision):
    found = decision.suggestions.filter(archived_at=None)
    return render_to_string("consultation/panels/suggestions.html", {"suggestions": found}, request) if found else ""
