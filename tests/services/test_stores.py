"""Every service's stores can be written out and read back, so no lock, function or file can be in one."""

from __future__ import annotations

import attrs
import pytest

from awsim import Settings
from awsim.cloud import Cloud
from awsim.services.plugins import find_plugin, simulated_services


@pytest.mark.parametrize("service_name", sorted(simulated_services()))
def test_an_empty_store_survives_being_saved(service_name: str, tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "state.json"
    plugin = find_plugin(service_name)
    assert plugin is not None
    cloud = Cloud(Settings())
    cloud.services.require(service_name)
    stores = {provider.store for provider in plugin.providers if provider.store is not None}
    for store in stores:
        assert attrs.has(store)
        cloud.store(store, "123456789012", "us-east-1")
    cloud.save(path)
    loaded = Cloud(Settings())
    loaded.load(path)
    assert {type(store) for store in loaded.stores.values()} == stores
