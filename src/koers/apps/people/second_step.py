"""The second step of signing in: who has it, and whether it is asked of everybody here."""

import base64
import hashlib
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from koers.apps.people.models import User
from koers.apps.whole import apart

JUST_SIGNED_IN = timedelta(minutes=10)


def second_step_required() -> bool:
    """Whether this installation asks a code of everybody, besides the password."""
    return settings.KOERS_SECOND_STEP


def has_second_step(user: User) -> bool:
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])


def forget_second_step(user: User) -> None:
    """Take away the app and the recovery codes of somebody who lost them; they set new ones after
    signing in."""
    Authenticator.objects.filter(user=user).delete()


class AccountAdapter(DefaultAccountAdapter):
    """Signing in as Koers wants it: nobody signs up, and what happened is said by our own pages."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": (
            "Dit e-mailadres en wachtwoord horen niet bij elkaar. Let op hoofdletters en probeer"
            " opnieuw."
        ),
        "account_inactive": "Dit account is uitgezet. Vraag de beheerder van uw gemeente.",
        "too_many_login_attempts": "Dit ging te vaak mis. Wacht vijf minuten en probeer opnieuw.",
        "incorrect_password": "Dit wachtwoord klopt niet. Let op hoofdletters en probeer opnieuw.",
    }

    def is_open_for_signup(self, request):
        return False

    def add_message(self, *args, **kwargs):
        """Nothing: the views say it."""

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords count by account and address together: behind one proxy nobody is kept
        out by what another types."""
        known = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{known}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request, **credentials):
        """An attempt counts whatever comes of the request, and nobody waits for the lock of who
        counts while a password is checked."""
        with apart():
            super().pre_authenticate(request, **credentials)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who signed in just now need not do so again to set the second step."""
        seen = self.request.user.last_login
        return seen is None or timezone.now() - seen > JUST_SIGNED_IN


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets are encrypted in the database with the key of this installation."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": (
            "Deze code klopt niet. Neem de code die nu in de app staat; hij wisselt elke 30"
            " seconden."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def spend(user: User, code: str) -> bool:
    """Use up a code of the app: it is taken once in all the time in which it is right, with or
    without spaces and dashes, as allauth reads it."""
    seconds = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 2)
    return cache.add(f"koers.code:{user.pk}:{normalize_user_code(code)}", True, timeout=seconds)


def unreadable(key: str, prefix: str, version: int) -> str:
    """Under what a count is kept: nobody reads an address or a code in the database."""
    return salted_hmac("koers.counts", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest()))
