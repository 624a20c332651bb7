"""What a plan brings for its decision, also in the form from before records."""

import json
from datetime import date

from koers.records.decision import GivenTexts


def test_texts_of_before_records_are_read_with_the_day_of_their_meeting():
    given = GivenTexts.read({"meeting_date": "2025-03-11", "subject": "{plan}", "else": "x"})
    assert given.meeting_date == date(2025, 3, 11)
    assert given.of_headings == {"subject": "{plan}"}
    assert GivenTexts.read({}) == GivenTexts()


def test_texts_come_back_as_they_were_kept():
    given = GivenTexts(meeting_date=date(2025, 3, 11), by_heading={"subject": "Over {plan}"})
    assert GivenTexts.read(json.loads(json.dumps(given.kept()))) == given
