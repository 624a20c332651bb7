"""Who works here: municipalities, people and the roles that people have in a municipality."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.text import slugify


class Municipality(models.Model):
    """An organisation that uses this installation; ``code`` is its area code in the figures."""

    code = models.CharField("gebiedscode", max_length=12, unique=True)
    name = models.CharField("naam", max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    fictitious = models.BooleanField("verzonnen voorbeeld", default=False)
    primary = models.BooleanField("staat voorop", default=False)
    theme = models.SlugField(
        "huisstijl", max_length=50, blank=True, help_text="Leeg: die van de installatie."
    )

    class Meta:
        ordering = ["-primary", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or slugify(self.name)
        super().save(*args, **kwargs)


class Role(models.TextChoices):
    """What somebody does in a municipality; the rule files say what each role may do."""

    ADMINISTRATOR = "administrator", "beheerder"
    ADVISER = "adviser", "adviseur veiligheid (OOV)"
    ENFORCEMENT = "enforcement", "toezicht en handhaving (T&H)"
    POLICE = "police", "politie"
    PARTNER = "partner", "partner"
    COLLEGE = "college", "college van B&W"
    COMMITTEE = "committee", "commissielid"
    PUBLIC = "public", "inwoner of ondernemer"


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in.

    ``pseudonym`` is what history and audit refer to, so that a person can be erased without
    breaking them.
    """

    email = models.EmailField("e-mailadres", unique=True)
    name = models.CharField("naam", max_length=100, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField("actief", default=True)
    # Typed by somebody, and not shown to be theirs: no mail goes there (see `own_address`).
    unconfirmed = models.BooleanField("adres niet bevestigd", default=False, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["name", "email"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def municipalities(self) -> models.QuerySet[Municipality]:
        """Those in which this person has a role."""
        return Municipality.objects.filter(memberships__user=self).distinct()

    def roles_in(self, municipality: Municipality | None) -> frozenset[str]:
        """The roles that this person has in a municipality (read once for each request's user
        object)."""
        if not hasattr(self, "_roles"):
            self._roles: dict[str, set[str]] = {}
            for code, role in self.memberships.values_list("municipality__code", "role"):
                self._roles.setdefault(code, set()).add(role)
        return frozenset(self._roles.get(municipality.code, ())) if municipality else frozenset()


class Membership(models.Model):
    """A role of a person in a municipality."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="memberships")
    role = models.CharField("rol", max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "role"], name="one_membership_a_role"
            )
        ]
        ordering = ["municipality", "role"]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} in {self.municipality}"


class Invitation(models.Model):
    """An offer of one role in one municipality to whoever has this address; it becomes a role when
    that person takes it up.

    Of the link only a digest is kept. Without an address it is the link of set-up: whoever can read
    the screen of the computer on which Koers runs becomes the first administrator of a municipality
    (``municipality`` is none where there is a choice).
    """

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    email = models.EmailField("e-mailadres", blank=True)
    name = models.CharField("naam", max_length=100, blank=True)
    role = models.CharField("rol", max_length=20, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Whoever has the link then reads the mail of this address.
    mailed = models.BooleanField("per mail", default=False, editable=False)
    invited_by = models.UUIDField("uitgenodigd door", null=True, blank=True, editable=False)
    made_at = models.DateTimeField("gemaakt op", default=timezone.now, editable=False)
    taken_at = models.DateTimeField("aangenomen op", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.email or 'eerste beheerder'}: {self.get_role_display()}"


class PeopleEventKind(models.TextChoices):
    INVITED = "invited", "uitgenodigd als"
    JOINED = "joined", "kreeg de rol"
    WITHDRAWN = "withdrawn", "rol ingetrokken:"
    SIGNED_IN = "signed_in", "meldde zich aan"
    REFUSED = "refused", "aanmelden mislukte"
    NEW_LINK = "new_link", "kreeg een nieuwe link"
    SECOND_STEP_GONE = "second_step_gone", "tweede stap weggehaald"
    SWITCHED_OFF = "switched_off", "account uitgezet"
    SWITCHED_ON = "switched_on", "account weer aangezet"
    ERASED = "erased", "naam en adres gewist"
    CONFIRMED = "confirmed", "bevestigde het e-mailadres"


class PeopleEvent(models.Model):
    """What happened with somebody's access: who (by pseudonym), what, by whom. Never changed.

    ``municipality`` is none of what is of the person wherever they work, such as signing in.
    """

    at = models.DateTimeField("wanneer", default=timezone.now, editable=False)
    kind = models.CharField("wat", max_length=16, choices=PeopleEventKind.choices)
    about = models.UUIDField("wie", null=True, blank=True)
    by = models.UUIDField("door", null=True, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.CASCADE, null=True, blank=True, related_name="people_events"
    )
    role = models.CharField("rol", max_length=20, choices=Role.choices, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["about", "at"], name="people_event_about")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_role_display()}".strip()


class MailState(models.TextChoices):
    QUEUED = "queued", "wacht"
    SENT = "sent", "verzonden"
    REFUSED = "refused", "geweigerd"
    GIVEN_UP = "given_up", "opgegeven"


class Mail(models.Model):
    """A mail to one address, from its queue to what became of it.

    ``content`` is the whole message, encrypted, and gone as soon as the mail has ended: it may hold
    a link that lets somebody in. ``by`` is the pseudonym of who sent it, none for Koers itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    municipality = models.ForeignKey(
        Municipality, models.CASCADE, null=True, blank=True, related_name="mails"
    )
    address = models.EmailField("aan")
    about = models.CharField("waarover", max_length=60)
    by = models.UUIDField("door", null=True, blank=True, editable=False)
    content = models.BinaryField("inhoud", blank=True)
    state = models.CharField(
        "staat", max_length=8, choices=MailState.choices, default=MailState.QUEUED
    )
    tries = models.PositiveIntegerField("pogingen", default=0)
    problem = models.CharField("wat er misging", max_length=200, blank=True)
    made_at = models.DateTimeField("gemaakt op", default=timezone.now, editable=False)
    due_at = models.DateTimeField("volgende poging", default=timezone.now)
    ended_at = models.DateTimeField("afgelopen op", null=True, blank=True)
    seen = models.BooleanField("gezien", default=False)

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["state", "due_at"], name="mail_due")]

    def __str__(self) -> str:
        return f"{self.about} ({self.get_state_display()})"


class SignInCount(models.Model):
    """What signing in counts, and codes that are spent, until they no longer matter.

    Django's database cache reads and writes it by these names of columns; the key is a digest.
    """

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
