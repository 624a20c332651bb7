from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from koers.apps.confirming import ask_first
from koers.apps.downloads import page, table_page
from koers.apps.people import accounts, events, invitations, mail, post, services
from koers.apps.people.access import allow
from koers.apps.people.addresses import absolute
from koers.apps.people.forms import HouseStyleForm, InviteForm
from koers.apps.people.middleware import SESSION_KEY
from koers.apps.people.models import Membership, PeopleEventKind, Role
from koers.apps.people.second_step import forget_second_step
from koers.apps.people.tables import access_events, members


@allow("people.use_koers")
@require_POST
def switch_municipality(request):
    codes = {municipality.code for municipality in request.municipalities}
    if (code := request.POST.get("municipality")) in codes:
        request.session[SESSION_KEY] = code
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "home")


switch_municipality.chooses_municipality = True


@allow("people.manage_people")
def people(request, form=None, link=None):
    memberships = Membership.objects.filter(municipality=request.municipality).select_related(
        "user"
    )
    with_second_step = set(
        Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
    )
    context = {
        "form": form or InviteForm(),
        "style_form": HouseStyleForm(instance=request.municipality),
        "link": link,
        "invited": invitations.waiting(request.municipality),
        "mail_works": mail.configured(),
        "former": accounts.known_here(request.municipality).exclude(
            memberships__municipality=request.municipality
        ),
    }
    listed = members(request, memberships.order_by("user__name", "role"), with_second_step)
    return page(request, "people/people.html", context, [listed], reverse("people:people"))


@allow("people.manage_people")
def history(request):
    """What happened with people's access here: roles, invitations, signing in."""
    listed = access_events(events.of(request.municipality))
    return table_page(
        request,
        listed,
        "Wie kreeg toegang, en wie gaf die?",
        f"Uitnodigingen, rollen en aanmeldingen van gemeente {request.municipality}, het nieuwste"
        " eerst.",
        [("Beheer", reverse("people:people"))],
    )


@allow("people.manage_people")
@require_POST
def invite(request):
    form = InviteForm(request.POST)
    if not form.is_valid():
        return people(request, form)
    home, given = request.municipality, form.cleaned_data
    if given["role"] == Role.ADMINISTRATOR:
        follows = [
            f"{given['name']} ({given['email']}) kan dan in gemeente {home} alles wat u kunt:"
            " mensen uitnodigen, rollen intrekken en links geven.",
            "De andere beheerders krijgen hiervan bericht.",
        ]
        asked = ask_first(
            request, "Iemand beheerder maken?", follows, "Uitnodigen", reverse("people:people")
        )
        if asked:
            return asked
    path = invitations.invite(
        home, given["email"], given["role"], given["name"], request.user.pseudonym
    )
    if given["role"] == Role.ADMINISTRATOR:
        what = f"{given['name']} ({given['email']}) is uitgenodigd als beheerder."
        services.tell_administrators(home, request.user, what)
    return _hand_over(
        request,
        f"{given['name']} krijgt een mail op {given['email'].lower()}, met een link die één keer"
        " werkt.",
        path,
        given["email"],
        lambda: services.mail_invitation(home, given["email"], given["name"], path, request),
    )


@allow("people.manage_people")
@require_POST
def choose_style(request):
    """The house style of this municipality: its pages and its public page."""
    form = HouseStyleForm(request.POST, instance=request.municipality)
    if form.is_valid():
        form.save()
        messages.success(
            request, "De huisstijl is gekozen. U ziet hem op elke pagina van deze gemeente."
        )
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
    user = membership.user
    events.note(
        PeopleEventKind.NEW_LINK,
        about=user,
        by=request.user.pseudonym,
        municipality=request.municipality,
    )
    return _hand_over(
        request,
        f"{user} krijgt een mail op {user.email}, met een link die één keer werkt.",
        services.one_time_path(user),
        user.email,
        None if user.unconfirmed else lambda: services.mail_link(user, request),
    )


@allow("people.manage_people")
@require_POST
def reset_second_step(request, pk):
    membership = get_object_or_404(Membership, pk=pk, municipality=request.municipality)
    if refusal := _not_here(request, membership.user):
        return refusal
    forget_second_step(membership.user)
    events.note(
        PeopleEventKind.SECOND_STEP_GONE,
        about=membership.user,
        by=request.user.pseudonym,
        municipality=request.municipality,
    )
    messages.success(
        request,
        f"De tweede stap van {membership.user} is weggehaald. Na het aanmelden kan een nieuwe"
        " worden ingesteld.",
    )
    return redirect("people:people")


def _not_here(request, user):
    if services.may_help(request.user, user):
        return None
    messages.error(
        request, f"{user} werkt ook in een gemeente die u niet beheert. Vraag de beheerder daar."
    )
    return redirect("people:people")


def _hand_over(request, said, path, address, send):
    """Mail a one-time link; where that cannot be (``send`` is none), or the last mail to this
    address came back, show it so that the administrator passes it on."""
    if mail.configured():
        if send and post.reaches(address):
            send()
            messages.success(request, f"{said} Komt die niet aan, dan staat dat bij Beheer.")
            return redirect("people:people")
        why = "De vorige mail aan {} kwam niet aan." if send else "Het adres {} is niet bevestigd."
        messages.error(request, f"{why.format(address)} Geef de link zelf door.")
    return people(request, link=absolute(request, path))


@allow("people.manage_people")
@require_POST
def withdraw(request, pk):
    membership = get_object_or_404(Membership, pk=pk, municipality=request.municipality)
    role, user = membership.get_role_display(), membership.user
    if user == request.user and membership.role == Role.ADMINISTRATOR:
        messages.error(
            request, "U kunt uw eigen beheerdersrol niet intrekken. Vraag een andere beheerder."
        )
        return redirect("people:people")
    follows = [
        f"{user} verliest de rol {role} in gemeente {request.municipality}.",
        "Wat deze persoon deed, blijft staan. Om de rol terug te geven nodigt u opnieuw uit.",
        "De andere beheerders krijgen hiervan bericht.",
    ]
    asked = ask_first(
        request, "Deze rol intrekken?", follows, "Intrekken", reverse("people:people")
    )
    if asked:
        return asked
    services.withdraw(membership, request.user)
    messages.success(request, f"De rol {role} van {user} is ingetrokken.")
    return redirect("people:people")


@allow("people.use_koers")
@require_POST
def mail_seen(request, pk):
    """Who sent a mail that did not arrive, or an administrator, has seen that."""
    found = post.did_not_arrive(request.municipality)
    if not request.user.has_perm("people.manage_people", request.municipality):
        found = found.filter(by=request.user.pseudonym)
    get_object_or_404(found, pk=pk)
    found.filter(pk=pk).update(seen=True)
    messages.success(request, "Dank u. Deze mail staat niet meer bij Vandaag.")
    return redirect("home")
