"""CORS: which rules a bucket takes, and what they say to a browser."""

from __future__ import annotations

import pytest

from awsim.services.s3.configuration.cors_rules import (
    AccessForbidden,
    BadPreflight,
    match,
    preflight_headers,
    response_headers,
)
from awsim.services.s3.configuration.model import BucketConfiguration

VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
RULES = [
    {
        "AllowedMethods": ["GET", "PUT"],
        "AllowedOrigins": ["https://localhost:4200", "http://*.origin.com"],
        "AllowedHeaders": ["x-amz-expected-bucket-owner", "x-AMZ-server-SIDE-encryption*"],
        "ExposeHeaders": ["ETag", "x-amz-id-2"],
        "MaxAgeSeconds": 3000,
    },
    {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]},
]


@pytest.fixture
def configuration():
    return BucketConfiguration(cors_rules=RULES)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (
            {"AllowedMethods": ["MYMETHOD"], "AllowedOrigins": ["*"]},
            "Found unsupported HTTP method in CORS config. Unsupported method is MYMETHOD",
        ),
        (
            {"AllowedMethods": ["GET"], "AllowedOrigins": ["http://*.*"]},
            'AllowedOrigin "http://*.*" can not have more than one wildcard.',
        ),
        (
            {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*-*"]},
            'AllowedHeader "*-*" can not have more than one wildcard.',
        ),
        (
            {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["x-*"]},
            'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
        ),
    ],
)
def test_rules_that_say_nonsense_are_refused(s3, bucket, refusal, rule, error):
    found = refusal(s3.put_bucket_cors, Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert found == {"Status": 400, "Code": "InvalidRequest", "Message": error}


def test_a_preflight_is_told_what_its_rule_allows(configuration):
    headers = {
        "origin": "https://localhost:4200",
        "access-control-request-method": "GET",
        "access-control-request-headers": "x-amz-expected-bucket-owner,X-Amz-Server-Side-Encryption",
    }
    assert preflight_headers(configuration, headers) == {
        "Access-Control-Allow-Origin": "https://localhost:4200",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": "x-amz-expected-bucket-owner, x-amz-server-side-encryption",
        "Access-Control-Expose-Headers": "ETag, x-amz-id-2",
        "Access-Control-Max-Age": "3000",
        "Vary": VARY,
    }


def test_an_origin_may_have_one_asterisk(configuration):
    assert match(configuration, "http://test.origin.com", "PUT") is RULES[0]
    assert match(configuration, "http://origin.com", "PUT") is None
    assert match(configuration, "http://origin.com", "GET") is RULES[1]


def test_whoever_is_allowed_with_all_others_sends_no_credentials(configuration):
    assert response_headers(configuration, "GET", {"origin": "http://elsewhere.com"}) == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET",
        "Vary": VARY,
    }


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("DELETE", {"origin": "https://localhost:4200"}),
        ("GET", {}),
        ("GET", {"origin": "https://localhost:4200", "access-control-request-headers": "x-amz-acl"}),
        ("GET", {"origin": "https://localhost:4200", "access-control-request-method": "HEAD"}),
    ],
)
def test_a_request_that_no_rule_is_for_is_answered_without_cors(configuration, method, headers):
    assert response_headers(configuration, method, headers) == {}


def test_a_preflight_that_no_rule_allows_is_forbidden(configuration):
    headers = {"origin": "http://elsewhere.com", "access-control-request-method": "PUT"}
    with pytest.raises(AccessForbidden) as caught:
        preflight_headers(configuration, headers)
    assert caught.value.status_code == 403
    assert caught.value.message == (
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
        "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
        "resource's CORS spec."
    )
    assert caught.value.members == {"Method": "PUT", "ResourceType": "OBJECT"}


def test_a_preflight_of_a_bucket_without_rules_is_forbidden():
    headers = {"origin": "http://elsewhere.com", "access-control-request-method": "PUT"}
    with pytest.raises(AccessForbidden) as caught:
        preflight_headers(BucketConfiguration(), headers, resource_type="BUCKET")
    assert caught.value.message == "CORSResponse: CORS is not enabled for this bucket."
    assert caught.value.members == {"Method": "PUT", "ResourceType": "BUCKET"}


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"access-control-request-method": "GET"}, "Insufficient information. Origin request header needed."),
        ({"origin": "http://elsewhere.com"}, "Invalid Access-Control-Request-Method: null"),
    ],
)
def test_a_preflight_names_its_origin_and_method(configuration, headers, message):
    with pytest.raises(BadPreflight) as caught:
        preflight_headers(configuration, headers)
    assert (caught.value.code, caught.value.status_code, caught.value.message) == ("BadRequest", 400, message)
