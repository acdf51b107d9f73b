"""AWS's service specifications, as botocore ships them.

Owns loading and caching of models, per process; they are immutable, so this is no state. The only importer of
botocore's loaders and models. A client's own loaded model is adopted rather than loaded a second time.

AWS: SQS still answers the query protocol, but botocore's model has dropped the names that protocol needs. A service's
folder may therefore hold ``spec.<protocol>.json``, a merge patch (RFC 7396) of the model for that protocol.
"""

from __future__ import annotations

import contextlib
import functools
import json
import keyword
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from botocore import __version__ as botocore_version
from botocore import xform_name
from botocore.loaders import Loader, UnknownServiceError, create_loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StructureShape,
)

# Re-exported: the rest of awsim takes the specification's types from here.
__all__ = [
    "ListShape",
    "MapShape",
    "OperationModel",
    "OperationNotFoundError",
    "ServiceModel",
    "Shape",
    "StructureShape",
    "UnknownServiceError",
]

_models: dict[tuple[str, str | None], ServiceModel] = {}
_SERVICES = Path(__file__).parent / "services"


@functools.cache
def loader() -> Loader:
    """The loader of botocore's data files; honours the user's own ``AWS_DATA_PATH`` as boto3 does."""
    path = os.environ.get("AWS_DATA_PATH")
    if path is None and _is_data_path_configured():
        from botocore.session import Session  # a tenth of a second that few need

        path = Session().get_config_variable("data_path")
    return create_loader(path)


def _is_data_path_configured() -> bool:
    """Whether the user's files of configuration may say where data files are."""
    for variable, default in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        with contextlib.suppress(OSError):
            if b"data_path" in Path(os.environ.get(variable) or default).expanduser().read_bytes():
                return True
    return False


class SharedLoader(Loader):  # type: ignore[misc]  # botocore is untyped
    """A session's loader of data files that reads each file once for the process, not once for each session: a test
    makes a session of its own, and reading a model anew would take most of its time.

    Sessions that look into the same folders share; boto3 adds its own to those of each of its sessions.
    """

    _caches: ClassVar[dict[tuple[str, ...], dict[Any, Any]]] = {}

    @property
    def _cache(self) -> dict[Any, Any]:
        return self._caches.setdefault(tuple(self.search_paths), {})

    @_cache.setter
    def _cache(self, value: dict[Any, Any]) -> None:
        """botocore's own, which would be this loader's alone, is not taken."""


def session_loader(data_path: str | None) -> SharedLoader:
    """The loader of a new session, given its setting ``data_path`` (AWS_DATA_PATH)."""
    paths = [os.path.expanduser(os.path.expandvars(path)) for path in (data_path or "").split(os.pathsep) if path]
    return SharedLoader(extra_search_paths=paths)


@functools.cache
def service_names() -> frozenset[str]:
    """The names of every service in the installed botocore."""
    return frozenset(loader().list_available_services("service-2"))


def load_service(service_name: str, protocol: str | None = None) -> ServiceModel:
    """The model of a service, by botocore's service name.

    ``protocol`` asks for the model as it is spoken in another protocol than its first ("query" for SQS); None, and a
    protocol that needs no patch, give the plain model. Raises UnknownServiceError.
    """
    key = (service_name, protocol)
    model = _models.get(key)
    if model is None:
        patch = _patch_file(service_name, protocol)
        if patch is None:
            model = _models.get((service_name, None))
            if model is None:
                model = ServiceModel(loader().load_service_model(service_name, "service-2"), service_name)
                _models[(service_name, None)] = model
        else:
            description = loader().load_service_model(service_name, "service-2")
            model = ServiceModel(merge_patch(description, json.loads(patch.read_text())), service_name)
        _models[key] = model
    return model


def adopt(model: ServiceModel) -> ServiceModel:
    """The process's model of the service that a client has loaded: the client's own, if it is the first to be seen.

    What is compiled is kept per model, so clients must share one; each has an object of its own for the same data.
    """
    return _models.setdefault((model.service_name, None), model)


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396, on a copy: mappings merge, None removes, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


#: The botocore whose models awsim's providers were written against. They work with older ones too, in which members
#: and operations may be missing; setup.cfg says how old.
TESTED_BOTOCORE = (1, 44, 8)


@functools.cache
def is_older_than_tested() -> bool:
    """Whether the installed botocore's models may lack what awsim's providers honour."""
    return _installed_botocore()[:2] < TESTED_BOTOCORE[:2]


@functools.cache
def is_newer_than_tested() -> bool:
    """Whether the installed botocore's models may have what awsim's providers were written without."""
    return _installed_botocore() > TESTED_BOTOCORE


def _installed_botocore() -> tuple[int, ...]:
    return tuple(int(part) for part in botocore_version.split(".")[:3] if part.isdigit())


def is_server_fault(error: Shape) -> bool:
    """Whether a modelled error is the service's fault, not the caller's; botocore's Shape leaves the trait out."""
    return bool(error._shape_model.get("fault"))


@functools.cache
def python_name(aws_name: str) -> str:
    """boto3's spelling of an AWS name, safe as an identifier: ``QueueUrl`` -> ``queue_url``, ``From`` -> ``from_``."""
    name: str = re.sub(r"\W", "_", xform_name(aws_name))
    return f"{name}_" if name in _KEYWORDS else name


@functools.cache
def operations_by_python_name(service_name: str) -> dict[str, str]:
    """boto3's method names of a service -> the operations' names."""
    return {python_name(name): name for name in load_service(service_name).operation_names}


@functools.cache
def paginators(service_name: str) -> dict[str, dict[str, Any]]:
    """botocore's paginators of a service: operation name -> its tokens, limit and result keys. Empty where none."""
    try:
        found: dict[str, dict[str, Any]] = loader().load_service_model(service_name, "paginators-1")["pagination"]
    except UnknownServiceError:
        return {}
    return found


def _patch_file(service_name: str, protocol: str | None) -> Path | None:
    if protocol is None:
        return None
    path = _SERVICES / package_name(service_name) / f"spec.{protocol}.json"
    return path if path.is_file() else None


def package_name(service_name: str) -> str:
    """A service's folder under ``awsim/services``: ``lambda`` -> ``lambda_``, ``cognito-idp`` -> ``cognito_idp``."""
    name = service_name.replace("-", "_")
    return f"{name}_" if name in _KEYWORDS else name


_KEYWORDS = frozenset(keyword.kwlist)


def serialized_request(operation: OperationModel, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """An operation's input as botocore writes it: method, url_path, query_string, headers, body."""
    from botocore.serialize import create_serializer

    serializer = create_serializer(operation.service_model.resolved_protocol, include_validation=False)
    written: dict[str, Any] = serializer.serialize_to_request(dict(parameters), operation)
    return written
