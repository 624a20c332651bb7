"""Who may open which page: each view names its permission, and a view that names none is refused."""

from django.shortcuts import get_object_or_404

PUBLIC = "public"


def allow(permission: str):
    """Mark a view with the permission that it asks for, ``"plan.change_plan"``, or with ``PUBLIC``."""

    def mark(view):
        view.koers_permission = permission
        return view

    return mark


def permission_of(view) -> str | None:
    """The permission that a view names; None when it names none."""
    return getattr(view, "koers_permission", None) or getattr(
        getattr(view, "view_class", None), "koers_permission", None
    )


def own_or_404(request, model, **lookups):
    """An object of the municipality in which this person is at work; another's does not exist for them."""
    return get_object_or_404(model.objects.of(request.municipality), **lookups)
