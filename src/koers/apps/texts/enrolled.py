"""What texts take part in: they hold what people wrote."""

from koers.apps.people.places import FREE_TEXT, FreeText
from koers.apps.people.registry import enrol
from koers.apps.texts.models import TextVersion


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {TextVersion: ("content", "note")}
