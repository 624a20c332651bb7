"""Several municipalities in one installation: each sees its own, and of another what was shared, to
read."""

import datetime as dt

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver, reverse

from koers.apps.consultation.models import Suggestion, Survey
from koers.apps.decisions.services.document import latest_decision
from koers.apps.intake.models import LoadRun
from koers.apps.meetings.models import Meeting
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.people.models import Mail, Membership, Role
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action, Goal, Measure, Plan, Priority
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.web.themes import Theme

pytestmark = pytest.mark.postgres

SECRET = "Alleen-voor-de-buren"


@pytest.fixture
def theirs(other, figures):
    """One of everything in the other municipality, with its name in each."""
    plan = Plan.objects.create(
        municipality=other, slug="hun", title=SECRET, start_year=2026, end_year=2028
    )
    line = Priority.objects.create(
        municipality=other,
        plan=plan,
        title=SECRET,
        slug="p",
        number=1,
        indicators=["woninginbraak"],
    )
    goal = Goal.objects.create(
        municipality=other,
        priority=line,
        title=SECRET,
        indicator="woninginbraak",
        target=1,
        due=dt.date(2028, 12, 31),
    )
    measure = Measure.objects.create(
        municipality=other,
        priority=line,
        title=SECRET,
        topics=["woninginbraak"],
        owner_department="T&H Fictiedam",
    )
    action = Action.objects.create(municipality=other, measure=measure, title=SECRET)
    public = publish(adopt(plan, dt.date(2026, 11, 1), "het college"), None)
    signal = Signal.objects.create(
        municipality=other,
        area_code="VB02",
        area_name=SECRET,
        topic="1.1.1",
        topic_title="x",
        period="2026-01",
        kind="rise",
        observed=9,
        expected=2.0,
        lower=0,
        upper=5,
        p_value=0.001,
        q_value=0.01,
        snapshots=[],
    )
    decision = latest_decision(plan)
    return {
        "plan": plan,
        "line": line,
        "goal": goal,
        "measure": measure,
        "action": action,
        "publication": public,
        "version": public.version,
        "signal": signal,
        "decision": decision,
        "adjustment": propose_change(plan, {"title": "Anders"}, SECRET, None),
        "meeting": Meeting.objects.create(municipality=other, date="2026-12-01", notes=SECRET),
        "survey": Survey.objects.create(municipality=other, plan=plan, title=SECRET),
        "suggestion": Suggestion.objects.create(municipality=other, decision=decision, text=SECRET),
        "run": LoadRun.objects.create(municipality=other),
        "mail": Mail.objects.create(municipality=other, address="x@example.org", about=SECRET),
    }


def routes(resolver=None, space=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}:{entry.name}".lstrip(":"), entry
        else:
            yield from routes(entry, entry.namespace or space)


# Areas and indicators are public figures; a link in a mail names its reader; an own table is tried
# in test_own_files.
NOT_OF_A_MUNICIPALITY = {
    "picture:area",
    "picture:theme",
    "picture:chart-svg",
    "picture:chart-csv",
    "picture:indicator",
    "picture:snapshots-table",
    "picture:snapshots-csv",
    "people:new-password",
    "people:invitation",
    "plan:add-loose",
    "static",
}
KINDS = {
    "plan": "plan",
    "prioriteit": "line",
    "doel": "goal",
    "maatregel": "measure",
    "actie": "action",
}


def addresses(name, entry, theirs):
    """The address of a page for what the others have: for each kind of line where there are
    kinds."""
    wanted = set(entry.pattern.converters)
    of_app = {
        "evaluation": "measure",
        "picture": "signal",
        "meetings": "meeting",
        "decisions": "decision",
        "intake": "run",
        "consultation": "suggestion",
        "plan": "line",
        "publishing": "publication",
        "texts": "plan",
    }
    of_name = {
        "meetings:triage": "signal",
        "meetings:action-done": "action",
        "plan:measure": "measure",
        "mail-again": "mail",
        "publishing:version": "version",
        "plan:shared-measure": "measure",
        "consultation:survey": "survey",
        **dict.fromkeys(("plan:goal", "plan:judge", "plan:goal-svg", "plan:goal-csv"), "goal"),
        **dict.fromkeys(("plan:shared-plan", "plan:versions", "plan:adopt-plan"), "plan"),
        **dict.fromkeys(("plan:difference", "plan:version"), "plan"),
        **dict.fromkeys(
            ("plan:adjustment", "plan:decide-adjustment", "plan:withdraw-adjustment"), "adjustment"
        ),
    }
    values = {
        "decision": theirs["decision"].pk,
        "plan": theirs["plan"].pk,
        "number": 1,
        "what": "weghalen",
        "source": "own",
        "table": "x",
        "token": "x",
        "code": "VB02",
        "chart": "trend",
    }
    for kind, key in (
        KINDS.items()
        if "kind" in wanted
        else [("", of_name.get(name) or of_app.get(name.partition(":")[0]))]
    ):
        above = {"prioriteit": "plan", "doel": "line", "maatregel": "line", "actie": "measure"}.get(
            kind, "plan"
        )
        subject = theirs[key]
        record = subject.history.first().pk if hasattr(subject, "history") else 1
        known = values | {
            "kind": kind,
            "pk": subject.pk,
            "record": record,
            "parent": theirs[above].pk,
        }
        if kind == "plan" and "parent" in wanted:
            continue
        yield reverse(name, kwargs={k: known[k] for k in wanted})


def test_nobody_opens_or_changes_anything_of_another_municipality(adviser, theirs):
    tried = set()
    for name, entry in routes():
        space = name.partition(":")[0]
        if (
            not {"pk", "kind", "plan", "decision"} & set(entry.pattern.converters)
            or name in NOT_OF_A_MUNICIPALITY
        ):
            continue
        if permission_of(entry.callback) == PUBLIC or space in ("people", "publication"):
            continue
        for address in addresses(name, entry, theirs):
            for answer in (adviser.get(address), adviser.post(address, {})):
                assert answer.status_code in (
                    404,
                    405,
                ), f"{name}: {address} gives {answer.status_code}"
                assert SECRET not in answer.content.decode()
        tried.add(name)
    assert {
        "plan:edit",
        "plan:undo",
        "plan:decide-adjustment",
        "plan:shared-plan",
        "decisions:pdf",
        "meetings:meeting",
    } <= tried
    assert len(tried) > 40


def test_no_list_names_what_another_municipality_has(adviser, theirs):
    for name, entry in routes():
        if entry.pattern.converters or permission_of(entry.callback) in (PUBLIC, None):
            continue
        answer = adviser.get(reverse(name), follow=True)
        assert SECRET.encode() not in b"".join(
            answer.streaming_content if answer.streaming else [answer.content]
        ), name


def test_a_choice_in_a_form_is_of_ones_own_municipality(adviser, plan, theirs, other, person):
    measure = Measure.objects.of(plan.municipality).first()
    stranger = person(Role.POLICE, where=other)
    data = {
        "title": "X",
        "kind": "care",
        "state": "planned",
        "owner": stranger.pk,
        "partners": [],
        "areas": ["VB999999"],
    }
    page = adviser.post(f"/plan/bewerken/maatregel/{measure.pk}/", data).content.decode()
    assert "Deze persoon werkt hier niet" in page
    assert stranger.email not in page


def test_a_shared_plan_is_read_with_ones_own_figures_and_changed_by_nobody_here(
    adviser, theirs, municipality
):
    plan = theirs["plan"]
    plan.shared_with.add(municipality)
    assert SECRET in adviser.get("/plan/gedeeld/").content.decode()
    page = adviser.get(f"/plan/gedeeld/plan/{plan.pk}/").content.decode()
    assert SECRET in page and "gedeeld door gemeente Fictiedam" in page
    assert f"in {municipality}: " in page
    assert adviser.get(f"/plan/gedeeld/maatregel/{theirs['measure'].pk}/").status_code == 200
    for address in (
        f"/plan/bewerken/plan/{plan.pk}/",
        f"/plan/bewerken/maatregel/{theirs['measure'].pk}/",
    ):
        assert adviser.post(address, {"title": "Van ons"}).status_code == 404
    assert adviser.get(f"/plan/geschiedenis/plan/{plan.pk}/").status_code == 404


def test_a_shared_measure_opens_alone_and_keeps_people_and_money_at_home(
    adviser, theirs, municipality, person, other
):
    measure = theirs["measure"]
    owner = person(Role.POLICE, where=other)
    Measure.objects.filter(pk=measure.pk).update(owner=owner, budget=1234)
    measure.shared_with.add(municipality)
    page = adviser.get(f"/plan/gedeeld/maatregel/{measure.pk}/").content.decode()
    assert "T&amp;H Fictiedam" in page and "Onze eigen cijfers" in page
    assert owner.email not in page and "1.234" not in page
    assert adviser.get(f"/plan/gedeeld/plan/{theirs['plan'].pk}/").status_code == 404


@pytest.mark.parametrize("gone", ["example", "archived", "stopped sharing"])
def test_what_is_an_example_archived_or_no_longer_shared_is_not_read(
    adviser, theirs, municipality, gone
):
    measure = theirs["measure"]
    measure.shared_with.add(municipality)
    if gone == "example":
        Measure.objects.filter(pk=measure.pk).update(adoption="example")
    elif gone == "archived":
        theirs["line"].archive()
    else:
        measure.shared_with.clear()
    assert adviser.get(f"/plan/gedeeld/maatregel/{measure.pk}/").status_code == 404
    assert SECRET not in adviser.get("/plan/gedeeld/").content.decode()


def test_a_plan_is_shared_by_ticking_the_other_municipality(adviser, plan, other):
    page = adviser.get(f"/plan/bewerken/plan/{plan.pk}/").content.decode()
    assert "Fictiedam" in page
    data = {
        "title": plan.title,
        "start_year": 2025,
        "end_year": 2027,
        "shared_with": [other.pk],
        "revision": plan.revision,
    }
    adviser.post(f"/plan/bewerken/plan/{plan.pk}/", data)
    assert list(plan.shared_with.all()) == [other]


def test_each_municipality_wears_its_own_house_style_on_its_pages_and_public_page(
    adviser, client, plan, other, municipality
):
    publish(adopt(plan, dt.date(2026, 11, 1), "het college"), None)
    theme = Theme(
        name="buren", title="Van de buren", stylesheets=("buren.css",), css_class="buren-theme"
    )
    settings.KOERS_THEMES, before = (*settings.KOERS_THEMES, theme), settings.KOERS_THEMES
    try:
        adviser.post("/beheer/huisstijl/", {"theme": "buren"})
        municipality.refresh_from_db()
        assert municipality.theme == "buren"
        for address in (
            "/plan/",
            "/openbaar/voorbeeldrecht/",
            "/openbaar/voorbeeldrecht/cybercrime/",
        ):
            assert "utrecht-html buren-theme" in adviser.get(address).content.decode(), address
        client.logout()
        assert (
            "utrecht-html buren-theme" in client.get("/openbaar/voorbeeldrecht/").content.decode()
        )
        assert "utrecht-html ma-theme" in client.get("/openbaar/fictiedam/").content.decode()
    finally:
        settings.KOERS_THEMES = before
    assert "utrecht-html ma-theme" in client.get("/openbaar/voorbeeldrecht/").content.decode()


def test_a_house_style_that_is_not_there_is_refused(adviser, municipality):
    assert (
        "Deze huisstijl is er niet"
        in adviser.post("/beheer/huisstijl/", {"theme": "x"}, follow=True).content.decode()
    )
    municipality.refresh_from_db()
    assert municipality.theme == ""


def test_a_role_counts_in_its_own_municipality_only(client, person, plan, other):
    user = person(Role.COLLEGE)
    Membership.objects.create(user=user, municipality=other, role=Role.ADVISER)
    client.force_login(user)
    client.post("/gemeente-kiezen/", {"municipality": plan.municipality.code})
    assert client.get(f"/plan/bewerken/plan/{plan.pk}/").status_code == 403
    client.post("/gemeente-kiezen/", {"municipality": other.code})
    assert client.get("/plan/nieuw/").status_code == 200
