"""Own figures are seen on pages that are not public, by people whose role may see them."""

from contextlib import ExitStack

from koers.apps.intake.archive import internal_figures
from koers.apps.people.access import PUBLIC, permission_of


class InternalFiguresMiddleware:
    """Stands behind the middleware that decides who may open a page. Whatever it does not open stays closed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with ExitStack() as request.figures_opened:
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if permission_of(view) != PUBLIC and request.user.has_perm("intake.view_internal", request.municipality):
            request.figures_opened.enter_context(internal_figures(request.municipality.code))
