"""The skeleton: from an operation and its members to the provider's method, and back.

Owns the binding of methods to the specification: each keyword-only argument must be an input member of the operation,
so a typo fails when the service loads, and a member that is sent but not honoured is told to the user.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from awsim import spec
from awsim.context import RequestContext
from awsim.errors import NotSimulatedError, UnhonouredMemberError, UnhonouredMemberWarning

if TYPE_CHECKING:
    from awsim.protocol.http import Request, Response
    from awsim.schedule import Task
    from awsim.spec import OperationModel, ServiceModel


F = TypeVar("F", bound=Callable[..., Any])


def handler(operation: str) -> Callable[[F], F]:
    """Bind a provider's method to an operation by AWS's name, whatever the method is called.

    Methods named as boto3 names the operation need none.
    """

    def mark(method: F) -> F:
        method.operation_name = operation  # type: ignore[attr-defined]  # read by Skeleton
        return method

    return mark


@attrs.frozen
class Binding:
    """How one provider method takes its operation's input."""

    operation_name: str
    #: AWS's member name -> the method's argument, for the members that the method honours.
    arguments: dict[str, str]
    #: The method takes the whole input as ``request``.
    takes_request: bool
    #: The method keeps whatever else is sent (``**stored``).
    takes_rest: bool

    @property
    def honours_all(self) -> bool:
        """Whether no member can be sent in vain."""
        return self.takes_request or self.takes_rest


def bind(method: Callable[..., Any], operation: OperationModel) -> Binding:
    """Check a provider's method against its operation. Raises TypeError for a signature that does not fit."""
    parameters = list(inspect.signature(method).parameters.values())[1:]  # without self
    where = f"{method.__qualname__} ({operation.service_model.service_name}.{operation.name})"
    if not parameters or parameters[0].kind not in (parameters[0].POSITIONAL_ONLY, parameters[0].POSITIONAL_OR_KEYWORD):
        raise TypeError(f"{where} must take the context as its first argument")
    positional = [p for p in parameters[1:] if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if positional:
        if len(parameters) == 2:
            return Binding(operation.name, {}, takes_request=True, takes_rest=False)
        raise TypeError(f"{where} must take its members as keyword-only arguments, or be (self, context, request)")
    shape = operation.input_shape
    members = {spec.python_name(member): member for member in shape.members} if shape is not None else {}
    arguments = {}
    for parameter in parameters[1:]:
        if parameter.kind is parameter.KEYWORD_ONLY:
            if parameter.name not in members:
                if parameter.default is not parameter.empty and spec.is_older_than_tested():
                    continue  # a member that the installed botocore does not know yet
                known = ", ".join(sorted(members)) or "none"
                raise TypeError(f"{where} takes {parameter.name!r}, which is no member of its input: {known}")
            arguments[members[parameter.name]] = parameter.name
    if "page" in method.__code__.co_names:  # context.page reads the token and the limit itself
        paginator = spec.paginators(operation.service_model.service_name).get(operation.name, {})
        for member in (paginator.get("input_token"), paginator.get("limit_key")):
            if isinstance(member, str):
                arguments.setdefault(member, "")
    takes_rest = any(p.kind is p.VAR_KEYWORD for p in parameters)
    return Binding(operation.name, arguments, takes_request=False, takes_rest=takes_rest)


class Skeleton:
    """A service's dispatch: the model, and the delegates (provider instances) that implement it."""

    def __init__(self, service: ServiceModel, delegate: Any | Iterable[Any]) -> None:
        self.service = service
        self.delegates: list[Any] = list(delegate) if isinstance(delegate, (list, tuple)) else [delegate]
        self.bindings: dict[str, Binding] = {}
        self._methods: dict[str, Callable[[RequestContext[Any]], Any]] = {}
        #: The members that callers sent and that are not honoured: (operation, member) -> how often.
        self.unhonoured: Counter[tuple[str, str]] = Counter()
        #: What changes requests before they are parsed, if a delegate has it.
        self.readdress = next((found for one in self.delegates if (found := getattr(one, "readdress", None))), None)
        #: What looks at requests from the wire, if a delegate has it.
        self.check_wire = next((found for one in self.delegates if (found := getattr(one, "check_wire", None))), None)
        self._plain_http = [one for one in self.delegates if getattr(one, "serves_http", None) is not None]
        for one in self.delegates:
            for name, operation_name in _operations_of(type(one), service.service_name):  # type: ignore[arg-type]
                self._add(one, name, operation_name)

    def _add(self, delegate: Any, name: str, operation_name: str) -> None:
        if operation_name in self._methods:
            raise TypeError(
                f"two providers of {self.service.service_name} have {name}: {type(delegate).__name__} and another"
            )
        binding = _cached_bind(getattr(type(delegate), name), self.service.operation_model(operation_name))
        self.bindings[operation_name] = binding
        method = getattr(delegate, name)
        if binding.takes_request:
            caller = _calling_with_request(method, delegate)
        else:
            caller = self._calling_with_members(method, delegate, binding)
        self._methods[operation_name] = caller

    def invoke(self, context: RequestContext[Any]) -> Any:
        """Call the provider's method for the context's operation. Raises NotSimulatedError where there is none."""
        assert context.operation is not None
        method = self._methods.get(context.operation.name)
        if method is None:
            raise NotSimulatedError(self.service.service_name, context.operation.name, hint=self._nearest(context))
        return method(context)

    def _nearest(self, context: RequestContext[Any]) -> str:
        assert context.operation is not None
        found = difflib.get_close_matches(context.operation.name, self.bindings, n=3)
        return f" Simulated, and named alike: {', '.join(found)}." if found else ""

    def serves_http(self, request: Request) -> bool:
        """Whether a delegate answers a request that is no call of the service's API."""
        return any(one.serves_http(request) for one in self._plain_http)

    def serve_http(self, context: RequestContext[Any]) -> Response:
        """Have the delegate answer that takes the request."""
        delegate = next(one for one in self._plain_http if one.serves_http(context.request))
        context.store_class = delegate.store
        answer: Response = delegate.serve_http(context)
        return answer

    def run_task(self, context: RequestContext[Any], task: Task) -> None:
        """Run deferred work: the provider method that the task names."""
        for delegate in self.delegates:
            handler = getattr(delegate, task.handler, None)
            if handler is not None:
                context.store_class = delegate.store
                handler(context, **task.payload)
                return
        raise LookupError(f"no provider of {self.service.service_name} has {task.handler!r}")

    def _calling_with_members(
        self, method: Callable[..., Any], delegate: Any, binding: Binding
    ) -> Callable[[RequestContext[Any]], Any]:
        arguments = binding.arguments
        store_class = getattr(delegate, "store", None)

        def call(context: RequestContext[Any]) -> Any:
            context.store_class = store_class
            values: dict[str, Any] = {}
            for member, value in context.service_request.items():  # type: ignore[union-attr]  # parsed before dispatch
                argument = arguments.get(member)
                if argument:
                    values[argument] = value
                elif argument is None:
                    if binding.takes_rest:
                        values[spec.python_name(member)] = value
                    else:
                        self._tell_unhonoured(context, binding.operation_name, member)
            return method(context, **values)

        return call

    def _tell_unhonoured(self, context: RequestContext[Any], operation_name: str, member: str) -> None:
        settings = context.cloud.settings
        self.unhonoured[operation_name, member] += 1
        text = (
            f"awsim does not honour {member} of {self.service.service_name}.{operation_name}; "
            f"`awsim coverage {self.service.service_name}` lists the members that it does."
        )
        if settings.strict:
            raise UnhonouredMemberError(text)
        if settings.warn and self.unhonoured[operation_name, member] == 1:
            _warn_at_caller(text)


def _calling_with_request(method: Callable[..., Any], delegate: Any) -> Callable[[RequestContext[Any]], Any]:
    store_class = getattr(delegate, "store", None)

    def call(context: RequestContext[Any]) -> Any:
        context.store_class = store_class
        return method(context, context.service_request)

    return call


@functools.lru_cache(maxsize=1024)
def _operations_of(provider: type, service_name: str) -> tuple[tuple[str, str], ...]:
    """The methods of a provider class that are operations, with AWS's names of these."""
    operations = spec.operations_by_python_name(service_name)
    found = (
        (name, getattr(getattr(provider, name), "operation_name", None) or operations.get(name))
        for name in dir(provider)
    )
    return tuple((name, operation) for name, operation in found if operation is not None)


# Binding reads signatures; providers are made anew for each Cloud, their signatures are not.
_bindings: dict[tuple[Any, str], Binding] = {}


def _cached_bind(method: Callable[..., Any], operation: OperationModel) -> Binding:
    key = (method, operation.name)
    binding = _bindings.get(key)
    if binding is None:
        binding = _bindings[key] = bind(method, operation)
    return binding


_LIBRARIES = (str(Path(__file__).parents[1]), "botocore", "boto3", "s3transfer")


def _warn_at_caller(text: str) -> None:
    """Warn at the line of the user's code that made the call."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_LIBRARIES[0]) and not any(f"/{name}/" in file for name in _LIBRARIES[1:]):
            break
        frame = frame.f_back
    module = frame.f_globals.get("__name__", "<unknown>")
    warnings.warn_explicit(text, UnhonouredMemberWarning, frame.f_code.co_filename, frame.f_lineno, module=module)
