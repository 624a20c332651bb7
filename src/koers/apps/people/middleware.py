"""In which municipality is this person at work, and may they open this page?"""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from koers.apps.people.access import PUBLIC, open_before_second_step, permission_of
from koers.apps.people.second_step import has_second_step, second_step_required

SESSION_KEY = "municipality"


class MunicipalityMiddleware:
    """Sets ``request.municipality`` (None for a visitor) and ``request.municipalities``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.municipalities = []
        request.municipality = None
        if request.user.is_authenticated:
            request.municipalities = list(request.user.municipalities)
            chosen = request.session.get(SESSION_KEY)
            request.municipality = next(
                (m for m in request.municipalities if m.code == chosen), next(iter(request.municipalities), None)
            )
        return self.get_response(request)


class AccessMiddleware:
    """Opens a view only to people whom its rule admits; without a rule, to nobody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        permission = permission_of(view)
        known = request.user.is_authenticated
        if known and second_step_required() and not open_before_second_step(view) and not has_second_step(request.user):
            return redirect("mfa_activate_totp")
        if permission == PUBLIC:
            return None
        if not known:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if permission is None or not request.user.has_perm(permission, request.municipality):
            raise PermissionDenied
        return None
