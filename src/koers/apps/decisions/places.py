"""Where later apps take part in the decisions."""

from django.http import HttpRequest

from koers.apps.decisions.models import Decision
from koers.apps.people.registry import Place

DECISION_PANELS = Place[[HttpRequest, Decision], str](
    "decisions.decision", "HTML bij een besluit, onder de tekst"
)
