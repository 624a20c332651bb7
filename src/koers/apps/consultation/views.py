from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.consultation import surveys
from koers.apps.consultation.forms import AnswerForm, SuggestionForm, SurveyForm, SurveyThemesForm
from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.downloads import as_file, page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.row_actions import row_link
from koers.apps.plan.services.in_force import plan_at_hand
from koers.apps.texts.models import TextKind
from koers.apps.texts.services.versions import last_version
from koers.tables import LINES, NUMBER, Column, Place, Table, controls

OPEN_FOR_SUGGESTIONS = (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE)


def _about(suggestion: Suggestion) -> str:
    """The passage under its heading; '' for the decision as a whole."""
    return f"{suggestion.heading}: {suggestion.passage}" if suggestion.passage else ""


SUGGESTIONS = (
    Column("text", "Suggestie", kind=LINES),
    Column("decision", "Besluit", lambda s: str(s.decision), place=Place.FILE),
    Column("party", "Fractie of rol"),
    Column("about", "Gaat over", _about, kind=LINES),
    Column("state", "Staat", "get_state_display"),
    Column("answer", "Antwoord", kind=LINES, empty="nog geen antwoord"),
)
ANSWERING = controls(
    "answering",
    "Beantwoord",
    lambda s: row_link(reverse("consultation:answer", args=[s.pk]), "Beantwoord", s),
)
SHARES = (
    Column("theme", "Thema"),
    Column("group", "Groep"),
    Column("count", "Aantal", kind=NUMBER),
    Column("respondents", "Deelnemers", kind=NUMBER),
    Column("share", "Percentage", kind=NUMBER, unit="%"),
    Column("lower", "Ondergrens 95 %", kind=NUMBER, unit="%"),
    Column("upper", "Bovengrens 95 %", kind=NUMBER, unit="%"),
)


@allow("consultation.view_consultation")
def index(request):
    context = {
        "decisions": Decision.objects.of(request.municipality).filter(
            state__in=OPEN_FOR_SUGGESTIONS
        ),
        "suggestions": _suggestions(request),
        "surveys": Survey.objects.of(request.municipality),
        "may_suggest": request.user.has_perm("consultation.suggest", request.municipality),
        "may_answer": request.user.has_perm("consultation.answer", request.municipality),
    }
    return page(
        request,
        "consultation/index.html",
        context,
        [_suggestions_table(request, context["suggestions"])],
    )


def _suggestions(request):
    return Suggestion.objects.of(request.municipality).select_related("decision__plan", "version")


def _suggestions_table(request, found) -> Table:
    may_answer = request.user.has_perm("consultation.answer", request.municipality)
    columns = (*SUGGESTIONS, *([ANSWERING] if may_answer else []))
    return Table("suggesties", "Alle suggesties en antwoorden", columns, found)


@allow("consultation.suggest")
def suggest(request, decision):
    """A suggestion on an intended decision."""
    found = own_or_404(request, Decision, pk=decision)
    if found.state not in OPEN_FOR_SUGGESTIONS:
        messages.error(request, "Op dit besluit kunnen nu geen suggesties worden gedaan.")
        return redirect("consultation:index")
    version = last_version(TextKind.DECISION, found.pk)
    form = SuggestionForm(
        request.POST or None, version=version, initial={"block": request.GET.get("passage", "")}
    )
    form.instance.municipality, form.instance.decision = request.municipality, found
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(
            request, "Bedankt. Uw suggestie krijgt een antwoord, dat hier te lezen is."
        )
        return redirect("consultation:index")
    context = {"form": form, "title": f"Suggestie over {found.plan}", "about": found}
    return render(request, "consultation/form.html", context)


@allow("consultation.answer")
def answer(request, pk):
    found = own_or_404(request, Suggestion, pk=pk)
    form = AnswerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Het antwoord is opgeslagen.")
        return redirect("consultation:index")
    return render(
        request,
        "consultation/form.html",
        {"form": form, "title": "Antwoord op een suggestie", "quote": found},
    )


@allow("consultation.view_consultation")
def suggestions_csv(request):
    return as_file(_suggestions_table(request, _suggestions(request)))


@allow("consultation.answer")
def new_survey(request):
    """Bring in the counted result of a survey."""
    plan = plan_at_hand(request.municipality)
    if plan is None:
        messages.error(request, "Maak eerst een plan; een enquête hoort bij een plan.")
        return redirect("plan:index")
    form = SurveyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = surveys.bring_in(
                plan,
                form.cleaned_data["title"],
                form.cleaned_data["held"],
                form.cleaned_data["file"].read(),
            )
        except surveys.SurveyFileError as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, "De uitslag is ingelezen.")
            return redirect("consultation:survey", made.pk)
    return render(
        request,
        "consultation/form.html",
        {"form": form, "title": "Uitslag van een enquête inlezen", "upload": True},
    )


@allow("consultation.view_consultation")
def survey(request, pk):
    found = own_or_404(request, Survey, pk=pk)
    may_answer = request.user.has_perm("consultation.answer", request.municipality)
    unmatched = [text for text, theme in surveys.named_in(found).items() if not theme]
    context = {"survey": found, "may_answer": may_answer, "unmatched": unmatched}
    return page(request, "consultation/survey.html", context, [_survey_table(found)])


def _survey_table(found: Survey) -> Table:
    origin = f"Enquête {found.title}. {found.held}".strip()
    return Table("enquete", found.title, SHARES, surveys.shares(found), origin=origin)


@allow("consultation.view_consultation")
def survey_csv(request, pk):
    found = own_or_404(request, Survey, pk=pk)
    return as_file(_survey_table(found))


@allow("consultation.answer")
def survey_themes(request, pk):
    """Say which theme of Koers each theme of a survey is about; what Koers found is filled in."""
    found = own_or_404(request, Survey, pk=pk)
    form = SurveyThemesForm(request.POST or None, named=surveys.named_in(found))
    if request.method == "POST" and form.is_valid():
        surveys.tell_themes(found, form.chosen)
        messages.success(request, "De thema's zijn opgeslagen.")
        return redirect("consultation:survey", pk)
    return render(
        request, "consultation/form.html", {"form": form, "title": f"Thema's van {found}"}
    )


@allow("consultation.answer")
@require_POST
def archive_survey(request, pk):
    own_or_404(request, Survey, pk=pk).archive()
    messages.success(request, "De enquête is gearchiveerd.")
    return redirect("consultation:index")
