"""Every form of the site, filled in until something is written: found by walking, so that a new
form is among them, or is missed by name."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from benchmarks.faults.databases import Database, Watch
from benchmarks.fuzz import hostile
from benchmarks.fuzz.files import Files
from benchmarks.fuzz.site import LEAVES, Form, Site, read, walk

TRIES = 6
DEEPEST = 4
"""A page that asks first, the next step of what comes in by steps, or what can be done after it."""
OF_A_VISIT = {"django_session"}
OWN_TABLE = "plan-acties.csv"
LEFT_OUT = ("weg-", "opnieuw")
"""What leaves a row of an import out, or looks at all of it once more."""
Fields = list[tuple[str, Any]]


@dataclass
class Sent:
    """A form as it was sent, and what was seen meanwhile; ``before`` are those sent before it, from
    the site as it was at the beginning."""

    site: Site
    route: str
    form: Form
    fields: Fields
    before: list[tuple[Form, Fields]]
    status: int
    watch: Watch

    @property
    def writes(self) -> set[str]:
        """The tables that are not what they were; that somebody was here is no matter."""
        return self.watch.changed() - OF_A_VISIT

    @property
    def half(self) -> int:
        """How many states another could find that are neither what was nor what came."""
        return max(0, len(self.watch.states) - 2)


@dataclass
class Sites:
    """Somebody with every role, and a visitor, with the forms that each of them found."""

    inside: Site
    visitor: Site
    covered: set[str] = field(default_factory=set)
    further: list[Form] = field(default_factory=list)
    """Forms of states that no other form leaves behind, tried where no form of the walk wrote."""

    @property
    def missed(self) -> set[str]:
        return post_routes() - self.covered


def sites_of(site: Site, most: int, by_mail: list[str], further: Callable[[], list[str]]) -> Sites:
    """Walk as both; ``by_mail`` are the addresses that somebody gets in a mail; ``further`` makes
    what else there can be, and gives the pages with what can only be done then."""
    visitor = Site(site.outside, site.outside)
    walk(site, most)
    walk(visitor, most)
    for address in by_mail:
        for each in (site, visitor):
            each.forms += _forms_at(each, address)
    forms = [form for address in further() for form in _forms_at(site, address)]
    return Sites(site, visitor, further=[form for form in forms if form.method == "post"])


def _forms_at(site: Site, address: str) -> list[Form]:
    answer = site.inside.get(address, follow=True)
    if answer.status_code != 200:
        return []
    at = answer.redirect_chain[-1][0] if answer.redirect_chain else address
    return read(f"http://testserver{at}", answer.content.decode())[1]


def post_routes() -> set[str]:
    """The addresses that take a form, as the site knows them."""
    from django.urls import URLPattern, get_resolver

    from koers.apps.people.access import change_permission_of

    def of(resolver: Any, before: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if not isinstance(entry, URLPattern):
                yield from of(entry, route)
            elif change_permission_of(entry.callback):
                yield route

    return set(of(get_resolver(), ""))


def route_of(form: Form) -> str:
    from django.urls import Resolver404, resolve

    try:
        return resolve(urlsplit(form.action).path).route
    except Resolver404:
        return ""


def send_all(database: Database, sites: Sites, seed: int, every: int = 1) -> Iterator[Sent]:
    """Each form (or each so many-th), with other values until it writes, and what an answer shows
    of others that no page has. Every one that was sent is given; the database is put back after
    each."""
    for site in (sites.inside, sites.visitor):
        forms = {form.key: form for form in site.forms if form.method == "post"}
        for key, form in sorted(forms.items())[::every]:
            yield from _until_it_writes(database, sites, site, form, f"{seed}-{key}")
    for number, form in enumerate(sites.further[::every]):
        if route_of(form) in sites.missed:
            yield from _until_it_writes(database, sites, sites.inside, form, f"{seed}-{number}")


def _until_it_writes(
    database: Database, sites: Sites, site: Site, form: Form, seed: str
) -> Iterator[Sent]:
    route = route_of(form)
    tries = 2 if not route or route in sites.covered else TRIES * (2 if form.takes_files else 1)
    for number in range(tries):
        chance = random.Random(f"{seed}-{number}")
        with site.signed_in():
            sent = list(_send(database, sites, site, form, chance, []))
        yield from sent
        if any(one.watch.changed() for one in sent):
            database.put_back()
        if any(one.writes for one in sent) or sent[0].status == 404:
            return


def _send(
    database: Database,
    sites: Sites,
    site: Site,
    form: Form,
    chance: random.Random,
    before: list[tuple[Form, Fields]],
) -> Iterator[Sent]:
    given = of_an_import(site, form, filled(form, chance))
    with Watch(database).watching() as watch:
        answer = site.ask(site.inside, form, given)
    one = Sent(site, route_of(form), form, given, before, answer.status_code, watch)
    yield one
    if one.writes:
        sites.covered.add(one.route)
    if len(before) + 1 == DEEPEST or not sites.missed:
        return
    if answer.status_code in (301, 302):
        answer = site.inside.get(answer.url, follow=True)
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        at = answer.request["PATH_INFO"]
        known = {each.key for each in site.forms}
        for after in read(f"http://testserver{at}", answer.content.decode())[1]:
            # What can be done after it and nowhere else, or the next step of the same.
            new = route_of(after) in sites.missed if one.writes else after.key not in known
            if (
                after.method == "post"
                and new
                and not urlsplit(after.action).path.startswith(LEAVES)
            ):
                yield from _send(database, sites, site, after, chance, [*before, (form, given)])


def of_an_import(site: Site, form: Form, given: Fields) -> Fields:
    """An import of the plan gets what the site itself gives along, with titles changed, and takes
    all of it in: any other table asks for more steps than the walk takes."""
    match route_of(form):
        case "plan/inlezen/":
            answer = site.inside.get(f"/plan/meenemen/{OWN_TABLE}")
            head, _, rows = answer.content.decode().partition("\n")
            table = (OWN_TABLE, f"{head}\n{rows.replace('Actie', 'Andere actie')}".encode())
            put = {"file": table, "pasted": ""}
            return [(name, put.get(name, value)) for name, value in given]
        case "plan/inlezen/<slug:token>/nakijken/":
            kept = [pair for pair in given if not pair[0].startswith(LEFT_OUT)]
            return [*kept, *(button for button in form.buttons if button[0] == "inlezen")]
    return given


def token_of(answer: Any) -> str:
    """The mark in the address to which a step leads: what comes in by steps has another each
    time."""
    from django.urls import Resolver404, resolve

    if answer.status_code not in (301, 302):
        return ""
    try:
        return str(resolve(urlsplit(answer.url).path).kwargs.get("token", ""))
    except Resolver404:
        return ""


def at_now(form: Form, token: str) -> Form:
    """The same form with this mark in its address, if it has one."""
    from django.urls import resolve, reverse

    at = resolve(urlsplit(form.action).path)
    if not token or "token" not in at.kwargs:
        return form
    return replace(form, action=reverse(at.view_name, kwargs={**at.kwargs, "token": token}))


def filled(form: Form, chance: random.Random) -> Fields:
    """The fields as somebody would fill them in who changes something."""
    kinds = {kind for kind, _, _ in form.fields.values()}
    blank = chance.choice((0.0, 0.4))
    sent: Fields = []
    for name, (kind, value, choices) in form.fields.items():
        if kind == "file":
            sent.append((name, Files().good(chance, ".csv")))
        elif choices:
            wanted = [choice for choice in choices if choice] or choices
            sent.append((name, value if value and chance.random() < 0.5 else chance.choice(wanted)))
        elif kind == "hidden" or (value and kind != "checkbox" and chance.random() < 0.6):
            sent.append((name, value))
        elif kind == "checkbox":
            if chance.random() < 0.75:
                sent.append((name, value or "on"))
        elif kind not in ("text", "textarea") or chance.random() >= blank:
            sent.append((name, _typed(name, kind, "password" in kinds, chance)))
    if form.buttons:
        sent.append(chance.choice(form.buttons))
    return sent


def _typed(name: str, kind: str, signs_in: bool, chance: random.Random) -> str:
    from tests.apps.neighbours import PASSWORD

    if kind == "password":
        return PASSWORD
    if kind == "email" and signs_in:
        return "adviseur@fictiedam.example"
    if "year" in name:
        return "2028" if "end" in name else "2026"
    if kind == "date" and "end" in name:
        return "2029-12-31"
    return hostile.usual(kind, chance)
