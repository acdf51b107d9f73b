"""AWS errors as Python exceptions, taken from the specification.

``service_errors("sqs").QueueDoesNotExist`` is a class whose code, status and fault are the model's. Codes that a model
lacks are one-line subclasses in the service's own ``errors.py``.

    AwsimError                      something about awsim itself, for the test-writer to read
    ├── NotSimulatedError           the operation has no provider method
    ├── UnhonouredMemberError       strict mode: a member was sent that the provider does not honour
    ├── NoActiveCloudError          a Cloud is needed and none is active
    ├── EscapeError                 a request for AWS tried to leave the process
    ├── MisuseError                 a test asked for a fault or for calls that cannot be
    ├── RecordingError              a file is no recording of calls, or is damaged
    ├── ReplayError                 a strict replay has no recorded answer to a call
    ├── CallsNotKeptError           an assertion needs calls that are no longer kept
    ├── ConnectionFaultError        a fault broke the connection; botocore's callers see its own exception instead
    └── ResultError                 a provider returned what the operation's output shape does not allow
    ServiceException                an error that AWS itself would answer
"""

from __future__ import annotations

from typing import Any

from awsim import spec


class AwsimError(Exception):
    """Something about awsim itself; never an answer of AWS."""


class NotSimulatedError(AwsimError, NotImplementedError):
    """The operation is in AWS's model but no provider method simulates it.

    In-process it reaches the caller as it is; over HTTP it is answered with status 501.
    """

    def __init__(self, service_name: str, operation_name: str, *, hint: str = "") -> None:
        self.service_name = service_name
        self.operation_name = operation_name
        super().__init__(
            f"awsim does not simulate {service_name}.{operation_name}. "
            f"`awsim coverage {service_name}` lists what it does simulate; "
            f"`awsim scaffold {service_name} {operation_name}` prints the provider method to add.{hint}"
        )


class UnhonouredMemberError(AwsimError):
    """Strict mode: the caller sent an input member that the provider's method does not honour."""


class UnhonouredMemberWarning(UserWarning):
    """The caller sent an input member that the provider's method does not honour (once per member)."""


class MissingExtraError(AwsimError, ImportError):
    """A library that an extra brings is not installed; says which to install. Over HTTP it is answered with 501."""


class NoActiveCloudError(AwsimError):
    """What was asked for needs an active Cloud, and none is: no ``mock_aws`` and no ``aws`` fixture here."""


class EscapeError(AwsimError):
    """A request for AWS tried to leave the process while a Cloud is active."""


class MisuseError(AwsimError, ValueError):
    """A test asked for something that cannot be: an operation that AWS does not have, say. Nothing has changed."""


class RecordingError(AwsimError, ValueError):
    """A file is no recording of calls, of another version of the format, or damaged. Nothing has changed."""


class ReplayError(AwsimError, LookupError):
    """A strict replay has no recorded answer to a call, or none that is left."""


class CallsNotKeptError(AwsimError, LookupError):
    """What was asked about calls cannot be told, for some of them are no longer kept (``Settings.calls_kept``)."""


class ConnectionFaultError(AwsimError, ConnectionError):
    """A fault broke the connection, as ``kind`` says; HTTP clients that are not botocore's see it as it is."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"a fault broke the connection: {kind}")


class ResultError(AwsimError):
    """A provider returned something that its operation's output shape does not allow."""


class ServiceException(Exception):
    """An error that AWS answers.

    ``code`` is what the caller sees as ``error.response["Error"]["Code"]``; ``status_code`` the HTTP status;
    ``sender_fault`` whether the caller is to blame; ``members`` further members of the modelled error shape, by
    AWS's names. Subclasses set the first three as class attributes; ``ServiceException("Throttling", "Rate exceeded")``
    makes one on the spot.
    """

    code: str = "InternalFailure"
    status_code: int = 400
    sender_fault: bool = True
    #: The error's shape in the model, or "" where the model has none.
    shape_name: str = ""

    def __init__(
        self,
        code: str | None = None,
        message: str = "",
        *,
        status_code: int | None = None,
        sender_fault: bool | None = None,
        **members: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.members = members
        if code is not None:
            self.code = code
        if status_code is not None:
            self.status_code = status_code
        if sender_fault is not None:
            self.sender_fault = sender_fault

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class ModeledException(ServiceException):
    """A :class:`ServiceException` whose code, status and fault are on the class: ``raise QueueDoesNotExist("…")``."""

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(None, message, **members)


class ServiceErrors:
    """The error classes of one service, built from its model when first asked for: ``errors.QueueDoesNotExist``."""

    def __init__(self, service_name: str) -> None:
        self._service_name = service_name

    def __getattr__(self, name: str) -> type[ModeledException]:
        if name.startswith("__"):
            raise AttributeError(name)
        service = spec.load_service(self._service_name)
        if name not in service.shape_names or not service.shape_for(name).metadata.get("exception"):
            raise AttributeError(f"{self._service_name} models no error named {name!r}")
        shape = service.shape_for(name)
        error = shape.metadata.get("error") or {}
        fault = spec.is_server_fault(shape)
        attributes = {
            "code": error.get("code", name),
            "status_code": error.get("httpStatusCode", 500 if fault else 400),
            "sender_fault": error.get("senderFault", not fault),
            "shape_name": name,
            "__module__": f"{__name__}.{self._service_name}",
        }
        cls = type(name, (ModeledException,), attributes)
        setattr(self, name, cls)
        return cls

    def __repr__(self) -> str:
        return f"service_errors({self._service_name!r})"


_errors: dict[str, ServiceErrors] = {}


def service_errors(service_name: str) -> ServiceErrors:
    """The errors that a service's model declares, as exception classes; one namespace per service and process."""
    errors = _errors.get(service_name)
    if errors is None:
        errors = _errors[service_name] = ServiceErrors(service_name)
    return errors
