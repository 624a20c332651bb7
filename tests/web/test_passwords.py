"""Passwords are kept as Django keeps them, however quickly the tests do that."""

from django.conf import Settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.module_loading import import_string


def test_a_site_keeps_passwords_by_a_hash_that_is_slow_to_guess():
    site = Settings("koers.web.settings")
    hasher = import_string(site.PASSWORD_HASHERS[0])()
    assert isinstance(hasher, PBKDF2PasswordHasher)
    assert hasher.iterations >= 600_000
    assert not any("MD5" in name for name in site.PASSWORD_HASHERS)
