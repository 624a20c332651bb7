"""Settings: what differs between installations comes from the environment, the rest is here.

``KOERS_HOME`` is where everything is kept; ``DATABASE_URL`` names a PostgreSQL server where there
is one.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from django.contrib.messages import constants as message_levels

from koers.environment import CHECKOUT, home_of, is_sound, origin_of
from koers.upkeep import switch
from koers.web.front_end import served_from
from koers.web.log import logging_of
from koers.web.themes import DEFAULT, FOLDER, MA, Theme, ThemeFileError, read_themes

CONNECT_SECONDS = 2
WEB = Path(__file__).resolve().parent
# What is wrong with a setting is told by the checks (`koers.web.checks`); until then the rest of
# this file goes on without it.
HOME = home_of()


def _keep_private(home: Path) -> None:
    """What is kept is for the user under whom Koers runs, and for no other of this machine."""
    os.umask(0o077)
    for path in (home, *home.glob("*.sqlite3*")):
        if path.stat().st_uid == os.getuid():
            path.chmod(0o700 if path.is_dir() else 0o600)


if is_sound("KOERS_HOME"):
    HOME.mkdir(parents=True, exist_ok=True)
    _keep_private(HOME)
    # A restore that was killed once it was decided is ended before anything is read.
    switch.finish(HOME)


def _secret_key() -> str:
    """A key of this installation's own, made at its first start and readable by its owner only."""
    if not is_sound("KOERS_HOME"):
        return secrets.token_urlsafe(50)
    file = HOME / "secret-key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text()


SECRET_KEY = os.environ.get("KOERS_SECRET_KEY") or _secret_key()
DEBUG = os.environ.get("KOERS_DEBUG") == "1"
ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("KOERS_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
]

LOGGING = logging_of(os.environ.get("KOERS_LOG", "") if is_sound("KOERS_LOG") else "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "rules.apps.AutodiscoverRulesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "django_tasks",
    "django_tasks_db",
    "koers.apps.people",
    "koers.apps.intake",
    "koers.apps.picture",
    "koers.apps.plan",
    "koers.apps.exchange",
    "koers.apps.texts",
    "koers.apps.meetings",
    "koers.apps.evaluation",
    "koers.apps.decisions",
    "koers.apps.consultation",
    "koers.apps.publication",
    "koers.web",
]

MIDDLEWARE = [
    "koers.web.log.RequestLog",
    "koers.web.health.HealthMiddleware",
    "koers.web.away.AwayMiddleware",
    "koers.web.border.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "koers.apps.whole.WholeRequest",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "koers.apps.people.idle.IdleMiddleware",
    "koers.web.border.BodyMiddleware",
    "koers.apps.people.kept_text.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "koers.apps.people.middleware.PrivateMiddleware",
    "koers.apps.people.middleware.MunicipalityMiddleware",
    "koers.apps.people.middleware.AccessMiddleware",
    "koers.apps.intake.middleware.FiguresMiddleware",
]

ROOT_URLCONF = "koers.web.urls"
WSGI_APPLICATION = "koers.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Every form names the municipality that its page shows.
            "builtins": ["koers.web.templatetags.form_marks"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "koers.web.context.site",
            ],
        },
    },
]
FORM_RENDERER = "koers.web.forms.Renderer"

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'koers.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
    if is_sound("DATABASE_URL")
    else {"ENGINE": "django.db.backends.dummy"}
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # FULL: what was acknowledged is on the disk, also when the power goes (0035).
    DATABASES["default"]["OPTIONS"] = {
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        ),
        "transaction_mode": "IMMEDIATE",
    }

elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Does not wait for a server that is silent.
    DATABASES["default"]["ENGINE"] = "koers.web.postgres"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", CONNECT_SECONDS)

# What signing in counts and the codes that are spent stand in the database: they hold for all web
# processes and after a restart (0040). Only what is over goes (a frequency at which nothing else
# is culled). The screens of meetings are kept by each process for itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_signincount",
        "KEY_FUNCTION": "koers.apps.people.second_step.unreadable",
        "OPTIONS": {"MAX_ENTRIES": 1_000, "CULL_FREQUENCY": 10**9},
    },
    "screens": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "koers.apps.people.kept_text.csrf_refused"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600

ACCOUNT_ADAPTER = "koers.apps.people.second_step.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# By account and address together (see AccountAdapter), and of one address for all accounts: a whole
# town hall may have one.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,100/m/ip", "login": "100/m/ip"}
ACCOUNT_FORMS = {
    "login": "koers.apps.people.forms.SignInForm",
    "reauthenticate": "koers.apps.people.forms.ConfirmForm",
}
MFA_ADAPTER = "koers.apps.people.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Koers"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_PERIOD = 30
# Addresses come from whoever invites, not from the person.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "koers.apps.people.forms.CodeForm",
    "reauthenticate": "koers.apps.people.forms.ConfirmByCodeForm",
    "activate_totp": "koers.apps.people.forms.ActivateForm",
}

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATICFILES_DIRS = [
    WEB / "static",
    *served_from(CHECKOUT / "node_modules"),
    *([(FOLDER, HOME / FOLDER)] if (HOME / FOLDER).is_dir() else []),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Mail goes out by the server that EMAIL_URL names; without one, none is sent.
_MAIL = (
    dj_email_url.config(default="console:")
    if is_sound("EMAIL_URL")
    else dj_email_url.parse("console:")
)
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 15
# All mail waits in the database; the worker sends it.
EMAIL_BACKEND = "koers.apps.people.mail.QueueBackend"
# The address of the site, for links that leave it. A path in it is the prefix under which the site
# is served; every path that Koers makes begins with it.
_ADDRESS = urlsplit(os.environ.get("KOERS_ADDRESS", "") if is_sound("KOERS_ADDRESS") else "")
KOERS_ADDRESS = origin_of()
FORCE_SCRIPT_NAME = _ADDRESS.path.rstrip("/") or None
# Whole: Django would put the prefix before it that the thread has that asks first.
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
DEFAULT_FROM_EMAIL = os.environ.get("KOERS_MAIL_FROM", "koers@localhost")

# What Prometheus shows to read what is counted. Without such a token nothing is counted.
KOERS_METRICS = os.environ.get("KOERS_METRICS", "") if is_sound("KOERS_METRICS") else ""

# What comes in at once, in bytes: the largest file with its form, or the form of a visitor. The
# text of a form is bounded by itself, so is the number of its fields.
KOERS_LARGEST_BODY = 26_000_000
KOERS_LARGEST_BODY_OF_VISITOR = 200_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 3_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{FORCE_SCRIPT_NAME or ''}/"
# Who does nothing for so long is signed out; what was typed is kept.
_IDLE = os.environ.get("KOERS_IDLE_MINUTES", "120")
KOERS_IDLE_MINUTES = int(_IDLE) if is_sound("KOERS_IDLE_MINUTES") else 120
HTTPS = os.environ.get("KOERS_HTTPS") == "1"
# Whoever comes in over the internet shows that they have their phone, too.
KOERS_SECOND_STEP = os.environ.get("KOERS_SECOND_STEP", "1" if HTTPS else "0") == "1"
# How many proxies stand in front: the address of a visitor is what the first of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = (
    int(os.environ.get("KOERS_PROXIES", "1" if HTTPS else "0")) if is_sound("KOERS_PROXIES") else 0
)
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# The names of the alerts of the Utrecht components.
MESSAGE_TAGS = {message_levels.SUCCESS: "ok"}

# A municipality puts its own house style on by choosing a design-token theme: the one of the
# installation, which comes first, or one whose file stands in KOERS_HOME/huisstijl.
try:
    _OWN_THEMES, THEME_FILE_PROBLEM = read_themes(HOME / FOLDER), ""
except ThemeFileError as error:
    _OWN_THEMES, THEME_FILE_PROBLEM = (), str(error)
KOERS_THEMES = (
    Theme(
        name=DEFAULT,
        title="Standaard",
        stylesheets=os.environ.get(
            "KOERS_THEME_STYLESHEETS",
            "vendor/ma-design-tokens/theme.css koers-type.css koers-theme.css",
        ).split(),
        css_class=os.environ.get("KOERS_THEME_CLASS", "ma-theme"),
    ),
    MA,
    *_OWN_THEMES,
)

# Where the live figures come from; a mirror can be put here.
KOERS_SOURCES = {
    "police": os.environ.get("KOERS_SOURCE_POLICE", "https://dataderden.cbs.nl"),
    "statline": os.environ.get("KOERS_SOURCE_STATLINE", "https://opendata.cbs.nl"),
    "statline_v4": os.environ.get("KOERS_SOURCE_STATLINE_V4", "https://datasets.cbs.nl/odata/v1"),
    "pdok": os.environ.get("KOERS_SOURCE_PDOK", "https://api.pdok.nl/cbs"),
    "pdok_wfs": os.environ.get("KOERS_SOURCE_PDOK_WFS", "https://service.pdok.nl/cbs"),
    "bron": os.environ.get("KOERS_SOURCE_BRON", "https://downloads.rijkswaterstaatdata.nl/bron"),
}

# Background work waits in the database; `koers worker` (and the one that `koers start` brings
# along) does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# The day of the month from which the figures of the month before are fetched; the police refresh
# theirs about the 15th.
_DAY = os.environ.get("KOERS_LOAD_DAY", "16")
KOERS_LOAD_DAY = int(_DAY) if _DAY and is_sound("KOERS_LOAD_DAY") else 16
_LOADING = os.environ.get("KOERS_LOAD_MINUTES", "360")
KOERS_LOAD_MINUTES = int(_LOADING) if _LOADING and is_sound("KOERS_LOAD_MINUTES") else 360
