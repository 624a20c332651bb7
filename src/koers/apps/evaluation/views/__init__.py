"""The pages of effects; here the one on which a meeting decides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from koers.apps.evaluation.forms import DecideForm, TakeBackForm
from koers.apps.evaluation.models import Proposal
from koers.apps.evaluation.services import proposing
from koers.apps.people.access import allow, own_or_404


@allow("evaluation.decide")
def decide(request, pk):
    """Keep, adjust or stop: what the strategic meeting decides on a proposal, with its reason. Once
    decided, it can be taken back here with a reason."""
    proposal = own_or_404(request, Proposal, pk=pk)
    if proposal.decision:
        return _take_back(request, proposal)
    meeting = proposing.next_meeting(request.municipality)
    form = DecideForm(request.POST or None, initial={"decision": proposal.course})
    if request.method == "POST" and meeting is not None and form.is_valid():
        try:
            proposing.decide(
                proposal, meeting, form.cleaned_data["decision"], form.cleaned_data["reason"]
            )
        except ValidationError as conflict:
            messages.error(request, conflict.message)
        else:
            messages.success(
                request, "Het besluit is vastgelegd bij het overleg en bij de maatregel."
            )
        return redirect("meetings:meeting", meeting.pk)
    context = {
        "proposal": proposal,
        "sentence": proposing.judged_of(proposal.evaluation).sentence,
        "meeting": meeting,
        "form": form,
    }
    return render(request, "evaluation/decide.html", context)


def _take_back(request, proposal):
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proposing.take_back(proposal, form.cleaned_data["why"])
        except ValidationError as conflict:
            messages.error(request, conflict.message)
        else:
            messages.success(request, "Het besluit is teruggenomen. Het voorstel staat weer open.")
        return redirect("evaluation:evaluation", proposal.evaluation_id)
    sentence = proposing.judged_of(proposal.evaluation).sentence
    context = {"proposal": proposal, "sentence": sentence, "form": form}
    return render(request, "evaluation/decide.html", context)
