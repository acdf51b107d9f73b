"""Members in paths, query strings, headers and host names."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore.model import ServiceModel
from hypothesis import given
from hypothesis import strategies as st

from awsim import spec
from awsim.protocol.bindings import split_header
from awsim.protocol.codec import operation_codec, wire_protocol
from awsim.protocol.http import Request


def parsed(service: str, name: str, request: Request) -> dict[str, Any]:
    return operation_codec(spec.load_service(service).operation_model(name)).parse(request)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/bucket/key", "key"),
        ("/bucket/a/b/", "a/b/"),
        ("/bucket//a//b", "/a//b"),
        ("/bucket/a%2Fb%20c+d", "a/b c+d"),
        ("/bucket/%C3%A9%25", "é%"),
        ("/bucket/..", ".."),
    ],
)
def test_a_greedy_label_takes_the_rest_of_the_path_as_it_is(path: str, key: str) -> None:
    assert parsed("s3", "GetObject", Request("GET", path)) == {"Bucket": "bucket", "Key": key}


def test_labels_may_stand_behind_a_greedy_one() -> None:
    members = parsed("apigateway", "GetResource", Request("GET", "/restapis/a%20b/resources/r"))
    assert members == {"restApiId": "a b", "resourceId": "r"}
    path = "/v1/tags/arn%3Aaws%3Axray/x"
    description = {
        "metadata": {"protocol": "rest-json", "apiVersion": "1", "endpointPrefix": "x"},
        "operations": {
            "Op": {"name": "Op", "http": {"method": "GET", "requestUri": "/v1/{Way+}/{Last}"}, "input": {"shape": "In"}}
        },
        "shapes": {
            "In": {
                "type": "structure",
                "members": {
                    "Way": {"shape": "S", "location": "uri"},
                    "Last": {"shape": "S", "location": "uri"},
                },
            },
            "S": {"type": "string"},
        },
    }
    service = ServiceModel(description, "x")
    parse = wire_protocol(service, "rest-json").parser(service.operation_model("Op"))
    assert parse(Request("GET", path)) == {"Way": "tags/arn:aws:xray", "Last": "x"}


@pytest.mark.parametrize("name", ["GetObject", "ListObjectsV2"])
def test_a_model_whose_client_took_the_bucket_out_of_the_path_is_read_alike(name: str) -> None:
    service = spec.load_service("s3")
    changed = ServiceModel(copy.deepcopy(service._service_description), "s3").operation_model(name)
    uri = changed.http["requestUri"]
    if "authPath" not in changed.http:  # a client of this process may have done it already, to the data that all share
        changed.http["requestUri"] = uri.removeprefix("/{Bucket}")
        changed.http["authPath"] = uri.partition("?")[0] + ("/" if uri.startswith("/{Bucket}?") else "")
    parse = wire_protocol(changed.service_model, "rest-xml").parser(changed)
    for request in (Request("GET", "/bucket/a/b", "list-type=2"), Request("GET", "/bucket", "list-type=2")):
        assert parse(request) == parsed("s3", name, request)
        assert parse(request)["Bucket"] == "bucket"


def test_parameters_may_be_repeated_or_come_without_a_value() -> None:
    request = Request("GET", "/bucket", "list-type=2&prefix=&max-keys=&fetch-owner&delimiter=%2F")
    assert parsed("s3", "ListObjectsV2", request) == {
        "Bucket": "bucket",
        "Prefix": "",
        "FetchOwner": True,
        "Delimiter": "/",
    }
    request = Request("GET", "/domainnames", "position=a&position=b&limit=5")
    assert parsed("apigateway", "GetDomainNames", request) == {"position": "a", "limit": 5}


def test_a_map_of_parameters_takes_those_that_are_bound_to_nothing_else() -> None:
    request = Request("PUT", "/restapis/api", "mode=merge&failonwarnings=true&basepath=prepend&basepath=again")
    assert parsed("apigateway", "PutRestApi", request) == {
        "restApiId": "api",
        "mode": "merge",
        "failOnWarnings": True,
        "parameters": {"basepath": "prepend"},
    }


def test_headers_with_a_prefix_become_a_map() -> None:
    headers = {"X-Amz-Meta-Colour": "red", "x-amz-meta-": "", "x-amz-metal": "no"}
    request = Request("PUT", "/bucket/key", headers=headers, body=b"data")
    assert parsed("s3", "PutObject", request) == {
        "Bucket": "bucket",
        "Key": "key",
        "Body": b"data",
        "Metadata": {"colour": "red", "": ""},
    }


def test_a_member_that_only_the_host_carries_is_taken_from_there() -> None:
    host = "123456789012.s3-control.us-east-1.amazonaws.com"
    request = Request("GET", "/v20180820/jobs/job", host=host)
    assert parsed("s3control", "DescribeJob", request) == {"JobId": "job", "AccountId": "123456789012"}
    request = Request("GET", "/v20180820/jobs/job", headers={"x-amz-account-id": "210987654321"}, host=host)
    assert parsed("s3control", "DescribeJob", request) == {"JobId": "job", "AccountId": "210987654321"}


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        ("a", ["a"]),
        ("a, b ,c", ["a", "b", "c"]),
        ('"a,b", c', ["a,b", "c"]),
        ('"say \\"hi\\"", "back\\\\slash"', ['say "hi"', "back\\slash"]),
        ('a"b', ['a"b']),
    ],
)
def test_lists_in_headers_are_split_outside_of_quotes(text: str, items: list[str]) -> None:
    assert split_header(text) == items


@given(st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126)), min_size=2))
def test_quoted_items_of_a_list_survive(items: list[str]) -> None:
    quoted = ['"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items]
    assert split_header(", ".join(quoted)) == items
