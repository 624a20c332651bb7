"""Whoever writes a YAML file is told in Dutch what is wrong with it, and where."""

from datetime import date

import pytest
from pydantic import BaseModel, ConfigDict

from koers.apps.plan.services.bundled import PlanFileError, bundled_plans, read_plan
from koers.yaml_files import YamlFileError, read_yaml


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: int = 0
    amount: float = 0.0
    when: date | None = None
    sure: bool = False
    names: list[str] = []
    more: dict[str, str] = {}


class Whole(BaseModel):
    parts: list[Part]


@pytest.mark.parametrize(
    ("line", "field", "problem"),
    [
        ("number: veel", "number", "hier hoort een heel getal"),
        ("number: 1.5", "number", "hier hoort een heel getal"),
        ("amount: weinig", "amount", "hier hoort een getal"),
        ("when: gisteren", "when", "dit is geen datum"),
        ("sure: misschien", "sure", "hier hoort true of false"),
        ("names: een", "names", "hier hoort een lijst"),
        ("more: een", "more", "hier horen velden onder"),
        ("colour: rood", "colour", "dit veld bestaat niet"),
    ],
)
def test_a_wrong_value_is_told_its_line_and_field_in_dutch(tmp_path, line, field, problem):
    file = tmp_path / "proef.yaml"
    file.write_text(
        f"# een proef\nparts:\n  - number: 1\n  - amount: 2\n    {line}\n".replace(
            "amount: 2\n    amount", "amount"
        )
    )
    with pytest.raises(YamlFileError) as refused:
        read_yaml(file, Whole, YamlFileError)
    error = refused.value
    at = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if line in text)
    assert (error.line, error.field) == (at, f"parts.1.{field}")
    assert error.problem.startswith(problem)


def test_a_field_that_stands_there_twice_is_no_silent_choice(tmp_path):
    file = tmp_path / "proef.yaml"
    file.write_text("parts:\n  - number: 1\n    amount: 2\n    number: 3\n")
    with pytest.raises(
        YamlFileError, match=r"proef\.yaml, regel 4, veld 'number': dit veld staat er twee keer"
    ):
        read_yaml(file, Whole, YamlFileError)


def test_a_file_in_another_encoding_is_told_the_line(tmp_path):
    file = tmp_path / "proef.yaml"
    file.write_bytes("parts:\n  - names: [één]\n".encode("latin-1"))
    with pytest.raises(YamlFileError, match=r"proef\.yaml, regel 2: dit is geen UTF-8"):
        read_yaml(file, Whole, YamlFileError)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path):
    file = tmp_path / "proef.yaml"
    file.write_bytes("\ufeffparts:\r\n  - number: 3\r\n".encode())
    assert read_yaml(file, Whole, YamlFileError).parts[0].number == 3


def test_a_plan_file_is_told_file_line_and_field(tmp_path):
    assert bundled_plans()
    file = tmp_path / "plan.yaml"
    file.write_text(
        "slug: a\nmunicipality: {code: GM1, name: B}\ntitle: T\nstart_year: ooit\nend_year:"
        " 2027\npriorities: []\n"
    )
    with pytest.raises(
        PlanFileError, match=r"plan\.yaml, regel 4, veld 'start_year': hier hoort een heel getal\."
    ):
        read_plan(file)
