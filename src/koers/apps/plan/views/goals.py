"""A goal with its forecast, or with what people say of it."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from koers.apps.downloads import as_file, page
from koers.apps.intake.archive import is_internal, sees_internal
from koers.apps.people.access import allow
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.picture.measured import decimals_of, unit_of
from koers.apps.picture.outlook import on_the_way
from koers.apps.picture.readings import reading
from koers.apps.plan import tables
from koers.apps.plan.models import AdjustmentState, Goal, Judgement, quarter_of
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.services.measurable import measurable
from koers.apps.plan.services.outlook import course_of, forecast_chart
from koers.apps.plan.services.serving import served_by
from koers.apps.plan.services.suiting import unit_problem
from koers.apps.plan.views.pages import may_change
from koers.charts import Chart
from koers.dutch import number
from koers.indicators import load_indicators
from koers.indicators.units import INDEX, said_in
from koers.records.aim import Aim, number_text


@allow("plan.view_plan")
def goal(request, pk):
    """Where it started, where it stands, the chance that it is met and when it is known; of a goal
    in words what people said of it."""
    found = _goal(request, pk)
    context = {
        "goal": found,
        "c": course_of(request.figures, found),
        "plan": found.priority.plan,
        "area": area_names([found.area_code])[0] if found.area_code else "hele gemeente",
        "measures": served_by(found),
        "may_change": may_change(request),
        "frozen": bool(frozen_fields(found)),
        "adjustments": found.priority.plan.adjustments.filter(
            kind="doel", line=found.pk, state=AdjustmentState.PROPOSED, archived_at=None
        ),
    }
    if found.in_words:
        said = tables.judgements(found.judgements.all())
        return page(request, "plan/goal_in_words.html", context, [said])
    shown = []
    if found.indicator in load_indicators():
        more, shown = _by_figures(request, found)
        context |= more
    return page(request, "plan/goal.html", context, shown)


def _by_figures(request, found: Goal) -> tuple[dict, list]:
    aim = found.aim
    chart = forecast_chart(request.figures, found)
    way = on_the_way(request.figures, aim)
    counted = aim.model_copy(update={"unit": ""}) if aim.unit == INDEX else aim
    start = found.start_value
    shown = [tables.on_the_way(way)] if way else []
    return {
        "reading": reading(request.figures, aim.area, aim.indicator),
        "measured": measurable(request.figures, aim),
        "unit_problem": unit_problem(request.figures, aim),
        "start": "" if start is None else said_start(counted, start),
        "peers": area_names(found.peers),
        "way": way,
        "chart": chart,
        "inside": sees_internal(request, found.municipality),
        "internal": is_internal(found.start_snapshot),
    }, [*([chart.table("verwachting")] if chart else []), *shown]


def said_start(aim: Aim, start: float) -> str:
    """A start in its unit, with the decimals of the goal, or those in which it was written."""
    unit = unit_of(aim)
    decimals = decimals_of(aim, unit)
    as_shown = round(start, decimals) == start
    return said_in(unit, number(start, decimals) if as_shown else number_text(start))


class JudgementForm(PersonalDataWarning, forms.ModelForm):
    free_text = ("reason", "judges")
    answer = forms.ChoiceField(label="Antwoord", widget=forms.RadioSelect)

    class Meta:
        model = Judgement
        fields = ("answer", "reason", "judges")
        widgets = {"reason": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "reason": "Waarom dit antwoord? Wat is gezien of gehoord?",
            "judges": "Een overleg of een groep, geen namen.",
        }

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = goal.question
        self.fields["answer"].choices = [(answer, answer) for answer in goal.answers]


@allow("plan.change_plan")
def judge(request, pk):
    """Answer the question of a goal in words; what was answered before stays."""
    found = _goal(request, pk)
    if not found.in_words:
        raise Http404
    made = Judgement(municipality=request.municipality, goal=found, on=date.today())
    form = JudgementForm(
        request.POST or None, instance=made, goal=found, initial={"judges": found.judges}
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"Bewaard: {made}.")
        return redirect("plan:goal", found.pk)
    context = {"form": form, "goal": found, "quarter": quarter_of(date.today())}
    return render(request, "plan/judge.html", context)


def _goal(request, pk: int) -> Goal:
    found = Goal.objects.of(request.municipality).select_related("priority__plan", "municipality")
    return get_object_or_404(found, pk=pk)


def _chart(request, pk: int) -> Chart:
    chart = forecast_chart(request.figures, _goal(request, pk))
    if chart is None:
        raise Http404
    return chart


@allow("plan.view_plan")
def forecast_svg(request, pk):
    return HttpResponse(
        _chart(request, pk).standalone,
        content_type="image/svg+xml",
        headers={"Content-Disposition": f'attachment; filename="doel-{pk}.svg"'},
    )


@allow("plan.view_plan")
def forecast_csv(request, pk):
    return as_file(_chart(request, pk).table("verwachting"), f"doel-{pk}")
