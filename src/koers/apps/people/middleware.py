"""In which municipality is this person at work, and may they open this page?"""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from koers.apps.people import kept_text
from koers.apps.people.access import (
    PUBLIC,
    change_permission_of,
    open_before_second_step,
    permission_of,
    takes_get,
)
from koers.apps.people.second_step import has_second_step, second_step_required

SESSION_KEY = "municipality"
LOOKING = ("GET", "HEAD", "OPTIONS")
# What a form, and a part of a page that refreshes itself, says of the page on which it stands.
FORM_FIELD = "koers_gemeente"
HEADER = "X-Koers-Gemeente"


class PrivateMiddleware:
    """What somebody sees who is signed in, and what only few may see, stays in no cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated or getattr(request, "koers_private", False):
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(self, request, view, args, kwargs):
        # A page behind a token is open to whoever has it, and for nobody else.
        request.koers_private = permission_of(view) != PUBLIC or "token" in kwargs


class MunicipalityMiddleware:
    """Sets ``request.municipality`` (None for a visitor) and ``request.municipalities``.

    The session says which municipality a new page is of. What comes from a page that is open
    already names the municipality which that page shows, and is done there, whatever was chosen in
    another tab meanwhile; the choice follows what was done last.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.municipalities = []
        request.municipality = None
        if request.user.is_authenticated:
            request.municipalities = list(request.user.municipalities)
            named = _named(request)
            request.municipality = self._chosen(request, named)
            if named and request.municipality and request.method == "POST":
                request.session[SESSION_KEY] = named
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Refuse a form that does not say, or no longer may say, in which municipality it
        writes."""
        bound = permission_of(view) != PUBLIC and not getattr(view, "chooses_municipality", False)
        if request.method != "POST" or not request.municipalities or not bound:
            return None
        named = _named(request)
        sure = len(request.municipalities) == 1 if named is None else request.municipality
        if sure:
            return None
        return render(request, "other_municipality.html", {"named": named}, status=409)

    def _chosen(self, request, named: str | None):
        here = {m.code: m for m in request.municipalities}
        if named is not None:
            return here.get(named)
        first = next(iter(request.municipalities), None)
        return here.get(request.session.get(SESSION_KEY), first)


def _named(request) -> str | None:
    if request.method == "POST" and FORM_FIELD in request.POST:
        return request.POST[FORM_FIELD]
    return request.headers.get(HEADER)


class AccessMiddleware:
    """Opens a view only to people whom its rule admits; without a rule, to nobody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        permission = permission_of(view)
        known = request.user.is_authenticated
        if (
            known
            and second_step_required()
            and not open_before_second_step(view)
            and not has_second_step(request.user)
        ):
            return redirect("mfa_activate_totp")
        return _refused(request, permission, view) or (
            None if request.method in LOOKING else _change_refused(request, view)
        )


def _refused(request, permission: str | None, view):
    """A way to sign in for a visitor, None for who has the permission; the others get no page."""
    if permission == PUBLIC:
        return None
    if not request.user.is_authenticated:
        return kept_text.to_sign_in(request, takes_get(view))
    if permission is None or not request.user.has_perm(permission, request.municipality):
        raise PermissionDenied
    return None


def _change_refused(request, view):
    change = change_permission_of(view)
    return HttpResponseNotAllowed(LOOKING) if change is None else _refused(request, change, view)
