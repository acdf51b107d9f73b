"""Where service models are found: botocore's own, and where the user says, as boto3 finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsim import spec


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the model of a service that botocore does not have."""
    folder = tmp_path / "models"
    (folder / "parrots" / "2026-01-01").mkdir(parents=True)
    model = {"metadata": {"serviceId": "parrots"}, "operations": {}, "shapes": {}}
    (folder / "parrots" / "2026-01-01" / "service-2.json").write_text(json.dumps(model))
    for name in ("AWS_DATA_PATH", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    spec.loader.cache_clear()
    yield folder
    monkeypatch.undo()
    spec.loader.cache_clear()


def knows_parrots() -> bool:
    return "parrots" in spec.loader().list_available_services("service-2")


def test_botocores_own_are_found(models):
    assert not knows_parrots()
    assert "sqs" in spec.loader().list_available_services("service-2")


def test_the_environment_says_where_others_are(models, monkeypatch):
    monkeypatch.setenv("AWS_DATA_PATH", str(models))
    assert knows_parrots()
    assert "sqs" in spec.loader().list_available_services("service-2")


@pytest.mark.parametrize("file", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
def test_the_users_configuration_says_where_others_are(models, tmp_path, file):
    (tmp_path / file).write_text(f"[default]\ndata_path = {models}\n")
    assert knows_parrots()
