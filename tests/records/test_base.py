from typing import ClassVar

import pydantic
import pytest

from koers.records import NewerRecordError, Record


class Note(Record):
    VERSION: ClassVar[int] = 2
    text: str
    by: str = ""

    @classmethod
    def older(cls, version, data):
        if version == 0:
            return {"words": data["words"]}
        return {"text": data["words"]}


def test_a_record_reads_back_what_it_kept():
    note = Note(text="Verlichting", by="a1")
    assert note.kept() == {"schema": 2, "text": "Verlichting", "by": "a1"}
    assert Note.read(note.kept()) == note


@pytest.mark.parametrize("kept", [{"words": "oud"}, {"schema": 1, "words": "oud"}])
def test_an_older_form_is_read_step_by_step(kept):
    assert Note.read(kept) == Note(text="oud")


def test_what_a_newer_koers_kept_is_refused_and_says_so():
    with pytest.raises(NewerRecordError, match="vorm 3, deze kent 2"):
        Note.read({"schema": 3, "text": "x"})


def test_a_record_never_changes_and_knows_no_other_fields():
    with pytest.raises(pydantic.ValidationError):
        Note(text="x").text = "y"
    with pytest.raises(pydantic.ValidationError):
        Note.read({"schema": 2, "text": "x", "else": 1})
