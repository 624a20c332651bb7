"""``request.figures``: the figures that may be seen in this request; and the indicators of the
municipality at hand."""

from koers.apps.intake.archive import lazily_public, one_moment, shelf_for
from koers.apps.intake.services.own_indicators import own_indicators
from koers.apps.people.access import PUBLIC, permission_of
from koers.apps.whole import LOOKING
from koers.indicators.reader import own_at_hand


class FiguresMiddleware:
    """Stands behind the middleware that decides who may open a page. Whatever that does not open
    stays closed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.figures = lazily_public()
        request.own_indicators = False
        with own_at_hand(lambda: _own_of(request)):
            return self._answer(request)

    def _answer(self, request):
        if request.method not in LOOKING:
            return self.get_response(request)
        with one_moment():
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.figures = shelf_for(request, view)
        # On a page that is public nobody is at work, whoever reads it.
        request.own_indicators = permission_of(view) not in (PUBLIC, None)


def _own_of(request):
    """What the municipality made itself, for those who work there."""
    home = getattr(request, "municipality", None)
    return own_indicators(home) if request.own_indicators and home is not None else ()
