"""What was answered by a fallback in this run, said once for each service, and kept for who reports at the end."""

from __future__ import annotations

import logging

logger = logging.getLogger("awsim.fallback")

#: Service -> the operations that a fallback has answered in this process. Only ever grows; pytest's plug-in prints it.
answered: dict[str, set[str]] = {}


def notice(service_name: str, operation_name: str) -> None:
    """Note an answer. The first of a service is logged."""
    operations = answered.get(service_name)
    if operations is None:
        logger.warning("awsim does not simulate %s: moto answers its calls", service_name)
        operations = answered[service_name] = set()
    operations.add(operation_name)


def lines(noted: dict[str, set[str]]) -> list[str]:
    """What to print of it: a line a service."""
    return [f"answered by moto: {name} ({', '.join(sorted(noted[name]))})" for name in sorted(noted)]
