"""What somebody typed is not lost when they turn out to be signed out, or when the page was too
old: it is shown again, and sent again by a button.

A form carries the mark of the person for whom it was made. Only what bears a mark that Koers made
is kept, and only that person gets it back.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from koers.apps.people.access import allow
from koers.apps.people.models import User

MARK = "koers_wie"
DRAFT = "koers_concept"
KEPT = "koers.kept"
LONGEST = 200_000
"""So many letters of a form are kept while somebody signs in."""
_SIGNER = signing.Signer(salt="koers.people.kept-text")
_NOT_AGAIN = {"csrfmiddlewaretoken", MARK}


def mark_of(user: Any) -> str:
    """The mark of the forms of this person; '' for a visitor."""
    if not getattr(user, "is_authenticated", False):
        return ""
    return _SIGNER.sign(str(user.pseudonym)).split(":", 1)[1][:32]


def _owner(request: HttpRequest) -> str:
    """The mark of who filled in this form, where Koers made it; '' else."""
    mark = request.POST.get(MARK, "")
    return mark if len(mark) == 32 and mark.isascii() else ""


def _filled(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_AGAIN
        for value in values
    ]


def way_back(request: HttpRequest) -> str:
    """The page of this site from which somebody came, else the front page."""
    came = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(came, hosts) and came != request.build_absolute_uri():
        found = urlsplit(came)
        return f"{found.path}?{found.query}" if found.query else found.path or "/"
    return reverse("home")


def to_sign_in(request: HttpRequest, takes_get: bool) -> HttpResponse:
    """To the page to sign in, and from there back to this page; or, of a form, to its text. Never
    to an address that only takes forms."""
    if request.method == "POST" and _is_somebodys(request):
        filled = _filled(request)
        if sum(len(name) + len(value) for name, value in filled) <= LONGEST:
            request.session[KEPT] = {
                "to": request.get_full_path(),
                "back": way_back(request),
                "mark": _owner(request),
                "filled": filled,
                "files": bool(request.FILES),
            }
            return _sign_in(reverse("people:resume"))
    if request.method in ("GET", "HEAD") and takes_get:
        return _sign_in(request.get_full_path())
    return _sign_in(way_back(request))


def _is_somebodys(request: HttpRequest) -> bool:
    """Whether this form was made for somebody who has an account here."""
    mark = _owner(request)
    return bool(mark) and any(
        mark_of(user) == mark for user in User.objects.filter(is_active=True).only("pseudonym")
    )


def _sign_in(then: str) -> HttpResponse:
    return redirect_to_login(then, reverse("account_login"))


@allow("people.use_koers")
@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """What somebody had typed when they were signed out, with a button that sends it after all."""
    kept = request.session.get(KEPT)
    if kept is None or kept["mark"] != mark_of(request.user):
        request.session.pop(KEPT, None)
        return redirect("home")
    # It stays until it is sent or left.
    return _again(request, kept, 200)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was too old, or that came from elsewhere. Nothing was saved; the text of one's
    own form is shown, and a button sends it after all."""
    mark = _owner(request)
    if mark and not request.user.is_authenticated:
        return to_sign_in(request, takes_get=False)
    if mark and mark == mark_of(request.user):
        kept = {
            "to": request.get_full_path(),
            "back": way_back(request),
            "filled": _filled(request),
            "files": bool(request.FILES),
        }
        return _again(request, kept, 403)
    return render(request, "403_csrf.html", {"back": way_back(request)}, status=403)


def _again(request: HttpRequest, kept: dict[str, Any], status: int) -> HttpResponse:
    texts = [v for name, v in kept["filled"] if _is_read(name, v)]
    context = {"kept": kept, "texts": texts}
    return render(request, "people/resume.html", context, status=status)


def _is_read(name: str, value: str) -> bool:
    """Whether this is text that somebody typed, rather than a key or a mark."""
    return bool(value.strip()) and not name.startswith("koers_") and not value.isdigit()


class RefusalMiddleware:
    """A refusal is a page in plain Dutch with the way back; what was saved is no draft any more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            page = render(request, "405.html", {"back": way_back(request)}, status=405)
            page["Allow"] = response.get("Allow", "")
            return page
        if request.method == "POST" and _was_saved(request, response):
            draft = request.POST.get(DRAFT, "")
            if draft.isalnum() and len(draft) <= 40:
                response.set_cookie("koers_bewaard", draft, max_age=600, samesite="Lax")
            if request.session.get(KEPT, {}).get("to") == request.get_full_path():
                del request.session[KEPT]
        return response


def _was_saved(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form led on without an error: then its draft may go."""
    if response.status_code not in (302, 303):
        return False
    if response.headers["Location"].startswith(reverse("account_login")):
        return False
    told = getattr(getattr(request, "_messages", None), "_queued_messages", ())
    return not any(message.level_tag == "error" for message in told)
