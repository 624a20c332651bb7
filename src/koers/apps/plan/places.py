"""Where later apps take part in the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.http import HttpRequest
from django.utils import timezone

from koers.apps.people.models import Municipality
from koers.apps.people.registry import Place, Question
from koers.apps.plan.models import Measure, Plan, Priority
from koers.apps.plan.together import FoundTogether


@dataclass(frozen=True)
class Heard:
    """``since`` is the day of the last operational meeting but one that was held; the others are
    the keys of lines of which a meeting spoke since then.
    """

    since: date
    measures: frozenset[int] = field(default=frozenset())
    actions: frozenset[int] = field(default=frozenset())

    @property
    def moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time.min))


PRIORITY_PANELS = Place[[HttpRequest, Priority], str](
    "plan.priority", "HTML bij een prioriteit, naast haar cijfers"
)
PLAN_PANELS = Place[[HttpRequest, Plan], str]("plan.index", "HTML bij het plan, onder zijn regels")
MEASURE_PANELS = Place[[HttpRequest, Measure], str](
    "plan.measure", "HTML bij een maatregel, op haar eigen pagina en op die van de prioriteit"
)
TOOLS = Place[[HttpRequest, Priority | Measure], str](
    "plan.tools",
    "links naast de knoppen van een prioriteit of maatregel, voor wie het plan wijzigt",
)
ACTIONS_PANELS = Place[[HttpRequest], str](
    "plan.actions", "HTML boven de lijst van acties, zoals een vak om rijen in te plakken"
)
DECIDING = Place[[Plan], list[str]](
    "plan.deciding", "in welke overleggen en besluiten over dit plan wordt besloten, bij naam"
)
HEARD = Question[[Municipality], Heard | None](
    "plan.heard", "waarvan sinds het voorlaatste operationele overleg iets is gehoord"
)
FOUND_TOGETHER = Question[[Municipality, str], tuple[FoundTogether, ...]](
    "plan.found_together",
    "wat evaluaties van een maatregel uit de bibliotheek (of van elke) samen zeggen, van gemeenten"
    " die haar delen",
)
