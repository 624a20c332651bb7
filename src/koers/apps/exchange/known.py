"""What a municipality has already: by which the names in a table are understood."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from koers.apps.exchange.values import UnknownError, plain
from koers.apps.intake.services.counting import gazetteer
from koers.apps.people.colleagues import colleagues
from koers.apps.people.models import Municipality, User
from koers.apps.plan.models import (
    Action,
    Framework,
    Goal,
    Judgement,
    Measure,
    Partner,
    Plan,
    Priority,
)
from koers.apps.plan.services.serving import REFERENCES
from koers.figures.areas import Area
from koers.indicators import load_indicators
from koers.indicators.themes import themes


class People:
    """People by name; of two with one name the address is added, so that each has a name of its
    own."""

    def __init__(self, users: Iterable[User]) -> None:
        self.users = tuple(users)
        self._shared = {
            name for name, times in Counter(plain(str(u)) for u in self.users).items() if times > 1
        }
        self._by_words: dict[str, list[User]] = defaultdict(list)
        for user in self.users:
            for words in {plain(str(user)), plain(user.email), plain(self.name_of(user))}:
                self._by_words[words].append(user)

    def name_of(self, user: User | None) -> str:
        if user is None:
            return ""
        return f"{user} <{user.email}>" if plain(str(user)) in self._shared else str(user)

    def find(self, text: str) -> User:
        """The one person with this name or address.

        Raises
        ------
        UnknownError
            When there is none here, or more than one.
        """
        found = self._by_words.get(plain(text), [])
        if len(found) == 1:
            return found[0]
        more = "zo heten meer mensen" if found else "deze persoon werkt hier niet (meer)"
        raise UnknownError(more)


@dataclass(frozen=True)
class NewPriority:
    """A priority that the import makes."""

    title: str

    def __str__(self) -> str:
        return self.title


class Known:
    """Read once for a look at a table."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.municipality = plan, plan.municipality

    @cached_property
    def people(self) -> People:
        return People(colleagues(self.municipality))

    @cached_property
    def priorities(self) -> tuple[Priority, ...]:
        return tuple(Priority.objects.of(self.municipality).filter(plan=self.plan))

    @cached_property
    def measures(self) -> dict[int, Measure]:
        """Of every plan of the municipality, by their key."""
        found = (
            Measure.objects.of(self.municipality)
            .filter(priority__archived_at=None, priority__plan__archived_at=None)
            .select_related("priority", "priority__plan", "owner", "deputy")
            .prefetch_related(*REFERENCES)
        )
        return {m.pk: m for m in found}

    @property
    def goal_titles(self) -> dict[str, str]:
        """The titles of the goals of the plan, by their words."""
        return {plain(g.title): g.title for g in self.goals.values() if self._is_ours(g)}

    def priorities_of_goal(self, title: str) -> list[str]:
        found = (g for g in self.goals.values() if self._is_ours(g) and g.title == title)
        return [goal.priority.title for goal in found]

    def _is_ours(self, goal: Goal) -> bool:
        return goal.priority.plan_id == self.plan.pk

    def goal(self, text: str) -> str:
        """The title of a goal.

        Raises
        ------
        UnknownError
            When the plan has none of these words.
        """
        if (found := self.goal_titles.get(plain(text))) is None:
            raise UnknownError("dit doel staat niet in het plan")
        return found

    @cached_property
    def actions(self) -> dict[int, Action]:
        found = Action.objects.of(self.municipality).select_related(
            "measure", "owner", "deputy", "signal"
        )
        return {a.pk: a for a in found}

    @cached_property
    def goals(self) -> dict[int, Goal]:
        found = (
            Goal.objects.of(self.municipality)
            .filter(priority__archived_at=None, priority__plan__archived_at=None)
            .select_related("priority", "priority__plan")
        )
        return {g.pk: g for g in found}

    @cached_property
    def judgements(self) -> dict[int, list[Judgement]]:
        """What people said of goals in words, by the key of the goal."""
        found: dict[int, list[Judgement]] = defaultdict(list)
        for one in Judgement.objects.of(self.municipality).order_by("on", "pk"):
            found[one.goal_id].append(one)
        return found

    @cached_property
    def neighbours(self) -> dict[str, Municipality]:
        """The municipalities with which something can be shared; an invented one and a real one
        share nothing."""
        alike = Municipality.objects.filter(fictitious=self.municipality.fictitious)
        return {plain(str(m)): m for m in alike.exclude(pk=self.municipality.pk)}

    def neighbour(self, text: str) -> str:
        """The name of a municipality with which something can be shared.

        Raises
        ------
        UnknownError
            When there is none of that name.
        """
        if (found := self.neighbours.get(plain(text))) is None:
            raise UnknownError("met deze gemeente kunt u niets delen")
        return str(found)

    @cached_property
    def frameworks(self) -> dict[str, Framework]:
        return {plain(str(f)): f for f in Framework.objects.of(self.municipality)}

    def framework(self, text: str) -> str:
        """The name of a framework. Raises UnknownError where there is none."""
        if (found := self.frameworks.get(plain(text))) is None:
            raise UnknownError("dit kader kent Koers niet")
        return str(found)

    def theme(self, text: str) -> str:
        """The key of a theme by its title. Raises UnknownError where there is none."""
        for key, found in themes().items():
            if plain(text) in (key, plain(found.title)):
                return key
        raise UnknownError("dit thema kent Koers niet")

    @cached_property
    def partners(self) -> dict[str, Partner]:
        return {plain(p.name): p for p in Partner.objects.of(self.municipality)}

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        return self._gazetteer.areas

    @cached_property
    def _gazetteer(self):
        return gazetteer(self.municipality)

    @cached_property
    def _area_names(self) -> dict[str, str]:
        times = Counter(plain(a.name) for a in self.areas)
        return {
            a.code: a.name if times[plain(a.name)] == 1 else f"{a.name} ({a.code})"
            for a in self.areas
        }

    def area_name(self, code: str) -> str:
        return self._area_names.get(code, code)

    def area(self, text: str) -> str:
        """The code of an area by its name, its code, or both.

        Raises
        ------
        UnknownError
            When this municipality has none, or two of that name.
        """
        for code, name in self._area_names.items():
            if plain(text) in (plain(name), code.lower()):
                return code
        raise UnknownError("dit is geen buurt of wijk van deze gemeente")

    @cached_property
    def _topics(self) -> dict[str, str]:
        return {i.id: i.title for i in load_indicators().values()}

    def topic_name(self, topic: str) -> str:
        return self._topics.get(topic, topic)

    def topic(self, text: str) -> str:
        for known, title in self._topics.items():
            if plain(text) in (known, plain(title)):
                return known
        raise UnknownError("deze indicator kent Koers niet")

    def likely_topic(self, text: str) -> str:
        """The indicator of which the title is nearly this; "" where none is."""
        names = {plain(_BESIDE_A_TOPIC.sub("", title)): t for t, title in self._topics.items()}
        wanted = plain(_BESIDE_A_TOPIC.sub("", text))
        if wanted in names:
            return names[wanted]
        found = get_close_matches(wanted, names, n=1, cutoff=0.8)
        return names[found[0]] if found else ""

    def topics(self) -> Sequence[tuple[str, str]]:
        return sorted(self._topics.items(), key=lambda item: item[1].lower())

    def priority(self, text: str) -> Priority:
        """By title, by number, or by both as in "1. Jeugd".

        Raises
        ------
        UnknownError
            When the plan has none, or more than one of that number.
        """
        wanted = plain(text)
        for exact in self.priorities:
            if wanted in (plain(exact.title), exact.slug, plain(f"{exact.number}. {exact.title}")):
                return exact
        for form in (
            "{0} {1}",
            "prioriteit {0}: {1}",
            "prioriteit {0} {1}",
            "{0}: {1}",
            "{0} - {1}",
            "{0}) {1}",
        ):
            for found in self.priorities:
                if wanted == plain(form.format(found.number, found.title)):
                    return found
        numbered = [
            p
            for p in self.priorities
            if p.kind == "priority" and wanted in (str(p.number), f"prioriteit {p.number}")
        ]
        if len(numbered) == 1:
            return numbered[0]
        bare = plain(without_number(text))
        titled = [p for p in self.priorities if bare == plain(without_number(p.title))]
        if len(titled) == 1:
            return titled[0]
        raise UnknownError("deze prioriteit staat niet in het plan")


def without_number(text: str) -> str:
    """'Prioriteit 1: Jeugd', '2.1 Jeugd' and '3) Jeugd' are 'Jeugd'."""
    return _NUMBER.sub("", text, count=1).strip() or text


_BESIDE_A_TOPIC = re.compile(
    r"(?i)\(.*?\)|\b(?:het|de|aantal|percentage|aandeel|geregistreerde)\b|\bper 1\.?000\b.*|%"
)
_NUMBER = re.compile(
    r"(?i)^\s*(?:(?:prioriteit|thema|speerpunt|hoofdstuk|programma|opgave)\s*(?:\d+(?:\.\d+)*)?\s*"
    r"[.:)–-]\s*|(?:\d+(?:\.\d+)*[.:)]?|[A-Z][.:)])\s+(?=\D)|\d+(?:\.\d+)*[.)]\s*)"
)
