"""What is on the table of a meeting, to take along."""

from koers.apps.downloads import Download
from koers.apps.meetings.services.paper import Paper
from koers.apps.picture import exports as picture
from koers.apps.plan import exports as plan


def actions(found) -> Download:
    """The action list."""
    rows = [(a.title, a.owner_label, a.due, str(a.measure or ""), str(a.signal or "")) for a in found]
    columns = ("Actie", "Eigenaar", "Uiterlijk", "Maatregel", "Signaal")
    return Download("acties", "Open acties: eerst wat over tijd is", columns, rows)


def tables(paper: Paper | None) -> list[Download]:
    """The lists of the paper; of a meeting that was held none, of which only words are kept."""
    if paper is None:
        return []
    return [
        actions(paper.actions),
        picture.signals("signalen", "Nieuwe signalen", paper.signals),
        plan.goals(paper.goals, "Doelen niet op koers"),
    ]
