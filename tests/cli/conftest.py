"""The command line run in this process, and a provider of Kinesis that simulates little, for it to tell of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from awsim.cli.commands import awsim
from awsim.errors import NotSimulatedError
from awsim.services import plugins


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run the command line with these arguments."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(awsim, list(arguments), prog_name="awsim", env={"COLUMNS": "120"})

    return run


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only SQS and STS are simulated, whatever else awsim may have; what the test registers is forgotten after it."""
    kept = {(name, "default"): plugins.find_plugin(name) for name in ("sqs", "sts")}
    monkeypatch.setattr(plugins, "_plugins", kept)
    monkeypatch.setattr(plugins, "_import_built_in", lambda name: None)
    monkeypatch.setattr("awsim.cli.coverage.simulated_services", lambda: {name for name, _ in plugins._plugins})


@pytest.fixture
def kinesis(registry: None) -> None:
    @plugins.aws_provider(api="kinesis")
    class Kinesis(plugins.ServiceProvider[Any]):
        service = "kinesis"

        def delete_stream(self, context: Any, *, stream_name: str | None = None) -> None:
            """Simulated, but for some members."""

        def describe_limits(self, context: Any, request: Any) -> dict[str, int]:
            return {"ShardLimit": 500, "OpenShardCount": 0}

        def list_streams(self, context: Any) -> Any:
            return context.page("StreamNames", [])

        def put_record(self, context: Any, *, data: bytes) -> Any:
            raise NotSimulatedError("kinesis", "PutRecord")


@pytest.fixture
def modules() -> Iterator[None]:
    """Forget after the test the modules that were imported in it."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("scaffolded", "tests_scaffolded"):
            del sys.modules[name]
