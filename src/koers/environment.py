"""What the settings in the environment may be, and what is wrong with them in plain words.

Read before Django is: a value that is wrong never ends in a traceback. ``docs/instellingen.md``
describes every setting that is named here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url

from koers import __version__
from koers.upkeep.home import UpkeepError, made_by_newer, use

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASES = ("postgres", "postgresql", "pgsql", "sqlite")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "submission", "submissions")
WITHOUT_SERVER = ("console", "memory", "dummy", "file")
SHORTEST_KEY = 32
SHORTEST_TOKEN = 16
LAST_LOAD_DAY = 28
MOST_IDLE = 1440
LOAD_MINUTES = 10, 2880
MOST_PROCESSES = 64


@dataclass(frozen=True)
class SettingProblem:
    """What is wrong with a setting, and what to do. No secret is said again."""

    name: str
    wrong: str
    todo: str

    def __str__(self) -> str:
        return f"{self.name} {self.wrong} {self.todo}"


def home_of(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder in which everything is kept."""
    usual = CHECKOUT / ".koers" if (CHECKOUT / "pyproject.toml").is_file() else Path("~/.koers")
    return Path(environ.get("KOERS_HOME") or usual).expanduser().resolve()


def origin_of(environ: Mapping[str, str] = os.environ) -> str:
    """Of KOERS_ADDRESS what stands before its path; '' where it is not given."""
    found = urlsplit(environ.get("KOERS_ADDRESS", "") if is_sound("KOERS_ADDRESS", environ) else "")
    return f"{found.scheme}://{found.netloc}" if found.netloc else ""


def problems(environ: Mapping[str, str] = os.environ) -> list[SettingProblem]:
    """What is wrong with the settings, or with the home that they name; nothing can be started
    before it is mended."""
    return [*wrong_settings(environ), *_newer(environ)]


def refusals(environ: Mapping[str, str] = os.environ, *, newer_home: bool = False) -> list[str]:
    """Why nothing can be started here: wrong settings, a home of a newer Koers (unless that goes),
    or one that is being restored. Where nothing is, this process is in its home from now on."""
    if found := wrong_settings(environ) if newer_home else problems(environ):
        return [str(problem) for problem in found]
    try:
        use(home_of(environ))
    except UpkeepError as refusal:
        return [str(refusal)]
    return []


def wrong_settings(environ: Mapping[str, str] = os.environ) -> list[SettingProblem]:
    """What is wrong with the settings themselves."""
    return [problem for name, check in CHECKS.items() for problem in _of(environ, name, check)]


def _newer(environ: Mapping[str, str]) -> Iterator[SettingProblem]:
    if newer := made_by_newer(home_of(environ)):
        yield SettingProblem(
            "KOERS_HOME",
            f"is bijgewerkt door Koers {newer}, en dit is {__version__}.",
            "Werk Koers bij, of zet met 'koers restore --replace' een eerdere reservekopie terug.",
        )


def is_sound(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a setting can be used as it is."""
    return not list(_of(environ, name, CHECKS[name]))


def unknown(environ: Mapping[str, str] = os.environ) -> list[SettingProblem]:
    """Settings that are given and that Koers does not know: usually a slip of the pen."""
    found = []
    for name in sorted(environ):
        if name.startswith("KOERS_") and name not in CHECKS:
            near = get_close_matches(name, CHECKS, 1)
            advice = f"Bedoelt u {near[0]}?" if near else "Haal haar weg."
            found.append(SettingProblem(name, "is geen instelling van Koers.", advice))
    return found


Check = Callable[[str], tuple[str, str] | None]
NEVER_EMPTY = frozenset({"DATABASE_URL"})
"""Of these nothing is not the same as not given: a secret that did not arrive opens no other
database."""


def _of(environ: Mapping[str, str], name: str, check: Check) -> Iterator[SettingProblem]:
    value = str(home_of(environ)) if name == "KOERS_HOME" else environ.get(name, "")
    given = value or (name in NEVER_EMPTY and name in environ)
    if given and (found := check(value)):
        yield SettingProblem(name, *found)


def _switch(value: str) -> tuple[str, str] | None:
    if value in ("0", "1"):
        return None
    return f"is '{value}'; Koers kent alleen 1 (aan) en 0 (uit).", "Maak er 1 of 0 van."


def _home(value: str) -> tuple[str, str] | None:
    try:
        Path(value).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=value):
            return None
    except (FileExistsError, NotADirectoryError):
        return f"wijst naar {value}, en dat is geen map.", "Kies een andere map."
    except OSError as error:
        return (
            f"wijst naar {value}, en daar kan Koers niet schrijven ({error.strerror}).",
            "Geef deze gebruiker schrijfrechten op die map, of kies een andere.",
        )


def _database(value: str) -> tuple[str, str] | None:
    example = "Schrijf het zoals postgres://gebruiker:wachtwoord@server:5432/koers."
    if not value:
        return "is leeg.", f"Haal haar weg, dan is het een SQLite-bestand in KOERS_HOME. {example}"
    scheme = value.partition(":")[0]
    if scheme not in DATABASES:
        return "noemt geen database die Koers kent: PostgreSQL of SQLite.", example
    try:
        found = dj_database_url.parse(value)
    except ValueError:
        return (
            "is niet te lezen.",
            f"{example} Bijzondere tekens in het wachtwoord schrijft u met een %-code.",
        )
    return None if found["NAME"] else ("noemt geen database achter de laatste /.", example)


def _mail(value: str) -> tuple[str, str] | None:
    example = "Schrijf het zoals submission://gebruiker:wachtwoord@mail.voorbeeld.nl:587."
    scheme = value.partition(":")[0]
    if scheme in WITHOUT_SERVER:
        return None
    if scheme not in MAIL_SCHEMES:
        return "noemt geen manier van versturen die Koers kent: submission of smtp.", example
    try:
        found = dj_email_url.parse(value)
    except ValueError:
        return "is niet te lezen.", example
    return None if found["EMAIL_HOST"] else ("noemt geen mailserver.", example)


def _sender(value: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        return None
    return f"is '{value}'; dat is geen mailadres.", "Schrijf het zoals veiligheid@voorbeeld.nl."


def _address(value: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if known:
        return None
    return (
        f"is '{value}'; dat is geen webadres.",
        "Begin met https:// (of http://) en dan de naam van de server.",
    )


def _hosts(value: str) -> tuple[str, str] | None:
    name = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")
    wrong = [host for host in value.split(",") if not name.fullmatch(host.strip())]
    if not wrong:
        return None
    return (
        f"bevat '{wrong[0].strip()}'; dat is geen naam van een server.",
        "Zet er namen in met een komma ertussen, zonder https:// en zonder poort, zoals"
        " koers.voorbeeld.nl,127.0.0.1.",
    )


def _key(value: str) -> tuple[str, str] | None:
    if len(value) >= SHORTEST_KEY:
        return None
    return (
        f"is te kort: {len(value)} tekens.",
        f"Neem ten minste {SHORTEST_KEY} willekeurige tekens, of laat de instelling weg: Koers"
        " maakt dan zelf een sleutel.",
    )


def _token(value: str) -> tuple[str, str] | None:
    if len(value) >= SHORTEST_TOKEN and re.fullmatch("[!-~]+", value):
        return None
    return (
        "is geen token: te kort, of met tekens die niet in een aanvraag passen.",
        f"Neem ten minste {SHORTEST_TOKEN} willekeurige letters en cijfers.",
    )


def _day(value: str) -> tuple[str, str] | None:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= LAST_LOAD_DAY:
        return None
    return (
        f"is '{value}'; dat is geen dag die elke maand heeft.",
        f"Kies een getal van 1 tot en met {LAST_LOAD_DAY}.",
    )


def _cores(value: str) -> tuple[str, str] | None:
    if value.isascii() and value.isdigit() and int(value) >= 1:
        return None
    return f"is '{value}'; dat is geen aantal kernen.", "Kies een heel getal vanaf 1."


def _processes(value: str) -> tuple[str, str] | None:
    if value.isascii() and value.isdigit() and 1 <= int(value[:4]) <= MOST_PROCESSES:
        return None
    return (
        f"is '{value}'; dat is geen aantal processen.",
        f"Kies een getal van 1 tot en met {MOST_PROCESSES}, of laat de instelling weg.",
    )


def _proxies(value: str) -> tuple[str, str] | None:
    if value.isascii() and value.isdigit() and int(value) <= 9:
        return None
    return (
        f"is '{value}'; dat is geen aantal proxies.",
        "Kies 0 als bezoekers rechtstreeks komen, 1 met één proxy ervoor.",
    )


def _minutes(value: str) -> tuple[str, str] | None:
    if value.isascii() and value.isdigit() and 5 <= int(value[:6]) <= MOST_IDLE:
        return None
    return (
        f"is '{value}'; dat is geen aantal minuten.",
        f"Kies een getal van 5 tot en met {MOST_IDLE}.",
    )


def _loading(value: str) -> tuple[str, str] | None:
    least, most = LOAD_MINUTES
    if value.isascii() and value.isdigit() and least <= int(value[:6]) <= most:
        return None
    return (
        f"is '{value}'; dat is geen aantal minuten.",
        f"Kies een getal van {least} tot en met {most}.",
    )


def _sheets(value: str) -> tuple[str, str] | None:
    wrong = [sheet for sheet in value.split() if not sheet.endswith(".css") or ".." in sheet]
    if value.split() and not wrong:
        return None
    return (
        f"bevat '{(wrong or [value])[0]}'; dat is geen stylesheet.",
        "Zet er namen in die op .css eindigen, met een spatie ertussen, zoals"
        " huisstijl/voorbeeldstad.css.",
    )


def _css_class(value: str) -> tuple[str, str] | None:
    if re.fullmatch(r"-?[A-Za-z_][\w-]*", value):
        return None
    return (
        f"is '{value}'; dat is geen naam van een klasse in CSS.",
        "Gebruik letters, cijfers en streepjes, zoals voorbeeldstad-theme.",
    )


CHECKS: dict[str, Check] = {
    "KOERS_HOME": _home,
    "DATABASE_URL": _database,
    "KOERS_SECRET_KEY": _key,
    "KOERS_HOSTS": _hosts,
    "KOERS_HTTPS": _switch,
    "KOERS_PROXIES": _proxies,
    "KOERS_SECOND_STEP": _switch,
    "KOERS_IDLE_MINUTES": _minutes,
    "KOERS_DEBUG": _switch,
    "KOERS_LOG": _home,
    "KOERS_METRICS": _token,
    "KOERS_PROCESSES": _processes,
    "EMAIL_URL": _mail,
    "KOERS_ADDRESS": _address,
    "KOERS_MAIL_FROM": _sender,
    "KOERS_THEME_STYLESHEETS": _sheets,
    "KOERS_THEME_CLASS": _css_class,
    "KOERS_SOURCE_POLICE": _address,
    "KOERS_SOURCE_STATLINE": _address,
    "KOERS_SOURCE_STATLINE_V4": _address,
    "KOERS_SOURCE_PDOK": _address,
    "KOERS_SOURCE_PDOK_WFS": _address,
    "KOERS_SOURCE_BRON": _address,
    "KOERS_LOAD_DAY": _day,
    "KOERS_LOAD_MINUTES": _loading,
    "KOERS_CORES": _cores,
    "KOERS_NOTHING_SKIPPED": _switch,
}
"""Every setting of ours, with what looks at it. The folders of NUMBA_CACHE_DIR and XDG_CACHE_HOME
may be anything: where they cannot be written, another is used."""
