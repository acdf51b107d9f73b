"""How providers are found, become services, and are asked for.

    aws_provider      registers a provider class for an API
    ServicePlugin     the provider classes of one API under one name, not yet a service
    Service           a service in one Cloud: its skeleton and its state
    ServiceManager    the services of one Cloud, loaded when first asked for

Built-in providers are found by folder (``awsim/services/<service>/provider.py``); others by the entry point group
``awsim.services``, whose names are ``<service>`` or ``<service>:<provider name>``.
"""

from __future__ import annotations

import enum
import functools
import importlib
import importlib.util
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import unquote

import attrs

from awsim import spec
from awsim.context import RequestContext
from awsim.errors import NotSimulatedError, ServiceException
from awsim.protocol.http import Request, Response
from awsim.services.skeleton import Skeleton
from awsim.settings import Settings
from awsim.stores import Store

logger = logging.getLogger("awsim.services")

#: The entry point group of providers.
PLUGIN_NAMESPACE = "awsim.services"

S = TypeVar("S", bound=Store)
P = TypeVar("P", bound="type[ServiceProvider[Any]]")


class ServiceProvider(Generic[S]):
    """Base of every provider: one method per operation, named as boto3 names it.

    A method's keyword-only arguments are the input members that it honours (``QueueUrl`` -> ``queue_url``);
    ``(self, context, request)`` with the whole input, by AWS's names, is taken too. Providers hold no state: it lives
    in the store.
    """

    #: botocore's name of the service.
    service: ClassVar[str] = ""
    #: The service's store, as ``context.store``; None for a service without state.
    store: ClassVar[type[Store] | None] = None
    #: For services whose requests say in their address what the model has elsewhere (S3's virtual hosts, SQS's queue
    #: URLs): a static method that is given each request before it is parsed, and may change it.
    readdress: ClassVar[staticmethod[[Request], None] | None] = None
    #: For services that have words of their own for requests from the wire that make no sense: a static method that is
    #: given each such request once the operation is known, or once it is known that there is none
    #: (``context.operation`` is None). It may change the request. Raises ServiceException.
    check_wire: ClassVar[staticmethod[[RequestContext[Any]], None] | None] = None
    #: For services whose hosts answer more than their API (S3's websites and preflights): whether a request is such,
    #: and, by the method :meth:`serve_http`, its answer.
    serves_http: ClassVar[staticmethod[[Request], bool] | None] = None
    #: The kinds of resources that pass through states (``"table"``), see :meth:`RequestContext.begin_transition`.
    transitions: ClassVar[tuple[str, ...]] = ()
    #: The kinds of things whose next identifier a test may choose, see :meth:`RequestContext.identifier`.
    identifiers: ClassVar[tuple[str, ...]] = ()

    def serve_http(self, context: RequestContext[S]) -> Response:
        """Answer a request that ``serves_http`` took. Raises ServiceException."""
        raise NotSimulatedError(self.service, "plain HTTP")


class ServiceState(enum.Enum):
    """Where a service stands in its life."""

    UNKNOWN = "unknown"
    AVAILABLE = "available"
    DISABLED = "disabled"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    ERROR = "error"


@attrs.frozen
class DeveloperEndpoint:
    """What a service offers its developers beside AWS's API: a server answers it at ``/_aws/<service><path>``.

    A service lists its own as ``ENDPOINTS`` of a module ``developer_endpoints``.
    """

    methods: tuple[str, ...]
    #: A regular expression; its groups' names are the variables that the handler is given.
    path: str
    #: Answers with JSON's values, or with the output of ``operation``, in whose form it is then written. The context
    #: has the request, the caller and ``store``. Raises ServiceException.
    handler: Callable[[RequestContext[Any], Mapping[str, str]], Any]
    store: type[Store]
    operation: str | None = None

    def match(self, path: str) -> dict[str, str] | None:
        """The variables of a path that this endpoint answers; None for one that it does not."""
        found = re.fullmatch(self.path, path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict("").items()}


class ServicePlugin:
    """The provider classes that make up one API under one provider name."""

    def __init__(self, api: str, name: str, should_load: Callable[[], bool] | None = None) -> None:
        self.api = api
        self.service = api
        self.name = name
        self.should_load = should_load
        self.providers: list[type[ServiceProvider[Any]]] = []

    def create_service(self) -> Service:
        """A service with fresh provider instances."""
        skeleton = Skeleton(spec.load_service(self.api), [provider() for provider in self.providers])
        return Service(self.api, skeleton=skeleton)

    def __repr__(self) -> str:
        return f"<ServicePlugin {self.api}:{self.name}>"


# What has been registered, by API and provider name. Filled by imports alone, like Python's own registries.
_plugins: dict[tuple[str, str], ServicePlugin] = {}


def aws_provider(
    api: str | None = None, name: str = "default", should_load: Callable[[], bool] | None = None
) -> Callable[[P], P]:
    """Register a provider class for an API (default: the class's ``service``).

    Several classes registered for one API and name make up the service together; an operation that two of them have
    is an error. ``name`` other than "default" makes an alternative, chosen by ``PROVIDER_OVERRIDE_<SERVICE>=name`` or
    ``Settings.providers``. With ``should_load`` answering False the provider is left out.
    """

    def register(provider: P) -> P:
        service_name = api or provider.service
        if not service_name:
            raise TypeError(f"{provider.__name__} names no service: aws_provider(api=…) or a `service` attribute")
        plugin = _plugins.setdefault((service_name, name), ServicePlugin(service_name, name, should_load))
        if provider not in plugin.providers:
            plugin.providers.append(provider)
        return provider

    return register


class Service:
    """A service in one Cloud."""

    def __init__(
        self,
        name: str,
        start: Callable[[], None] | None = None,
        check: Callable[[], bool] | None = None,
        skeleton: Skeleton | None = None,
        active: bool = False,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.skeleton = skeleton
        self.state = ServiceState.RUNNING if active else ServiceState.AVAILABLE
        self._start = start
        self._check = check
        self._stop = stop

    def start(self) -> None:
        """Run the service's start function, if it has one. A failure leaves the state ERROR and is raised."""
        self.state = ServiceState.STARTING
        try:
            if self._start is not None:
                self._start()
        except Exception:
            self.state = ServiceState.ERROR
            raise
        self.state = ServiceState.RUNNING

    def stop(self) -> None:
        """Run the service's stop function, if it has one."""
        self.state = ServiceState.STOPPING
        if self._stop is not None:
            self._stop()
        self.state = ServiceState.STOPPED

    def check(self) -> bool:
        """Whether the service runs, and is healthy by its own check."""
        return self.state is ServiceState.RUNNING and (self._check is None or self._check())

    def __repr__(self) -> str:
        return f"<Service {self.name} {self.state.value}>"


class ServiceManager:
    """The services of one Cloud. Each is loaded and started at its first request."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.from_environment()
        self._services: dict[str, Service] = {}
        #: Services that nothing provided when there were so many plug-ins: calls that fall back ask again and again.
        self._absent: dict[str, int] = {}

    def get_service(self, name: str) -> Service | None:
        """A service by botocore's name, loaded but not started; None where nothing provides it."""
        service = self._services.get(name)
        if service is None and self._absent.get(name) != len(_plugins):
            plugin = find_plugin(name, self._settings.provider_of(name))
            if plugin is not None:
                service = self._services[name] = plugin.create_service()
            elif (name, "default") not in _plugins:
                self._absent[name] = len(_plugins)
        return service

    def declared(self, name: str, attribute: str) -> tuple[str, ...]:
        """What the providers of a service declare in an attribute of theirs; nothing for a service that has none."""
        if name not in self._services and name not in spec.service_names():
            return ()
        service = self.get_service(name)
        delegates = service.skeleton.delegates if service is not None and service.skeleton is not None else ()
        return tuple(dict.fromkeys(each for one in delegates for each in getattr(one, attribute, ())))

    def unhonoured(self) -> Counter[str]:
        """The members that callers sent and that no provider honours: ``sqs.SendMessage.Member`` -> how often."""
        return Counter(
            {
                f"{service.name}.{operation}.{member}": times
                for service in self._services.values()
                if service.skeleton is not None
                for (operation, member), times in service.skeleton.unhonoured.items()
            }
        )

    def add_service(self, service: Service) -> bool:
        """Add or replace a service in this Cloud. True if it is new."""
        new = service.name not in self._services
        self._services[service.name] = service
        return new

    def require(self, name: str, operation_name: str = "*") -> Service:
        """A running service, for the sake of an operation. Raises NotSimulatedError where nothing provides it,
        ServiceException where it is down."""
        service = self._services.get(name) or self.get_service(name)
        if service is None:
            hint = ""
            if not self._settings.fallback:
                hint = ' Until then an installed moto may answer it: mock_aws(fallback="moto").'
            raise NotSimulatedError(name, operation_name, hint=hint)
        if service.state is not ServiceState.RUNNING:
            if service.state in (ServiceState.AVAILABLE, ServiceState.STOPPED):
                service.start()
            else:
                raise ServiceException(
                    "ServiceUnavailable", f"{name} is {service.state.value}", status_code=503, sender_fault=False
                )
        return service

    def is_running(self, name: str) -> bool:
        """Whether a service has been started in this Cloud and is healthy."""
        service = self._services.get(name)
        return service is not None and service.check()

    def get_states(self) -> dict[str, ServiceState]:
        """The state of every service that can be simulated."""
        enabled = self._settings.services
        states = {}
        for name in sorted(simulated_services() | self._services.keys()):
            if enabled is not None and name not in enabled:
                states[name] = ServiceState.DISABLED
            else:
                states[name] = self._services[name].state if name in self._services else ServiceState.AVAILABLE
        return states


def find_plugin(service_name: str, provider_name: str | None = None) -> ServicePlugin | None:
    """The plug-in of a service: the built-in one, those registered by hand, then entry points. Imports it."""
    name = provider_name or "default"
    if name == "default":
        _import_built_in(service_name)
    plugin = _plugins.get((service_name, name))
    if plugin is None:
        entry_point = _entry_points().get((service_name, name))
        if entry_point is not None:
            loaded = entry_point.load()
            plugin = loaded if isinstance(loaded, ServicePlugin) else _plugins.get((service_name, name))
    if plugin is not None and plugin.should_load is not None and not plugin.should_load():
        return None
    if plugin is None and provider_name:
        raise LookupError(f"no provider named {provider_name!r} is installed for {service_name}")
    return plugin


def service_of_store(store_class: type[Store]) -> str | None:
    """The service whose provider declares a store; None for a store that no known provider has."""
    for (service_name, _), plugin in _plugins.items():
        if any(provider.store is store_class for provider in plugin.providers):
            return service_name
    return None


def developer_endpoints(service_name: str) -> tuple[DeveloperEndpoint, ...]:
    """The developer endpoints of a built-in service."""
    module_name = f"awsim.services.{spec.package_name(service_name)}.developer_endpoints"
    if importlib.util.find_spec(module_name) is None:
        return ()
    endpoints: tuple[DeveloperEndpoint, ...] = importlib.import_module(module_name).ENDPOINTS
    return endpoints


def simulated_services() -> set[str]:
    """The names of all services that have a provider, without importing any."""
    from awsim.services import __path__ as paths

    built_in = {folder.parent.name for path in paths for folder in Path(path).glob("*/provider.py")}
    names = {name for name in spec.service_names() if spec.package_name(name) in built_in}
    return names | {api for api, _ in _plugins} | {api for api, _ in _entry_points()}


@functools.cache
def _import_built_in(service_name: str) -> None:
    package = f"awsim.services.{spec.package_name(service_name)}"
    if importlib.util.find_spec(package) is not None and importlib.util.find_spec(f"{package}.provider") is not None:
        importlib.import_module(f"{package}.provider")


@functools.cache
def _entry_points() -> dict[tuple[str, str], EntryPoint]:
    found = {}
    for entry_point in entry_points(group=PLUGIN_NAMESPACE):
        service, _, name = entry_point.name.partition(":")
        found[(service, name or "default")] = entry_point
    return found
