"""A Cloud's state as plain data for JSON, and back.

Owns how stores, schedule, clock and ids are written down; must not know files. Stores are named by service and class,
and what is read becomes instances of the store classes that the named services declare, and of nothing else. Needs the
extra ``snapshot``.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from awsim import spec
from awsim.aws.credentials import CredentialStore
from awsim.errors import AwsimError, MissingExtraError
from awsim.schedule import Due
from awsim.services.plugins import find_plugin, service_of_store
from awsim.stores import Store, StoreKey
from awsim.transitions import TransitionStore

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: The stores that belong to no service, by the name under which a file has them.
_SHARED: dict[str, type[Store]] = {"credentials": CredentialStore, "transitions": TransitionStore}


class SnapshotError(AwsimError):
    """A file that is no snapshot, of another version, or damaged."""


@attrs.frozen
class BytesForm:
    """How bytes are written down: as text, or as a reference to where they are kept."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def new_converter(form: BytesForm | None = None) -> Any:
    """What turns attrs classes into plain data and back; bytes in base 85 unless told otherwise."""
    try:
        from cattrs.preconf.json import make_converter
    except ImportError:
        raise MissingExtraError("saving and loading state needs cattrs: pip install 'awsim[snapshot]'") from None
    converter = make_converter(forbid_extra_keys=True)
    if form is not None:
        converter.register_unstructure_hook(bytes, form.write)
        converter.register_structure_hook(bytes, lambda value, _: form.read(value))
    return converter


def write_base64(value: Any) -> str:
    """Bytes as text, many times as fast as base 85."""
    return base64.b64encode(value).decode("ascii")


def read_base64(value: Any) -> bytes:
    """The bytes that :func:`write_base64` wrote. Raises ValueError."""
    return base64.b64decode(value, validate=True)


# -- stores ------------------------------------------------------------------------------------------------------------


def write_stores(cloud: Cloud, converter: Any) -> Iterator[dict[str, Any]]:
    """Each store in use, in no order."""
    for (store_class, account_id, place), store in cloud.stores.items():
        yield {
            "service": _service_of(store_class),
            "store": store_class.__name__,
            "account_id": account_id,
            "place": place,
            "state": converter.unstructure(store, store_class),
        }


def read_store(cloud: Cloud, item: dict[str, Any], converter: Any) -> tuple[StoreKey, Store]:
    """A store that :func:`write_stores` wrote. Raises SnapshotError for one that is not declared, and whatever else
    comes of damaged data."""
    service_name, name = str(item["service"]), str(item["store"])
    store_class = _declared_stores(cloud, service_name).get(name)
    if store_class is None:
        raise SnapshotError(f"{service_name} has no store {name!r}")
    state = converter.structure(item["state"], store_class)
    return (store_class, str(item["account_id"]), str(item["place"])), state


def _declared_stores(cloud: Cloud, service_name: str) -> dict[str, type[Store]]:
    if service_name == "":
        return {store.__name__: store for store in _SHARED.values()}
    providers = _providers(cloud, service_name)
    return {provider.store.__name__: provider.store for provider in providers if provider.store is not None}


def _providers(cloud: Cloud, service_name: str) -> Sequence[Any]:
    if cloud.services.is_running(service_name):
        service = cloud.services.require(service_name)
        return service.skeleton.delegates if service.skeleton is not None else ()
    plugin = find_plugin(service_name, cloud.settings.provider_of(service_name))
    return plugin.providers if plugin is not None else ()


def _service_of(store_class: type[Store]) -> str:
    if store_class in _SHARED.values():
        return ""
    name = service_of_store(store_class)
    if name is None:
        raise AwsimError(f"no service declares the store {store_class.__name__}")
    return name


# -- the rest ----------------------------------------------------------------------------------------------------------


def write_rest(cloud: Cloud, converter: Any) -> dict[str, Any]:
    """Clock, ids and schedule."""
    sequence, due = cloud.schedule.get_state()
    offset_seconds, frozen_at = cloud.clock.get_state()
    return {
        "offset_seconds": offset_seconds,
        "frozen_at": frozen_at,
        "ids": cloud.ids.get_state(),
        "schedule": {"sequence": sequence, "due": converter.unstructure(due, list[Due])},
    }


def take_state(cloud: Cloud, stores: dict[StoreKey, Store], rest: dict[str, Any], converter: Any) -> None:
    """Give a Cloud stores, clock, ids and schedule instead of its own. Raises whatever comes of damaged data, and then
    the Cloud is as it was."""
    sequence = int(rest["schedule"]["sequence"])
    due = converter.structure(rest["schedule"]["due"], list[Due])
    under_way = [
        one for store in stores.values() if isinstance(store, TransitionStore) for one in store.under_way.values()
    ]
    tasks = [*(one.task for one in due), *(one.task for one in under_way if one.task is not None)]
    for service_name, handler in dict.fromkeys((task.service_name, task.handler) for task in tasks):
        _check_later_work(cloud, service_name, handler)
    if not all(math.isfinite(one.due_time) for one in due):
        raise SnapshotError("later work is due at moments, and one of the file's is none")
    ids = tuple(_random_state(state) for state in rest["ids"])
    frozen_at = rest.get("frozen_at")
    clock = float(rest["offset_seconds"]), None if frozen_at is None else float(frozen_at)
    cloud.clock.check_state(clock)
    before = cloud.ids.get_state()
    try:
        cloud.ids.set_state(ids)  # type: ignore[arg-type]  # checked by random itself
    except Exception:
        cloud.ids.set_state(before)
        raise
    cloud.replace_state(stores, (sequence, due), clock)


def _check_later_work(cloud: Cloud, service_name: str, handler: str) -> None:
    """Raise SnapshotError for later work that no provider has: a file names it, and must not name anything else."""
    providers = _providers(cloud, service_name)
    if not any(callable(getattr(one, handler, None)) for one in providers) or (
        handler.startswith("_") or handler in spec.operations_by_python_name(service_name)
    ):
        raise SnapshotError(f"{service_name} has no later work {handler!r}")


def _random_state(state: Any) -> tuple[Any, ...]:
    version, internal, gauss = state
    return version, tuple(internal), gauss
