"""The border of the site: what comes in is bounded and can be kept, before anything else reads it.

``AddressMiddleware`` stands first: addresses, parameters and cookies. ``BodyMiddleware`` stands
behind whoever says who somebody is, and before the first that reads a form: the check of the CSRF
token, which reads it when the view is known.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from koers.limited import ApartError
from koers.plain_text import cleaned, is_clean

Answer = Callable[[HttpRequest], HttpResponse]
LONGEST_PARAMETER = 4_000
CLEANED = (
    "Uit uw tekst zijn tekens weggehaald die niet te bewaren zijn: stuurtekens of tekens uit een"
    " speciaal lettertype. Kijk de tekst nog even na."
)


class AddressMiddleware:
    """No such page for an address with control characters; parameters are cleaned and cut off, a
    cookie that cannot be kept is not there."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_clean(request.path):
            raise Http404
        for name, value in list(request.COOKIES.items()):
            if not is_clean(name) or not is_clean(value):
                del request.COOKIES[name]
        try:
            asked = request.GET
        except TooManyFieldsSent:
            return too_large(request)
        if not _is_kept(asked, LONGEST_PARAMETER):
            request.GET = _clean(asked, LONGEST_PARAMETER)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a process that may die could not make is said in plain words."""
        if not isinstance(error, ApartError):
            return None
        return render(request, "cannot_be_made.html", {"reason": str(error)}, status=503)


class BodyMiddleware:
    """Refuses a body that is too large before a byte of it is read, and cleans the texts of a
    form."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > _most(request):
            return too_large(request)
        if request.method == "POST":
            try:
                sent = request.POST
            except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
                return too_large(request)
            except (MultiPartParserError, UnicodeError):
                return render(request, "400.html", status=400)
            if not _is_kept(sent):
                request.POST = _clean(sent)
                messages.warning(request, CLEANED)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    written = request.META.get("CONTENT_LENGTH") or "0"
    if not (written.isascii() and written.isdigit()):
        return 0
    return int(written) if len(written) < 18 else settings.KOERS_LARGEST_BODY + 1


def _most(request: HttpRequest) -> int:
    known = request.user.is_authenticated
    return settings.KOERS_LARGEST_BODY if known else settings.KOERS_LARGEST_BODY_OF_VISITOR


def too_large(request: HttpRequest) -> HttpResponse:
    """The page that says so; what was sent is not read."""
    most = settings.KOERS_LARGEST_BODY // 1_000_000
    return render(request, "413.html", {"most": most}, status=413)


def _is_kept(sent: MultiValueDict[str, str], longest: int = 0) -> bool:
    return all(
        is_clean(name) and all(is_clean(v) and not 0 < longest < len(v) for v in values)
        for name, values in sent.lists()
    )


def _clean(sent: MultiValueDict[str, str], longest: int = 0) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in sent.lists():
        found.setlist(cleaned(name), [cleaned(v)[: longest or None] for v in values])
    found._mutable = False
    return found
