"""Nothing that nobody confirmed reaches anyone: planted words, and a crawl of all that is readable
without signing in and of every document."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import subprocess

import pypandoc
import pypdf
import pytest
from click.testing import CliRunner
from django.urls import URLPattern, get_resolver, reverse

from koers.apps.consultation.models import Suggestion
from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.document import latest_decision, to_pdf
from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import minutes, paper
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.people.models import Role
from koers.apps.plan.models import (
    Action,
    Adoption,
    Framework,
    Goal,
    Measure,
    Partner,
    Plan,
    PriorityKind,
)
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.cli.decide import decide
from koers.documents.office import FORMATS, to_office
from koers.documents.pdf import to_pdf as render

PLANTED = "Zwerfkei"
TYPED = "Kiezelsteen"
ORIGIN = re.compile(r'href="(/[^"#]*)"')


def plant(plan: Plan, word: str, adoption: str) -> None:
    """A line of every kind with the word in each of its texts."""
    there, day = plan.municipality, dt.date(2027, 12, 31)
    where = {"municipality": there, "adoption": adoption}
    framework = Framework.objects.create(
        municipality=there, title=f"{word}-kader", level="municipal", start_year=2025, end_year=2028
    )
    partner = Partner.objects.create(
        municipality=there, name=f"{word}-partner-{plan.pk}", description=word
    )
    for number, kind in ((80, PriorityKind.PRIORITY), (81, PriorityKind.ATTENTION)):
        line = plan.lines.create(
            **where,
            kind=kind,
            number=number,
            slug=f"{word}-{kind}".lower(),
            title=f"{word}-{kind}",
            description=f"{word}-toelichting",
            indicators=["woninginbraak"],
        )
        line.frameworks.add(framework)
        under(line, where, word, partner, day)
    under(plan.lines.first(), where, word, partner, day)


def under(line, where, word, partner, day):
    Goal.objects.create(
        **where,
        priority=line,
        title=f"{word}-doel",
        indicator="woninginbraak",
        target=4711,
        due=day,
    )
    measure = Measure.objects.create(
        **where,
        priority=line,
        title=f"{word}-maatregel",
        description=word,
        state_reason=f"{word}-reden",
        evidence=word,
        owner_department=f"{word}-afdeling",
        budget=47111,
    )
    measure.partners.add(partner)
    Action.objects.create(**where, measure=measure, title=f"{word}-actie", note=word, due=day)


@pytest.fixture
def planted(plan, other):
    """Two municipalities: each with an adopted and published plan and a concept; in all four lines
    that nobody confirmed, and in what is not public yet also lines that somebody typed."""
    for municipality in (plan.municipality, other):
        adopted = plan if municipality == plan.municipality else concept(municipality, 2025)
        plant(adopted, PLANTED, Adoption.EXAMPLE)
        publish(adopt(adopted, dt.date(2026, 1, 6), "het college"), None, with_progress=True)
        plant(adopted, TYPED, Adoption.ADOPTED)
        draft = concept(municipality, 2027)
        plant(draft, PLANTED, Adoption.EXAMPLE)
    return plan


def concept(municipality, year):
    made = Plan.objects.create(
        municipality=municipality,
        slug=f"{municipality.slug}-{year}",
        title=f"Plan {year}",
        start_year=year,
        end_year=year + 2,
    )
    made.lines.create(
        municipality=municipality, number=1, slug="gewoon", title=f"Gewone prioriteit {year}"
    )
    return made


def public_routes(resolver=None, space=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if not isinstance(entry, URLPattern):
            yield from public_routes(entry, entry.namespace or space)
        elif permission_of(entry.callback) == PUBLIC:
            yield f"{space}:{entry.name}".lstrip(":"), tuple(entry.pattern.converters)


VALUES = {
    "slug": ("voorbeeldrecht", "fictiedam"),
    "priority": (
        "veiligheid-in-de-wijken",
        "gewoon",
        "zwerfkei-priority",
        "zwerfkei-attention",
        "kiezelsteen-priority",
    ),
    "token": ("0",),
    "uidb64": ("MQ",),
    "key": ("0",),
    "uidb36": ("1",),
}


def addresses():
    """Every address that somebody may open without signing in, with all that it can name."""
    for name, wanted in public_routes():
        choices = [{}]
        for parameter in wanted:
            known = VALUES[parameter]
            choices = [{**given, parameter: v} for given in choices for v in known]
        yield from (reverse(name, kwargs=given) for given in choices)


def crawl(client) -> dict[str, str]:
    """What stands at every address that a visitor can reach, links followed."""
    seen: dict[str, str] = {}
    waiting = ["/", *addresses()]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address)
        if answer.status_code == 302:
            seen[address] = ""
            waiting.append(answer.url)
            continue
        content = b"".join(answer) if answer.streaming else answer.content
        seen[address] = html.unescape(content.decode(errors="replace"))
        if answer["Content-Type"].startswith("text/html"):
            found = ORIGIN.findall(content.decode())
            waiting += [html.unescape(a) for a in found if not a.startswith("/static/")]
    return seen


def text_of(content: bytes, kind: str) -> str:
    if kind == "pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    command = [pypandoc.get_pandoc_path(), f"--from={kind}", "--to=plain"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def test_no_visitor_reads_a_line_that_nobody_confirmed_or_published(client, planted):
    seen = crawl(client)
    assert len(seen) > 12
    assert any("Donkere-dagencampagne" in text for text in seen.values())
    assert any("Gewone prioriteit 2025" in text for text in seen.values())
    for word in (PLANTED, TYPED, "4711", "Gewone prioriteit 2027"):
        assert [a for a, text in seen.items() if word in text or word.lower() in text] == []


def test_no_document_holds_a_line_that_nobody_confirmed(planted, other, person):
    person(Role.ADVISER)
    documents: dict[str, str] = {}
    for plan in Plan.objects.all():
        decision = latest_decision(plan)
        Suggestion.objects.create(
            municipality=plan.municipality, decision=decision, text=PLANTED, party=PLANTED
        )
        Decision.objects.filter(pk=decision.pk).update(state=DecisionState.INTENDED)
        documents[f"besluit {plan.pk}"] = text_of(to_pdf(latest_decision(plan)), "pdf")
    for municipality in (planted.municipality, other):
        meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
        paper.close(public_shelf(), meeting)
        meeting.refresh_from_db()
        for make in (minutes.document_of, minutes.decision_list_of, minutes.action_list_of):
            made = make(meeting)
            name = f"{make.__name__} {municipality}"
            documents[name] = text_of(render(made), "pdf")
            for kind in FORMATS:
                documents[f"{name} {kind}"] = text_of(to_office(made, kind), kind)
    assert len(documents) == 4 + 2 * 3 * 3
    assert [name for name, text in documents.items() if PLANTED in text or "4711" in text] == []


@pytest.mark.parametrize("which", ["adopted", "concept"])
def test_the_command_that_makes_a_decision_leaves_them_out_too(planted, tmp_path, which):
    slug = planted.slug if which == "adopted" else f"{planted.municipality.slug}-2027"
    out = tmp_path / "besluit.pdf"
    done = CliRunner().invoke(decide, [slug, "--out", str(out)])
    assert done.exit_code == 0, done.output
    text = text_of(out.read_bytes(), "pdf")
    assert "Prioriteit 1: " in text
    assert PLANTED not in text
