from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.models import User
from koers.apps.people.registry import panels
from koers.apps.picture.readings import reading
from koers.apps.plan import exports
from koers.apps.plan.forms import PlanForm
from koers.apps.plan.lines import kind_or_404, page_of, toggle_adoption
from koers.apps.plan.models import Action, ActionState, Measure, Plan, Priority
from koers.apps.plan.services.outlook import course_of


def _may_change(request) -> bool:
    return request.user.has_perm("plan.change_plan", request.municipality)


@allow("plan.view_plan")
def index(request):
    """The plan of the municipality at hand, with the course of its goals."""
    plan = Plan.objects.of(request.municipality).first()
    if plan is None:
        return render(request, "plan/none.html", {"may_change": _may_change(request)})
    context = {
        "plan": plan,
        "priorities": [_summary(p) for p in plan.priorities],
        "attention": [_summary(p) for p in plan.attention_themes],
        "frameworks": plan.frameworks.filter(archived_at=None),
        "may_change": _may_change(request),
        "panels": panels("plan.index", request, plan),
    }
    goals = [course for line in (*context["priorities"], *context["attention"]) for course in line["goals"]]
    tables = [
        exports.goals(goals, f"Doelen van {plan}"),
        exports.frameworks(context["frameworks"], "Kaders van dit plan"),
    ]
    return page(request, "plan/index.html", context, tables)


def _summary(priority: Priority) -> dict:
    goals = [course_of(g) for g in priority.goals.filter(archived_at=None).select_related("municipality")]
    measures = priority.measures.filter(archived_at=None).only("priority")
    return {"priority": priority, "goals": goals, "measures": measures}


@allow("plan.view_plan")
def priority(request, pk):
    """One priority: its figures, goals with their course, measures with their actions."""
    found = own_or_404(request, Priority, pk=pk)
    measures = list(
        found.measures.filter(archived_at=None)
        .select_related("priority", "owner", "municipality")
        .prefetch_related("actions", "partners")
    )
    for measure in measures:
        measure.panels = panels("plan.measure", request, measure)
    context = {
        **_summary(found),
        "plan": found.plan,
        "readings": [reading(request.municipality.code, i) for i in found.indicators],
        "measures": measures,
        "frameworks": found.frameworks.filter(archived_at=None),
        "may_change": _may_change(request),
        "panels": panels("plan.priority", request, found),
    }
    return page(request, "plan/priority.html", context, [
        exports.readings(context["readings"], f"Cijfers bij {found}"),
        exports.goals(context["goals"], f"Doelen van {found}"),
        exports.measures(measures, f"Maatregelen van {found}"),
    ])  # fmt: skip


@allow("plan.change_plan")
def new_plan(request):
    form = PlanForm(request.POST or None, municipality=request.municipality)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Het plan is gemaakt. Voeg nu de prioriteiten toe.")
        return redirect("plan:index")
    return render(request, "plan/form.html", {"form": form, "title": "Begin een plan"})


@allow("plan.change_plan")
def add(request, kind, parent):
    """A new line under the one that it belongs to."""
    line = kind_or_404(kind)
    if line.parent_model is None:
        raise Http404
    above = own_or_404(request, line.parent_model, pk=parent)
    extra = {"plan": above} if kind == "prioriteit" else {}
    initial = {"number": above.lines.count() + 1} if kind == "prioriteit" else {}
    form = line.form(request.POST or None, municipality=request.municipality, initial=initial, **extra)
    setattr(form.instance, line.parent, above)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Toegevoegd: {saved}.")
        return redirect(page_of(saved))
    return render(request, "plan/form.html", {"form": form, "title": f"Nieuw: {line.label}", "above": above})


@allow("plan.change_plan")
def edit(request, kind, pk):
    line = kind_or_404(kind)
    found = own_or_404(request, line.model, pk=pk)
    extra = {"plan": found.plan} if kind == "prioriteit" else {}
    form = line.form(request.POST or None, instance=found, municipality=request.municipality, **extra)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "De wijziging is opgeslagen.")
        return redirect(page_of(found))
    return render(
        request, "plan/form.html", {"form": form, "title": f"Bewerk {line.label}: {found}", "line": found, "kind": kind}
    )


@allow("plan.change_plan")
@require_POST
def adopt(request, kind, pk):
    found = own_or_404(request, kind_or_404(kind).model, pk=pk)
    if not hasattr(found, "is_example"):
        raise Http404
    messages.success(request, f"'{found}' is nu: {toggle_adoption(found)}.")
    return redirect(page_of(found))


@allow("plan.change_plan")
@require_POST
def archive(request, kind, pk):
    found = own_or_404(request, kind_or_404(kind).model, pk=pk)
    where = page_of(found) if kind not in ("prioriteit", "plan") else "plan:index"
    found.archive()
    messages.success(request, f"'{found}' is gearchiveerd.", extra_tags=reverse("plan:restore", args=[kind, pk]))
    return redirect(where)


@allow("plan.change_plan")
@require_POST
def restore(request, kind, pk):
    found = get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)
    found.restore()
    messages.success(request, f"'{found}' is teruggezet.")
    return redirect(page_of(found))


@allow("plan.view_plan")
def history(request, kind, pk):
    """Who changed what and when; people by name as long as they are here."""
    found = get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)
    records = list(found.history.all())
    names = {
        u.pseudonym: str(u)
        for u in User.objects.filter(pseudonym__in={r.history_user_id for r in records if r.history_user_id})
    }
    rows = []
    for new, old in zip(records, [*records[1:], None], strict=True):
        changes = [] if old is None else [(c.field, c.old, c.new) for c in new.diff_against(old).changes]
        who = names.get(new.history_user_id) or ("iemand die hier niet meer werkt" if new.history_user_id else "Koers")
        rows.append({"when": new.history_date, "who": who, "first": old is None, "changes": _named(found, changes)})
    return render(request, "plan/history.html", {"line": found, "kind": kind, "rows": rows, "back": page_of(found)})


def _named(line, changes) -> list[tuple[str, object, object]]:
    return [(str(line._meta.get_field(field).verbose_name), old, new) for field, old, new in changes]


def _actions(request, state: str):
    """The actions in a state; all of them when it is none."""
    found = Action.objects.of(request.municipality).select_related("owner", "measure", "signal")
    return found.filter(state=state) if state in ActionState.values else found


@allow("plan.change_actions")
@require_POST
def toggle_action(request, pk):
    found = own_or_404(request, Action, pk=pk)
    found.state = ActionState.OPEN if found.state == ActionState.DONE else ActionState.DONE
    found.save()
    messages.success(request, f"'{found}' staat op {found.get_state_display()}.")
    return redirect("plan:actions")


@allow("plan.view_plan")
def actions_csv(request):
    """Every action, or those in the state that is asked for."""
    return exports.actions(_actions(request, request.GET.get("staat", ""))).response()


@allow("plan.view_plan")
def measures_csv(request):
    found = Measure.objects.of(request.municipality).select_related("priority", "owner").prefetch_related("partners")
    return exports.measures(found).response()
