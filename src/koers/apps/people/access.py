"""Who may open which page: each view names its permission, and a view that names none is refused."""

from django.shortcuts import get_object_or_404

PUBLIC = "public"


def allow(permission: str, before_second_step: bool = False):
    """Mark a view with the permission that it asks for, ``"plan.change_plan"``, or with ``PUBLIC``.

    ``before_second_step``: also for whoever has still to set the second step of signing in.
    """

    def mark(view):
        view.koers_permission = permission
        view.koers_before_second_step = before_second_step
        return view

    return mark


def permission_of(view) -> str | None:
    """The permission that a view names; None when it names none."""
    return _marked(view, "koers_permission")


def open_before_second_step(view) -> bool:
    return bool(_marked(view, "koers_before_second_step"))


def _marked(view, name: str):
    return getattr(view, name, None) or getattr(getattr(view, "view_class", None), name, None)


def own_or_404(request, model, **lookups):
    """An object of the municipality in which this person is at work; another's does not exist for them."""
    return get_object_or_404(model.objects.of(request.municipality), **lookups)
