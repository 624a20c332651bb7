"""Signing in with password and, as second step, a code from an app: allauth's views with Koers'
rules and words."""

from collections.abc import Callable

from allauth.account.utils import perform_login
from allauth.account.views import AccountInactiveView, LoginView, ReauthenticateView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.contrib.auth.views import LogoutView, PasswordChangeView, PasswordResetConfirmView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from koers.apps.people import mail, own_address, services
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.forms import ForgottenForm, NewPasswordForm, PasswordForm
from koers.apps.people.places import ACCOUNT_PANELS
from koers.apps.people.second_step import second_step_required

USE = "people.use_koers"


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
class SignIn(LoginView):
    template_name = "people/sign_in/password.html"
    extra_context = {"mail_works": mail.configured}


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
class SignOut(LogoutView):
    """By POST only."""


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
class Inactive(AccountInactiveView):
    template_name = "people/sign_in/inactive.html"


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
class Code(AuthenticateView):
    """The second step: a code from the app, or one of the recovery codes."""

    template_name = "people/sign_in/code.html"


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
class NewPassword(PasswordResetConfirmView):
    """The page behind a one-time link: choose a new password, then be signed in (by the second
    step, if any)."""

    template_name = "people/sign_in/new_password.html"
    form_class = PasswordForm
    token_generator = services.link_tokens
    success_url = reverse_lazy("home")
    reset_url_token = "kies-wachtwoord"

    def form_valid(self, form):
        super().form_valid(form)
        return perform_login(self.request, form.user, redirect_url=self.get_success_url())


class _AndThen(HttpResponse):
    """A page after which something is done once it was sent, so that its time tells nothing."""

    def __init__(self, text: str, work: Callable[[], None]) -> None:
        super().__init__(text)
        self._work = work

    def close(self):
        super().close()
        self._work()


@allow(PUBLIC, change=PUBLIC, before_second_step=True)
def forgotten(request):
    """Mail somebody a one-time link. Whether an address is known here is not told, not by the time
    that it takes either."""
    template = "people/sign_in/forgotten.html"
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and mail.configured() and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if refusal := ratelimit.consume_or_429(request, action="reset_password", key=email):
            return refusal
        text = render_to_string(template, {"sent": True}, request)
        return _AndThen(text, lambda: services.mail_new_link(email, request))
    return render(request, template, {"form": form, "mail_works": mail.configured()})


@allow(USE, before_second_step=True)
class Account(IndexView):
    """One's own account: name, roles, password and second step."""

    template_name = "people/account/account.html"

    def get_context_data(self, **kwargs):
        memberships = self.request.user.memberships.select_related("municipality")
        shown = ACCOUNT_PANELS.all(self.request, self.request.user)
        return super().get_context_data(memberships=memberships, panels=shown, **kwargs)


@allow(USE)
@require_POST
def mail_own_address(request):
    if mail.configured() and request.user.unconfirmed:
        email = request.user.email
        if refusal := ratelimit.consume_or_429(request, action="reset_password", key=email):
            return refusal
        own_address.mail_confirmation(request.user, request)
        messages.success(request, f"Er is een mail onderweg naar {email}. Open de link daarin.")
    return redirect("mfa_index")


@allow(USE)
def confirm_own_address(request, token):
    """Opening the link only shows the page; the button on it confirms."""
    fits = own_address.is_of(token, request.user)
    if request.method == "POST" and fits:
        own_address.confirm(request.user)
        messages.success(request, "Uw e-mailadres is bevestigd.")
        return redirect("mfa_index")
    return render(request, "people/account/own_address.html", {"fits": fits})


@allow(USE, before_second_step=True)
class ChangePassword(PasswordChangeView):
    template_name = "people/account/password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form):
        messages.success(self.request, "Uw wachtwoord is gewijzigd.")
        return super().form_valid(form)


@allow(USE, before_second_step=True)
class Confirm(ReauthenticateView):
    """Type the password again before something that matters."""

    template_name = "people/account/confirm.html"


@allow(USE, before_second_step=True)
class ConfirmByCode(ReauthenticateByCodeView):
    template_name = "people/account/confirm.html"


@allow(USE, before_second_step=True)
class ActivateSecondStep(ActivateTOTPView):
    template_name = "people/account/activate.html"
    extra_context = {"second_step_required": second_step_required}

    def form_valid(self, form):
        messages.success(self.request, "De tweede stap staat aan. Bewaar de noodcodes hieronder.")
        return super().form_valid(form)


@allow(USE)
class DeactivateSecondStep(DeactivateTOTPView):
    template_name = "people/account/deactivate.html"

    def dispatch(self, request, *args, **kwargs):
        if second_step_required():
            messages.error(
                request,
                "In deze installatie is de tweede stap verplicht. U kunt hem niet uitzetten.",
            )
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        messages.success(self.request, "De tweede stap staat uit.")
        return super().form_valid(form)


@allow(USE)
class RecoveryCodes(ViewRecoveryCodesView):
    template_name = "people/account/codes.html"


@allow(USE)
class NewRecoveryCodes(GenerateRecoveryCodesView):
    template_name = "people/account/new_codes.html"


@allow(USE)
class DownloadRecoveryCodes(DownloadRecoveryCodesView):
    template_name = "people/account/codes.txt"
    content_type = "text/plain; charset=utf-8"
