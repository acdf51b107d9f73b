"""CORS, as recorded: rules, preflights, and what the rules add to answers."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .recording import Recording, http_answer, recorded

FILE = "s3/test_s3_cors.json"
LOCALHOST = "https://localhost:4200"
GET = {"AllowedMethods": ["GET"], "AllowedOrigins": [LOCALHOST], "MaxAgeSeconds": 3000}


@pytest.fixture
def url(s3: Any, bucket: str) -> str:
    """The address of an object that everybody may read and write."""
    s3.delete_public_access_block(Bucket=bucket)
    ownership = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=ownership)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_object(Bucket=bucket, Key="cat", Body=b"test-cors", ACL="public-read")
    return f"https://{bucket}.s3.amazonaws.com/cat"


def put_rule(s3: Any, bucket: str, **rule: Any) -> None:
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def preflight(url: str, method: str = "GET", headers: str = "", origin: str = LOCALHOST) -> dict[str, Any]:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return http_answer(requests.options(url, headers={name: value for name, value in asked.items() if value}))


@recorded(FILE, "TestS3Cors::test_cors_http_get_no_config")
def test_without_rules_nothing_is_said_of_origins(url: str, recording: Recording):
    answer = requests.get(url, headers={"Origin": LOCALHOST})
    assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []
    assert recording.answers == {}


@recorded(FILE, "TestS3Cors::test_cors_match_methods")
def test_a_rule_holds_for_its_methods(s3, bucket, url: str, recording: Recording):
    put_rule(s3, bucket, **GET)
    recording.equals("opt-get", preflight(url))
    recording.equals("get-op", http_answer(requests.get(url, headers={"Origin": LOCALHOST})))
    put_rule(s3, bucket, **{**GET, "AllowedMethods": ["PUT"]})
    recording.equals("get-wrong-op", http_answer(requests.get(url, headers={"Origin": LOCALHOST})))
    put_rule(s3, bucket, **GET)
    recording.equals("opt-put", preflight(url, "PUT"))
    recording.equals("put-op", http_answer(requests.put(url, headers={"Origin": LOCALHOST})))


@recorded(FILE, "TestS3Cors::test_cors_match_headers")
def test_a_rule_holds_for_its_headers(s3, bucket, url: str, recording: Recording):
    put_rule(s3, bucket, **GET, AllowedHeaders=["*"])
    recording.equals("opt-get", preflight(url, headers="x-amz-request-payer"))
    recording.equals("opt-get-two", preflight(url, headers="x-amz-request-payer, x-amz-expected-bucket-owner"))
    payer = {"Origin": LOCALHOST, "x-amz-request-payer": "requester"}
    recording.equals("get-op", http_answer(requests.get(url, headers=payer)))

    two = ["x-amz-expected-bucket-owner", "x-amz-server-side-encryption-customer-algorithm"]
    put_rule(s3, bucket, **GET, AllowedHeaders=[*two, "x-AMZ-server-SIDE-encryption"])
    recording.equals("get-bucket-cors-casing", s3.get_bucket_cors(Bucket=bucket))
    recording.equals("opt-get-non-allowed", preflight(url, headers="x-amz-request-payer"))
    recording.equals("opt-get-allowed", preflight(url, headers="x-amz-expected-bucket-owner"))
    for name, headers in {
        "opt-get-allowed-diff-casing": "x-amz-expected-bucket-owner, x-amz-SERVER-side-encryption",
        "opt-get-allowed-no-space": "x-amz-expected-bucket-owner,x-amz-server-side-encryption",
    }.items():
        recording.equals(name, preflight(url, headers=headers))
    # AWS: the headers of a request that is no preflight are not held against its rule.
    recording.equals("get-non-allowed", http_answer(requests.get(url, headers=payer)))
    asks = {**payer, "Access-Control-Request-Headers": "x-amz-request-payer"}
    recording.equals("get-non-allowed-with-acl", http_answer(requests.get(url, headers=asks)))


@recorded(FILE, "TestS3Cors::test_cors_options_match_partial_origin")
def test_an_origin_may_have_a_wildcard(s3, bucket, url: str, recording: Recording):
    put_rule(s3, bucket, **{**GET, "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["http://*.origin.com"]})
    recording.equals("options_match_partial_origin", preflight(url, origin="http://test.origin.com"))


@recorded(FILE, "TestS3Cors::test_put_cors_empty_origin")
def test_an_origin_may_be_empty(s3, bucket, recording: Recording):
    put_rule(s3, bucket, AllowedMethods=["GET", "PUT", "HEAD"], AllowedOrigins=[""])
    recording.equals("get-cors-empty", s3.get_bucket_cors(Bucket=bucket))


@recorded(FILE, "TestS3Cors::test_put_cors_invalid_rules")
def test_rules_need_methods_that_there_are(s3, bucket, recording: Recording):
    rule = {"AllowedMethods": ["MYMETHOD"], "AllowedOrigins": ["*"]}
    recording.refuses("put-cors-exc", put_rule, s3=s3, bucket=bucket, **rule)
    empty: dict[str, Any] = {"CORSRules": []}
    recording.refuses("put-cors-exc-empty", s3.put_bucket_cors, Bucket=bucket, CORSConfiguration=empty)
