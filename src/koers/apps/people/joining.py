"""The page behind an invitation: take up a role, with the account one has or a new one."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from koers.apps.people import invitations, mail, own_address
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.forms import JoinForm, SetUpForm
from koers.apps.people.middleware import SESSION_KEY


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    """Opening the link only shows the page; the role is given by the button on it."""
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "people/sign_in/lapsed.html")
    if request.user.is_authenticated:
        return _as_oneself(request, invitation)
    if invitations.account_of(invitation) is not None:
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(
            request, "people/sign_in/known.html", {"invitation": invitation, "sign_in": sign_in}
        )
    return _as_somebody_new(request, invitation)


def _as_oneself(request, invitation):
    """Whoever is signed in takes up what was sent to their own address."""
    open_to = invitations.choices(invitation)
    fits = not invitation.email or invitation.email.lower() == request.user.email.lower()
    if request.method == "POST" and fits:
        chosen = next((m for m in open_to if m.code == request.POST.get("municipality")), None)
        try:
            if chosen is None:
                raise invitations.InvitationError("Kies een gemeente.")
            invitations.take_up(invitation, request.user, chosen)
        except invitations.InvitationError as problem:
            messages.error(request, str(problem))
        else:
            request.session[SESSION_KEY] = chosen.code
            messages.success(request, f"U werkt nu mee in gemeente {chosen}.")
            return redirect("home")
    context = {"invitation": invitation, "choices": open_to, "fits": fits}
    return render(request, "people/sign_in/take_up.html", context)


def _as_somebody_new(request, invitation):
    open_to = invitations.choices(invitation)
    data = request.POST if request.method == "POST" else None
    form = JoinForm(invitation, data) if invitation.email else SetUpForm(invitation, open_to, data)
    if form.is_valid():
        chosen = form.cleaned_data.get("municipality") or open_to[0]
        with transaction.atomic():
            form.user.unconfirmed = not invitation.mailed
            user = form.save()
            invitations.take_up(invitation, user, chosen)
        if user.unconfirmed and mail.configured():
            own_address.mail_confirmation(user, request)
        response = perform_login(request, user, redirect_url=reverse("home"))
        request.session[SESSION_KEY] = chosen.code
        return response
    context = {"invitation": invitation, "form": form, "choices": open_to}
    return render(request, "people/sign_in/join.html", context)
