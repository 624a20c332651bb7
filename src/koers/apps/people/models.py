"""Who works here: municipalities, people and the roles that people have in a municipality."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.text import slugify


class Municipality(models.Model):
    """An organisation that uses this installation; ``code`` is its area code in the figures."""

    code = models.CharField("gebiedscode", max_length=12, unique=True)
    name = models.CharField("naam", max_length=100)
    slug = models.SlugField(max_length=100, unique=True)
    fictitious = models.BooleanField("verzonnen voorbeeld", default=False)
    primary = models.BooleanField("staat voorop", default=False)
    theme = models.SlugField("huisstijl", max_length=50, blank=True, help_text="Leeg: die van de installatie.")

    class Meta:
        ordering = ["-primary", "name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
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


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in.

    ``pseudonym`` is what history and audit refer to, so that a person can be erased without breaking them.
    """

    email = models.EmailField("e-mailadres", unique=True)
    name = models.CharField("naam", max_length=100, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField("actief", default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["name", "email"]

    def __str__(self):
        return self.name or self.email

    @property
    def municipalities(self) -> models.QuerySet[Municipality]:
        """Those in which this person has a role."""
        return Municipality.objects.filter(memberships__user=self).distinct()

    def roles_in(self, municipality) -> frozenset[str]:
        """The roles that this person has in a municipality (read once for each request's user object)."""
        if not hasattr(self, "_roles"):
            self._roles = {}
            for code, role in self.memberships.values_list("municipality__code", "role"):
                self._roles.setdefault(code, set()).add(role)
        return frozenset(self._roles.get(municipality.code, ())) if municipality else frozenset()


class Membership(models.Model):
    """A role of a person in a municipality."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="memberships")
    role = models.CharField("rol", max_length=20, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "municipality", "role"], name="one_membership_a_role")]
        ordering = ["municipality", "role"]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} in {self.municipality}"
