"""What would come of a draft: its tables, and of a whole document its text and what of it is not
taken."""

from __future__ import annotations

from dataclasses import replace

from koers.apps.exchange.checking import check
from koers.apps.exchange.document import counted, left_away, text_of_plan
from koers.apps.exchange.drafts import Draft
from koers.apps.exchange.known import Known
from koers.apps.exchange.lines import Preview, TakenText, Unread
from koers.apps.exchange.pointing import priorities_of
from koers.apps.people.privacy import likely_personal

DOCUMENT = "Het document"


def look(draft: Draft, known: Known) -> Preview:
    """What an import would do.

    Raises
    ------
    BookError
        When a table cannot be read in this way.
    """
    left_out = frozenset(draft.left_out)
    if not draft.whole:
        return check(draft.tables, draft.parts, known, draft.given, left_out)
    pieces, roles = draft.document.pieces, draft.roles
    named = priorities_of(pieces, roles)
    found = check(draft.tables, draft.parts, known, draft.given, left_out, named)
    sections = text_of_plan(pieces, roles)
    texts = dict.fromkeys(text for section in sections for text in section.texts())
    personal = (f"{kind}: '{said}'" for text in texts for kind, said in likely_personal(text))
    text = TakenText(sections, counted(sections), tuple(dict.fromkeys(personal)))
    return replace(found, unread=[*found.unread, *_not_taken(draft)], text=text)


def _not_taken(draft: Draft) -> list[Unread]:
    found = [
        Unread(DOCUMENT, left.what, left.why or "komt niet mee", left.texts, must=True)
        for left in draft.document.left
    ]
    if away := left_away(draft.document.pieces, draft.roles):
        what = f"{len(away)} {'stuk' if len(away) == 1 else 'stukken'} tekst"
        found.append(Unread(DOCUMENT, what, "u koos: niet overnemen", tuple(away)))
    return found
