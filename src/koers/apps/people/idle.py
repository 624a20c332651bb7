"""A session ends when nobody did anything for a while."""

import time

from django.conf import settings
from django.contrib.auth import logout

SEEN = "koers.seen"
EACH = 60
"""Seconds: so often at most it is written down that somebody is there."""


class IdleMiddleware:
    """Signs out whoever did nothing for ``KOERS_IDLE_MINUTES``; a page that refreshes itself is
    nobody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get(SEEN)
            if seen is not None and now - seen > 60 * settings.KOERS_IDLE_MINUTES:
                logout(request)
            elif seen is None or (now - seen > EACH and not _by_itself(request)):
                request.session[SEEN] = now
        return self.get_response(request)


def _by_itself(request) -> bool:
    return request.method == "GET" and "HX-Request" in request.headers
