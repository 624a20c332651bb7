"""One hostile submission: a form with some fields as they should be and some as they should not, or
an address with hostile parameters; and what is made of it afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from benchmarks.fuzz import hostile
from benchmarks.fuzz.files import Files
from benchmarks.fuzz.filling import filled
from benchmarks.fuzz.site import Form, Site, patterns

IN_A_PARAMETER = (
    "²",
    "9" * 5_000,
    "a\x00b",
    "-1",
    "9" * 19,
    "1e400",
    "\ud800",
    "' OR 1=1 --",
    "a/b",
)
MADE = (".pdf", ".svg", ".csv", ".odt", ".docx", ".ics", ".json")


def spoiled(sent: list[tuple[str, Any]], chance: random.Random) -> list[tuple[str, Any]]:
    """Some fields hostile, gone, twice there, or with a name that nobody asked for."""
    found = list(sent)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(found)) if found else 0
        deed = chance.random()
        if not found or deed < 0.03:
            found.append((hostile.value(chance)[:200], hostile.value(chance)))
        elif found[at][0] == "koers_gemeente" and chance.random() < 0.9:
            continue
        elif deed < 0.85:
            found[at] = (found[at][0], hostile.value(chance))
        elif deed < 0.93:
            del found[at]
        else:
            found.append((found[at][0], hostile.value(chance)))
    return found


def submit(site: Site, files: Files, chance: random.Random) -> int:
    """One submission; gives the status of the answer."""
    client = site.outside if chance.random() < 0.08 else site.inside
    if chance.random() < 0.25:
        return _ask_address(site, client, chance)
    form = chance.choice(site.forms)
    sent = spoiled(filled(form, chance, files), chance)
    answer = site.ask(client, form, sent)
    if answer.status_code in (301, 302):
        site.inside.get(answer.url)
        _look_at_what_is_made(site, chance)
    return answer.status_code


def _ask_address(site: Site, client: Any, chance: random.Random) -> int:
    address = chance.choice(site.addresses).partition("?")[0]
    if chance.random() < 0.3:
        parts = [part for part in address.split("/") if part]
        if parts:
            parts[chance.randrange(len(parts))] = _in_a_path(chance)
        address = "/" + "/".join(parts) + "/"
    names = chance.sample(site.parameters, min(len(site.parameters), chance.randint(1, 4)))
    form = Form(address, "get")
    return site.ask(client, form, [(name, hostile.value(chance)) for name in names]).status_code


def every_address(site: Site) -> Iterator[tuple[str, int]]:
    """Every page that was found with a hostile value under every name, and every address that the
    site knows with a hostile number and hostile words in it; gives each with the status."""
    for number, address in enumerate(site.addresses):
        text = IN_A_PARAMETER[number % len(IN_A_PARAMETER)]
        form = Form(address.partition("?")[0], "get")
        sent = [(name, text) for name in site.parameters]
        yield f"{address} {text[:10]!r}", site.ask(site.inside, form, sent).status_code
    for number, words in (("9" * 20, "a%00b"), ("9" * 5_000, "%C2%B2"), ("0", "x" * 300)):
        for address in patterns(number, words):
            yield address[:80], site.inside.get(address).status_code


def _in_a_path(chance: random.Random) -> str:
    from urllib.parse import quote_from_bytes

    text = chance.choice((*hostile.NUMBERS, "\x00", "a\x07", "\uf0b7", "é", "1" * 30, "x" * 300))
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def _look_at_what_is_made(site: Site, chance: random.Random) -> None:
    """A page or a file on which what was sent may now stand."""
    made = [address for address in site.addresses if address.partition("?")[0].endswith(MADE)]
    site.inside.get(chance.choice(made if made and chance.random() < 0.6 else site.addresses))
