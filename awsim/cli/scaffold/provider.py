"""The beginning of a provider: a method per operation with its exact arguments, a store, and a first test.

Every method refuses until it is written, so that nothing scaffolded passes for simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from awsim import spec
from awsim.cli.scaffold.annotations import Annotations
from awsim.cli.scaffold.contract_test import scaffold_test
from awsim.cli.scaffold.source import SourceFile, call, comment, from_import, imports, literal, module, pascal_case
from awsim.services.plugins import ServiceProvider, find_plugin

_INDENT = " " * 8


def scaffold_provider(service_name: str, operation_names: Sequence[str], package: str) -> list[SourceFile]:
    """The files of a provider of these operations. Of a service that has a provider, only what is to be added."""
    model = spec.load_service(service_name)
    plugin = find_plugin(service_name)
    folder = PurePosixPath(*package.split("."))
    if plugin is not None and plugin.providers:
        present = plugin.providers[0]
        files = [_module_beside(model, operation_names, folder, present)]
        test_name = "new_operations"
    else:
        files = [_package_file(model, folder), _models_file(model, folder), _module(model, operation_names, package)]
        test_name = spec.package_name(service_name).strip("_")
    return [*files, scaffold_test(model, operation_names, package, test_name)]


def method_source(operation: Any, context_type: str, annotations: Annotations) -> list[str]:
    """One method, indented for its class."""
    shape = operation.input_shape
    members = dict(shape.members) if shape is not None else {}
    required = set(shape.required_members) if shape is not None else set()
    paged = _paged_members(operation)
    # A member called `context` is the argument of that name, so the call's context is then `ctx`.
    context_name = "ctx" if any(spec.python_name(name) == "context" for name in members) else "context"
    arguments = ["self", f"{context_name}: {context_type}"]
    wanted = [name for name in members if name not in paged]
    if wanted:
        arguments.append("*")
    for name in sorted(wanted, key=lambda name: name not in required):
        annotation = annotations.of(members[name])
        optional = "" if name in required else " | None = None"
        arguments.append(f"{spec.python_name(name)}: {annotation}{optional}")
    output = operation.output_shape
    answers = output is not None and bool(output.members)
    returned = f"dict[str, {annotations.use('Any')}]" if answers else "None"
    service_name = operation.service_model.service_name
    return [
        *call(f"def {spec.python_name(operation.name)}", arguments, f" -> {returned}:", "    "),
        *(comment(f"Answers {_members_told(output)}.", _INDENT) if answers else ()),
        *_errors_told(operation),
        *(comment(f"context.page reads {' and '.join(paged)} itself.", _INDENT) if paged else ()),
        f"{_INDENT}raise NotSimulatedError({literal(service_name)}, {literal(operation.name)})",
    ]


def _paged_members(operation: Any) -> list[str]:
    """The members that ``context.page`` reads for the provider."""
    paginator = spec.paginators(operation.service_model.service_name).get(operation.name, {})
    shape = operation.input_shape
    tokens = (paginator.get("input_token"), paginator.get("limit_key"))
    present = shape.members if shape is not None else {}
    return [token for token in tokens if isinstance(token, str) and token in present]


def _members_told(shape: Any) -> str:
    told = []
    for name, member in shape.members.items():
        always = " (always)" if name in shape.required_members else ""
        told.append(f"{name}: {Annotations().of(member)}{always}")
    return "; ".join(told)


def _errors_told(operation: Any) -> list[str]:
    names = [shape.name for shape in operation.error_shapes]
    return comment(f"Errors: {', '.join(names)}.", _INDENT) if names else []


def _class_source(
    model: Any, class_name: str, store_name: str | None, operation_names: Sequence[str], annotations: Annotations
) -> list[str]:
    type_argument = store_name or annotations.use("Any")
    lines = [
        f"@aws_provider(api={literal(model.service_name)})",
        f"class {class_name}(ServiceProvider[{type_argument}]):",
        f"    service = {literal(model.service_name)}",
        *([f"    store = {store_name}"] if store_name else []),
    ]
    for name in operation_names:
        lines.append("")
        lines.extend(method_source(model.operation_model(name), f"RequestContext[{type_argument}]", annotations))
    return lines


def _provider_module(
    model: Any, class_name: str, store: tuple[str, str] | None, operation_names: Sequence[str], docstring: str
) -> str:
    annotations = Annotations()
    block = _class_source(model, class_name, store[1] if store else None, operation_names, annotations)
    standard = imports(from_import(home, names) for home, names in annotations.imported.items())
    ours = {
        "from awsim.context import RequestContext",
        "from awsim.errors import NotSimulatedError",
        "from awsim.services.plugins import ServiceProvider, aws_provider",
    }
    theirs: set[str] = set()
    if store:
        (ours if store[0].startswith("awsim.") else theirs).add(f"from {store[0]} import {store[1]}")
    return module(docstring, [standard, imports(ours), imports(theirs)], [block])


def _module(model: Any, operation_names: Sequence[str], package: str) -> SourceFile:
    name = pascal_case(model.service_name)
    source = _provider_module(
        model,
        f"{name}Provider",
        (f"{package}.models", f"{name}Store"),
        operation_names,
        f"The provider of {_full_name(model)}.",
    )
    return SourceFile(PurePosixPath(*package.split("."), "provider.py"), source)


def _module_beside(
    model: Any, operation_names: Sequence[str], folder: PurePosixPath, present: type[ServiceProvider[Any]]
) -> SourceFile:
    store = present.store
    source = _provider_module(
        model,
        "NewOperations",
        (store.__module__, store.__name__) if store is not None else None,
        operation_names,
        f"Operations of {_full_name(model)} to be added; import the class in provider.py.",
    )
    return SourceFile(folder / "new_operations.py", source)


def _package_file(model: Any, folder: PurePosixPath) -> SourceFile:
    return SourceFile(folder / "__init__.py", f'"""{_full_name(model)}."""\n')


def _models_file(model: Any, folder: PurePosixPath) -> SourceFile:
    block = [
        "@attrs.define",
        f"class {pascal_case(model.service_name)}Store(Store):",
        '    """The state for one account and region. Entities are attrs classes, kept by name or id."""',
    ]
    sections = [["import attrs"], ["from awsim.stores import Store"]]
    return SourceFile(folder / "models.py", module(f"What {_full_name(model)} keeps.", sections, [block]))


def _full_name(model: Any) -> str:
    return str(model.metadata.get("serviceFullName", model.service_name)).replace("\\", " ").replace('"', "'")
