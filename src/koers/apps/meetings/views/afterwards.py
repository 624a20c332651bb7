"""After and between meetings: minutes, the calendar, reminders, and answers from a mail."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from koers.apps.meetings.forms import LongerForm
from koers.apps.meetings.models import CalendarFeed, Meeting, MeetingState, Reminders
from koers.apps.meetings.services import answers, calendar, digest, minutes
from koers.apps.people import mail
from koers.apps.people.access import PUBLIC, allow, own_or_404
from koers.apps.people.addresses import absolute
from koers.documents.office import FORMATS, to_office
from koers.documents.pdf import to_pdf


@allow("meetings.view_meetings")
def download_minutes(request, pk, kind):
    """The minutes of a meeting that was held, as PDF, ODT or DOCX."""
    return _document(request, pk, kind, "verslag", minutes.document_of)


@allow("meetings.view_meetings")
def download_decisions(request, pk, kind):
    return _document(request, pk, kind, "besluitenlijst", minutes.decision_list_of)


@allow("meetings.view_meetings")
def download_actions(request, pk, kind):
    return _document(request, pk, kind, "actielijst", minutes.action_list_of)


def _document(request, pk, kind, name, make):
    found = own_or_404(request, Meeting, pk=pk, state=MeetingState.HELD)
    if kind != "pdf" and kind not in FORMATS:
        raise Http404
    document = make(found)
    content = to_pdf(document) if kind == "pdf" else to_office(document, kind)
    response = HttpResponse(content, content_type=FORMATS.get(kind, "application/pdf"))
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.date:%Y-%m-%d}.{kind}"'
    return response


@allow("meetings.hold_meetings")
@require_POST
def mail_minutes(request, pk):
    found = own_or_404(request, Meeting, pk=pk, state=MeetingState.HELD)
    if not mail.configured():
        messages.error(
            request,
            "Deze installatie verstuurt geen mail. Download het verslag en verstuur het zelf.",
        )
        return redirect("meetings:meeting", pk)
    sent = minutes.mail_minutes(found, partial(absolute, request), request.user.pseudonym)
    if sent:
        people = "1 deelnemer" if sent == 1 else f"{sent} deelnemers"
        messages.success(
            request,
            f"Het verslag gaat per mail naar {people}. Komt het ergens niet aan, dan ziet u dat bij"
            " Vandaag.",
        )
    return redirect("meetings:meeting", pk)


@allow("meetings.view_meetings")
def meeting_ics(request, pk):
    found = own_or_404(request, Meeting, pk=pk)
    return _ics(
        calendar.meeting_file(found, partial(absolute, request)), f"overleg-{found.date:%Y-%m-%d}"
    )


@allow(PUBLIC, before_second_step=True)
def feed(request, token):
    """The calendar of whoever has this address; it is secret, and can be revoked."""
    found = get_object_or_404(
        CalendarFeed.objects.select_related("user"), token=token, user__is_active=True
    )
    return _ics(calendar.feed_of(found.user, partial(absolute, request)), "koers")


def _ics(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


@allow("people.use_koers")
def reminders(request):
    """One's own calendar address and weekly mail: on, renewed, or off."""
    mine, _ = Reminders.objects.get_or_create(user=request.user)
    if request.method == "POST":
        choice = request.POST.get("choice")
        if choice in {"new-address", "no-address"}:
            CalendarFeed.objects.filter(user=request.user).delete()
        if choice == "new-address":
            CalendarFeed.objects.create(user=request.user)
            messages.success(
                request, "Uw agenda heeft een nieuw adres. Een eerder adres werkt niet meer."
            )
        elif choice == "no-address":
            messages.success(request, "Uw agenda is niet meer op te halen.")
        elif choice in {"weekly", "never"}:
            mine.weekly = choice == "weekly"
            mine.save()
            messages.success(
                request,
                "U krijgt elke week een mail." if mine.weekly else "U krijgt geen mail meer.",
            )
        return redirect("meetings:reminders")
    own = CalendarFeed.objects.filter(user=request.user).first()
    address = absolute(request, own.path) if own else ""
    context = {"address": address, "reminders": mine, "mail_works": mail.configured()}
    return render(request, "meetings/reminders.html", context)


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
def stop_reminders(request, token):
    """From the mail itself: no more of these."""
    user = digest.person_of(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        Reminders.objects.update_or_create(user=user, defaults={"weekly": False})
    return render(request, "meetings/stop_reminders.html", {"stopped": request.method == "POST"})


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
def answer(request, token):
    """Answer for an action from a mail, without signing in."""
    try:
        action, user = answers.read(token)
    except answers.VoidLinkError as problem:
        return render(request, "meetings/answer.html", {"problem": problem}, status=410)
    choice = request.POST.get("choice")
    form = LongerForm(request.POST if choice == "longer" else None, action=action)
    if choice == "done":
        answers.done(action, user)
        return render(request, "meetings/answer.html", {"action": action, "answered": "done"})
    if choice == "longer" and form.is_valid():
        answers.needs_longer(action, user, form.cleaned_data["until"], form.cleaned_data["reason"])
        return render(request, "meetings/answer.html", {"action": action, "answered": "longer"})
    return render(request, "meetings/answer.html", {"action": action, "form": form})
