"""pytest fixtures: ``aws``, a fresh Cloud that is active during the test; ``aws_server``, the same behind HTTP.

Imports awsim's rest only when a fixture is used, so that a suite that installs awsim without using it pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.server import Server

_INI: dict[str, tuple[str, Any]] = {
    "awsim_account_id": ("the account id of Clouds made by the aws fixture", "string"),
    "awsim_region": ("the default region of Clouds made by the aws fixture", "string"),
    "awsim_seed": ("the seed of identifiers of Clouds made by the aws fixture", "string"),
    "awsim_strict": ("input members that awsim does not honour are errors", "bool"),
    "awsim_isolated": ("Clouds made by the aws fixture belong to the test's context, not to the process", "bool"),
    "awsim_services": ("the only services that answer", "args"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini options."""
    for name, (help_text, kind) in _INI.items():
        default: Any = {"string": "", "bool": False, "args": []}[kind]
        parser.addini(name, help_text, type=kind, default=default)


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line(
        "markers",
        "aws(account_id=…, region=…, seed=…, strict=…, isolated=…, services=…): options of the aws fixture's Cloud, "
        "as mock_aws takes them",
    )


@pytest.fixture
def aws(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A fresh Cloud, active during the test: ``aws.client("sqs")``, ``aws.resource``, ``aws.session``, ``aws.clock``.

    Options come from the ini file (``awsim_region`` …) and, before those, from ``@pytest.mark.aws(region=…)``.
    """
    from awsim.mock import mock_aws

    options: dict[str, Any] = {}
    for name in _INI:
        value = request.config.getini(name)
        if value:
            options[name.removeprefix("awsim_")] = value
    for marker in request.node.iter_markers("aws"):
        if marker.args:
            raise pytest.UsageError("@pytest.mark.aws takes options by name: @pytest.mark.aws(region='eu-west-1')")
        options = {**options, **{name: value for name, value in marker.kwargs.items() if value is not None}}
    with mock_aws(**options) as cloud:
        yield cloud


@pytest.fixture
def aws_server(aws: Cloud) -> Iterator[Server]:
    """The Cloud of ``aws`` behind HTTP, for other processes: ``aws_server.url``. Needs the extra ``server``."""
    from awsim.server import serve

    with serve(aws) as server:
        yield server
