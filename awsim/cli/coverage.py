"""What is simulated, down to members, derived from the providers' code.

Knows services and their bindings; nothing of how it is shown.
"""

from __future__ import annotations

from typing import Any

import attrs

from awsim import spec
from awsim.services.plugins import ServiceManager, simulated_services
from awsim.services.skeleton import Binding, Skeleton
from awsim.settings import Settings


@attrs.frozen
class OperationCoverage:
    """One operation: whether a provider simulates it, and which of its input members that honours."""

    name: str
    simulated: bool
    honoured: tuple[str, ...]
    not_honoured: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "operation": self.name,
            "simulated": self.simulated,
            "members_honoured": list(self.honoured),
            "members_not_honoured": list(self.not_honoured),
        }


@attrs.frozen
class ServiceCoverage:
    """One service, with all operations of its model in alphabetical order."""

    service_name: str
    operations: tuple[OperationCoverage, ...]

    @property
    def simulated(self) -> int:
        """How many operations are simulated."""
        return sum(operation.simulated for operation in self.operations)

    @property
    def honoured(self) -> int:
        """How many input members of the simulated operations are honoured."""
        return sum(len(operation.honoured) for operation in self.operations)

    @property
    def members(self) -> int:
        """How many input members the simulated operations have."""
        return self.honoured + sum(len(operation.not_honoured) for operation in self.operations if operation.simulated)

    def totals_as_json(self) -> dict[str, Any]:
        """Plain data, without the operations."""
        return {
            "service": self.service_name,
            "operations_simulated": self.simulated,
            "operations": len(self.operations),
            "members_honoured": self.honoured,
            "members": self.members,
        }

    def as_json(self) -> dict[str, Any]:
        """Plain data, operation by operation."""
        return {"service": self.service_name, "operations": [operation.as_json() for operation in self.operations]}


def coverage_of(service_name: str) -> ServiceCoverage:
    """The coverage of a service; one without a provider simulates nothing. Raises UnknownServiceError."""
    model = spec.load_service(service_name)
    service = ServiceManager(Settings.from_environment()).get_service(service_name)
    bindings = simulated_bindings(service.skeleton) if service is not None and service.skeleton is not None else {}
    return ServiceCoverage(
        service_name,
        tuple(_operation_coverage(model, name, bindings.get(name)) for name in sorted(model.operation_names)),
    )


def coverage_of_all() -> list[ServiceCoverage]:
    """The coverage of every service that has a provider, by name."""
    return [coverage_of(name) for name in sorted(simulated_services())]


def simulated_bindings(skeleton: Skeleton) -> dict[str, Binding]:
    """The bindings of the operations that are simulated: scaffolded methods, which still refuse, are left out."""
    return {
        name: binding
        for name, binding in skeleton.bindings.items()
        if not _is_scaffolded(skeleton, spec.python_name(name))
    }


def _is_scaffolded(skeleton: Skeleton, method_name: str) -> bool:
    """Whether all that a method does is to raise NotSimulatedError, as a scaffolded one does."""
    for delegate in skeleton.delegates:
        method = getattr(type(delegate), method_name, None)
        if method is not None:
            return bool(method.__code__.co_names == ("NotSimulatedError",))
    return False


def _operation_coverage(model: spec.ServiceModel, name: str, binding: Binding | None) -> OperationCoverage:
    shape = model.operation_model(name).input_shape
    members = tuple(shape.members) if shape is not None else ()
    if binding is None:
        return OperationCoverage(name, False, (), members)
    if binding.honours_all:
        return OperationCoverage(name, True, members, ())
    return OperationCoverage(
        name,
        True,
        tuple(member for member in members if member in binding.arguments),
        tuple(member for member in members if member not in binding.arguments),
    )
