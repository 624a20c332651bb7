"""Figures that are held for a person: who is told, what is decided, and that it is kept with its
reason."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

from django.db import transaction

from koers import dutch
from koers.apps.intake.archive import store
from koers.apps.intake.models import FiguresDecision
from koers.apps.people import mail
from koers.apps.people.models import Municipality, Role, User
from koers.figures.doubts.words import some
from koers.figures.held import Held, HeldState
from koers.figures.manifest import Snapshot
from koers.figures.store import FigureStore

TEMPLATE = "intake/mail/held.txt"
log = logging.getLogger(__name__)


def held_words(archive: FigureStore, snapshot: Snapshot) -> str:
    """Which figures are held, what is odd about them, and what stands in their place."""
    held = archive.held.get(snapshot.manifest.id)
    m = snapshot.manifest
    return f"{m.title} ({m.table}): {some(held.doubts, m.topics)} {instead_words(held)}"


def instead_words(held: Held) -> str:
    """What is in use meanwhile."""
    if held.instead is None:
        return "Er zijn nog geen andere cijfers van deze tabel."
    until = dutch.day(held.instead.manifest.retrieved.astimezone().date())
    return f"De cijfers van {until} blijven in gebruik."


def tell(archive: FigureStore, snapshots: Iterable[Snapshot]) -> None:
    """Mail every administrator of a municipality that works with figures what waits for a person.
    Where mail does not work, the pages and `koers check` say it."""
    lines = [held_words(archive, snapshot) for snapshot in snapshots]
    log.warning("figures held", extra={"line": {"held": len(lines)}})
    if not lines or not mail.configured():
        return
    for municipality in Municipality.objects.filter(fictitious=False):
        for user in _administrators(municipality):
            context = {"user": user, "municipality": municipality, "lines": lines}
            mail.send(TEMPLATE, context, user.email, municipality=municipality)


def _administrators(municipality: Municipality) -> Iterable[User]:
    return User.objects.filter(
        is_active=True,
        memberships__municipality=municipality,
        memberships__role=Role.ADMINISTRATOR,
    ).distinct()


def decide(identity: str, state: HeldState, reason: str, municipality: Municipality | None) -> Held:
    """Use held figures after all, or not, or put them aside again; kept with who, when and why for
    the municipality that decides. The archive follows once that is kept.

    Raises
    ------
    KeyError
        When no held figures have this id.
    """
    archive = store()
    held = archive.held.get(identity)
    m = held.snapshot.manifest
    with transaction.atomic():
        if municipality is not None:
            FiguresDecision.objects.create(
                municipality=municipality,
                source=m.source,
                table=m.table,
                title=m.title,
                snapshot=m.id,
                state=state.value,
                reason=reason,
            )
        transaction.on_commit(partial(archive.held.decide, identity, state))
    return archive.held.get(identity)


def settle() -> list[str]:
    """What was decided and has not reached the archive, because whoever did it was killed in
    between or the archive was put back from a copy; their ids."""
    archive = store()
    last = {d.snapshot: d.state for d in FiguresDecision.objects.order_by("created_at", "pk")}
    late = [h.id for h in archive.held.all() if last.get(h.id, h.state) != h.state]
    for identity in late:
        archive.held.decide(identity, HeldState(last[identity]))
    return late
