"""Which operations a test means: ``sqs``, ``sqs.SendMessage``, ``sqs.send_message``, ``sqs.Send*``, ``*.Put*``.

Owns the spelling and its check against the models. Must not know what is done with the operations.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable
from fnmatch import fnmatchcase

from awsim import spec
from awsim.errors import MisuseError

_WILDCARDS = frozenset("*?[")


class OperationPattern:
    """A service and its operations, each by name or with wildcards; operations as AWS or boto3 spells them.

    Raises MisuseError for a service that AWS does not have, and for an operation that the service does not have. Where
    the service is a wildcard, its operations cannot be told without reading every model, and are not checked.
    """

    __slots__ = ("_matched", "_operation", "_service", "text")

    def __init__(self, text: str) -> None:
        if not isinstance(text, str) or not text:
            raise MisuseError(f"an operation is written 'sqs.SendMessage', not {text!r}")
        #: As it was written.
        self.text = text
        service, _, operation = text.partition(".")
        self._service = _service_name(service)
        self._operation = operation or "*"
        if not _is_wild(self._service):
            self._operation = _operation_name(self._service, self._operation)
        self._matched: dict[tuple[str, str], bool] = {}

    @property
    def service_name(self) -> str | None:
        """The service; None where it is a wildcard."""
        return None if _is_wild(self._service) else self._service

    @property
    def operation_names(self) -> list[str] | None:
        """The operations that are meant; None where the service is a wildcard."""
        if self.service_name is None:
            return None
        return [name for name in spec.load_service(self._service).operation_names if self.matches(self._service, name)]

    def matches(self, service_name: str, operation_name: str) -> bool:
        """Whether an operation, by botocore's and AWS's names, is meant."""
        key = (service_name, operation_name)
        matched = self._matched.get(key)
        if matched is None:
            matched = self._matched[key] = fnmatchcase(service_name, self._service) and _matches_either(
                operation_name, self._operation
            )
        return matched

    def __repr__(self) -> str:
        return f"OperationPattern({self.text!r})"


@functools.lru_cache(maxsize=256)
def operation_pattern(text: str) -> OperationPattern:
    """The pattern as it is written, checked once. Raises MisuseError."""
    return OperationPattern(text)


def nearest(written: str, names: Iterable[str]) -> str:
    """`` Did you mean …?`` with the names that come closest, to end a message with; "" where none does."""
    # Names are compared in one case, as a wrong one is the likeliest mistake.
    by_lower_case = {name.lower(): name for name in names}
    lower_case = written.lower()
    if lower_case in by_lower_case:
        return f" Did you mean {by_lower_case[lower_case]}?"
    found = difflib.get_close_matches(lower_case, by_lower_case, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(by_lower_case[name] for name in found)}?" if found else ""


def _is_wild(text: str) -> bool:
    return not _WILDCARDS.isdisjoint(text)


def _matches_either(operation_name: str, pattern: str) -> bool:
    return fnmatchcase(operation_name, pattern) or fnmatchcase(spec.python_name(operation_name), pattern)


def _service_name(written: str) -> str:
    names = spec.service_names()
    if _is_wild(written):
        if not any(fnmatchcase(name, written) for name in names):
            raise MisuseError(f"no service of AWS matches {written!r}")
        return written
    check_service(written)
    return written


def check_service(written: object) -> None:
    """Raise MisuseError for what is no service of AWS, by botocore's name."""
    names = spec.service_names()
    if written in names:
        return
    text = str(written)
    service, colon, operation = text.partition(":")
    if colon and service in names:  # as IAM writes it
        raise MisuseError(f"AWS has no service {written!r}. Did you mean {service}.{operation.lstrip(':')}?")
    raise MisuseError(f"AWS has no service {written!r}.{nearest(text, names)}")


def _operation_name(service: str, written: str) -> str:
    names = spec.load_service(service).operation_names
    if _is_wild(written):
        if not any(_matches_either(name, written) for name in names):
            raise MisuseError(f"no operation of {service} matches {written!r}")
        return written
    name = written if written in names else spec.operations_by_python_name(service).get(written)
    if name is None:
        raise MisuseError(f"{service} has no operation {written!r}.{nearest(written.replace('_', ''), names)}")
    return name
