"""What of intake takes part elsewhere."""

from collections.abc import Callable

from koers.apps.intake.models import ColumnMapping, LoadRun, OwnTable, Upload
from koers.apps.intake.services import rewording
from koers.apps.people.models import Municipality
from koers.apps.people.places import (
    FREE_TEXT,
    NO_FREE_TEXT,
    WORDS_ON_DISK,
    WORDS_REMOVED,
    FreeText,
    OnDisk,
    Reasons,
    WordsRemoved,
)
from koers.apps.people.registry import enrol


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {
        LoadRun: ("text", "error", "refused", "notes"),
        OwnTable: ("title", "released_by", "release_reason"),
        ColumnMapping: ("title", "sheet", "columns", "topic", "topics"),
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
        OwnTable: {
            "table": "the key of the figures on disk, which changes with them",
            "snapshot": code,
            "first_period": code,
            "last_period": code,
            "near_repeats": "made by Koers of the figures",
        },
        ColumnMapping: {"header": "a digest"},
        Upload: {"suffix": "the kind of file", "stored": "drawn by Koers"},
    }


@enrol(WORDS_ON_DISK)
def words_in_figures(municipality: Municipality, change: Callable[[str], str]) -> list[OnDisk]:
    return rewording.places(municipality, change)


@enrol(WORDS_REMOVED)
def out_of_figures(removed: WordsRemoved) -> None:
    """The names of own tables and of what they count stand in their snapshots."""
    rewording.take_out(removed.municipality, removed.change)
