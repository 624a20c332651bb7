"""Where figures come from and how old they are, in words."""

from __future__ import annotations

from django.utils import timezone

from koers import dutch
from koers.figures.manifest import Manifest
from koers.figures.shelf import Shelf
from koers.sources.own import OWN


def source_line(manifest: Manifest, summed: bool = False) -> str:
    """Where the figures of a snapshot come from, and how old they are."""
    what = " (som van de buurten)" if summed else ""
    inside = " Intern: niet voor publicatie." if manifest.source == OWN else ""
    return (
        f"Bron: {manifest.attribution}, {manifest.title}{what}. Cijfers t/m"
        f" {dutch.period(manifest.last_period)}, {_out_since(manifest)}, peilmoment"
        f" {manifest.id}.{inside}"
    )


def marked(period: str, manifest: Manifest) -> str:
    """The period of a number, with the mark of what is internal: it goes where the number goes."""
    return f"{period} (intern)" if period and manifest.source == OWN else period


def as_of_line(shelf: Shelf, fictitious: bool | None = None) -> str:
    """'Cijfers t/m …, gepubliceerd op …' over the police figures here; without those over whatever
    is here.

    Of invented figures (``fictitious``) or of real ones, never of both: None means the real ones
    where there are any.
    """
    known = [m for m in shelf.manifests if m.last_period]
    if fictitious is None:
        fictitious = all(m.fictitious for m in known)
    known = [m for m in known if m.fictitious == fictitious]
    manifests = [m for m in known if m.scheme in ("crime", "nuisance")] or known
    if not manifests:
        return ""
    last = max(manifests, key=lambda m: m.last_period)
    newest = max(
        (m for m in manifests if m.last_period == last.last_period), key=lambda m: m.known_since
    )
    return f"Cijfers t/m {dutch.period(last.last_period)}, {_out_since(newest)}."


def _out_since(manifest: Manifest) -> str:
    """When the source published, where it says so; else when the figures were retrieved."""
    said = (
        "gepubliceerd"
        if manifest.published_at and manifest.known_since != manifest.retrieved
        else "opgehaald"
    )
    return f"{said} op {dutch.day(timezone.localdate(manifest.known_since))}"
