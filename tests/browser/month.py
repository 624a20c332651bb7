"""What a month is played with: a small country whose figures come from a real local server, a plan,
four people."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from openpyxl import Workbook

from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.plan.models import Plan, Priority
from tests.sources import country
from tests.sources.odata_server import table

TOWN = "GM9001"
PEOPLE = {
    "oov@example.org": ("Adviseur OOV", (Role.ADVISER, Role.ADMINISTRATOR)),
    "th@example.org": ("Toezicht en handhaving", (Role.ENFORCEMENT,)),
    "politie@example.org": ("Teamchef", (Role.POLICE,)),
    "partner@example.org": ("Jongerenwerk", (Role.PARTNER,)),
}
PASSWORD = "geheim-genoeg-123"  # noqa: S105
BURGLARY, DAMAGE = "1.1.1", "2.2.1"
RISES = {
    ("BU90010000", BURGLARY): 14,
    ("BU90010001", DAMAGE): 14,
    ("BU90010002", BURGLARY): 16,
    ("BU90010100", DAMAGE): 14,
    ("BU90010101", BURGLARY): 15,
}
"""What is counted in the last month of these neighbourhoods, where two or three cases were usual:
together a little less than twice their busiest month, above which figures are held."""
LAST = "2026MM10"


def police_tables():
    """The tables of the small country with counts as chance gives them, and five rises in the last
    month of one town."""
    rng = np.random.default_rng(397)
    counts = {}
    for area in country.NEIGHBOURHOODS:
        for topic in (BURGLARY, DAMAGE):
            counts[topic, area] = dict(
                zip(country.MONTHS, rng.poisson(2.0, len(country.MONTHS)).tolist(), strict=True)
            )
    for (area, topic), number in RISES.items():
        counts[topic, area][LAST] = number
    rows = []
    for area in (
        *country.NEIGHBOURHOODS,
        *country.DISTRICTS,
        *country.MUNICIPALITIES,
        "NL00",
        "GM0000",
    ):
        inside = [
            b for b in country.NEIGHBOURHOODS if area in (b, f"WK{b[2:8]}", f"GM{b[2:6]}", "NL00")
        ]
        for month in country.MONTHS:
            each = {t: sum(counts[t, b][month] for b in inside) for t in (BURGLARY, DAMAGE)}
            rows += [
                (t, area, month, float(n))
                for t, n in ({"0.0.0": sum(each.values())} | each).items()
            ]
    small = (
        {"NL00": "Nederland"} | country.MUNICIPALITIES | country.DISTRICTS | country.NEIGHBOURHOODS
    )
    small |= {"GM0000": "Niet in te delen"}
    crime = table(
        ("SoortMisdrijf", country.CRIME),
        ("WijkenEnBuurten", "GeoDetail", small),
        country.MONTHS,
        "GeregistreerdeMisdrijven_1",
        rows,
        area_width=10,
    )
    return country.police_tables() | {"47022NED": crime}


def settle() -> Plan:
    """The town with its people and an empty plan of five priorities."""
    town = Municipality.objects.create(code=TOWN, name="Waterdorp", primary=True)
    for email, (name, roles) in PEOPLE.items():
        user = User.objects.create_user(email, PASSWORD, name=name)
        for role in roles:
            Membership.objects.create(user=user, municipality=town, role=role)
    plan = Plan.objects.create(
        municipality=town, slug="waterdorp", title="Plan", start_year=2025, end_year=2027
    )
    for number, title in enumerate(("Wijken", "Jeugd", "Cyber", "Verkeer", "Ondermijning"), 1):
        Priority.objects.create(
            municipality=town,
            plan=plan,
            number=number,
            slug=title.lower(),
            title=title,
            indicators=["woninginbraak"] if number == 1 else [],
        )
    return plan


def workbook() -> bytes:
    """Five measures with four actions each, as an adviser keeps them in Excel."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Prioriteit", "Maatregel", "Actie", "Trekker", "Deadline"])
    owners = list(PEOPLE)
    for m, priority in enumerate(("Wijken", "Jeugd", "Cyber", "Verkeer", "Ondermijning")):
        for a in range(4):
            sheet.append(
                [
                    priority,
                    f"Maatregel voor {priority.lower()}",
                    f"Stap {a + 1} voor {priority.lower()}",
                    owners[a],
                    f"{10 + m:02d}-{12 if a % 2 else 11:02d}-2026",
                ]
            )
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@dataclass
class Effort:
    """What a person does: clicks and keys outside text fields each count as one; ``typed``
    characters do not.

    ``seconds`` is the time that a practised person takes by the keystroke-level model: 1.35 s to
    think and 1.3 s to point and click, 0.28 s for a key (Card, Moran & Newell, Communications of
    the ACM 1980, 23:396-410), and 20 s to read each page that was opened.
    """

    clicks: int = 0
    typed: int = 0
    pages: int = 0
    log: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.clicks * 2.65 + self.typed * 0.28 + self.pages * 20.0

    def count_in(self, context) -> None:
        def happened(source, what, about):
            setattr(self, what, getattr(self, what) + 1)
            if what == "clicks":
                self.log.append(about)

        context.expose_binding("koersHappened", happened)
        context.add_init_script("""
            const told = (what, about) => window.koersHappened && window.koersHappened(what, about);
            addEventListener("click", e => e.isTrusted && told("clicks",
            e.target.textContent.trim().slice(0, 40)), true); addEventListener("keydown", e => {
              const writes = e.target.matches("input:not([type=checkbox]):not([type=radio]),
              textarea"); told(writes ? "typed" : "clicks", "toets " + e.key);
            }, true);
            if (self === top) addEventListener("DOMContentLoaded", () => told("pages", ""));
        """)
