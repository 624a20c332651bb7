from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from koers.apps.people import mail, services
from koers.apps.people.access import allow
from koers.apps.people.forms import HouseStyleForm, InviteForm
from koers.apps.people.middleware import SESSION_KEY
from koers.apps.people.models import Membership
from koers.apps.people.second_step import forget_second_step


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
    with_second_step = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
    context = {
        "memberships": memberships.order_by("user__name", "role"),
        "with_second_step": with_second_step,
        "form": form or InviteForm(),
        "style_form": HouseStyleForm(instance=request.municipality),
        "link": link,
        "mail_works": mail.configured(),
    }
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
    return _hand_over(request, user, request.municipality)


@allow("people.manage_people")
@require_POST
def choose_style(request):
    """The house style of this municipality: its pages and its public page."""
    form = HouseStyleForm(request.POST, instance=request.municipality)
    if form.is_valid():
        form.save()
        messages.success(request, "De huisstijl is gekozen. U ziet hem op elke pagina van deze gemeente.")
    else:
        messages.error(request, "Deze huisstijl is er niet. Kies er een uit de lijst.")
    return redirect("people:people")


@allow("people.manage_people")
@require_POST
def new_link(request, pk):
    """A new one-time link for somebody of this municipality who lost the password."""
    membership = get_object_or_404(Membership, pk=pk, municipality=request.municipality)
    if refusal := _not_here(request, membership.user):
        return refusal
    return _hand_over(request, membership.user)


@allow("people.manage_people")
@require_POST
def reset_second_step(request, pk):
    membership = get_object_or_404(Membership, pk=pk, municipality=request.municipality)
    if refusal := _not_here(request, membership.user):
        return refusal
    forget_second_step(membership.user)
    messages.success(
        request,
        f"De tweede stap van {membership.user} is weggehaald. Na het aanmelden kan een nieuwe worden ingesteld.",
    )
    return redirect("people:people")


def _not_here(request, user):
    if services.may_help(request.user, user):
        return None
    messages.error(request, f"{user} werkt ook in een gemeente die u niet beheert. Vraag de beheerder daar.")
    return redirect("people:people")


def _hand_over(request, user, municipality=None):
    """Mail the one-time link; where that cannot be, show it so that the administrator passes it on."""
    if mail.configured():
        try:
            services.mail_link(user, request, municipality)
        except mail.MailError as problem:
            messages.error(request, f"{problem} Geef de link zelf door.")
        else:
            messages.success(request, f"{user} krijgt een mail op {user.email}, met een link die één keer werkt.")
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
