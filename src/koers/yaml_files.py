"""YAML files that people write: read into a model, or refused with file, line and field in
Dutch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
_DATE = "dit is geen datum zoals 2026-11-24"
_DUTCH = {
    "missing": "het veld ontbreekt",
    "extra_forbidden": "dit veld bestaat niet",
    "invalid_key": "dit veld heeft geen tekst als naam; zet er aanhalingstekens om",
    "string_type": "hier hoort tekst",
    "string_too_short": "hier staat niets",
    "too_short": "hier hoort ten minste één waarde",
    "tuple_type": "hier hoort een lijst",
    "list_type": "hier hoort een lijst",
    "dict_type": "hier horen velden onder",
    "model_type": "hier horen velden onder",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "int_type": "hier hoort een heel getal",
    "int_parsing": "hier hoort een heel getal",
    "int_from_float": "hier hoort een heel getal",
    "float_type": "hier hoort een getal",
    "float_parsing": "hier hoort een getal",
    "bool_type": "hier hoort true of false",
    "bool_parsing": "hier hoort true of false",
}


class YamlFileError(Exception):
    """A file that cannot be used: names file, line and field."""

    def __init__(self, file: str, line: int, field: str, problem: str) -> None:
        self.file, self.line, self.field, self.problem = file, line, field, problem
        place = f"{file}, regel {line}" + (f", veld '{field}'" if field else "")
        super().__init__(f"{place}: {problem}.")


def read_yaml(file: Path, model: type[Model], wrong: type[YamlFileError], **given: Any) -> Model:
    """The file as a model; ``given`` are fields that do not stand in the file.

    Raises
    ------
    YamlFileError
        As ``wrong``: when the file is no YAML, has no fields, or a field is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise wrong(
            file.name, line, "", "dit is geen UTF-8; sla het bestand op als UTF-8"
        ) from error
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise wrong(
            file.name, mark.line + 1 if mark else 1, "", "dit is geen geldige YAML"
        ) from error
    if (twice := _named_twice(yaml.compose(text))) is not None:
        raise wrong(
            file.name, twice.start_mark.line + 1, twice.value, "dit veld staat er twee keer"
        )
    if not isinstance(data, dict):
        raise wrong(file.name, 1, "", "verwacht regels 'veld: waarde'")
    for name in given:
        if name in data:
            raise wrong(
                file.name,
                _line(text, (name,)),
                name,
                f"de naam van het bestand is al de {name}; haal dit weg",
            )
    try:
        return model.model_validate({**given, **data})
    except ValidationError as error:
        raise _explained(file.name, text, error, wrong) from error


def _named_twice(node: yaml.Node | None) -> yaml.ScalarNode | None:
    """The second of two fields with one name, of which YAML would silently keep the last."""
    if isinstance(node, yaml.SequenceNode):
        parts = node.value
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    return key
                seen.add(key.value)
        parts = [value for _, value in node.value]
    else:
        return None
    return next((found for part in parts if (found := _named_twice(part)) is not None), None)


def _explained(
    file: str, text: str, error: ValidationError, wrong: type[YamlFileError]
) -> YamlFileError:
    first = error.errors()[0]
    place = tuple(first["loc"])
    problem = _DUTCH.get(first["type"], "deze waarde past hier niet")
    if first["type"] == "literal_error":
        problem = (
            f"'{str(first['input'])[:40]}' mag hier niet; kies"
            f" {first['ctx']['expected'].replace(' or ', ' of ')}"
        )
    if first["type"] == "value_error":
        # Of our own validators: those speak Dutch already, and name the field when the whole is
        # wrong.
        problem = first["msg"].removeprefix("Value error, ")
        if not place and ": " in problem:
            field, problem = problem.split(": ", 1)
            place = (field,)
    return wrong(file, _line(text, place), ".".join(str(part) for part in place), problem)


def _line(text: str, place: tuple[int | str, ...]) -> int:
    """The line at which a field stands; of one that is missing, that of what it should stand
    under."""
    node, line = yaml.compose(text), 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
