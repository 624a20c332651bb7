"""A plan of several municipalities: one keeps the joint part, others read it beside their own."""

import datetime as dt
import re

import pytest

from koers.apps.people.models import Membership, Role, User
from koers.apps.plan.models import Goal, Measure, Plan, Priority
from koers.apps.plan.services import adjustments, joint
from koers.apps.plan.services.content import put, record_of
from koers.apps.plan.services.versions import adopt, decided_on, differences, whole_content
from koers.apps.publication.services.publishing import as_published, left_out
from koers.records import FieldValues, Reference
from tests.apps.tables import read_csv

DAY = dt.date(2026, 11, 2)


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def together(ours, theirs):
    """We keep the joint part and share it; they read it as part of their plan."""
    ours.plan.shared_with.set([theirs.municipality])
    theirs.plan.joint = ours.plan
    theirs.plan.save()
    return theirs


@pytest.fixture
def there(client, other):
    """Somebody who advises the municipality that reads along."""
    user = User.objects.create_user("daar@example.org", "geheim-genoeg-123", name="Daar")
    Membership.objects.create(user=user, municipality=other, role=Role.ADVISER)
    client.force_login(user)
    return client


def test_the_joint_part_is_read_on_the_pages_of_a_plan_beside_its_own(there, together, ours):
    Measure.objects.filter(pk=ours.measure.pk).update(title="Samen op pad")
    for page in ("/plan/", "/plan/boom/"):
        text = words_of(there.get(page))
        assert f"gemeente {ours.municipality}" in text, page
        assert text.index("Gezamenlijk deel") < text.rindex("Wonen"), page
        assert "Samen op pad" in text, page
    found = there.get("/plan/").content.decode()
    assert f"/plan/gedeeld/maatregel/{ours.measure.pk}/" in found
    assert f"/plan/prioriteit/{ours.priority.pk}/" not in found


def test_what_is_read_is_adopted_there_and_not_archived(together, ours):
    mine = {"municipality": ours.municipality}
    example = Priority.objects.create(
        **mine, plan=ours.plan, title="Nog niet", slug="x", number=8, adoption="example"
    )
    Measure.objects.create(**mine, priority=example, title="Ook niet")
    Measure.objects.create(**mine, priority=ours.priority, title="Proef", adoption="example")
    Goal.objects.filter(pk=ours.goal.pk).update(adoption="example")
    line = next(x for x in joint.joint_lines(together.plan) if x.priority == ours.priority)
    assert (line.goals, line.measures, line.own) == ([], [ours.measure], [])
    assert example not in [x.priority for x in joint.joint_lines(together.plan)]
    ours.priority.archive()
    assert ours.priority not in [x.priority for x in joint.joint_lines(together.plan)]


def test_nobody_there_changes_a_line_of_the_joint_part(there, together, ours):
    for kind, line in (
        ("plan", ours.plan),
        ("prioriteit", ours.priority),
        ("doel", ours.goal),
        ("maatregel", ours.measure),
        ("actie", ours.action),
    ):
        for step in ("bewerken", "archiveren", "vaststellen", "terugzetten"):
            answer = there.post(f"/plan/{step}/{kind}/{line.pk}/", {"title": "Gekaapt"})
            assert answer.status_code == 404, (step, kind)
    for kind, above in (("doel", ours.priority), ("maatregel", ours.priority)):
        assert there.post(f"/plan/toevoegen/{kind}/{above.pk}/", {}).status_code == 404
        assert there.post(f"/plan/lijst/{kind}/{above.pk}/", {}).status_code == 404
    for address in (
        f"/plan/prioriteit/{ours.priority.pk}/beeindigen/",
        f"/plan/doel/{ours.goal.pk}/beoordelen/",
        f"/plan/voorstel/weghalen/maatregel/{ours.measure.pk}/",
        f"/plan/lijst/actie/{ours.measure.pk}/",
        f"/plan/actie/{ours.action.pk}/zetten/",
        f"/plan/versies/{ours.plan.pk}/vaststellen/",
        f"/effect/maatregel/{ours.measure.pk}/vastleggen/",
    ):
        assert there.post(address, {}).status_code == 404, address
    ours.measure.refresh_from_db()
    assert ours.measure.title == "Avondronde" and ours.measure.archived_at is None


def test_a_joint_part_that_is_no_longer_shared_is_gone_and_the_page_says_so(there, together, ours):
    assert joint.readers_of(ours.plan) == [together.municipality]
    ours.plan.shared_with.clear()
    assert joint.joint_part(Plan.objects.get(pk=together.plan.pk)) is None
    assert joint.joint_lines(together.plan) == [] and joint.readers_of(ours.plan) == []
    text = words_of(there.get("/plan/"))
    assert f"Gemeente {ours.municipality} deelt het gezamenlijke deel niet meer" in text
    assert str(ours.plan) not in text


def test_who_keeps_the_joint_part_sees_who_reads_it(adviser, together):
    text = words_of(adviser.get("/plan/"))
    assert f"gezamenlijk deel van het plan van: {together.municipality}" in text


def test_a_form_offers_the_plans_that_are_shared_and_have_no_joint_part(
    there, adviser, together, ours
):
    user = User.objects.get(email="daar@example.org")
    there.force_login(user)
    form = there.get(f"/plan/bewerken/plan/{together.plan.pk}/").context["form"]
    assert list(form.fields["joint"].queryset) == [ours.plan]
    together.plan.shared_with.set([ours.municipality])
    assert list(joint.joint_plans(ours.municipality)) == []
    there.force_login(User.objects.filter(memberships__municipality=ours.municipality).first())
    form = there.get(f"/plan/bewerken/plan/{ours.plan.pk}/").context["form"]
    assert "joint" not in form.fields


def test_a_priority_works_out_one_of_the_joint_part(there, together, ours):
    address = f"/plan/bewerken/prioriteit/{together.priority.pk}/"
    form = there.get(address).context["form"]
    assert ours.priority in form.fields["elaborates"].queryset
    assert together.priority not in form.fields["elaborates"].queryset
    said = {"title": "Wonen bij ons", "kind": "priority", "number": 1}
    assert there.post(address, {**said, "elaborates": ours.priority.pk}).status_code == 302
    line = next(x for x in joint.joint_lines(together.plan) if x.priority == ours.priority)
    assert line.own == [together.priority]
    assert "Bij ons: Wonen bij ons" in words_of(there.get("/plan/"))
    assert "Uitwerking van: Wonen" in words_of(
        there.get(f"/plan/prioriteit/{together.priority.pk}/")
    )


def test_what_is_kept_puts_back_no_plan_or_priority_that_is_not_shared(together, ours):
    plan = record_of(together.plan, ["joint"])
    priority = FieldValues(values={"elaborates": Reference(id=ours.priority.pk)})
    put(together.priority, priority)
    assert together.priority.elaborates_id == ours.priority.pk
    ours.plan.shared_with.clear()
    put(together.plan, plan)
    put(together.priority, priority)
    assert (together.plan.joint_id, together.priority.elaborates_id) == (None, None)
    put(ours.plan, FieldValues(values={"joint": Reference(id=ours.plan.pk)}))
    assert ours.plan.joint_id is None


def test_a_version_holds_the_joint_part_as_it_was_read(there, together, ours):
    Measure.objects.filter(pk=ours.measure.pk).update(budget=100, owner_department="OOV")
    version = adopt(together.plan, DAY, "het college")
    there_now = [x for x in version.content.lines if x.of]
    assert {x.of for x in there_now} == {ours.municipality.name}
    (kept,) = [x for x in there_now if x.line == ours.measure.pk and x.kind == "maatregel"]
    assert kept.title == "Avondronde" and not {"budget", "owner", "hours"} & set(kept.values)
    assert not [x for x in there_now if x.kind == "actie"]
    assert not [x for x in decided_on(together.plan).lines if x.of]
    Measure.objects.filter(pk=ours.measure.pk).update(title="Ochtendronde")
    again = adopt(together.plan, DAY, "het college")
    found = [(d.kind, d.old, d.new) for d in differences(version.content, again.content)]
    assert found == [("maatregel", "Avondronde", "Ochtendronde")]
    page = f"/plan/versies/{together.plan.pk}/2/"
    assert f"gezamenlijk deel van gemeente {ours.municipality}" in words_of(there.get(page))
    rows = read_csv(there.get(f"{page}?csv=inhoud").content)
    assert {row["Gezamenlijk deel van"] for row in rows} == {"", ours.municipality.name}
    assert whole_content(together.plan) == again.content


def test_the_joint_part_is_published_by_who_keeps_it_only(together, ours):
    version = adopt(together.plan, DAY, "het college")
    assert [line.line for line in as_published(version).lines] == [together.priority.pk]
    assert left_out(version) == []
    theirs = adopt(ours.plan, DAY, "het college")
    assert ours.priority.pk in [line.line for line in as_published(theirs).lines]


def test_an_adopted_plan_takes_a_joint_part_by_adjustment(ours, theirs):
    ours.plan.shared_with.set([theirs.municipality])
    adopt(theirs.plan, DAY, "het college")
    made = adjustments.propose_change(theirs.plan, {"joint": ours.plan}, "Samen verder", None)
    adjustments.accept(made, adjustments.Decision(None, DAY, "Overleg"))
    assert joint.joint_part(Plan.objects.get(pk=theirs.plan.pk)) == ours.plan
