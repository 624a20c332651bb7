"""The text of a plan as it was brought in from a document, in versions."""

from __future__ import annotations

from uuid import UUID

from koers.apps.exchange.places import DocumentText, TextToUndo
from koers.apps.plan.models import Plan
from koers.apps.texts.models import TextKind, TextVersion
from koers.apps.texts.services.versions import keep_version, last_version, versions_of
from koers.records.anew import as_before
from koers.records.text import Section, SectionedText


def text_of(plan: Plan) -> TextVersion | None:
    """The text of a plan as it stands; None where there is none, or where it was taken back."""
    version = last_version(TextKind.PLAN, plan.pk)
    return version if version is not None and version.content.sections else None


def keep_document(text: DocumentText) -> int | None:
    """Make the text of a document that of the plan, and give the number of its version; None where
    it said all that already. What stayed the same keeps its ids."""
    before = last_version(TextKind.PLAN, text.plan.pk)
    old: tuple[Section, ...] = before.content.sections if before else ()
    new = (*old, *text.sections) if text.behind else as_before(old, text.sections)
    version = _keep(text.plan, new, text.by, text.note)
    return None if version == before else version.number


def take_back(undone: TextToUndo) -> bool:
    """Make the text again what it was before a version; False when there is a newer one."""
    known = list(versions_of(TextKind.PLAN, undone.plan.pk)[:2])
    if not known or known[0].number != undone.number:
        return False
    before = known[1].content.sections if len(known) > 1 else ()
    _keep(undone.plan, before, undone.by, "Inlezen ongedaan gemaakt")
    return True


def _keep(plan: Plan, sections: tuple[Section, ...], by: UUID | None, note: str) -> TextVersion:
    content = SectionedText(sections=sections)
    return keep_version(plan.municipality, TextKind.PLAN, plan.pk, content, by, note)
