"""Presigned URLs, as recorded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from .conftest import ACCOUNT
from .recording import Recording, recorded, xml

S3 = "s3/test_s3.json"


def of_class(test: str, *parameters: str) -> Any:
    """Replay a test of TestS3PresignedUrl, or its forms by their parameters."""
    names = [f"{test}[{parameter}]" for parameter in parameters] or [test]
    return recorded(S3, *(f"TestS3PresignedUrl::{name}" for name in names))


@pytest.fixture
def checked(cloud: Any) -> None:
    """Signatures are compared."""
    cloud.settings.s3_skip_signature_validation = False


@pytest.fixture
def url_of(cloud: Any, bucket: str) -> Callable[..., str]:
    """A URL for an operation on the cat, by the version of its signature and how it names the bucket."""

    def url_of(operation: str, version: str = "s3v4", style: str = "virtual", seconds: int = 60, **members: Any) -> str:
        session = cloud.session(aws_access_key_id=ACCOUNT, aws_secret_access_key="testing")
        client = session.client("s3", config=Config(signature_version=version, s3={"addressing_style": style}))
        params = {"Bucket": bucket, "Key": "cat", **members}
        return str(client.generate_presigned_url(operation, Params=params, ExpiresIn=seconds))

    return url_of


def put(url: str, body: bytes, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(url, data=body, headers=named, timeout=5)


@of_class("test_put_object")
def test_an_object_is_put_by_its_url(s3, bucket, url_of, recording: Recording):
    assert put(url_of("put_object"), b"something").status_code == 200
    got = s3.get_object(Bucket=bucket, Key="cat")
    assert got["Body"].read() == b"something"
    recording.equals("get_object", got)


@of_class("test_s3_copy_md5")
def test_a_copy_tells_the_md5_of_its_content(s3, bucket, recording: Recording):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"something")
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "cat"})
    recording.equals("copy-obj", copied)


@of_class("test_presigned_url_v4_x_amz_in_qs")
def test_headers_may_stand_in_the_query_string(s3, bucket, checked, recording: Recording):
    request = AWSRequest("PUT", f"https://{bucket}.s3.amazonaws.com/cat?x-amz-meta-foo=bar-complicated-no-random")
    S3SigV4QueryAuth(Credentials(ACCOUNT, "testing"), "s3", "us-east-1").add_auth(request)
    assert put(request.url, b"123456").status_code == 200
    recording.equals("head-object", s3.head_object(Bucket=bucket, Key="cat", ChecksumMode="ENABLED"))


@of_class("test_put_url_metadata_with_sig_s3", "False", "True")
def test_metadata_is_what_was_signed(s3, bucket, url_of, checked, recording: Recording):
    style = {"False": "path", "True": "virtual"}[recording.parameter]
    url = url_of("put_object", "s3", style, Metadata={"foo": "bar"})
    assert put(url, b"content 123").status_code == 200
    recording.equals("head_object", s3.head_object(Bucket=bucket, Key="cat"))
    recording.equals("wrong-meta-headers", xml(put(url, b"content 123", x_amz_meta_wrong="wrong").content))


@of_class(
    "test_presigned_url_signature_authentication_expired",
    *(f"{version}-{virtual}" for version in ("s3", "s3v4") for virtual in (False, True)),
)
def test_a_url_expires(s3, bucket, cloud, url_of, recording: Recording):
    version, _, virtual = recording.parameter.partition("-")
    s3.put_object(Bucket=bucket, Key="cat", Body=b"something")
    url = url_of("get_object", version, "virtual" if virtual == "True" else "path", seconds=1)
    cloud.clock.advance(seconds=3)
    recording.equals("expired", xml(requests.get(url, timeout=5).content))


@of_class("test_get_response_overrides_unicode_metadata_with_sig_s3")
def test_a_header_that_is_asked_for_must_fit_into_latin_1(s3, bucket, url_of, checked, recording: Recording):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"something")
    url = url_of("get_object", "s3", ResponseCacheControl="non-ascii-%E2%80%94_—_é_")
    recording.equals("unicode-error", xml(requests.get(url, timeout=5).content))


@of_class(
    "test_put_object_with_md5_and_chunk_signature_bad_headers",
    *(f"{version}-{is_checked}" for version in ("s3", "s3v4") for is_checked in (False, True)),
)
def test_headers_that_were_not_signed_are_no_part_of_a_request(s3, bucket, cloud, url_of, recording: Recording):
    version, _, is_checked = recording.parameter.partition("-")
    cloud.settings.s3_skip_signature_validation = is_checked == "False"
    body = b"something"
    md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
    url = url_of("put_object", version, ContentMD5=md5)
    headers = {"Content_MD5": md5, "x_amz_date": "20260101T000000Z"}
    with_length = put(url, body, **headers, x_amz_decoded_content_length=str(len(body)))
    without_length = put(url, body, **headers)
    if is_checked == "True":
        recording.equals("with-decoded-content-length", xml(with_length.content))
        recording.equals("without-decoded-content-length", xml(without_length.content))
    else:
        assert (with_length.status_code, without_length.status_code) == (200, 200)
        assert s3.get_object(Bucket=bucket, Key="cat")["Body"].read() == body
