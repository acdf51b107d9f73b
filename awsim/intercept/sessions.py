"""botocore's sessions while a Cloud is active: made as quickly as can be, for every test makes one.

Most of a session's making is the same each time: registering botocore's own handlers, reading models, and setting up
the search for credentials that the environment has. Here it is done once, or when it is needed. What a session does and
what can be asked of it stays the same.
"""

from __future__ import annotations

import copy
from typing import Any

import botocore.handlers
import botocore.session
from botocore.credentials import CredentialResolver, EnvProvider, InstanceMetadataProvider

from awsim import active, spec
from awsim.intercept import patches
from awsim.intercept.emitters import Aliaser, Emitter

_Session = botocore.session.Session
_real_init = _Session.__init__


def _init(real: Any) -> Any:
    def init(
        self: Any,
        session_vars: Any = None,
        event_hooks: Any = None,
        include_builtin_handlers: bool = True,
        profile: Any = None,
    ) -> None:
        if event_hooks is None and include_builtin_handlers:
            event_hooks, include_builtin_handlers = copy.copy(_built_in_hooks()), False
        real(self, session_vars, event_hooks, include_builtin_handlers, profile)
        _furnish(self, event_hooks)

    return init


def _furnish(session: Any, event_hooks: Any) -> None:
    if isinstance(event_hooks, Emitter):
        session._events = Aliaser(event_hooks)
        session._components.register_component("event_emitter", session._events)
    session.awsim_cloud = active.context_cloud.get()
    session._components.lazy_register_component(
        "data_loader", lambda: spec.session_loader(session.get_config_variable("data_path"))
    )
    if type(session)._create_credential_resolver is _Session._create_credential_resolver:
        session._components.lazy_register_component("credential_provider", lambda: _EnvironmentFirst(session))


class _EnvironmentFirst(CredentialResolver):  # type: ignore[misc]  # botocore is untyped
    """botocore's chain of credential providers, put together only when the environment has none or somebody looks at
    it: it makes HTTP clients for instance metadata, which cost more than all the rest."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._providers: list[Any] | None = None

    @property
    def providers(self) -> list[Any]:
        if self._providers is None:
            self._providers = self._session._create_credential_resolver().providers
        return self._providers

    @providers.setter
    def providers(self, value: list[Any]) -> None:
        self._providers = value

    def load_credentials(self) -> Any:
        # AWS: a profile that was chosen explicitly comes before the environment.
        if self._session.instance_variables().get("profile") is not None:
            return self._load_without_metadata()
        if self._providers is None:
            credentials = EnvProvider().load()
            if credentials is not None:
                return credentials
        return super().load_credentials()

    def _load_without_metadata(self) -> Any:
        """What a profile has; None, for which harmless ones are put, where botocore would go on to ask an instance."""
        found = (one.load() for one in self.providers if not isinstance(one, InstanceMetadataProvider))
        return next((credentials for credentials in found if credentials is not None), None)


#: Copied for each session; kept by which handlers botocore has, for a library may have added to them.
_hooks: dict[tuple[int, ...], Any] = {}


def _built_in_hooks() -> Any:
    key = tuple(map(id, botocore.handlers.BUILTIN_HANDLERS))
    hooks = _hooks.get(key)
    if hooks is None:
        session: Any = object.__new__(_Session)
        _real_init(session)
        _hooks.clear()
        hooks = _hooks[key] = Emitter.of(session._original_handler)
    return hooks


def declare() -> None:
    """Make sessions quickly while a Cloud is active."""
    patches.replace(_Session, "__init__", _init)
