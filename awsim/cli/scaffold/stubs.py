"""Typed stubs of an API: its structures as TypedDicts, its enums and errors as classes, its operations as a class.

A provider that derives from the ``…Api`` class gets the whole input as ``request``, checked by a type checker; what it
does not override refuses, as an operation without a method does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import botocore

from awsim import __version__, spec
from awsim.cli.scaffold.annotations import HOMES, Annotations
from awsim.cli.scaffold.source import (
    SourceFile,
    annotated,
    assignment,
    call,
    comment,
    from_import,
    imports,
    is_name,
    literal,
    module,
    pascal_case,
)

#: Names that a stub's own imports and annotations use, which no shape may take.
_IMPORTED = {"Enum", "ModeledException", "NotSimulatedError", "RequestContext", "ServiceProvider", "TypedDict"}
_TAKEN = frozenset({*HOMES, *_IMPORTED, "bool", "bytes", "float", "int", "str"})


def scaffold_stubs(service_name: str, package: str) -> SourceFile:
    """The module ``api.py`` with the stubs of a service."""
    return SourceFile(PurePosixPath(*package.split("."), "api.py"), _Stubs(spec.load_service(service_name)).source())


class _Stubs(Annotations):
    """The stubs of one service, as blocks of source."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.shapes = {name: model.shape_for(name) for name in model.shape_names}
        self.errors = {name for name, shape in self.shapes.items() if shape.metadata.get("exception")}
        self.class_names = self._name_classes()
        self.uses_enum = self.uses_typed_dict = False

    def _name_classes(self) -> dict[str, str]:
        """Shape -> class. Shapes whose names differ by leading underscores alone get a number."""
        taken = {*_TAKEN, f"{pascal_case(self.model.service_name)}Api"}
        names = {}
        for shape_name, shape in self.shapes.items():
            if shape.type_name == "structure" or (shape.type_name == "string" and shape.enum):
                name = base = shape_name.lstrip("_") if is_name(shape_name.lstrip("_")) else f"{shape_name}_"
                number = 1
                while name in taken:
                    name = f"{base}_" if number == 1 else f"{base}_{number}"
                    number += 1
                names[shape_name] = name
                taken.add(name)
        return names

    # -- annotations -------------------------------------------------------------------------------------------------

    def structure(self, shape: Any) -> str:
        return self.class_names[shape.name]

    def string(self, shape: Any) -> str:
        # A request carries plain strings; the enum tells which.
        return f"{self.class_names[shape.name]} | str" if shape.enum and shape.name in self.class_names else "str"

    # -- blocks ------------------------------------------------------------------------------------------------------

    def source(self) -> str:
        """The whole module."""
        blocks = [*self._enums(), *self._errors(), *self._structures(), self._api()]
        standard = {home: set(names) for home, names in self.imported.items()}
        if self.uses_enum:
            standard["enum"] = {"Enum"}
        if self.uses_typed_dict:
            standard.setdefault("typing", set()).add("TypedDict")
        ours = [
            "from awsim.context import RequestContext",
            "from awsim.services.plugins import ServiceProvider",
            "from awsim.services.skeleton import handler",
        ]
        ours.append(from_import("awsim.errors", ["NotSimulatedError", *(["ModeledException"] if self.errors else [])]))
        name = self.model.service_name
        version = self.model.metadata.get("apiVersion", "?")
        docstring = (
            f"Typed stubs of the API of {name}, version {version}.\n\nMade by `awsim "
            f"scaffold {name} --stubs` of awsim {__version__} from botocore {botocore.__version__}.\n"
        )
        return module(docstring, [imports(from_import(*each) for each in standard.items()), imports(ours)], blocks)

    def _enums(self) -> Iterable[list[str]]:
        for name, shape in self.shapes.items():
            if shape.type_name == "string" and shape.enum:
                self.uses_enum = True
                lines = [f"class {self.class_names[name]}(str, Enum):"]
                taken: set[str] = set()
                for text in shape.enum:
                    lines.extend(assignment(_enum_member(text, taken), literal(text), "    "))
                yield lines

    def _errors(self) -> Iterable[list[str]]:
        for name in self.shapes:
            if name in self.errors:
                yield self._error(self.shapes[name])

    def _error(self, shape: Any) -> list[str]:
        error = shape.metadata.get("error") or {}
        fault = spec.is_server_fault(shape)
        told = Annotations()  # in a comment, for which nothing is to be imported
        members = [f"{name}: {told.of(member)}" for name, member in shape.members.items() if name.lower() != "message"]
        return [
            f"class {self.class_names[shape.name]}(ModeledException):",
            *(comment(f"Further members: {'; '.join(members)}.", "    ") if members else ()),
            f"    code = {literal(str(error.get('code', shape.name)))}",
            f"    status_code = {error.get('httpStatusCode', 500 if fault else 400)}",
            f"    sender_fault = {error.get('senderFault', not fault)}",
            f"    shape_name = {literal(shape.name)}",
        ]

    def _structures(self) -> Iterable[list[str]]:
        for name, shape in self.shapes.items():
            if shape.type_name == "structure" and name not in self.errors:
                yield from self._structure(shape)

    def _structure(self, shape: Any) -> Iterable[list[str]]:
        """One class, or several where what is required must be told from what is not. Python 3.10 knows no Required."""
        name = self.class_names[shape.name]
        required = {
            member: self.of(shape.members[member]) for member in shape.members if member in shape.required_members
        }
        optional = {member: self.of(shape.members[member]) for member in shape.members if member not in required}
        self.uses_typed_dict = True
        if not (required and optional):
            yield _typed_dict(name, required or optional, total=bool(required))
            return
        yield _typed_dict(f"_{name}Required", required, total=True)
        if all(map(is_name, optional)):
            yield _typed_dict(name, optional, total=False, base=f"_{name}Required")
        else:
            yield _typed_dict(f"_{name}Optional", optional, total=False)
            yield [*call(f"class {name}", [f"_{name}Required", f"_{name}Optional"], ":", ""), "    pass"]

    def _api(self) -> list[str]:
        model = self.model
        context_type = f"RequestContext[{self.use('Any')}]"
        lines = [
            f"class {pascal_case(model.service_name)}Api(ServiceProvider[Any]):",
            f'    """The operations of {model.service_name}. Each refuses until a provider overrides it."""',
            "",
            f"    service = {literal(model.service_name)}",
            f"    version = {literal(model.metadata.get('apiVersion', ''))}",
        ]
        for name in model.operation_names:
            operation = model.operation_model(name)
            given, answer = operation.input_shape, operation.output_shape
            arguments = ["self", f"context: {context_type}"]
            if given is not None:
                arguments.append(f"request: {self.structure(given)}")
            returned = self.structure(answer) if answer is not None else "None"
            lines += ["", f"    @handler({literal(name)})"]
            lines.extend(call(f"def {spec.python_name(name)}", arguments, f" -> {returned}:", "    "))
            lines.append(f"        raise NotSimulatedError({literal(model.service_name)}, {literal(name)})")
        return lines


def _typed_dict(name: str, members: dict[str, str], *, total: bool, base: str = "TypedDict") -> list[str]:
    """As a class, or as a call where a member's name is none in Python."""
    if not all(map(is_name, members)):
        return _functional_typed_dict(name, members, total=total)
    bases = [base] if total else [base, "total=False"]
    lines = [line for pair in members.items() for line in annotated(*pair, "    ")]
    return [*call(f"class {name}", bases, ":", ""), *(lines or ["    pass"])]


def _functional_typed_dict(name: str, members: dict[str, str], *, total: bool) -> list[str]:
    pairs = [f"        {literal(member)}: {literal(annotation)}," for member, annotation in members.items()]
    return [
        f"{name} = TypedDict(",
        f"    {literal(name)},",
        "    {",
        *pairs,
        "    },",
        *([] if total else ["    total=False,"]),
        ")",
    ]


def _enum_member(text: str, taken: set[str]) -> str:
    """A member's name for an enum's value: its letters and digits, told apart where that leaves two alike."""
    name = "".join(character if f"_{character}".isidentifier() else "_" for character in text).strip("_")
    if not name or name[0].isdigit():
        name = f"_{name}" if name else "EMPTY"
    if not is_name(name) or hasattr(str, name) or name in ("mro", "name", "value"):
        name = f"{name}_"
    base, number = name, 2
    while name in taken:
        name = f"{base}_{number}"
        number += 1
    taken.add(name)
    return name
