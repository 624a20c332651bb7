"""House styles: each a set of design tokens that a municipality can put on, as a file in
``KOERS_HOME/huisstijl``."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from koers.yaml_files import YamlFileError, read_yaml

FOLDER = "huisstijl"
DEFAULT = "standaard"


class ThemeFileError(YamlFileError):
    """A theme file that cannot be used: names file, line and field."""


class Theme(BaseModel):
    """``stylesheets`` are names under the static files, those of a municipality as
    ``huisstijl/NAME.css``; ``css_class`` is what its tokens hang on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(min_length=1)
    stylesheets: tuple[str, ...] = Field(min_length=1)
    css_class: str = Field(min_length=1)


# The tokens of "ma" as they are published, beside our own blue: no municipality's, and a second to
# choose from.
MA = Theme(
    name="ma",
    title="NL Design System, paars",
    stylesheets=("vendor/ma-design-tokens/theme.css", "koers-type.css"),
    css_class="ma-theme",
)


def read_themes(folder: Path) -> tuple[Theme, ...]:
    """The house styles of this installation, by name.

    Raises
    ------
    ThemeFileError
        Naming file, line and field.
    """
    if not folder.is_dir():
        return ()
    return tuple(
        read_yaml(file, Theme, ThemeFileError, name=file.stem)
        for file in sorted(folder.glob("*.yaml"))
    )
