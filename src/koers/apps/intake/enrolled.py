"""What of intake takes part elsewhere."""

from collections.abc import Callable

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.intake.archive import store
from koers.apps.intake.models import (
    ColumnMapping,
    FiguresDecision,
    LoadRun,
    OwnIndicator,
    OwnTable,
    Upload,
)
from koers.apps.intake.services import rewording
from koers.apps.people.models import Municipality
from koers.apps.people.places import (
    FREE_TEXT,
    HOME_PANELS,
    NO_FREE_TEXT,
    WORDS_ON_DISK,
    WORDS_REMOVED,
    FreeText,
    OnDisk,
    Reasons,
    WordsRemoved,
)
from koers.apps.people.registry import enrol


@enrol(HOME_PANELS)
def held_figures(request: HttpRequest, municipality: Municipality) -> str:
    """To whoever may decide on them, that figures wait for a person."""
    if not request.user.has_perm("intake.load", municipality):
        return ""
    found = store().held.waiting()
    return render_to_string("intake/panels/held.html", {"found": found}, request) if found else ""


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {
        LoadRun: ("text", "error", "held", "refused", "notes"),
        FiguresDecision: ("reason",),
        OwnTable: ("title", "released_by", "release_reason"),
        ColumnMapping: ("title", "sheet", "columns", "topic", "topics"),
        OwnIndicator: ("title", "definition", "source", "filled_by", "limits"),
        Upload: ("outcome",),
    }


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    code = "a code of the figures"
    return {
        LoadRun: {
            "claim": "whether a run is busy",
            "codes": code,
            "loaded": "tables of the sources with their snapshots",
        },
        FiguresDecision: {
            "source": code,
            "table": code,
            "title": "a table of the sources",
            "snapshot": code,
        },
        OwnTable: {
            "table": "the key of the figures on disk, which changes with them",
            "snapshot": code,
            "first_period": code,
            "last_period": code,
            "near_repeats": "made by Koers of the figures",
        },
        ColumnMapping: {"header": "a digest"},
        OwnIndicator: {
            "slug": "drawn by Koers",
            "theme": "of the list of themes",
            "unit": "of the list of units",
            "direction": "of a list",
            "level": "of a list",
            "frequency": "of a list",
        },
        Upload: {"suffix": "the kind of file", "stored": "drawn by Koers"},
    }


@enrol(WORDS_ON_DISK)
def words_in_figures(municipality: Municipality, change: Callable[[str], str]) -> list[OnDisk]:
    return rewording.places(municipality, change)


@enrol(WORDS_REMOVED)
def out_of_figures(removed: WordsRemoved) -> None:
    """The names of own tables and of what they count stand in their snapshots."""
    rewording.take_out(removed.municipality, removed.change)
