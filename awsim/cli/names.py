"""Services and operations as users write them, or what they may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from awsim import spec


class UnknownNameError(Exception):
    """There is no such service or operation; the message tells what comes close."""


def service_name(written: str) -> str:
    """botocore's name of a service. Raises UnknownNameError."""
    names = spec.service_names()
    for name in (written, written.lower(), written.lower().replace("_", "-").strip("-")):
        if name in names:
            return name
    raise UnknownNameError(f"AWS has no service {written!r}.{_close(written.lower(), names)}")


def operation_name(service: str, written: str) -> str:
    """AWS's name of an operation, which may be written as boto3 or the AWS CLI writes it. Raises UnknownNameError."""
    by_python_name = spec.operations_by_python_name(service)
    if written in by_python_name.values():
        return written
    if written.replace("-", "_") in by_python_name:
        return by_python_name[written.replace("-", "_")]
    raise UnknownNameError(f"{service} has no operation {written!r}.{_close(written, by_python_name.values())}")


def _close(written: str, names: Iterable[str]) -> str:
    matches = difflib.get_close_matches(written, names, n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(matches)}?" if matches else ""
