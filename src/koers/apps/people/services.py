"""Adding people and municipalities, and the one-time link with which somebody signs in for the first time."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from koers.apps.people import mail
from koers.apps.people.models import Membership, Municipality, Role, User

FIRST_ADMINISTRATOR = "beheerder@koers.invalid"


def one_time_path(user: User) -> str:
    """The path of the page on which this person chooses a password, once.

    The token dies with the choice of a password: it is made from the old one (Django's password reset token).
    """
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("people:first-sign-in", args=[uid, default_token_generator.make_token(user)])


@transaction.atomic
def first_administrator(municipalities) -> User | None:
    """The first administrator, also adviser of every municipality here; None once somebody administers already."""
    settled = Membership.objects.filter(role=Role.ADMINISTRATOR).exclude(user__email=FIRST_ADMINISTRATOR)
    if settled.exists():
        _join_new(settled, municipalities)
        return None
    user = User.objects.filter(email=FIRST_ADMINISTRATOR).first()
    if user is None:
        user = User.objects.create_user(FIRST_ADMINISTRATOR, name="")
    _give_roles(user, municipalities)
    return user


def _join_new(settled, municipalities) -> None:
    """Whoever administers this installation also administers the municipalities that came later."""
    without = [m for m in municipalities if not m.memberships.filter(role=Role.ADMINISTRATOR).exists()]
    for user in {membership.user for membership in settled}:
        _give_roles(user, without)


def _give_roles(user: User, municipalities) -> None:
    for municipality in municipalities:
        for role in (Role.ADMINISTRATOR, Role.ADVISER):
            Membership.objects.get_or_create(user=user, municipality=municipality, role=role)


@transaction.atomic
def invite(municipality: Municipality, name: str, email: str, role: str) -> User:
    """Give a (new) person a role in this municipality."""
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name=name)
    Membership.objects.get_or_create(user=user, municipality=municipality, role=role)
    return user


def mail_link(user: User, request, municipality: Municipality | None = None) -> None:
    """Mail somebody a one-time link: an invitation with a municipality, a new link without.

    Raises
    ------
    koers.apps.people.mail.MailError
        When it could not be sent.
    """
    link = request.build_absolute_uri(one_time_path(user))
    context = {"user": user, "link": link, "municipality": municipality, "inviter": request.user}
    mail.send("people/mail/invitation.txt" if municipality else "people/mail/new_link.txt", context, user.email)


def mail_new_link(email: str, request) -> str:
    """Mail a new link to whoever has this address; returns what went wrong, empty when nothing did (or nobody has it)."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return ""
    try:
        mail_link(user, request)
    except mail.MailError as problem:
        return str(problem)
    return ""


def may_help(administrator: User, user: User) -> bool:
    """An administrator may give somebody a new link or take away the second step only when they administer every
    municipality in which that person works: else they could get into another municipality.
    """
    own = Membership.objects.filter(user=administrator, role=Role.ADMINISTRATOR).values("municipality")
    return not user.memberships.exclude(municipality__in=own).exists()
