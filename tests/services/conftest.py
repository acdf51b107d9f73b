"""Every test of a service runs twice: told the operation by botocore, and as plain HTTP that must be routed."""

from __future__ import annotations

from typing import Any

import pytest

from awsim.cloud import Cloud


def answer_over_the_wire(cloud: Cloud, prepared: Any) -> Any:
    """Answer botocore's request from what it carries on the wire alone, as a server would."""
    from awsim.intercept import botocore as intercept
    from awsim.protocol.http import Response

    response = Response()
    cloud.gateway.process(intercept.to_request(prepared, prepared.body), response)
    return intercept.to_aws_response(prepared.url, response, streaming=prepared.stream_output)


@pytest.fixture(params=["in-process", "wire"], autouse=True)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the test's calls reach the gateway."""
    if request.param == "wire":
        monkeypatch.setattr("awsim.intercept.botocore.answer", answer_over_the_wire)
    transport: str = request.param
    return transport
