"""A Cloud's state in a file: safe, versioned, diffable JSON.

Owns the format and its reading. A file names stores by service and class and holds only data: what is read becomes
instances of the store classes that the named services declare, and of nothing else. Needs the extra ``snapshot``.
"""

from __future__ import annotations

import functools
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awsim.aws.credentials import CredentialStore
from awsim.errors import AwsimError
from awsim.schedule import Due
from awsim.services.plugins import find_plugin, service_of_store
from awsim.stores import Store, StoreKey
from awsim.transitions import TransitionStore

if TYPE_CHECKING:
    from awsim.cloud import Cloud

FORMAT = "awsim-snapshot"
VERSION = 1

#: The stores that belong to no service, by the name under which a file has them.
_SHARED: dict[str, type[Store]] = {"credentials": CredentialStore, "transitions": TransitionStore}


class SnapshotError(AwsimError):
    """A file that is no snapshot, of another version, or damaged."""


@functools.cache
def _converter() -> Any:
    try:
        from cattrs.preconf.json import make_converter
    except ImportError:
        raise AwsimError("saving and loading state needs cattrs: pip install 'awsim[snapshot]'") from None
    return make_converter(forbid_extra_keys=True)


def write_snapshot(cloud: Cloud, path: Path) -> None:
    """Write a Cloud's state. The file is replaced as a whole, or not at all."""
    converter = _converter()
    stores = []
    for (store_class, account_id, place), store in cloud.stores.items():
        stores.append(
            {
                "service": _service_of(store_class),
                "store": store_class.__name__,
                "account_id": account_id,
                "place": place,
                "state": converter.unstructure(store, store_class),
            }
        )
    sequence, due = cloud.schedule.get_state()
    offset_seconds, frozen_at = cloud.clock.get_state()
    document = {
        "format": FORMAT,
        "version": VERSION,
        "offset_seconds": offset_seconds,
        "frozen_at": frozen_at,
        "ids": cloud.ids.get_state(),
        "schedule": {"sequence": sequence, "due": converter.unstructure(due, list[Due])},
        "stores": sorted(stores, key=lambda item: (item["service"], item["store"], item["account_id"], item["place"])),
    }
    text = json.dumps(document, indent=1)  # in the order of the stores, which is that of tags too
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_snapshot(cloud: Cloud, path: Path) -> None:
    """Give a Cloud the state of a file. Raises SnapshotError, and then the Cloud is as it was."""
    converter = _converter()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{path} is no snapshot: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SnapshotError(f"{path} is no snapshot of awsim")
    if document.get("version") != VERSION:
        raise SnapshotError(f"{path} has version {document.get('version')!r} of the format; this awsim reads {VERSION}")
    try:
        stores = dict(_read_store(cloud, item) for item in document["stores"])
        sequence = int(document["schedule"]["sequence"])
        due = converter.structure(document["schedule"]["due"], list[Due])
        ids = tuple(_random_state(state) for state in document["ids"])
        frozen_at = document.get("frozen_at")
        clock = float(document["offset_seconds"]), None if frozen_at is None else float(frozen_at)
        before = cloud.ids.get_state()
        try:
            cloud.ids.set_state(ids)  # type: ignore[arg-type]  # checked by random itself
        except Exception:
            cloud.ids.set_state(before)
            raise
    except SnapshotError:
        raise
    except Exception as error:
        raise SnapshotError(f"{path} is damaged: {type(error).__name__}: {error}") from error
    cloud.replace_state(stores, (sequence, due), clock)


def _random_state(state: Any) -> tuple[Any, ...]:
    version, internal, gauss = state
    return version, tuple(internal), gauss


def _read_store(cloud: Cloud, item: dict[str, Any]) -> tuple[StoreKey, Store]:
    service_name, name = str(item["service"]), str(item["store"])
    store_class = _declared_stores(cloud, service_name).get(name)
    if store_class is None:
        raise SnapshotError(f"{service_name} has no store {name!r}")
    state = _converter().structure(item["state"], store_class)
    return (store_class, str(item["account_id"]), str(item["place"])), state


def _declared_stores(cloud: Cloud, service_name: str) -> dict[str, type[Store]]:
    if service_name == "":
        return {store.__name__: store for store in _SHARED.values()}
    plugin = find_plugin(service_name, cloud.settings.provider_of(service_name))
    providers = plugin.providers if plugin is not None else []
    return {provider.store.__name__: provider.store for provider in providers if provider.store is not None}


def _service_of(store_class: type[Store]) -> str:
    if store_class in _SHARED.values():
        return ""
    name = service_of_store(store_class)
    if name is None:
        raise AwsimError(f"no service declares the store {store_class.__name__}")
    return name


__all__ = ["SnapshotError", "read_snapshot", "write_snapshot"]
