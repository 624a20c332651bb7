"""Who may open which page: each view names its permission, and a view that names none is
refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from koers.apps.people.models import Municipality, User
from koers.apps.people.owned import Owned, OwnedQuerySet

View = TypeVar("View", bound=Callable[..., Any])
AnyOwned = TypeVar("AnyOwned", bound=Owned)
PUBLIC = "public"


class WorkRequest(HttpRequest):
    """The request of somebody who is at work in a municipality, as the middleware leaves it; said
    to the type checker only."""

    user: User
    municipality: Municipality
    municipalities: list[Municipality]


class _Marked(Protocol):
    """A view that names its permission."""

    koers_permission: str
    koers_change: str | None
    koers_before_second_step: bool


def allow(
    permission: str, *, change: str = "", before_second_step: bool = False
) -> Callable[[View], View]:
    """Mark a view with the permission that it asks for, ``"plan.change_plan"``, or with ``PUBLIC``.

    A view that is only for looking (``"plan.view_plan"``, ``PUBLIC``) takes no POST, unless
    ``change`` names the permission that a POST asks for, besides the first.

    ``before_second_step``: also for whoever has still to set the second step of signing in.
    """

    def mark(view: View) -> View:
        marked = cast(_Marked, view)
        marked.koers_permission = permission
        marked.koers_change = change or (None if _is_for_looking(permission) else permission)
        marked.koers_before_second_step = before_second_step
        return view

    return mark


def _is_for_looking(permission: str) -> bool:
    return permission == PUBLIC or permission.partition(".")[2].startswith("view_")


def permission_of(view: object) -> str | None:
    """The permission that a view names; None when it names none."""
    named: str | None = _marked(view, "koers_permission")
    return named


def change_permission_of(view: object) -> str | None:
    """The permission that a POST to a view asks for besides that; None when it takes none."""
    named: str | None = _marked(view, "koers_change")
    return named


def open_before_second_step(view: object) -> bool:
    return bool(_marked(view, "koers_before_second_step"))


def _marked(view: object, name: str) -> Any:
    return getattr(view, name, None) or getattr(getattr(view, "view_class", None), name, None)


def takes_get(view: Any) -> bool:
    """Whether a page can be opened at this view, rather than only a form sent to it."""
    methods = getattr(getattr(view, "view_class", None), "http_method_names", None)
    if methods is not None:
        return "get" in methods
    while view is not None:
        for name, cell in zip(_names_closed_over(view), view.__closure__ or (), strict=False):
            if name == "request_method_list":
                return "GET" in cell.cell_contents
        view = getattr(view, "__wrapped__", None)
    return True


def _names_closed_over(view: Any) -> tuple[str, ...]:
    code = getattr(view, "__code__", None)
    return code.co_freevars if code is not None else ()


def own_or_404(request: WorkRequest, model: type[AnyOwned], **lookups: Any) -> AnyOwned:
    """An object of the municipality in which this person is at work; another's does not exist for
    them."""
    own = cast(OwnedQuerySet[AnyOwned], model.objects.of(request.municipality))
    return get_object_or_404(own, **lookups)
