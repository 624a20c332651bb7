"""What is wrong with how the lines of a plan are described; found when Koers starts."""

from __future__ import annotations

from django.core import checks

from koers.apps.described import undescribed
from koers.apps.plan.kinds import KINDS


@checks.register
def every_field_is_described(app_configs=None, **kwargs) -> list[checks.CheckMessage]:
    """A field of which nothing is said would stand on no form, in no version and in no file."""
    found: list[checks.CheckMessage] = [
        checks.Error(
            f"Nothing is said of {kind.model.__name__}.{name}.",
            hint="Put described(…) around it, or exempt(…) with the reason (koers.apps.described).",
            id="koers.E201",
        )
        for kind in KINDS.values()
        for name in undescribed(kind.model)
    ]
    # Actions go into a version without an object of each.
    found += [
        checks.Error(
            f"A version cannot keep Action.{name}: it refers to something.",
            hint="Make it unkept, or let services/versions read it.",
            id="koers.E202",
        )
        for name in KINDS["actie"].kept
        if KINDS["actie"].by_name[name].is_relation
    ]
    return found
