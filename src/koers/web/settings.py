"""Settings: what differs between installations comes from the environment, the rest is here.

``KOERS_HOME`` is where everything is kept; ``DATABASE_URL`` names a PostgreSQL server where there is one.
"""

import os
import secrets
from pathlib import Path

import dj_database_url
import dj_email_url
from django.contrib.messages import constants as message_levels

from koers.web.themes import DEFAULT, FOLDER, MA, Theme, read_themes

WEB = Path(__file__).resolve().parent
CHECKOUT = WEB.parent.parent.parent

_DEFAULT_HOME = CHECKOUT / ".koers" if (CHECKOUT / "pyproject.toml").is_file() else Path("~/.koers")
HOME = Path(os.environ.get("KOERS_HOME") or _DEFAULT_HOME).expanduser().resolve()
HOME.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """A key of this installation's own, made at its first start and readable by its owner only."""
    file = HOME / "secret-key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text()


SECRET_KEY = os.environ.get("KOERS_SECRET_KEY") or _secret_key()
DEBUG = os.environ.get("KOERS_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("KOERS_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

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
    "koers.apps.meetings",
    "koers.apps.evaluation",
    "koers.apps.decisions",
    "koers.apps.consultation",
    "koers.apps.publication",
    "koers.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "koers.apps.people.middleware.MunicipalityMiddleware",
    "koers.apps.people.middleware.AccessMiddleware",
    "koers.apps.intake.middleware.InternalFiguresMiddleware",
]

ROOT_URLCONF = "koers.web.urls"
WSGI_APPLICATION = "koers.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
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
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        "transaction_mode": "IMMEDIATE",
    }

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600

ACCOUNT_ADAPTER = "koers.apps.people.second_step.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "koers.apps.people.forms.SignInForm",
    "reauthenticate": "koers.apps.people.forms.ConfirmForm",
}
MFA_ADAPTER = "koers.apps.people.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Koers"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
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

NODE_MODULES = CHECKOUT / "node_modules"
STATIC_URL = "static/"
STATICFILES_DIRS = [
    WEB / "static",
    *(
        (f"vendor/{name}", NODE_MODULES / folder)
        for name, folder in {
            "ma-design-tokens": "@nl-design-system-community/ma-design-tokens/dist",
            "utrecht": "@utrecht/component-library-css/dist",
            "source-sans-3": "@fontsource/source-sans-3",
            "htmx": "htmx.org/dist",
        }.items()
        if (NODE_MODULES / folder).is_dir()
    ),
    *([(FOLDER, HOME / FOLDER)] if (HOME / FOLDER).is_dir() else []),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Mail goes out by the server that EMAIL_URL names; without one, none is sent.
_MAIL = dj_email_url.config(default="console:")
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 15
# The address of the site, for links in mail that nobody asked for on a page.
KOERS_ADDRESS = os.environ.get("KOERS_ADDRESS", "")
DEFAULT_FROM_EMAIL = os.environ.get("KOERS_MAIL_FROM", "koers@localhost")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
HTTPS = os.environ.get("KOERS_HTTPS") == "1"
# Whoever comes in over the internet shows that they have their phone, too.
KOERS_SECOND_STEP = os.environ.get("KOERS_SECOND_STEP", "1" if HTTPS else "0") == "1"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# The names of the alerts of the Utrecht components.
MESSAGE_TAGS = {message_levels.SUCCESS: "ok"}

# A municipality puts its own house style on by choosing a design-token theme: the one of the installation, which comes first,
# or one whose file stands in KOERS_HOME/huisstijl.
KOERS_THEMES = (
    Theme(
        name=DEFAULT,
        title="Standaard",
        stylesheets=os.environ.get(
            "KOERS_THEME_STYLESHEETS", "vendor/ma-design-tokens/theme.css koers-type.css koers-theme.css"
        ).split(),
        css_class=os.environ.get("KOERS_THEME_CLASS", "ma-theme"),
    ),
    MA,
    *read_themes(HOME / FOLDER),
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

# Background work waits in the database; `koers worker` (and the one that `koers start` brings along) does it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# The day of the month from which the figures of the month before are fetched; the police refresh theirs about the 15th.
KOERS_LOAD_DAY = min(28, max(1, int(os.environ.get("KOERS_LOAD_DAY", "16"))))
