"""Every page has a rule and every object an owner; what has none makes these tests fail."""

import pytest
import rules
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from koers.apps.meetings.models import CalendarFeed, Reminders
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.people.models import Membership, Municipality, User
from koers.apps.people.owned import Owned
from koers.apps.plan.models import SavedView

# What belongs to a person and not to a municipality.
WITHOUT_OWNER = {Municipality, User, Membership, CalendarFeed, Reminders, SavedView}


def views(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


@pytest.mark.parametrize(("path", "view"), [pytest.param(p, v, id=p or "home") for p, v in views()])
def test_every_page_names_a_permission_that_a_rule_file_defines(path, view):
    permission = permission_of(view)
    assert permission, f"/{path} names no permission"
    assert permission == PUBLIC or rules.perm_exists(permission), (
        f"/{path} asks for {permission}, which no rule defines"
    )


@pytest.mark.parametrize(
    "model",
    [m for m in apps.get_models() if m.__module__.startswith("koers.") and not hasattr(m, "instance_type")],
    ids=lambda m: m.__name__,
)
def test_every_object_has_an_owning_municipality(model):
    kept_along = any(field.name == "m2m_history_id" for field in model._meta.fields)
    if model in WITHOUT_OWNER or model._meta.auto_created or kept_along:
        return
    assert issubclass(model, Owned), f"{model.__name__} has no owning municipality"
