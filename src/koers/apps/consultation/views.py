from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from koers.apps.consultation import surveys
from koers.apps.consultation.forms import AnswerForm, SuggestionForm, SurveyForm
from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.downloads import Download, page
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.models import Plan

OPEN_FOR_SUGGESTIONS = (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE)


@allow("consultation.view_consultation")
def index(request):
    context = {
        "decisions": Decision.objects.of(request.municipality).filter(state__in=OPEN_FOR_SUGGESTIONS),
        "suggestions": _suggestions(request),
        "surveys": Survey.objects.of(request.municipality),
        "may_suggest": request.user.has_perm("consultation.suggest", request.municipality),
        "may_answer": request.user.has_perm("consultation.answer", request.municipality),
    }
    return page(request, "consultation/index.html", context, [_suggestions_table(context["suggestions"])])


def _suggestions(request):
    return Suggestion.objects.of(request.municipality).select_related("decision__plan")


def _suggestions_table(found) -> Download:
    rows = [(str(s.decision), s.party, s.text, s.get_state_display(), s.answer) for s in found]
    columns = ("Besluit", "Fractie of rol", "Suggestie", "Staat", "Antwoord")
    return Download("suggesties", "Alle suggesties en antwoorden", columns, rows)


@allow("consultation.suggest")
def suggest(request, decision):
    """A suggestion on an intended decision."""
    found = own_or_404(request, Decision, pk=decision)
    if found.state not in OPEN_FOR_SUGGESTIONS:
        messages.error(request, "Op dit besluit kunnen nu geen suggesties worden gedaan.")
        return redirect("consultation:index")
    form = SuggestionForm(request.POST or None)
    form.instance.municipality, form.instance.decision = request.municipality, found
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Bedankt. Uw suggestie krijgt een antwoord, dat hier te lezen is.")
        return redirect("consultation:index")
    return render(request, "consultation/form.html", {"form": form, "title": f"Suggestie over {found.plan}"})


@allow("consultation.answer")
def answer(request, pk):
    found = own_or_404(request, Suggestion, pk=pk)
    form = AnswerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Het antwoord is opgeslagen.")
        return redirect("consultation:index")
    return render(
        request, "consultation/form.html", {"form": form, "title": "Antwoord op een suggestie", "quote": found}
    )


@allow("consultation.view_consultation")
def suggestions_csv(request):
    return _suggestions_table(_suggestions(request)).response()


@allow("consultation.answer")
def new_survey(request):
    """Bring in the counted result of a survey."""
    plan = Plan.objects.of(request.municipality).first()
    if plan is None:
        messages.error(request, "Maak eerst een plan; een enquête hoort bij een plan.")
        return redirect("plan:index")
    form = SurveyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = surveys.bring_in(
                plan, form.cleaned_data["title"], form.cleaned_data["held"], form.cleaned_data["file"].read()
            )
        except surveys.SurveyFileError as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, "De uitslag is ingelezen.")
            return redirect("consultation:survey", made.pk)
    return render(
        request, "consultation/form.html", {"form": form, "title": "Uitslag van een enquête inlezen", "upload": True}
    )


@allow("consultation.view_consultation")
def survey(request, pk):
    found = own_or_404(request, Survey, pk=pk)
    may_answer = request.user.has_perm("consultation.answer", request.municipality)
    context = {"survey": found, "may_answer": may_answer}
    return page(request, "consultation/survey.html", context, [_survey_table(found)])


def _survey_table(found: Survey) -> Download:
    columns = ("Thema", "Groep", "Aantal", "Deelnemers", "Percentage", "Ondergrens 95 %", "Bovengrens 95 %")
    rows = [(s.theme, s.group, s.count, s.respondents, s.share, s.lower, s.upper) for s in surveys.shares(found)]
    return Download("enquete", found.title, columns, rows, f"Enquête {found.title}. {found.held}".strip())


@allow("consultation.view_consultation")
def survey_csv(request, pk):
    found = own_or_404(request, Survey, pk=pk)
    return _survey_table(found).response()


@allow("consultation.answer")
@require_POST
def archive_survey(request, pk):
    own_or_404(request, Survey, pk=pk).archive()
    messages.success(request, "De enquête is gearchiveerd.")
    return redirect("consultation:index")
