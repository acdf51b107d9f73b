"""Uploads by a browser's form, as recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.config import Config

from .conftest import ACCOUNT
from .recording import Recording, recorded, xml

S3 = "s3/test_s3.json"
REDIRECT = "http://localhost.test/random"


def of_class(test: str, *parameters: str) -> Any:
    """Replay a test of TestS3PresignedPost, or its forms by their parameters."""
    names = [f"{test}[{parameter}]" for parameter in parameters] or [test]
    return recorded(S3, *(f"TestS3PresignedPost::{name}" for name in names))


@pytest.fixture
def form_for(cloud: Any, bucket: str) -> Callable[..., dict[str, Any]]:
    """A signed form that puts the cat, its fields, and the conditions of its policy: by default, that they are so."""

    def form_for(
        fields: dict[str, str] | None = None, conditions: Any = None, *, key: str = "cat", version: str = "s3v4"
    ) -> dict[str, Any]:
        session = cloud.session(aws_access_key_id=ACCOUNT, aws_secret_access_key="testing")
        client = session.client("s3", config=Config(signature_version=version))
        if conditions is None:
            conditions = [{name: value} for name, value in (fields or {}).items()]
        form: dict[str, Any] = client.generate_presigned_post(bucket, key, fields, conditions)
        return form

    return form_for


def post(form: dict[str, Any], body: bytes) -> requests.Response:
    files = {"file": body}
    return requests.post(form["url"], data=form["fields"], files=files, timeout=5, allow_redirects=False)


def refusal(response: requests.Response) -> dict[str, Any]:
    """An error and its status."""
    return {**xml(response.content), "StatusCode": response.status_code}


@of_class("test_post_object_policy_conditions_validation_eq")
def test_a_field_has_the_value_that_its_condition_names(s3, bucket, form_for, recording: Recording):
    cat = {"Bucket": bucket, "Key": "cat"}
    field = "$success_action_redirect"
    for name, sent, condition in (
        ("invalid-condition-eq", "http://localhost.test/other", ["eq", field, REDIRECT]),
        ("invalid-condition-missing-prefix", REDIRECT, ["eq", field[1:], REDIRECT]),
        ("invalid-condition-wrong-condition", REDIRECT, {field[1:]: REDIRECT, "key": "cat"}),
        ("invalid-condition-wrong-value-casing", REDIRECT, ["eq", field, REDIRECT.replace("http", "HTTP")]),
    ):
        refused = post(form_for({"success_action_redirect": sent}, [condition]), b"abcdef")
        recording.equals(name, xml(refused.content))

    assert post(form_for({"success_action_redirect": REDIRECT}, [["eq", field, REDIRECT]]), b"abcdef").is_redirect
    recording.equals("final-object", s3.get_object(**cat))
    fields = {
        "x-amz-meta-test-1": "test-meta-1",
        "x-amz-meta-test-2": "test-meta-2",
        "Content-Type": "text/plain",
        "Expires": "Wed, 01 Jan 2031 00:00:00 GMT",
    }
    assert post(form_for(fields), b"abcdef").status_code == 204
    recording.equals("head-object-metadata", s3.head_object(**cat))


@of_class("test_post_object_policy_validation_size")
def test_a_file_has_a_length_that_its_policy_allows(s3, bucket, form_for, recording: Recording):
    def posted(length: int, least: Any, most: Any) -> requests.Response:
        return post(form_for(None, [["content-length-range", least, most]]), b"a" * length)

    recording.equals("invalid-content-length-too-big", xml(posted(12, 5, 10).content))
    recording.equals("invalid-content-length-too-small", xml(posted(1, 5, 10).content))
    recording.equals("invalid-content-length-wrong-type", xml(posted(10, "test", 10).content))
    assert posted(10, 5, 10).status_code == 204
    recording.equals("final-object", s3.get_object(Bucket=bucket, Key="cat"))


@of_class("test_post_object_with_storage_class")
def test_a_form_names_the_storage_class(s3, bucket, form_for, recording: Recording):
    body = b"test-body-storage-class"
    assert post(form_for({"x-amz-storage-class": "STANDARD_IA"}), body).status_code == 204
    recording.equals("head-object", s3.head_object(Bucket=bucket, Key="cat"))
    refused = post(form_for({"x-amz-storage-class": "FakeClass"}), body)
    recording.equals("invalid-storage-error", xml(refused.content))


@of_class("test_post_object_with_unicode_metadata")
def test_a_form_may_have_any_character(s3, bucket, form_for, recording: Recording):
    key = "test_unicode—_file.pdf"
    fields = {
        "success_action_status": "201",
        "Cache-Control": "non-ascii-%E2%80%94_—_é_",
        "Content-Disposition": 'filename="test_—_file%E2%80%94_é_2-.pdf"',
        "x-amz-meta-b-encoded": "=?UTF-8?B?YWJj?=",
        "x-amz-meta-q-encoded": "=?UTF-8?Q?actually-ascii?=",
        "x-amz-meta-nonascii": "ÄMÄZÕÑ S3",
        "x-amz-meta-nonascii-2": "test_—_file%E2%80%94_é_2👑.pdf",
        "x-amz-meta-safe-chars": "! \"#$%&'()*+,-./0123456789:;<>'?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
        "abcdefghijklmnopqrstuvwxyz{|}~\t",
        "x-amz-meta-utf-8": "\x00\x01\x02\x03\x04",
    }
    response = post(form_for(fields, key=key), b"test-body-tagging")
    posted = {**xml(response.content), "LocationHeader": response.headers["Location"]}
    recording.equals("post-object", posted)
    recording.equals("head-object", s3.head_object(Bucket=bucket, Key=key))


@of_class("test_post_object_with_wrong_content_type")
def test_a_form_is_multipart(form_for, recording: Recording):
    form = form_for()
    refused = requests.post(form["url"], data=form["fields"], timeout=5)
    recording.equals("invalid-content-type-error", xml(refused.content))


@of_class("test_post_request_malformed_policy", "s3", "s3v4")
def test_a_policy_is_what_was_signed(form_for, recording: Recording):
    form = form_for(version=recording.parameter)
    form["fields"]["policy"] = "invalid"
    recording.equals("exception-policy", refusal(post(form, b"meow")))


@of_class("test_post_request_missing_signature", "s3", "s3v4")
def test_a_policy_wants_a_signature(form_for, recording: Recording):
    form = form_for(version=recording.parameter)
    del form["fields"]["signature" if recording.parameter == "s3" else "x-amz-signature"]
    recording.equals("exception-missing-signature", refusal(post(form, b"meow")))
