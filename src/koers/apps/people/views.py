from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from koers.apps.people import services
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.forms import FirstSignInForm, InviteForm, SignInForm
from koers.apps.people.middleware import SESSION_KEY
from koers.apps.people.models import Membership


@allow(PUBLIC)
class SignIn(LoginView):
    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@allow(PUBLIC)
class SignOut(LogoutView):
    """By POST only."""


@allow(PUBLIC)
class FirstSignIn(PasswordResetConfirmView):
    """The page behind a one-time link: choose a name and a password, then be signed in."""

    template_name = "registration/set_password.html"
    form_class = FirstSignInForm
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("home")
    reset_url_token = "kies-wachtwoord"


@allow("people.use_koers")
@require_POST
def switch_municipality(request):
    codes = {municipality.code for municipality in request.municipalities}
    if (code := request.POST.get("municipality")) in codes:
        request.session[SESSION_KEY] = code
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "home")


@allow("people.manage_people")
def people(request, form=None, link=None):
    memberships = Membership.objects.filter(municipality=request.municipality).select_related("user")
    context = {"memberships": memberships.order_by("user__name", "role"), "form": form or InviteForm(), "link": link}
    return render(request, "people/people.html", context)


@allow("people.manage_people")
@require_POST
def invite(request):
    form = InviteForm(request.POST)
    if not form.is_valid():
        return people(request, form)
    user = services.invite(request.municipality, **form.cleaned_data)
    if user.last_login:
        messages.success(request, f"{user} heeft deze rol nu ook.")
        return redirect("people:people")
    return people(request, link=request.build_absolute_uri(services.one_time_path(user)))


@allow("people.manage_people")
@require_POST
def withdraw(request, pk):
    membership = get_object_or_404(Membership, pk=pk, municipality=request.municipality)
    if membership.user == request.user and membership.role == "administrator":
        messages.error(request, "U kunt uw eigen beheerdersrol niet intrekken. Vraag een andere beheerder.")
    else:
        membership.delete()
        messages.success(request, f"De rol {membership.get_role_display()} van {membership.user} is ingetrokken.")
    return redirect("people:people")
