"""A site with one of everything, and the pages and forms that are found by walking it."""

from __future__ import annotations

import copy
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urljoin, urlsplit

MOST_PAGES_OF_A_VIEW = 2
LEAVES = ("/afmelden/",)
PLACE = "VB02"


@dataclass
class Form:
    """A form of a page: where it goes, and of each field its kind, its value and its choices."""

    action: str
    method: str = "get"
    fields: dict[str, tuple[str, str, list[str]]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        place = re.sub(r"\d+|[0-9a-f]{32}", "N", urlsplit(self.action).path)
        return place, self.method, tuple(sorted(self.fields))

    @property
    def takes_files(self) -> bool:
        return any(kind == "file" for kind, _, _ in self.fields.values())


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self.loose: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "a" and given.get("href"):
            self.links.append(urljoin(self.address, given["href"]))
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "option" and self._form and self._select:
            self._option(given)
        elif self._form and given.get("name") and tag in ("input", "select", "textarea", "button"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind, value = given["name"], given.get("type", tag), given.get("value", "")
        if kind in ("submit", "button") or tag == "button":
            self._form.buttons.append((name, value))
            return
        before = self._form.fields.get(name)
        choices = [*(before[2] if before else []), *([value] if kind == "radio" else [])]
        self._form.fields[name] = (kind, before[1] if before else value, choices)
        self._select = name if tag == "select" else ""
        self._area = name if tag == "textarea" else ""

    def _option(self, given: dict[str, str]) -> None:
        assert self._form is not None
        kind, value, choices = self._form.fields[self._select]
        chosen = given.get("value", "") if "selected" in given else value
        self._form.fields[self._select] = ("select", chosen, [*choices, given.get("value", "")])

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            kind, value, choices = self._form.fields[self._area]
            self._form.fields[self._area] = ("textarea", value + data, choices)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def read(address: str, page: str) -> tuple[list[str], list[Form]]:
    """Links and forms of a page."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.links, reader.forms


@dataclass
class Site:
    """The clients, what they found, and what went wrong since it was last asked."""

    inside: Any
    outside: Any
    addresses: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    listens: Any = None

    def ask(self, client: Any, form: Form, sent: list[tuple[str, Any]]) -> Any:
        """Send fields (texts, or a name with bytes for a file) as a browser would."""
        path = _kept(form.action)
        if form.method == "get":
            path += ("&" if "?" in path else "?") + _urlencoded(sent)
            return client.get(path)
        if any(isinstance(value, tuple) for _, value in sent):
            body, kind = _multipart(sent), "multipart/form-data; boundary=XfuzzX"
        else:
            body, kind = _urlencoded(sent).encode(), "application/x-www-form-urlencoded"
        return client.generic("POST", path, body, content_type=kind)

    @contextmanager
    def signed_in(self) -> Iterator[None]:
        """Who signs out, or in, within has not done so afterwards."""
        clients = (self.inside, self.outside)
        before = [copy.deepcopy(client.cookies) for client in clients]
        yield
        for client, kept in zip(clients, before, strict=True):
            client.cookies = kept

    def troubles(self) -> list[str]:
        found, self.raised[:] = self.raised[:], []
        return found


def _kept(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _urlencoded(sent: list[tuple[str, Any]]) -> str:
    return "&".join(f"{quote_from_bytes(_bytes(n))}={quote_from_bytes(_bytes(v))}" for n, v in sent)


def _multipart(sent: list[tuple[str, Any]]) -> bytes:
    parts = []
    for name, value in sent:
        head = b'--XfuzzX\r\nContent-Disposition: form-data; name="' + _bytes(name) + b'"'
        if isinstance(value, tuple):
            head += b'; filename="' + _bytes(value[0]).replace(b'"', b"") + b'"'
            parts.append(head + b"\r\n\r\n" + value[1])
        else:
            parts.append(head + b"\r\n\r\n" + _bytes(value))
    return b"\r\n".join([*parts, b"--XfuzzX--\r\n"])


def settle() -> Site:
    """One of everything in a municipality, and somebody who has every role there."""
    from django.conf import settings

    from koers.figures.store import FigureStore
    from koers.sources.example import write_example

    write_example(FigureStore(settings.HOME))
    return settle_with_figures()


def settle_with_figures() -> Site:
    """The same, where the invented figures are there already."""
    from tests.apps.neighbours import settle as settle_in

    from koers.apps.people.models import Municipality
    from koers.apps.plan.services.bundled import load_bundled_plan

    load_bundled_plan("voorbeeldrecht-2025-2027")
    place, _ = Municipality.objects.get_or_create(
        code=PLACE, defaults={"name": "Fictiedam", "fictitious": True}
    )
    return site_of(settle_in(place)["adviser"])


def site_of(somebody: Any) -> Site:
    """The site as it is, for somebody who gets every role in the municipality."""
    from django.core.signals import got_request_exception
    from django.test import Client

    from koers.apps.people.models import Membership, Municipality, Role

    place = Municipality.objects.get(code=PLACE)
    for role in Role.values:
        Membership.objects.get_or_create(user=somebody, municipality=place, role=role)
    inside = Client(raise_request_exception=False)
    inside.force_login(somebody)
    site = Site(inside, Client(raise_request_exception=False))

    def note(sender: object, **_: object) -> None:
        site.raised.append(traceback.format_exc())

    site.listens = note
    got_request_exception.connect(note)
    return site


def walk(site: Site, most: int) -> None:
    """Follow every link from the front page, of each view a few pages, and keep the forms."""
    from django.urls import Resolver404, resolve

    waiting, seen, views = ["/", *patterns()], set(), {}
    forms: dict[Any, Form] = {}
    while waiting and len(site.addresses) < most:
        path = waiting.pop(0)
        if path in seen or path.startswith(LEAVES):
            continue
        seen.add(path)
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        views[name] = views.get(name, 0) + 1
        if views[name] > MOST_PAGES_OF_A_VIEW:
            continue
        answer = site.inside.get(path, follow=True)
        if answer.status_code != 200:
            # What only takes a form is a form of which nothing is known.
            if answer.status_code == 405:
                forms.setdefault(
                    path, Form(path, "post", {"koers_gemeente": ("hidden", PLACE, [])})
                )
            continue
        site.addresses.append(path)
        if answer["Content-Type"].startswith("text/html"):
            # A form without an address goes to the page on which it was found in the end.
            at = answer.redirect_chain[-1][0] if answer.redirect_chain else path
            links, found = read(f"http://testserver{at}", answer.content.decode())
            waiting += [_kept(link) for link in links if urlsplit(link).netloc == "testserver"]
            for form in found:
                forms.setdefault(form.key, form)
    site.forms = list(forms.values())
    site.parameters = sorted(_parameters(site))


def patterns(number: str = "1", words: str = "x") -> list[str]:
    """Every address that the site knows, with this number and these words filled in."""
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern

    def of(resolver: Any, before: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from of(pattern, route)

    return [
        "/" + re.sub(r"<(?:\w+:)?\w+>", lambda m: number if "<int" in m[0] else words, route)
        for route in of(get_resolver(), "")
    ]


def _parameters(site: Site) -> set[str]:
    """The names that links, forms and views ask for."""
    found = {name for address in site.addresses for name, _ in parse_qsl(urlsplit(address).query)}
    found |= {name for form in site.forms if form.method == "get" for name in form.fields}
    source = Path(__file__).resolve().parents[2] / "src" / "koers" / "apps"
    for file in source.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r"""GET(?:\.get\(|\[|\.getlist\()["'](\w+)""", text))
    return found
