"""Addresses with the site in front, for what leaves it: mail, calendars, links that are passed
on."""

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address of a path: under KOERS_ADDRESS where that is set, whatever name the request
    came by."""
    if settings.KOERS_ADDRESS:
        return settings.KOERS_ADDRESS.rstrip("/") + path
    return request.build_absolute_uri(path)
