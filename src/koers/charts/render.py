"""A Vega-Lite specification to an SVG that a screen reader can name, the same bytes each time."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

from koers.limited import Apart, ApartError
from koers.plain_text import cleaned, cleaned_deep
from koers.tables import Table

FONT = "'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
INK, GREY, PALE = "#1b2733", "#5c6b7a", "#c9d3dd"
BLUE, BAND, RUST = "#0b5cad", "#a9c8e8", "#b3400e"
HATCH = "#fedcb1"
"""Never shown: what is filled with it is hatched in the drawing."""
SHADES = ["#edf4fb", "#cfe2f4", "#a9cbe9", "#7fb0de", "#5495cf"]

_HELPERS = Apart(("vl_convert", "koers.charts.render"), seconds=20, megabytes=1_500)
_NOT_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 60" width="720" height="60">'
    f'<text x="8" y="34" font-size="14" fill="{GREY}">Deze tekening kon niet worden gemaakt.'
    " De cijfers staan in de tabel.</text></svg>"
)
log = logging.getLogger(__name__)

_CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "aria": False,
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": "#e3e8ee",
        "domainColor": GREY,
        "tickColor": GREY,
        "labelOverlap": True,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "orient": "bottom",
        "labelLimit": 300,
        "titleLimit": 400,
    },
    "title": {"color": INK, "anchor": "start"},
}


@dataclass(frozen=True)
class Chart:
    """A drawing with its words and its table: ``columns`` and ``rows`` hold every value that it
    shows.

    ``source`` says where they come from and how old they are, where that is known; ``remarks`` what
    has to be known to read them, a sentence each. Both go along in the file.
    """

    svg: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    missing: tuple[str, ...] = field(default=())
    source: str = ""
    remarks: tuple[str, ...] = ()

    def table(self, name: str) -> Table:
        """Its table, under a name of the page on which it stands."""
        origin = " ".join(filter(None, (self.source, *self.remarks)))
        return Table.of_rows(name, self.title, self.columns, self.rows, origin=origin)

    @property
    def standalone(self) -> bytes:
        """The SVG as a file of its own, on white; it says where its values come from."""
        svg = self.svg.replace("<title", '<rect width="100%" height="100%" fill="#fff"/><title', 1)
        if self.source:
            svg = svg.replace("</desc>", f" {escape(self.source)}</desc>", 1)
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + svg.encode()


def draw(name: str, spec: dict[str, Any], title: str, description: str) -> str:
    """The SVG of a specification, with ``role=img``, title and description under ids made from
    ``name``."""
    import json

    written = json.dumps(spec, sort_keys=True, ensure_ascii=False)
    try:
        return _drawn(name, written, title, description)
    except ApartError as error:
        log.warning("The drawing %s was not made: %s", name, error)
        return _accessible(_NOT_DRAWN, name, cleaned(title), cleaned(description))


@lru_cache(maxsize=512)
def _drawn(name: str, spec: str, title: str, description: str) -> str:
    """Kept with its words in it: a page of thirty drawings is as quick as one with none."""
    import json

    svg = _render(json.dumps(cleaned_deep(json.loads(spec)), sort_keys=True, ensure_ascii=False))
    return _accessible(svg, name, cleaned(title), cleaned(description))


@lru_cache(maxsize=512)
def _render(spec: str) -> str:
    return _HELPERS.do(render_here, spec)


def render_here(spec: str) -> str:
    """The SVG of a specification in JSON, in this process: what draws it may crash, so that it is
    asked of a helper (``draw``)."""
    import json

    import vl_convert

    return vl_convert.vegalite_to_svg(
        {**json.loads(spec), "config": _CONFIG},
        format_locale="nl-NL",
        time_format_locale="nl-NL",
        allowed_base_urls=[],
    )


def _accessible(svg: str, name: str, title: str, description: str) -> str:
    identity = re.sub(r"\W+", "-", name)
    svg = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", svg)
    svg = _own_ids(_hatched(svg), identity)
    opening = re.match(r"<svg[^>]*>", svg)
    assert opening is not None
    size = re.search(r'viewBox="[^"]*"', opening.group())
    width = re.search(r'width="([\d.]+)"', opening.group())
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' {size.group() if size else ""} role="img" aria-labelledby="{identity}-title'
        f' {identity}-desc"'
        f' style="width:100%;max-width:{width.group(1) if width else 720}px;height:auto"><title'
        f' id="{identity}-title">{escape(title)}</title><desc'
        f' id="{identity}-desc">{escape(description)}</desc>'
    )
    return head + svg[opening.end() :]


def _hatched(svg: str) -> str:
    """Diagonal lines where a specification asks for ``HATCH``: Vega has no patterns of its own."""
    if f'fill="{HATCH}"' not in svg:
        return svg
    pattern = (
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><path d="M0 0V7" stroke="{GREY}" stroke-width="1.6"'
        ' stroke-opacity="0.7"/></pattern></defs>'
    )
    end = svg.index(">") + 1
    return svg[:end] + pattern + svg[end:].replace(f'fill="{HATCH}"', 'fill="url(#hatch)"')


def _own_ids(svg: str, identity: str) -> str:
    """Clip paths and gradients numbered within this chart: the renderer counts on from one drawing
    to the next."""
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)), 1):
        svg = svg.replace(f'id="{old}"', f'id="{identity}-{number}"').replace(
            f"url(#{old})", f"url(#{identity}-{number})"
        )
    return svg
