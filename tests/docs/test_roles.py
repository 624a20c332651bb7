"""What the guide says that a role sees and may do is what the rules allow."""

from pathlib import Path

import pytest
import rules

from koers.apps.people.models import Role

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "gids" / "beheer.md").read_text(
    encoding="utf-8"
)
SEES = {
    "beeld": "picture.view_picture",
    "signalen": "picture.view_signals",
    "plan": "plan.view_plan",
    "overleg": "meetings.view_meetings",
    "raadpleging": "consultation.view_consultation",
    "besluiten": "decisions.view_decisions",
    "Beheer": "people.manage_people",
}
MAY = {
    "mensen uitnodigen": "people.manage_people",
    "plan wijzigen": "plan.change_plan",
    "signalen behandelen": "picture.handle_signals",
    "overleg houden": "meetings.hold_meetings",
    "besluiten schrijven": "decisions.change_decisions",
    "verder brengen": "decisions.decide",
    "suggesties beantwoorden": "consultation.answer",
    "suggesties doen": "consultation.suggest",
    "acties bijwerken": "plan.change_actions",
}
# The adviser's row names the larger rights; these come with them.
IMPLIED = {"plan.change_plan": "plan.change_actions", "consultation.answer": "consultation.suggest"}


class Somebody:
    def __init__(self, role):
        self._role = role

    def roles_in(self, municipality):
        return frozenset({self._role})


def row(role):
    found = (line for line in PAGE.splitlines() if line.startswith(f"| {role.label} |"))
    _, sees, may = (cell.strip() for cell in next(found).strip("|").split("|"))
    return sees, may


def allowed(role, permissions):
    return {p for p in permissions if rules.has_perm(p, Somebody(role), object())}


@pytest.mark.parametrize("role", Role, ids=lambda r: r.value)
def test_a_role_sees_what_the_guide_says(role):
    sees, _ = row(role)
    if sees.startswith("alles"):
        hidden = {SEES["Beheer"]} if "behalve Beheer" in sees else set()
        said = set(SEES.values()) - hidden
    else:
        said = {permission for word, permission in SEES.items() if word in sees}
    assert allowed(role, SEES.values()) == said


@pytest.mark.parametrize("role", Role, ids=lambda r: r.value)
def test_a_role_may_do_what_the_guide_says(role):
    _, may = row(role)
    said = {permission for words, permission in MAY.items() if words in may}
    said |= {small for large, small in IMPLIED.items() if large in said}
    assert allowed(role, MAY.values()) == said
