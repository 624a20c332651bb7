"""A Vega-Lite specification to an SVG that a screen reader can name, the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

FONT = "'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
INK, GREY, PALE = "#1b2733", "#5c6b7a", "#c9d3dd"
BLUE, BAND, RUST = "#0b5cad", "#a9c8e8", "#b3400e"
HATCH = "#fedcb1"
"""Never shown: what is filled with it is hatched in the drawing."""
SHADES = ["#edf4fb", "#cfe2f4", "#a9cbe9", "#7fb0de", "#5495cf"]

_CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "aria": False,
    "axis": {
        "labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal",
        "gridColor": "#e3e8ee", "domainColor": GREY, "tickColor": GREY, "labelOverlap": True,
    },
    "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal",
               "orient": "bottom", "labelLimit": 300, "titleLimit": 400},
    "title": {"color": INK, "anchor": "start"},
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A drawing with its words and its table: ``columns`` and ``rows`` hold every value that it shows.

    ``source`` says where they come from and how old they are, where that is known.
    """

    svg: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    missing: tuple[str, ...] = field(default=())
    source: str = ""

    @property
    def standalone(self) -> bytes:
        """The SVG as a file of its own, on white."""
        svg = self.svg.replace("<title", '<rect width="100%" height="100%" fill="#fff"/><title', 1)
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + svg.encode()


def draw(name: str, spec: dict[str, Any], title: str, description: str) -> str:
    """The SVG of a specification, with ``role=img``, title and description under ids made from ``name``."""
    import json

    return _accessible(_render(json.dumps(spec, sort_keys=True, ensure_ascii=False)), name, title, description)


@lru_cache(maxsize=512)
def _render(spec: str) -> str:
    import json

    import vl_convert

    return vl_convert.vegalite_to_svg(
        {**json.loads(spec), "config": _CONFIG}, format_locale="nl-NL", time_format_locale="nl-NL", allowed_base_urls=[]
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
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size.group() if size else ""} '
        f'role="img" aria-labelledby="{identity}-title {identity}-desc" '
        f'style="width:100%;max-width:{width.group(1) if width else 720}px;height:auto">'
        f'<title id="{identity}-title">{escape(title)}</title><desc id="{identity}-desc">{escape(description)}</desc>'
    )
    return head + svg[opening.end() :]


def _hatched(svg: str) -> str:
    """Diagonal lines where a specification asks for ``HATCH``: Vega has no patterns of its own."""
    if f'fill="{HATCH}"' not in svg:
        return svg
    pattern = (
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V7" stroke="{GREY}" stroke-width="1.6" stroke-opacity="0.7"/></pattern></defs>'
    )
    end = svg.index(">") + 1
    return svg[:end] + pattern + svg[end:].replace(f'fill="{HATCH}"', 'fill="url(#hatch)"')


def _own_ids(svg: str, identity: str) -> str:
    """Clip paths and gradients numbered within this chart: the renderer counts on from one drawing to the next."""
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)), 1):
        svg = svg.replace(f'id="{old}"', f'id="{identity}-{number}"').replace(
            f"url(#{old})", f"url(#{identity}-{number})"
        )
    return svg
