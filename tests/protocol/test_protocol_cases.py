"""AWS's own protocol cases, in both directions.

The cases are those that botocore ships for its clients. An input case says what request its parameters make: awsim
reads that request, and the one that botocore makes, back into the parameters. An output case says what its response
means: awsim writes that meaning, and botocore reads it back; where botocore cannot read such a response, awsim's has to
be the case's own.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from botocore.model import OperationModel, ServiceModel

from awsim.errors import ServiceException
from awsim.protocol.cbor import load_cbor
from awsim.protocol.codec import wire_protocol
from awsim.protocol.http import Request, Response
from tests.protocol.equivalence import settled
from tests.protocol.wire import error_by_botocore, read_by_botocore, sent_by_botocore

CASES = Path(__file__).parents[2].parent / "shared" / "protocol-tests"

#: What awsim does not do, each with the reason; at most ten.
EXCEPTIONS = {
    "MediaTypeHeaderInputBase64": "boto3 takes the header's JSON value itself, not its text as other SDKs do",
    "MediaTypeHeaderOutputBase64": "boto3 gives the header's JSON value itself, not its text as other SDKs do",
}


def load_cases(direction: str) -> Iterator[Any]:
    """The cases of a direction as pytest parameters: protocol, suite, case."""
    for path in sorted((CASES / direction).glob("*.json")):
        for suite in json.loads(path.read_text()):
            for case in suite["cases"]:
                yield pytest.param(suite["metadata"]["protocol"], suite, case, id=f"{path.stem}-{case['id']}")


def parameters(direction: str, *, errors: bool = False) -> list[Any]:
    """The cases of a direction that tell of errors, or those that do not; one that is skipped where there are none."""
    found = [case for case in load_cases(direction) if ("errorCode" in case.values[2]) == errors]
    skip = pytest.mark.skip(reason=f"AWS's protocol cases are not there: no {CASES.parent.name}/{CASES.name} beside us")
    return found or [pytest.param("", {}, {}, id="absent", marks=skip)]


def unreadable_by_botocore(direction: str, protocol: str, case: dict[str, Any], suite: dict[str, Any]) -> bool:
    """Whether botocore's own list says that it cannot do a case."""
    ignored = json.loads((CASES / "protocol-tests-ignore-list.json").read_text())
    general = ignored["general"].get(direction, {})
    versions = {"json": ("json", "json_1_0")}.get(protocol, (protocol,))
    ids = [i for name in versions for i in ignored["protocols"].get(name, {}).get(direction, {}).get("cases", [])]
    return case["id"] in ids or suite["description"] in general.get("suites", [])


def operation_of(suite: dict[str, Any], case: dict[str, Any]) -> OperationModel:
    given = case["given"]
    metadata = {"jsonVersion": "1.1", "targetPrefix": "Prefix", "endpointPrefix": "service", **suite["metadata"]}
    description = {"metadata": metadata, "operations": {given["name"]: given}, "shapes": suite["shapes"]}
    return ServiceModel(description, "service").operation_model(given["name"])


# Input


def provided(value: Any, shape: Any) -> Any:
    """A case's members as a caller or provider would give them; the cases spell special numbers out."""
    if value is None:
        return None
    if shape.type_name == "structure" and not shape.metadata.get("document"):
        return {name: provided(item, shape.members[name]) for name, item in value.items()}
    if shape.type_name == "list":
        return [provided(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {key: provided(item, shape.value) for key, item in value.items()}
    return float(value) if shape.type_name in ("float", "double") else value


def request_of(protocol: str, serialized: dict[str, Any]) -> Request:
    url = urlsplit(serialized["uri"])
    body = serialized["body"] or ""
    data = base64.b64decode(body) if protocol == "smithy-rpc-v2-cbor" else body.encode()
    return Request(
        serialized["method"],
        url.path,
        url.query,
        serialized.get("headers"),
        data,
        host=serialized.get("host") or "service.us-east-1.amazonaws.com",
    )


def comparable_input(operation: OperationModel, members: dict[str, Any]) -> dict[str, Any]:
    """Members without what a request cannot tell apart from absence, and without what the client adds on its own."""
    shape = operation.input_shape
    if shape is None:
        return members
    comparable = settled(members, shape, empty_is_absent=True)
    bound = {
        member.serialization.get("name", name)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
    }
    for name, member in shape.members.items():
        if member.metadata.get("idempotencyToken") and comparable.get(name) == "00000000-0000-4000-8000-000000000000":
            del comparable[name]  # AWS's clients fill the token in; the cases do so with this one
        elif member.serialization.get("location") == "querystring" and member.type_name == "map" and name in comparable:
            # A parameter to which a member is bound may also stand in the map: the request is the same.
            comparable[name] = {key: value for key, value in comparable[name].items() if key not in bound}
            if not comparable[name]:
                del comparable[name]
        elif member.serialization.get("location") == "headers" and name in comparable:
            comparable[name] = {key.lower(): value for key, value in comparable[name].items()}
    return comparable


@pytest.mark.parametrize(("protocol", "suite", "case"), parameters("input"))
def test_requests_of_aws_cases_are_read_back_into_their_parameters(
    protocol: str, suite: dict[str, Any], case: dict[str, Any]
) -> None:
    if case["id"] in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[case["id"]])
    operation = operation_of(suite, case)
    parse = wire_protocol(operation.service_model, protocol).parser(operation)
    expected = comparable_input(operation, case["params"])
    if "body" in case["serialized"]:  # the cases of request compression do not show their bodies
        assert comparable_input(operation, parse(request_of(protocol, case["serialized"]))) == expected
    if not unreadable_by_botocore("input", protocol, case, suite):
        params = provided(case["params"], operation.input_shape) if operation.input_shape is not None else {}
        assert comparable_input(operation, parse(sent_by_botocore(operation, protocol, params))) == expected


# Output


def same_response(response: Response, given: dict[str, Any]) -> bool:
    """Whether a response says what the given one does, whatever the order, blanks and further headers."""
    headers = {name.lower(): value.replace(", ", ",") for name, value in response.headers.items()}
    given_headers = {name.lower(): value.replace(", ", ",") for name, value in given.get("headers", {}).items()}
    given_headers.pop("content-length", None)
    if response.status_code != given["status_code"] or not given_headers.items() <= headers.items():
        return False
    body, given_body = response.read(), given.get("body", "").encode()
    if response.headers.get("Content-Type") == "application/cbor":
        return bool(load_cbor(body) == load_cbor(base64.b64decode(given_body)))
    if given_body.lstrip().startswith(b"<"):
        return canonical(ET.fromstring(body)) == canonical(ET.fromstring(given_body))
    return body == given_body or json.loads(body or b"null") == json.loads(given_body or b"null")


def canonical(element: ET.Element) -> Any:
    """An element without its namespace, the request's id and the order of differently named children."""
    tag = element.tag.rpartition("}")[2]
    children = [canonical(child) for child in element]
    children = [child for child in children if child[0].lower() not in ("requestid", "responsemetadata")]
    if [child[0] for child in children] == [tag.removesuffix("Response") + "Result"]:
        children = children[0][2]  # the query protocol's wrapper, which some of the cases' models leave out
    children.sort(key=lambda child: str(child[0]))
    return tag, dict(element.attrib), children or (element.text or "").strip()


@pytest.mark.parametrize(("protocol", "suite", "case"), parameters("output"))
def test_results_of_aws_cases_reach_botocore(protocol: str, suite: dict[str, Any], case: dict[str, Any]) -> None:
    if case["id"] in EXCEPTIONS:
        pytest.skip(EXCEPTIONS[case["id"]])
    operation = operation_of(suite, case)
    shape = operation.output_shape
    result = provided(case["result"], shape) if shape is not None else None
    response = wire_protocol(operation.service_model, protocol).serializer(operation)(result, "id")
    if unreadable_by_botocore("output", protocol, case, suite) and same_response(response, case["response"]):
        return
    assert response.status_code == case["response"]["status_code"]
    parsed = read_by_botocore(response, operation, protocol)
    parsed.pop("ResponseMetadata", None)
    if shape is None:
        assert parsed == {}
        return
    received = settled(parsed, shape)
    for name, member in shape.members.items():
        if member.serialization.get("location") == "headers":  # a prefix may be empty and so catch every header
            received[name] = {key: item for key, item in received[name].items() if key.lower() != "x-amzn-requestid"}
    assert received == settled(case["result"], shape)


@pytest.mark.parametrize(("protocol", "suite", "case"), parameters("output", errors=True))
def test_errors_of_aws_cases_reach_botocore(protocol: str, suite: dict[str, Any], case: dict[str, Any]) -> None:
    operation = operation_of(suite, case)
    shape = operation.error_shapes[0]
    status = case["response"]["status_code"]
    members = {name: value for name, value in case["error"].items() if name.lower() != "message"}
    error = ServiceException(case["errorCode"], case.get("errorMessage", ""), status_code=status, **members)
    response = wire_protocol(operation.service_model, protocol).error_serializer(operation)(error, "id")
    assert response.status_code == status
    parsed = error_by_botocore(response, operation, protocol, shape)
    assert parsed["Error"]["Code"] == case["errorCode"]
    assert (parsed["Error"]["Message"] or "") == case.get("errorMessage", "")
    assert {name: parsed[name] for name in parsed if name not in ("Error", "ResponseMetadata")} == case["error"]


def test_no_more_than_ten_cases_are_excepted() -> None:
    assert len(EXCEPTIONS) <= 10
    assert all(EXCEPTIONS.values())
