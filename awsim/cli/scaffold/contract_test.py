"""The first test of a scaffolded provider: one operation through boto3, and its whole answer.

It fails until the operation is written and the sample values are made real; that is what it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from awsim import spec
from awsim.cli.scaffold.source import LINE_LENGTH, Code, SourceFile, from_import, is_name, literal, module, value

_FIRST = ("Create", "Put", "Register", "Send", "Start", "Publish", "List", "Describe", "Get")
_DEPTH_MAX = 4
_MOMENT = Code("datetime(2026, 1, 1, tzinfo=timezone.utc)")
_INDENT = " " * 8


def scaffold_test(model: Any, operation_names: Sequence[str], package: str, name: str) -> SourceFile:
    """A test of the operation that a user would call first, in ``test_<name>.py``."""
    operation = model.operation_model(_first_of(operation_names))
    method_name = spec.python_name(operation.name)
    block = [
        f"def test_{method_name.strip('_')}() -> None:",
        "    with mock_aws():",
        f"        client = boto3.client({literal(model.service_name)}, region_name={literal('us-east-1')})",
        *_call(method_name, _members(operation.input_shape, required_only=True)),
        '    del answer["ResponseMetadata"]',
        *value("assert answer == ", _members(operation.output_shape, required_only=False), "", "    "),
    ]
    uses_datetime = any(_MOMENT in line for line in block)
    standard = [from_import("datetime", ["datetime", "timezone"])] if uses_datetime else []
    docstring = (
        f"{operation.name} of {model.service_name}, as its callers see it. The values are samples to be made real."
    )
    source = module(docstring, [standard, ["import boto3"], ["from awsim import mock_aws"]], [block])
    return SourceFile(_folder(package) / f"test_{name}.py", source)


def _folder(package: str) -> PurePosixPath:
    within = package.removeprefix("awsim.services.")
    return PurePosixPath("tests") if within == package else PurePosixPath("tests", "services", *within.split("."))


def _first_of(operation_names: Sequence[str]) -> str:
    def rank(name: str) -> int:
        return next((number for number, verb in enumerate(_FIRST) if name.startswith(verb)), len(_FIRST))

    return min(operation_names, key=rank)


def _call(method_name: str, members: dict[str, Any]) -> list[str]:
    head = f"answer = client.{method_name}("
    if not all(map(is_name, members)):
        return value(f"{head}**", members, ")", _INDENT)
    arguments = [value(f"{name}=", each, "", "") for name, each in members.items()]
    one = f"{_INDENT}{head}{', '.join(lines[0] for lines in arguments)})"
    if all(len(lines) == 1 for lines in arguments) and len(one) <= LINE_LENGTH:
        return [one]
    inner = f"{_INDENT}    "
    lines = [line for name, each in members.items() for line in value(f"{name}=", each, ",", inner)]
    return [f"{_INDENT}{head}", *lines, f"{_INDENT})"]


def _members(shape: Any, *, required_only: bool) -> dict[str, Any]:
    if shape is None:
        return {}
    names = shape.required_members if required_only else shape.members
    return {name: _sample(shape.members[name], 1) for name in names}


def _sample(shape: Any, depth: int) -> Any:
    kind, constraints = shape.type_name, shape.metadata
    if kind == "structure":
        names = shape.required_members if depth <= _DEPTH_MAX else ()
        return {name: _sample(shape.members[name], depth + 1) for name in names}
    if kind == "list":
        return [_sample(shape.member, depth + 1)] if constraints.get("min") and depth <= _DEPTH_MAX else []
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, min(int(constraints.get("min", 1)), 40))
    if kind in ("integer", "long", "float", "double"):
        number = int(constraints.get("min", 1))
        return float(number) if kind in ("float", "double") else number
    return {"timestamp": _MOMENT, "blob": b"x", "boolean": True}.get(kind, "x")
