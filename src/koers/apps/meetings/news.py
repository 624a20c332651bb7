"""What the meetings tell the plan: since when a line should have been heard of, and of which lines
they spoke."""

from datetime import date

from koers.apps.meetings.models import (
    AgendaItem,
    ItemKind,
    ItemState,
    Meeting,
    MeetingKind,
    MeetingState,
)
from koers.apps.meetings.services.agenda.rows import FROM_LAST_TIME
from koers.apps.people.models import Municipality
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Action
from koers.apps.plan.places import HEARD, Heard


@enrol(HEARD)
def heard(municipality: Municipality) -> Heard | None:
    """Since the last operational meeting but one; None while fewer than two were held."""
    held = Meeting.objects.of(municipality).filter(
        kind=MeetingKind.OPERATIONAL, state=MeetingState.HELD
    )
    last_two = list(held.order_by("-date").values_list("date", flat=True)[:2])
    if len(last_two) < 2:
        return None
    spoken = Action.objects.of(municipality).filter(
        signal__meeting_decisions__archived_at=None,
        signal__meeting_decisions__meeting__date__gte=last_two[1],
    )
    measures, actions = _on_the_agenda(municipality, last_two[1])
    actions |= set(spoken.values_list("pk", flat=True))
    measures |= set(
        Action.objects.filter(pk__in=actions)
        .exclude(measure=None)
        .values_list("measure_id", flat=True)
    )
    return Heard(last_two[1], frozenset(measures), frozenset(actions))


def _on_the_agenda(municipality, since: date) -> tuple[set[int], set[int]]:
    """The measures and actions of which a meeting spoke: their item was settled, or somebody wrote
    something with it."""
    items = AgendaItem.objects.of(municipality).filter(
        meeting__archived_at=None,
        meeting__date__gte=since,
        kind__in=(ItemKind.MEASURE, ItemKind.ACTION, ItemKind.STILL),
    )
    dealt_with = items.exclude(state=ItemState.OPEN) | items.exclude(note__in=("", FROM_LAST_TIME))
    measures, actions = set(), set()
    for kind, key, line in dealt_with.exclude(ref_id=None).values_list("kind", "key", "ref_id"):
        is_action = kind == ItemKind.ACTION or key.startswith("owner:action:")
        (actions if is_action else measures).add(line)
    return measures, actions
