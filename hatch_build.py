"""Lays the front-end packages into the wheel: it runs without npm and without a checkout."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        try:
            files = list(_described(root).files_for_a_wheel(root / "node_modules"))
        except FileNotFoundError as problem:
            sys.exit(f"{problem}. Run `make wheel`, which installs the front end first.")
        for file, place in files:
            build_data["force_include"][str(file)] = f"koers/web/static/{place}"


def _described(root: Path) -> Any:
    file = root / "src" / "koers" / "web" / "front_end.py"
    spec = importlib.util.spec_from_file_location("koers_front_end", file)
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
