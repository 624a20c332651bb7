"""The front-end packages of npm that Koers serves, and which of their files.

In a checkout they are served from ``node_modules``; ``hatch_build.py`` lays the same files into
the wheel, under ``koers/web/static/vendor``. That reads this file by itself: it imports nothing
but the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A package of npm: ``folder`` of it is served as ``vendor/name``, as far as ``files`` says."""

    name: str
    package: str
    folder: str
    files: tuple[str, ...]


PACKAGES = (
    Package("ma-design-tokens", "@nl-design-system-community/ma-design-tokens", "dist", ("*.css",)),
    Package("utrecht", "@utrecht/component-library-css", "dist", ("*.css",)),
    Package(
        "source-sans-3",
        "@fontsource/source-sans-3",
        "",
        ("latin-[46]00.css", "files/*-latin-[46]00-normal.woff*"),
    ),
    Package("htmx", "htmx.org", "dist", ("htmx.min.js",)),
)
LICENCES = ("LICENSE", "LICENSE.md")


def served_from(node_modules: Path) -> list[tuple[str, Path]]:
    """The folders of a checkout that are served, by their prefix; those that are there."""
    folders = [(f"vendor/{p.name}", node_modules / p.package / p.folder) for p in PACKAGES]
    return [(prefix, folder) for prefix, folder in folders if folder.is_dir()]


def files_for_a_wheel(node_modules: Path) -> Iterator[tuple[Path, str]]:
    """Each file that goes along, with its licence, and its place below ``static``.

    Raises ``FileNotFoundError``, which names the package, where one is not installed.
    """
    for package in PACKAGES:
        root = node_modules / package.package
        folder = root / package.folder
        found = [file for pattern in package.files for file in folder.glob(pattern)]
        licences = [root / name for name in LICENCES if (root / name).is_file()]
        if not found or not licences:
            raise FileNotFoundError(f"{package.package} is not in {node_modules}")
        for file in found:
            yield file, f"vendor/{package.name}/{file.relative_to(folder).as_posix()}"
        yield licences[0], f"vendor/{package.name}/{licences[0].name}"
