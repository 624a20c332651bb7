"""Who may do what, where: a table of every permission, and what an administrator may not."""

from types import SimpleNamespace

import pytest
import rules

from koers.apps.people.colleagues import colleagues, works_in
from koers.apps.people.events import note
from koers.apps.people.forms import SetUpForm
from koers.apps.people.invitations import InvitationError, find, invite, take_up
from koers.apps.people.middleware import SESSION_KEY
from koers.apps.people.models import (
    Membership,
    Municipality,
    PeopleEvent,
    PeopleEventKind,
    Role,
    User,
)
from koers.apps.people.names import GONE, NOBODY, name_of, names_of
from koers.apps.people.services import may_help, one_time_path

EVERYBODY_HERE = "beheerder adviseur handhaver politie partner college commissie"
INSIDE = "beheerder adviseur handhaver politie"
ROLES = {
    "beheerder": Role.ADMINISTRATOR,
    "adviseur": Role.ADVISER,
    "handhaver": Role.ENFORCEMENT,
    "politie": Role.POLICE,
    "partner": Role.PARTNER,
    "college": Role.COLLEGE,
    "commissie": Role.COMMITTEE,
    "inwoner": Role.PUBLIC,
}
MAY = {
    "people.use_koers": EVERYBODY_HERE,
    "people.manage_people": "beheerder",
    "intake.view_figures": INSIDE,
    "intake.view_internal": INSIDE,
    "intake.upload": INSIDE,
    "intake.define": "beheerder adviseur",
    "intake.load": "beheerder adviseur",
    "intake.release": "beheerder adviseur",
    "picture.view_picture": EVERYBODY_HERE,
    "picture.view_signals": INSIDE,
    "picture.handle_signals": "adviseur handhaver politie",
    "picture.choose_peers": "beheerder adviseur",
    "plan.view_plan": EVERYBODY_HERE,
    "plan.change_plan": "adviseur",
    "plan.change_actions": "adviseur handhaver politie partner",
    "meetings.view_meetings": INSIDE,
    "meetings.hold_meetings": "adviseur handhaver politie",
    "meetings.redact": "beheerder",
    "evaluation.view_effects": EVERYBODY_HERE,
    "evaluation.fix_design": "adviseur",
    "evaluation.evaluate": "adviseur",
    "evaluation.decide": "adviseur handhaver politie",
    "decisions.view_decisions": "beheerder adviseur college commissie",
    "decisions.change_decisions": "adviseur",
    "decisions.decide": "adviseur college",
    "consultation.view_consultation": "beheerder adviseur college commissie",
    "consultation.suggest": "adviseur commissie",
    "consultation.answer": "adviseur",
    "publication.publish": "adviseur",
}


@pytest.fixture
def two_homes(db):
    return [Municipality.objects.create(code=f"GM900{n}", name=f"Stad {n}") for n in (1, 2)]


@pytest.fixture
def here(two_homes):
    return two_homes[0]


@pytest.fixture
def there(two_homes):
    return two_homes[1]


def somebody(name, **roles):
    """A person with a role in each of these municipalities."""
    user = User.objects.create(email=f"{name}@example.org", name=name)
    for municipality, role in roles.values():
        Membership.objects.create(user=user, municipality=municipality, role=role)
    return user


def test_each_role_may_what_the_table_says_and_only_where_it_was_given(here, there):
    for word, role in ROLES.items():
        user = somebody(word, a=(here, role))
        for permission, who in MAY.items():
            assert rules.has_perm(permission, user, here) == (word in who.split()), (
                word,
                permission,
            )
            assert not rules.has_perm(permission, user, there), (word, permission)
            assert not rules.has_perm(permission, user, None), (word, permission)


def test_the_table_holds_every_permission():
    assert set(rules.permissions.permissions) == set(MAY)


def test_two_roles_in_one_municipality_may_what_either_may(here):
    user = somebody("dubbel", a=(here, Role.PARTNER), b=(here, Role.COLLEGE))
    assert user.roles_in(here) == {Role.PARTNER, Role.COLLEGE}
    assert rules.has_perm("plan.change_actions", user, here)
    assert rules.has_perm("decisions.decide", user, here)


def test_colleagues_are_active_have_a_role_here_and_are_no_residents(here, there):
    police = somebody("agent", a=(here, Role.POLICE), b=(there, Role.PUBLIC))
    resident = somebody("inwoner", a=(here, Role.PUBLIC))
    gone = somebody("weg", a=(here, Role.POLICE))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert list(colleagues(here)) == [police]
    assert not colleagues(there).exists()
    both = somebody("woont-hier-ook", a=(here, Role.PUBLIC), b=(here, Role.ENFORCEMENT))
    assert works_in(police, here) and works_in(both, here)
    assert not works_in(police, there)
    assert not works_in(resident, here)
    assert not works_in(gone, here)


def test_an_administrator_helps_only_who_works_nowhere_else(here, there):
    chief = somebody("beheerder", a=(here, Role.ADMINISTRATOR), b=(there, Role.ADVISER))
    own = somebody("collega", a=(here, Role.POLICE))
    shared = somebody("gedeeld", a=(here, Role.POLICE), b=(there, Role.POLICE))
    assert may_help(chief, own)
    assert not may_help(chief, shared)
    Membership.objects.create(user=chief, municipality=there, role=Role.ADMINISTRATOR)
    assert may_help(chief, shared)


def test_somebody_invited_by_two_municipalities_is_one_person_with_both_roles(here, there):
    user = somebody("sam", a=(here, Role.POLICE))
    path = invite(there, "SAM@example.org", Role.ADVISER)
    take_up(find(path.rsplit("/", 2)[1]), user, there)
    assert user.roles_in(here) == {Role.POLICE}
    assert User.objects.get().memberships.count() == 2


def test_an_invitation_is_taken_up_once_and_only_where_it_leads(here, there):
    user = somebody("sam", a=(here, Role.POLICE))
    found = find(invite(there, "sam@example.org", Role.ADVISER).rsplit("/", 2)[1])
    with pytest.raises(InvitationError):
        take_up(found, user, here)
    take_up(found, user, there)
    with pytest.raises(InvitationError, match="al gebruikt"):
        take_up(found, user, there)


def test_a_link_to_sign_in_works_until_a_password_was_chosen(client, here):
    user = somebody("nieuw", a=(here, Role.POLICE))
    path = one_time_path(user)
    assert client.get(path, follow=True).context["form"] is not None
    user.set_password("een-zin-van-woorden")
    user.save()
    page = client.get(path, follow=True)
    assert "form" not in page.context or page.context["form"] is None


def test_one_works_in_the_municipality_that_one_chose_and_in_no_other(client, here, there, db):
    third = Municipality.objects.create(code="GM9003", name="Stad 3")
    user = somebody("dubbel", a=(here, Role.ADVISER), b=(there, Role.ADVISER))
    client.force_login(user)

    def at_work():
        return client.get("/plan/").wsgi_request.municipality

    assert at_work() == here
    client.post("/gemeente-kiezen/", {"municipality": there.code})
    assert at_work() == there
    session = client.session
    session[SESSION_KEY] = third.code
    session.save()
    assert at_work() == here


def test_a_pseudonym_is_a_name_as_long_as_the_person_is_here(here):
    user = somebody("Sam", a=(here, Role.POLICE))
    assert name_of(user.pseudonym) == "Sam"
    assert name_of(None) == NOBODY
    assert names_of([user.pseudonym, None]) == {user.pseudonym: "Sam"}
    pseudonym = user.pseudonym
    user.delete()
    assert name_of(pseudonym) == GONE


def test_who_sets_up_koers_chooses_from_the_municipalities_that_were_named(two_homes):
    form = SetUpForm(SimpleNamespace(email="", name=""), two_homes[:1])
    assert list(form.fields["municipality"].queryset) == two_homes[:1]
    both = SetUpForm(SimpleNamespace(email="", name=""), two_homes)
    assert list(both.fields["municipality"].queryset) == two_homes


def test_an_event_is_kept_with_whom_it_is_about_and_who_did_it(two_homes):
    person = User.objects.create(email="iemand@example.org", name="Iemand")
    note(PeopleEventKind.ERASED, about=person, by=person.pseudonym, municipality=two_homes[0])
    kept = PeopleEvent.objects.get()
    assert (kept.about, kept.by, kept.municipality) == (
        person.pseudonym,
        person.pseudonym,
        two_homes[0],
    )
