"""Who may own is one rule: active people with a role in which one works here, whatever else they
are; never somebody who is a resident only."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from koers.apps.exchange.known import Known
from koers.apps.meetings import forms as meeting_forms
from koers.apps.meetings import screen_forms
from koers.apps.meetings.models import AgendaItem, Meeting
from koers.apps.people.colleagues import colleagues, works_in
from koers.apps.people.models import Membership, Role, User
from koers.apps.people.ownership import WithOwner
from koers.apps.plan import forms as plan_forms
from koers.apps.plan.models import Action, Measure
from koers.apps.plan.overviews.filters import FilterForm, owners_in
from koers.apps.plan.services.owners import without_owner

FORMS = {
    plan_forms.MeasureForm: lambda there: plan_forms.MeasureForm(municipality=there),
    plan_forms.ActionForm: lambda there: plan_forms.ActionForm(municipality=there),
    meeting_forms.ActionForm: lambda there: meeting_forms.ActionForm(municipality=there),
    meeting_forms.MemberForm: lambda there: meeting_forms.MemberForm(municipality=there),
    screen_forms.AssignForm: lambda there: screen_forms.AssignForm(
        colleagues=screen_forms.Colleagues(there)
    ),
    screen_forms.ItemActionForm: lambda there: screen_forms.ItemActionForm(
        colleagues=screen_forms.Colleagues(there)
    ),
}
"""Every form in which a person is chosen, and how it is made for a municipality."""


@pytest.fixture
def people(person, other):
    """By what they are."""
    found = {
        "colleague": person(Role.ENFORCEMENT),
        "both": person(Role.PUBLIC, Role.POLICE),
        "resident": person(Role.PUBLIC),
        "gone": person(Role.COLLEGE),
        "elsewhere": User.objects.create_user("elsewhere@example.org", "geheim-genoeg-123"),
    }
    User.objects.filter(pk=found["gone"].pk).update(is_active=False)
    Membership.objects.create(user=found["elsewhere"], municipality=other, role=Role.ADVISER)
    return found


def who(queryset, people):
    keys = set(queryset.values_list("pk", flat=True))
    return {name for name, user in people.items() if user.pk in keys}


def choosing_people():
    """The forms of Koers that have a field in which a person is chosen."""
    waiting, found = [forms.BaseForm], set()
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            fields = getattr(form, "base_fields", {}).values()
            if form.__module__.startswith("koers.") and any(
                isinstance(f, forms.ModelChoiceField) and getattr(f.queryset, "model", None) is User
                for f in fields
            ):
                found.add(form)
    return found


def test_who_works_here_may_own_whatever_else_they_are(people, municipality):
    assert who(colleagues(municipality), people) == {"colleague", "both"}
    assert works_in(people["both"], municipality)
    assert not works_in(people["resident"], municipality)


def test_every_form_in_which_a_person_is_chosen_is_walked():
    ours = {form for form in choosing_people() if not form.__name__.startswith("_")}
    assert ours == set(FORMS)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_a_form_offers_those_who_work_here_and_nobody_else(form, people, municipality):
    fields = FORMS[form](municipality).fields.values()
    choices = [
        f for f in fields if isinstance(f, forms.ModelChoiceField) and f.queryset.model is User
    ]
    assert choices
    for field in choices:
        assert who(field.queryset, people) == {"colleague", "both"}


def owned_models():
    return WithOwner.__subclasses__()[0].__subclasses__() + WithOwner.__subclasses__()[1:]


def test_what_is_owned_is_owned_in_one_way():
    assert set(owned_models()) == {Measure, Action, AgendaItem}


@pytest.fixture
def owned(plan, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date="2026-12-01")
    measure = Measure.objects.of(municipality).first()
    return [
        measure,
        Action.objects.create(municipality=municipality, measure=measure, title="Bel"),
        AgendaItem.objects.create(
            municipality=municipality, meeting=meeting, title="Punt", position=1
        ),
    ]


def test_a_line_refuses_an_owner_who_does_not_work_here(owned, people):
    for line in owned:
        for name in ("owner", "deputy"):
            if not hasattr(line, f"{name}_id"):
                continue
            for kind in ("colleague", "both"):
                setattr(line, name, people[kind])
                line.clean()
            for kind in ("resident", "gone", "elsewhere"):
                setattr(line, name, people[kind])
                with pytest.raises(ValidationError, match="werkt hier niet"):
                    line.clean()
            setattr(line, name, None)


def test_who_left_stands_until_somebody_edits_the_line(owned, people):
    for line in owned:
        line.owner = people["colleague"]
        line.save()
    Membership.objects.filter(user=people["colleague"]).delete()
    for line in owned:
        line.clean()


def test_an_import_knows_those_who_work_here(plan, people):
    assert {u.pk for u in Known(plan).people.users} & {u.pk for u in people.values()} == {
        people["colleague"].pk,
        people["both"].pk,
    }


def test_a_line_of_a_resident_counts_as_one_without_owner(owned, people, municipality):
    measure = owned[0]
    for kind, expected in (("resident", True), ("both", False)):
        Measure.objects.filter(pk=measure.pk).update(
            owner=people[kind], owner_department="", adoption="adopted", state="running"
        )
        found = without_owner(Measure.objects.of(municipality), municipality)
        assert found.filter(pk=measure.pk).exists() is expected


def test_one_chooses_by_who_works_here_and_by_who_left_and_stands_at_a_line(
    owned, people, municipality
):
    assert who(owners_in(municipality), people) == {"colleague", "both"}
    Action.objects.filter(pk=owned[1].pk).update(owner=people["gone"])
    assert who(owners_in(municipality), people) == {"colleague", "both", "gone"}
    form = FilterForm(QueryDict(), model=Action, municipality=municipality)
    offered = {value for value, _ in form.fields["eigenaar"].choices}
    assert str(people["gone"].pk) in offered and str(people["resident"].pk) not in offered
