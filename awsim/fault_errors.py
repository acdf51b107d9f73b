"""The AWS error that a fault answers: its code, status and members, as each service would answer it.

Owns the way from an error's name to the exception: the service's own errors first, then its model, then the errors
common to all services. Must not know when a fault strikes.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import attrs

from awsim import spec
from awsim.aws.common_errors import CODE_BY_STATUS, COMMON_ERRORS
from awsim.errors import AwsimError, MisuseError, ServiceException
from awsim.operation_pattern import OperationPattern, nearest
from awsim.protocol.codec import operation_codec

#: What an error says that has no message of its own.
DEFAULT_MESSAGE = "This error comes from a fault that the test added."


@attrs.frozen
class KnownError:
    """An error that a service is known to answer."""

    code: str
    status_code: int
    sender_fault: bool
    message: str
    shape_name: str = ""


@attrs.frozen
class ErrorAnswer:
    """An error as a test wrote it: by a shape's name or a code, and what differs from the usual."""

    name: str
    message: str | None
    status_code: int | None
    members: Mapping[str, Any]

    def exception(self, service_name: str) -> ServiceException:
        """The error as a service answers it; a new exception each time."""
        known = known_error(service_name, self.name)
        if known is None:
            status_code = self.status_code or 400
            known = KnownError(self.name, status_code, status_code < 500, DEFAULT_MESSAGE)
        exception = ServiceException(
            known.code,
            known.message if self.message is None else self.message,
            status_code=self.status_code or known.status_code,
            sender_fault=known.sender_fault if self.status_code is None else self.status_code < 500,
            **self.members,
        )
        exception.shape_name = known.shape_name
        return exception


def error_answer(
    pattern: OperationPattern,
    name: str | None,
    message: str | None,
    status_code: int | None,
    members: Mapping[str, Any],
    options: tuple[str, ...],
) -> ErrorAnswer:
    """An error as a test wrote it, checked. ``options`` are words that a misspelt member may have meant.

    Raises MisuseError for an error that nobody knows and that has no status, and for members that it does not have.
    """
    if status_code is not None and (not isinstance(status_code, int) or not 400 <= status_code <= 599):
        raise MisuseError(f"an error's status is from 400 to 599, not {status_code!r}")
    if name is None:
        name = CODE_BY_STATUS.get(status_code or 0)
        if name is None:
            raise MisuseError(f"status={status_code} does not say which error it is; give error= too")
    answer = ErrorAnswer(name, message, status_code, dict(members))
    service_name = pattern.service_name
    if service_name is None:
        if status_code is None and name not in COMMON_ERRORS:
            raise MisuseError(
                f"{name!r} is none of the errors that all services have, so its status is not known for"
                f" {pattern.text!r}; give status= too.{nearest(name, COMMON_ERRORS)}"
            )
        if members:
            raise MisuseError(f"an error has members in one service, not in those of {pattern.text!r}")
        return answer
    known = known_error(service_name, name)
    if known is None and status_code is None:
        names = {*_modelled_names(service_name), *_own_errors(service_name), *COMMON_ERRORS}
        raise MisuseError(f"{service_name} is not known to answer {name!r}; give status= too.{nearest(name, names)}")
    _check_members(service_name, known, answer, options)
    _check_written(pattern, answer)
    return answer


def _check_members(service_name: str, known: KnownError | None, answer: ErrorAnswer, options: tuple[str, ...]) -> None:
    shape = spec.load_service(service_name).shape_for(known.shape_name) if known and known.shape_name else None
    names: list[str] = [] if shape is None else [name for name in shape.members if name.lower() != "message"]
    for member in answer.members:
        if member not in names:
            what = f"members of {answer.name} are: {', '.join(names)}" if names else f"{answer.name} has no members"
            raise MisuseError(f"{member!r} is no option of a fault, and {what}.{nearest(member, [*names, *options])}")


def _check_written(pattern: OperationPattern, answer: ErrorAnswer) -> None:
    """Write the error once, so that a member of a wrong type shows now and not in a call."""
    service = spec.load_service(pattern.service_name or "")
    operation = service.operation_model((pattern.operation_names or [])[0])
    try:
        operation_codec(operation).serialize_error(answer.exception(service.service_name), "")
    except (AwsimError, TypeError, ValueError, AttributeError) as error:
        raise MisuseError(f"{answer.name} cannot be answered with these members: {error}") from error


@functools.lru_cache(maxsize=1024)
def known_error(service_name: str, name: str) -> KnownError | None:
    """What is known of an error of a service, by its shape's name or its code."""
    modelled = _modelled_error(service_name, name)
    own = _own_errors(service_name).get(name)
    if own is not None:
        common_message = COMMON_ERRORS[own.code].message if own.code in COMMON_ERRORS else DEFAULT_MESSAGE
        message = getattr(own, "default_message", "") or common_message
        shape_name = own.shape_name or (modelled.shape_name if modelled else "")
        return KnownError(own.code, own.status_code, own.sender_fault, message, shape_name)
    if modelled is not None:
        return modelled
    common = COMMON_ERRORS.get(name)
    return common and KnownError(name, common.status_code, common.status_code < 500, common.message)


def _modelled_error(service_name: str, name: str) -> KnownError | None:
    from awsim.errors import service_errors

    service = spec.load_service(service_name)
    shape = service.shape_for(name) if name in service.shape_names else service.shape_for_error_code(name)
    if shape is None or not shape.metadata.get("exception"):
        return None
    error = getattr(service_errors(service_name), shape.name)
    message = COMMON_ERRORS[error.code].message if error.code in COMMON_ERRORS else DEFAULT_MESSAGE
    return KnownError(error.code, error.status_code, error.sender_fault, message, shape.name)


def _modelled_names(service_name: str) -> list[str]:
    service = spec.load_service(service_name)
    return [name for name in service.shape_names if service.shape_for(name).metadata.get("exception")]


@functools.cache
def _own_errors(service_name: str) -> dict[str, type[ServiceException]]:
    """The errors that a service of awsim declares beyond its model, by their classes' names and by their codes."""
    module_name = f"awsim.services.{spec.package_name(service_name)}.errors"
    try:
        if importlib.util.find_spec(module_name) is None:
            return {}
    except ModuleNotFoundError:  # not even the service
        return {}
    found: dict[str, type[ServiceException]] = {}
    for value in vars(importlib.import_module(module_name)).values():
        if not isinstance(value, type) or not issubclass(value, ServiceException) or "code" not in vars(value):
            continue
        if value.__module__ == module_name and not value.__name__.startswith("_"):
            found.setdefault(value.__name__, value)
            found.setdefault(value.code, value)
    return found
