"""mock_aws: a Cloud over a test, as decorator, context manager, or start() and stop().

Plain stdlib until the first start.
"""

from __future__ import annotations

import copy
import functools
import inspect
import threading
import warnings
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from awsim import active
from awsim.environment import Environment
from awsim.fallback.choice import read_fallback

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from awsim.cloud import Cloud

T = TypeVar("T", bound=Callable[..., Any])

# Entering and leaving change process-wide things; two threads must not do so at once.
_lock = threading.RLock()
#: What Clouds did to the environment, in the order in which they did; isolated ones share one entry.
_environments: list[Environment] = []
_isolated_environment: list[Environment] = []
#: The plain ones that start() entered, the last of them last, each as often as it was started.
_started: list[MockAWS] = []


class MockAWS:
    """A Cloud that is active from entering to leaving. Can be entered again, and nested.

    A plain one inside another shares the outer Cloud: only the outermost starts afresh. An isolated one always has a
    Cloud of its own.
    """

    def __init__(
        self,
        *,
        account_id: str | None = None,
        region: str | None = None,
        seed: int | str | None = None,
        strict: bool | None = None,
        warn: bool | None = None,
        isolated: bool = False,
        services: Iterable[str] | None = None,
        fallback: str | Mapping[str, str] | None = None,
        passthrough: Iterable[str] = (),
        config: dict[str, Any] | None = None,
        cloud: Cloud | None = None,
    ) -> None:
        if region is not None and (not isinstance(region, str) or not region):
            raise _misuse(f"region= is a region's name, as 'eu-west-1', not {region!r}")
        if services is not None:
            services = _read_services(services)
        if cloud is not None:
            _check_cloud(cloud)
        self._options: dict[str, Any] = {
            name: value
            for name, value in {
                "account_id": account_id,
                "region": region,
                "seed": seed,
                "strict": strict,
                "warn": warn,
                "services": services,
                "fallback": read_fallback(fallback) if fallback is not None else None,
            }.items()
            if value is not None
        }
        self._isolated = isolated
        self._cloud = cloud
        self._mock_credentials = True
        self._reset_boto3_session = True
        if config:
            from awsim.moto_config import read_config

            options = read_config(config)
            self._mock_credentials = options.mock_credentials
            self._reset_boto3_session = options.reset_boto3_session
            self._options = {**options.settings, **self._options}
        if passthrough:
            from awsim.intercept.passthrough import read_option

            self._options.update(read_option(passthrough, self._options))
        self._entered: list[_Activation] = []
        self._was_started = False

    def __enter__(self) -> Cloud:
        activation = _Activation(self)
        self._entered.append(activation)
        return activation.cloud

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._entered.pop().end()

    def start(self) -> Cloud:
        """Enter; the Cloud is active until :meth:`stop`."""
        cloud = self.__enter__()
        self._was_started = True
        if not self._isolated:
            _started.append(self)
        return cloud

    def stop(self) -> None:
        """Leave. A new one leaves what was last started, as ``mock_aws().start()`` and later ``mock_aws().stop()``
        mean; isolated ones leave only themselves. Raises RuntimeError if there is nothing to leave.
        """
        with _lock:
            mock = self if self._entered or self._was_started or self._isolated else _last_started()
            if mock is None or not mock._entered:
                raise RuntimeError("mock_aws: stop() without start()")
            for place in reversed(range(len(_started))):
                if _started[place] is mock:
                    del _started[place]
                    break
            activation = mock._entered.pop()
        activation.end()

    def another(self, cloud: Cloud | None = None) -> MockAWS:
        """The same mock, not entered yet, and of this Cloud if one is given."""
        new = copy.copy(self)
        new._entered = []
        new._was_started = False
        if cloud is not None:
            new._cloud = cloud
        return new

    def over(self, cloud: Cloud) -> MockAWS:
        """The same mock, not entered yet, of this Cloud, which takes the options over."""
        for name, value in self._options.items():
            setattr(cloud.settings, name, value)
        if "seed" in self._options:
            cloud.ids.reseed(self._options["seed"])
        return self.another(cloud)

    @property
    def cloud(self) -> Cloud:
        """The Cloud that is active through this one. Raises RuntimeError before it is entered."""
        if not self._entered:
            raise RuntimeError("mock_aws: not started")
        return self._entered[-1].cloud

    def __call__(self, target: T) -> T:
        """As a decorator of a function, coroutine function, generator, async generator, or test class."""
        if isinstance(target, (staticmethod, classmethod)):
            return type(target)(self.decorate(target.__func__))
        if type(target).__module__.startswith("_pytest."):
            raise _misuse("mock_aws goes beneath @pytest.fixture: write @pytest.fixture in the line above @mock_aws")
        if inspect.isclass(target):
            from awsim.mock_classes import decorate_class

            return decorate_class(target, self)
        return self.decorate(target)

    def decorate(self, function: T) -> T:
        """The function with this Cloud active while its body runs, each run with a Cloud of its own."""
        wrapper: Callable[..., Any]
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                activation = _Activation(self)
                try:
                    return await function(*args, **kwargs)
                finally:
                    activation.end()

        elif inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
                activation = _Activation(self)
                generator = function(*args, **kwargs)
                try:
                    sent = None
                    while True:
                        try:
                            item = await generator.asend(sent)
                        except StopAsyncIteration:
                            return
                        try:
                            sent = yield item
                        except GeneratorExit:
                            raise
                        except BaseException as error:
                            try:
                                item = await generator.athrow(error)
                            except StopAsyncIteration:
                                return
                            sent = yield item
                finally:
                    await generator.aclose()
                    activation.end()

        elif inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
                activation = _Activation(self)
                try:
                    return (yield from function(*args, **kwargs))
                finally:
                    activation.end()

        else:

            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                activation = _Activation(self)
                try:
                    return function(*args, **kwargs)
                finally:
                    activation.end()

        return wrapper  # type: ignore[return-value]  # same signature by functools.wraps

    def new_settings(self) -> Any:
        """The settings of a new Cloud: the environment's, then this one's options."""
        from awsim.settings import Settings

        return Settings.from_environment(**self._options)


class _Activation:
    """One entering of a MockAWS, to be ended once."""

    __slots__ = ("_environment", "_isolated", "_token", "cloud")

    def __init__(self, mock: MockAWS) -> None:
        self._token: Token[Cloud | None] | None = None
        self._environment: Environment | None = None
        with _lock:
            outer = active.current_cloud()
            # Within an isolated one a plain one is isolated too: it is for those that see the outer one.
            self._isolated = mock._isolated or outer in active.isolated_clouds
            if outer is not None and mock._cloud is None and not mock._isolated:
                self.cloud = self._share(outer, mock)
            else:
                self.cloud = mock._cloud or _new_cloud(mock)
                if mock._cloud is not None and mock._options:
                    _warn_of_idle_options(mock._cloud, mock, "the Cloud that was given has its settings already")
            was_active = active.any_active()
            environment = self._new_environment(mock, outer)
            if self._isolated:
                active.isolated_clouds[self.cloud] = active.isolated_clouds.get(self.cloud, 0) + 1
                self._token = active.context_cloud.set(self.cloud)
                if environment is not None:
                    _isolated_environment.append(environment)
                    _environments.append(environment)
            else:
                active.process_clouds.append(self.cloud)
                self._environment = environment
                assert environment is not None
                _environments.append(environment)
            if not was_active:
                _intercept().install()

    def _share(self, outer: Cloud, mock: MockAWS) -> Cloud:
        _warn_of_idle_options(
            outer, mock, "mock_aws inside another shares its Cloud", " (isolated=True has a Cloud of its own)"
        )
        return outer

    def _new_environment(self, mock: MockAWS, outer: Cloud | None) -> Environment | None:
        if self._isolated and active.isolated_clouds:
            return None  # threads share one environment: the first isolated Cloud sets it, the last puts it back
        if outer is not None:
            region = None if self._isolated else mock._options.get("region")
            return Environment(region=region, credentials=False, reset_session=False)
        return Environment(
            region=None if self._isolated else mock._options.get("region", active.run_options.get("region")),
            credentials=mock._mock_credentials,
            reset_session=mock._reset_boto3_session,
        )

    def end(self) -> None:
        """Leave: what entering changed is put back, and the Cloud dropped if nobody else holds it."""
        with _lock:
            if self._isolated:
                left = active.isolated_clouds[self.cloud] - 1
                if left:
                    active.isolated_clouds[self.cloud] = left
                else:
                    del active.isolated_clouds[self.cloud]
                # Another one is the context's where one begun later has not ended yet.
                if self._token is not None and active.context_cloud.get() is self.cloud:
                    try:
                        active.context_cloud.reset(self._token)
                    except ValueError:  # ended in another context than begun in, as fixtures of async plug-ins do
                        active.context_cloud.set(None)
                if not active.isolated_clouds and _isolated_environment:
                    _put_back(_isolated_environment.pop())
            else:
                last = len(active.process_clouds) - 1 - active.process_clouds[::-1].index(self.cloud)
                del active.process_clouds[last]
                if self._environment is not None:
                    _put_back(self._environment)
            if not active.any_active():
                _intercept().uninstall()
        for observer in active.observers:
            observer(self.cloud)


def _last_started() -> MockAWS | None:
    while _started and not _started[-1]._entered:
        _started.pop()  # left by the end of a with block
    return _started[-1] if _started else None


def _warn_of_idle_options(cloud: Cloud, mock: MockAWS, why: str, instead: str = "") -> None:
    for name, value in mock._options.items():
        # The environment's region is another one's to set, but no part of isolated Clouds.
        if (name != "region" or cloud in active.isolated_clouds) and getattr(cloud.settings, name) != value:
            warnings.warn(f"{why}; {name}={value!r} has no effect{instead}", stacklevel=5)


def _put_back(environment: Environment) -> None:
    """Put back what was changed; where a later Cloud still holds the environment, it does so at its end."""
    place = _environments.index(environment)
    del _environments[place]
    if place < len(_environments):
        _environments[place].take_over(environment)
    else:
        environment.restore()


@functools.cache
def _intercept() -> Any:
    from awsim import intercept

    return intercept


def _read_services(services: Iterable[str]) -> frozenset[str]:
    """The services that are named, in an iterable or in one text. Raises MisuseError for what AWS does not have."""
    from awsim.operation_pattern import check_service

    names = services.replace(",", " ").split() if isinstance(services, str) else list(services)
    for name in names:
        check_service(name)
    return frozenset(names)


def _check_cloud(cloud: object) -> None:
    from awsim.cloud import Cloud

    if not isinstance(cloud, Cloud):
        raise _misuse(f"cloud= is a Cloud, not {cloud!r}")


def _misuse(message: str) -> Exception:
    from awsim.errors import MisuseError

    return MisuseError(message)


def _unknown_option(options: Mapping[str, Any]) -> Exception | None:
    """What is wrong with options that a MockAWS did not take, where it is a name."""
    known = list(inspect.signature(MockAWS).parameters)
    name = next((name for name in options if name not in known), None)
    if name is None:
        return None
    from awsim.operation_pattern import nearest
    from awsim.settings import Settings

    if hasattr(Settings, name):
        return _misuse(f"mock_aws has no option {name!r}; the Cloud has such a setting: aws.settings.{name} = …")
    return _misuse(f"mock_aws has no option {name!r}.{nearest(name, known)}")


def _new_cloud(mock: MockAWS) -> Cloud:
    from awsim.cloud import Cloud

    return Cloud(mock.new_settings())


@overload
def mock_aws(target: T) -> T: ...
@overload
def mock_aws(
    target: None = None,
    *,
    account_id: str | None = None,
    region: str | None = None,
    seed: int | str | None = None,
    strict: bool | None = None,
    warn: bool | None = None,
    isolated: bool = False,
    services: Iterable[str] | None = None,
    fallback: str | Mapping[str, str] | None = None,
    passthrough: Iterable[str] = (),
    config: dict[str, Any] | None = None,
    cloud: Cloud | None = None,
) -> MockAWS: ...
def mock_aws(target: Callable[..., Any] | None = None, **options: Any) -> Any:
    """AWS inside this process, for a test: ``@mock_aws``, ``@mock_aws()``, ``with mock_aws() as aws:``, or
    ``start()`` and ``stop()``.

    account_id
        twelve digits; default AWSIM_ACCOUNT_ID, or 123456789012
    region
        the default region; default AWS_DEFAULT_REGION, or us-east-1
    seed
        of every identifier; the same seed and calls give the same bytes
    strict
        input members that are not honoured are errors
    warn
        False silences the warning about them
    isolated
        the Cloud is active in this context and for the sessions and clients made in it, not for the whole process
    services
        the only services that answer
    fallback
        what answers where awsim simulates nothing: ``"moto"``, or a choice by service, ``{"glue": "moto"}``
    passthrough
        services ("athena") and hosts ("real-bucket.s3.*.amazonaws.com") that reach the real AWS on purpose
    config
        moto's: core.mock_credentials, core.passthrough, core.reset_boto3_session, core.service_whitelist
    cloud
        make this Cloud active instead of a new one
    """
    if target is not None and not callable(target) and not isinstance(target, classmethod):
        raise _misuse(f"mock_aws takes its options by name, as mock_aws(region='eu-west-1'), not {target!r} alone")
    try:
        mock = MockAWS(**options)
    except TypeError:
        if error := _unknown_option(options):
            raise error from None
        raise
    return mock if target is None else mock(target)
