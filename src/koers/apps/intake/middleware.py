"""``request.figures``: the figures that may be seen in this request."""

from koers.apps.intake.archive import lazily_public, one_moment, shelf_for
from koers.apps.whole import LOOKING


class FiguresMiddleware:
    """Stands behind the middleware that decides who may open a page. Whatever that does not open
    stays closed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.figures = lazily_public()
        if request.method not in LOOKING:
            return self.get_response(request)
        with one_moment():
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.figures = shelf_for(request, view)
