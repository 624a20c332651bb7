"""Every page has a rule and every object an owner; what has none makes these tests fail."""

import inspect
import re

import pytest
import rules
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from koers.apps.meetings.models import CalendarFeed, Reminders
from koers.apps.people.access import PUBLIC, allow, change_permission_of, permission_of
from koers.apps.people.middleware import AccessMiddleware
from koers.apps.people.models import (
    Invitation,
    Mail,
    Membership,
    Municipality,
    PeopleEvent,
    Role,
    SignInCount,
    User,
)
from koers.apps.people.owned import Owned
from koers.apps.plan.models import SavedView

# What belongs to a person and not to a municipality.
WITHOUT_OWNER = {
    Municipality,
    User,
    Membership,
    Invitation,
    Mail,
    PeopleEvent,
    SignInCount,
    CalendarFeed,
    Reminders,
    SavedView,
}


def views(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


VIEWS = list(views())


@pytest.mark.parametrize(("path", "view"), [pytest.param(p, v, id=p or "home") for p, v in VIEWS])
def test_every_page_names_a_permission_that_a_rule_file_defines(path, view):
    permission = permission_of(view)
    assert permission, f"/{path} names no permission"
    assert permission == PUBLIC or rules.perm_exists(permission), (
        f"/{path} asks for {permission}, which no rule defines"
    )
    change = change_permission_of(view)
    assert change in (None, PUBLIC) or rules.perm_exists(change), (
        f"a POST to /{path} asks for {change}, which no rule defines"
    )


def answer(view, user, municipality, method: str) -> int:
    """What somebody gets, by the status, before the view itself is asked; 200 is that it is."""
    request = RequestFactory().generic(method, "/")
    request.user, request.municipality = user, municipality
    try:
        refused = AccessMiddleware(lambda _: HttpResponse()).process_view(request, view, (), {})
    except PermissionDenied:
        return 403
    return refused.status_code if refused else 200


@pytest.mark.parametrize("role", Role)
def test_every_page_opens_and_changes_for_whom_its_rules_allow_and_for_nobody_else(
    person, municipality, role
):
    user = person(role)
    for path, view in VIEWS:
        look, change = permission_of(view), change_permission_of(view)
        may_look = look == PUBLIC or user.has_perm(look, municipality)
        may_change = may_look and (change == PUBLIC or user.has_perm(change, municipality))
        posted = 403 if not may_look else 405 if change is None else 200 if may_change else 403
        assert answer(view, user, municipality, "GET") == (200 if may_look else 403), path
        assert answer(view, user, municipality, "POST") == posted, path


def test_a_visitor_gets_public_pages_only(municipality):
    for path, view in VIEWS:
        look, change = permission_of(view), change_permission_of(view)
        posted = 302 if look != PUBLIC else 200 if change == PUBLIC else 405
        assert answer(view, AnonymousUser(), None, "GET") == (200 if look == PUBLIC else 302), path
        assert answer(view, AnonymousUser(), None, "POST") == posted, path


# What is one's own: signing in, the account, one's views of the plan, answers from a mail, the mail
# that one sent.
OWN = re.compile(
    r"aanmelden/|afmelden/|account/|uitnodiging/|gemeente-kiezen/|plan/weergave/"
    r"|overleg/agenda/($|geen-mail/)|overleg/antwoord/|mail/<uuid:pk>/gezien/"
)


@pytest.mark.parametrize(
    ("role", "more"),
    [
        (Role.PUBLIC, ()),
        (Role.COLLEGE, ("besluiten/<int:pk>/stap/",)),
        (Role.COMMITTEE, ("raadpleging/suggestie/<int:decision>/",)),
    ],
)
def test_who_only_looks_changes_nothing_but_what_is_their_own(person, municipality, role, more):
    user = person(role)
    posts = {path for path, view in VIEWS if answer(view, user, municipality, "POST") == 200}
    assert {path for path in posts if not OWN.match(path)} == set(more)


def test_no_view_looks_at_a_permission_for_a_post_itself():
    for path, view in VIEWS:
        text = inspect.getsource(inspect.unwrap(getattr(view, "view_class", view)))
        for line in text.splitlines():
            asks = re.search(r"may_\w+|has_perm", line)
            assert not (asks and '"POST"' in line), f"/{path}: {line.strip()}"


def test_a_page_for_looking_takes_no_post_unless_it_says_with_which_right():
    def view(request): ...

    assert change_permission_of(allow("plan.view_plan")(view)) is None
    assert change_permission_of(allow(PUBLIC)(view)) is None
    assert change_permission_of(allow("plan.change_plan")(view)) == "plan.change_plan"
    both = allow("plan.view_plan", change="plan.change_plan")(view)
    assert (permission_of(both), change_permission_of(both)) == (
        "plan.view_plan",
        "plan.change_plan",
    )


@pytest.mark.parametrize(
    ("role", "path", "data"),
    [
        (Role.ADMINISTRATOR, "/overleg/", {"kind": "strategic", "date": "2026-12-01"}),
        (Role.ADMINISTRATOR, "/overleg/evenementen/", {"name": "Markt", "start": "2026-12-01"}),
        (Role.ADMINISTRATOR, "/overleg/reeksen/", {"kind": "operational"}),
        (Role.ENFORCEMENT, "/beeld/vergelijken/", {"add": "VB02"}),
    ],
)
def test_a_post_without_the_right_is_refused_in_plain_dutch(client, person, role, path, data):
    client.force_login(person(role))
    assert client.get(path).status_code == 200
    refused = client.post(path, data)
    assert refused.status_code == 403
    assert "Deze pagina is niet voor u" in refused.content.decode()


@pytest.mark.parametrize(
    "model",
    [
        m
        for m in apps.get_models()
        if m.__module__.startswith("koers.") and not hasattr(m, "instance_type")
    ],
    ids=lambda m: m.__name__,
)
def test_every_object_has_an_owning_municipality(model):
    kept_along = any(field.name == "m2m_history_id" for field in model._meta.fields)
    if model in WITHOUT_OWNER or model._meta.auto_created or kept_along:
        return
    assert issubclass(model, Owned), f"{model.__name__} has no owning municipality"
