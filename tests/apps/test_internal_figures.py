"""An own figure is internal wherever its number goes: planted with a striking number, and every
page and document read as every role and unsigned."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile

import pypdf
import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.document import latest_decision
from koers.apps.intake.archive import internal_shelf
from koers.apps.intake.models import OwnTable
from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import series
from koers.apps.meetings.services.paper import close
from koers.apps.people.models import Role
from koers.apps.plan.models import Adjustment, Goal
from koers.apps.plan.services.adjustments import rows
from koers.apps.plan.services.content import readable
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.records import FieldValues
from tests.apps.test_own_files import csv_file, mapping, own_home  # noqa: F401
from tests.apps.test_unconfirmed import addresses

LINK = re.compile(r'(?:href|action|hx-get|src)="([^"#]+)')
MONTH = 48137
MONTHS = [f"{year}-{m:02d}" for year in range(2021, 2026) for m in range(1, 13)]
STRIKING = re.compile(r"(?<![\d.,])(?:48[.\u00a0]?137|577[.\u00a0]?644)(?!\d)")
"""The count of a month, and of twelve of them, however they are written."""
OUTSIDE = (Role.PARTNER, Role.COLLEGE, Role.COMMITTEE, Role.PUBLIC)
EACH = 2
"""Of how many lines the page of one kind is opened."""


@pytest.fixture
def planted(adviser, own_home, plan, municipality, other):  # noqa: F811
    """A goal on an own figure, in an adopted and published plan with a proposal to change it, on
    the agenda of a meeting, in the paper of one that was closed, and in a decision."""
    lines = [("Buurt", "Onderwerp", "Maand", "Aantal")]
    lines += [("Centrum", "Aangemelde demonstraties", month, MONTH) for month in MONTHS]
    url = adviser.post("/cijfers/eigen/nieuw/", {"kind": "counts", "file": csv_file(lines)}).url
    adviser.post(url, mapping(tellen="1"))
    assert OwnTable.objects.exists()
    priority = plan.priorities.first()
    priority.indicators = ["demonstraties", *priority.indicators]
    priority.save()
    for number, code in enumerate(("", "VB010101")):
        answer = adviser.post(
            f"/plan/toevoegen/doel/{priority.pk}/",
            {
                "title": f"Minder demonstraties {number}",
                "indicator": "demonstraties",
                "area_code": code,
                "target": "5",
                "due": "2027-12-31",
                "accept_unmeasured": "on",
                "adoption": "adopted",
            },
        )
        assert answer.status_code == 302, answer.content.decode()
    goals = Goal.objects.filter(indicator="demonstraties")
    assert {g.start_value for g in goals} == {12 * MONTH}
    goals.update(adoption="adopted")
    plan.shared_with.add(other)
    version = adopt(plan, dt.date(2026, 1, 6), "het college")
    publish(version, None, with_progress=True)
    goal = goals.first()
    adviser.post(
        f"/plan/bewerken/doel/{goal.pk}/",
        {
            "title": goal.title,
            "indicator": "demonstraties",
            "area_code": "VB010101",
            "target": "6",
            "due": "2027-12-31",
            "accept_unmeasured": "on",
            "reason": "Het gaat om het centrum",
            "revision": goal.revision,
        },
    )
    closed = Meeting.objects.create(
        municipality=municipality, kind="strategic", date=dt.date(2026, 10, 1)
    )
    adviser.get(f"/overleg/{closed.pk}/")
    close(internal_shelf(municipality.code), closed)
    decision = latest_decision(plan)
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.INTENDED)
    for kind in ("operational", "strategic"):
        meeting = series.plan_meeting(municipality, kind, dt.date(2026, 12, 15), None)
        adviser.get(f"/overleg/{meeting.pk}/")
    return plan


def text_of(answer) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    kind = answer["Content-Type"].partition(";")[0]
    if kind == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return "".join(page.extract_text() for page in pages)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
    return html.unescape(content.decode("utf-8", "replace"))


def crawl(client: Client) -> dict[str, str]:
    """What stands at every address that is linked, a few of each kind."""
    seen: dict[str, str] = {}
    kinds: dict[tuple, int] = {}
    waiting = ["/", *addresses()]
    while waiting:
        address = waiting.pop(0)
        path, _, query = address.partition("?")
        if address in seen or not address.startswith("/") or path.startswith("/static/"):
            continue
        try:
            found = resolve(path)
        except Resolver404:
            continue
        kind = (found.view_name, *sorted(re.findall(r"(\w+)=", query)))
        kinds[kind] = kinds.get(kind, 0) + 1
        of_it = "demonstraties" in path or "/doel/" in path
        if kinds[kind] > EACH and not of_it:
            continue
        answer = client.get(address)
        if answer.status_code == 302:
            seen[address] = ""
            waiting.append(answer.url)
            continue
        seen[address] = text_of(answer)
        if answer["Content-Type"].startswith("text/html"):
            waiting += map(html.unescape, LINK.findall(answer.content.decode()))
    return seen


def with_number(seen: dict[str, str]) -> list[str]:
    return [address for address, text in seen.items() if STRIKING.search(text)]


def test_who_may_not_see_own_figures_reads_the_number_nowhere(planted, person, other):
    """Each role outside, a visitor, and the neighbours with whom the plan is shared."""
    readers = {role: person(role) for role in OUTSIDE}
    readers["neighbour"] = person(Role.ADVISER, where=other)
    wrong, words = {}, {}
    for name, reader in [*readers.items(), ("visitor", None)]:
        client = Client()
        if reader is not None:
            client.force_login(reader)
        seen = crawl(client)
        words[name] = (len(seen), any("Minder demonstraties" in text for text in seen.values()))
        if found := with_number(seen):
            wrong[name] = found
    assert wrong == {}
    for name in (Role.PARTNER, Role.COLLEGE, Role.COMMITTEE, "neighbour"):
        assert words[name][0] > 50 and words[name][1], words


def test_who_may_see_own_figures_reads_it_with_its_mark(planted, person):
    client = Client()
    client.force_login(person(Role.ENFORCEMENT, Role.ADVISER))
    seen = crawl(client)
    found = with_number(seen)
    kinds = {resolve(address.partition("?")[0]).view_name for address in found}
    assert {"plan:goal", "plan:version"} <= kinds, kinds
    assert [a for a in found if not re.search(r"\bintern\b", seen[a], re.I)] == []
    _an_adjustment_shows_it_to_who_is_inside_only()


def _an_adjustment_shows_it_to_who_is_inside_only():
    goal = Goal.objects.filter(indicator="demonstraties").first()
    old = {"start_value": goal.start_value, "start_snapshot": goal.start_snapshot}
    made = Adjustment(
        kind="doel", title="x", old=FieldValues(values=old), new=FieldValues(values={})
    )
    assert not STRIKING.search(str(rows(made)))
    assert re.search(r"577\.644 \(intern", str(rows(made, inside=True)))
    # A value of which the snapshot was not kept may be of anybody.
    assert "577" not in str(readable({"start_value": goal.start_value}))
    assert readable({"start_value": 1.0, "start_snapshot": ""})["start_value"] == 1.0
