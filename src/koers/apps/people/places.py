"""Where later apps take part in what everybody sees: the front page, one's own account, the foot of
each page."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from koers.apps.people.models import Municipality, User
from koers.apps.people.registry import Announcement, Place, Question

FreeText = dict[type[Model], tuple[str, ...]]
"""Models, and their fields in which people write what they like."""
Reasons = dict[type[Model], dict[str, str]]
"""Models, and for each of their other texts why nobody's words stand in it."""


@dataclass(frozen=True)
class WordsRemoved:
    """Words were taken out everywhere in a municipality; ``change`` takes them out of a text."""

    municipality: Municipality
    change: Callable[[str], str]


@dataclass(frozen=True)
class OnDisk:
    """What belongs to a row and is kept outside the database; ``what`` in Dutch."""

    model: type[Model]
    pk: int
    what: str


@dataclass(frozen=True)
class Erased:
    """Somebody was erased. ``change`` takes the name and address out of a text, in the texts of
    ``municipalities``; ``by`` is the pseudonym of who did it."""

    user: User
    municipalities: tuple[Municipality, ...]
    change: Callable[[str], str]
    by: UUID


HOME_PANELS = Place[[HttpRequest, Municipality], str](
    "people.home", "HTML op de voorpagina: wat vandaag aandacht vraagt"
)
ACCOUNT_PANELS = Place[[HttpRequest, User], str](
    "people.account", "HTML op de pagina van het eigen account"
)
FIGURES_AS_OF = Question[[HttpRequest], str](
    "people.figures-as-of", "tot wanneer de cijfers lopen, voor onder aan elke pagina"
)
FIGURES_OLD = Question[[HttpRequest], str](
    "people.figures-old", "dat de cijfers van de gemeente oud zijn, voor boven aan elke pagina"
)
FREE_TEXT = Place[[], FreeText](
    "people.free-text", "velden met vrije tekst, waaruit woorden kunnen worden weggelaten"
)
NO_FREE_TEXT = Place[[], Reasons](
    "people.no-free-text", "tekstvelden waarin niemand schrijft, elk met de reden (Engels)"
)
WORDS_REMOVED = Announcement[WordsRemoved](
    "people.words-removed", "woorden zijn overal weggelaten: ook buiten de database moeten ze weg"
)
WORDS_ON_DISK = Place[[Municipality, Callable[[str], str]], list[OnDisk]](
    "people.words-on-disk", "waar buiten de database een tekst zou veranderen"
)
PERSON_ERASED = Announcement[Erased](
    "people.erased",
    "iemand is gewist: de naam moet uit teksten, en wat alleen van die was weg",
)
TEXTS_WITH = Question[[Municipality, Callable[[str], str]], list[str]](
    "people.texts-with", "op welke plekken een tekst zou veranderen"
)
