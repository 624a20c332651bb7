"""The paper of a closed meeting reads back, also in the form from before records."""

import datetime as dt

from koers.records.paper import Memory, OpenAction, Paper

OLDER = {
    "signals": ["Meer fietsdiefstal in Buurt"],
    "goals": [],
    "proposals": ["Maatregel: voorstel doorgaan"],
    "actions": [
        {"title": "Ga langs", "owner": "T&H", "due": "2026-12-05"},
        {"title": "Bel", "owner": "", "due": ""},
    ],
    "decisions": ["Meer licht"],
    "memory": {
        "chances": {"3": 0.4},
        "clusters": ["woninginbraak:2026-01:A+B"],
        "snapshots": {"politie/47022NED": "20261101"},
        "until": "2026-10",
    },
}


def test_a_paper_from_before_records_reads_with_its_types():
    found = Paper.read(OLDER)
    assert found.actions == (
        OpenAction(title="Ga langs", owner="T&H", due=dt.date(2026, 12, 5)),
        OpenAction(title="Bel"),
    )
    assert found.memory.chances == {"3": 0.4}
    assert Paper.read(found.kept()) == found and found.kept()["schema"] == 1


def test_a_paper_from_before_there_was_a_memory_remembers_nothing():
    found = Paper.read({"signals": [], "actions": [], "decisions": []})
    assert found.memory == Memory() and found.proposals == ()
