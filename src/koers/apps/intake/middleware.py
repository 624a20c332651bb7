"""Own figures are seen on pages that are not public, by people whose role may see them."""

from koers.apps.intake.archive import internal_figures, public_figures
from koers.apps.people.access import PUBLIC, permission_of


class InternalFiguresMiddleware:
    """Stands behind the middleware that decides who may open a page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Runs the view itself, so that what it reads is what it may show."""
        if permission_of(view) == PUBLIC or not request.user.has_perm("intake.view_internal", request.municipality):
            with public_figures():
                return view(request, *args, **kwargs)
        with internal_figures(request.municipality.code):
            return view(request, *args, **kwargs)
