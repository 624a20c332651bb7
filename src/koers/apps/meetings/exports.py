"""What is on the table of a meeting, to take along."""

from koers.apps.downloads import Download
from koers.apps.meetings.services.paper import ActionList


def actions(found) -> Download:
    """The action list."""
    rows = [(a.title, a.owner_label, a.due, str(a.measure or ""), str(a.signal or "")) for a in found]
    columns = ("Actie", "Eigenaar", "Uiterlijk", "Maatregel", "Signaal")
    return Download("acties", "Open acties: eerst wat over tijd is", columns, rows)


def agenda(items) -> Download:
    """The items with what came of each."""
    rows = [
        (n, i.get_kind_display(), i.title, i.detail, i.get_state_display(), i.reason, i.note, i.owner_label, i.due)
        for n, i in enumerate(items, 1)
    ]
    columns = ("Punt", "Soort", "Onderwerp", "Toelichting", "Uitkomst", "Reden", "Notitie", "Bij", "Uiterlijk")
    return Download("agenda", "Agenda", columns, rows)


def tables(items, listed: ActionList | None) -> list[Download]:
    """The agenda, and the actions that are due; a meeting that was held and a strategic one have no list of actions."""
    return [agenda(items)] + ([actions(listed.soon)] if listed else [])
