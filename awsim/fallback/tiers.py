"""Who answers each operation: awsim (``simulated``), the fallback (``moto``), or nobody (``absent``).

For ``awsim coverage --tier`` and the documentation's tables. What moto has is read off its code: an operation counts
where its class of responses, or of backends, has a method of its name.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

from awsim import spec
from awsim.cli.coverage import coverage_of
from awsim.fallback.offered import may_fall_back
from awsim.fallback.wire_request import host_of

SIMULATED, MOTO, ABSENT = "simulated", "moto", "absent"


def tiers_of(service_name: str) -> dict[str, str]:
    """The tier of each operation of a service, in alphabetical order. Without moto nothing falls back.

    Raises UnknownServiceError for a service that AWS does not have.
    """
    covered = {operation.name: operation.simulated for operation in coverage_of(service_name).operations}
    known = moto_operations(service_name)
    is_simulated = any(covered.values())

    def tier(name: str) -> str:
        if covered[name]:
            return SIMULATED
        return MOTO if name in known and may_fall_back(service_name, name, is_simulated=is_simulated) else ABSENT

    return {name: tier(name) for name in covered}


def moto_operations(service_name: str) -> frozenset[str]:
    """The operations of a service that moto has; none where moto is not installed, or lacks what it needs for it."""
    try:
        module_name = _moto_module(service_name)
        if module_name is None:
            return frozenset()
        responses = importlib.import_module(f"moto.{module_name}.responses")
        models = importlib.import_module(f"moto.{module_name}.models")
        spell: Any = importlib.import_module("moto.core.utils").camelcase_to_underscores
        common = set(dir(importlib.import_module("moto.core.responses").BaseResponse))
    except ImportError:
        return frozenset()
    classes = [
        found
        for module in (responses, models)
        for name, found in inspect.getmembers(module, inspect.isclass)
        if name.endswith(("Response", "Responses", "Backend"))
    ]
    methods = {method for found in classes for method in dir(found)} - common
    operations = spec.load_service(service_name).operation_names
    return frozenset(name for name in operations if spell(name) in methods)


@functools.cache
def _moto_module(service_name: str) -> str | None:
    """moto's package for a service, told as moto tells it: by the host of its endpoint."""
    index: Any = importlib.import_module("moto.backend_index")
    host = host_of(service_name, "us-east-1")
    urls = (f"https://{host}/", f"https://123456789012.{host}/")  # some put the account before it
    for name, pattern in index.backend_url_patterns:
        if any(map(pattern.match, urls)):
            package: Any = importlib.import_module("moto.backends")
            found = package.get_backend(name)
            backend = getattr(found, "backend", None)
            return backend.__module__.split(".")[1] if backend is not None else None
    return None
