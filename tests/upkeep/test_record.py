"""What is known of the last backup: as it was said, or nothing, whatever stands in the file."""

from datetime import UTC, datetime

import pytest

from koers.upkeep.record import ASKED, FILE, LastBackup, last_backup, note

MADE = LastBackup(datetime(2026, 12, 1, 2, 3, tzinfo=UTC), "/kopie", ASKED, 12, 3, 45, "0.1.0")


def test_what_was_said_of_the_last_backup_is_known(tmp_path):
    assert last_backup(tmp_path) is None
    note(tmp_path, MADE)
    assert last_backup(tmp_path) == MADE
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_at": 3}', '{"made_at": "gisteren"}'])
def test_a_damaged_record_is_no_record(tmp_path, text):
    note(tmp_path, MADE)
    (tmp_path / FILE).write_text(text)
    assert last_backup(tmp_path) is None
