"""Objects encrypted under keys that customers bring with each request, as recorded."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.handlers import sse_md5

from .conftest import ACCOUNT
from .recording import Recording, recorded

S3 = "s3/test_s3.json"
KEY = b"1234567890abcdef" * 2
OTHER_KEY = KEY[::-1]


def digest(key: bytes) -> str:
    return base64.b64encode(hashlib.md5(key).digest()).decode()


def sent(key: bytes, **changes: str) -> dict[str, str]:
    """A key as requests bring it."""
    encoded = base64.b64encode(key).decode()
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": encoded, "SSECustomerKeyMD5": digest(key), **changes}


ENCRYPTED = sent(KEY)


def own_client(**config: Any) -> Any:
    return boto3.Session(ACCOUNT, "testing", region_name="us-east-1").client("s3", config=Config(**config))


@pytest.fixture
def cat(bucket: str) -> dict[str, str]:
    return {"Bucket": bucket, "Key": "test-sse-c-multipart"}


@recorded(S3, "TestS3SSECEncryption::test_put_object_default_checksum_with_sse_c")
def test_an_encrypted_object_has_a_checksum_that_nobody_asked_for(s3, cat, recording: Recording):
    client = own_client(request_checksum_calculation="when_required")
    put = client.put_object(Body=b"test data..", **cat, **ENCRYPTED)
    # A customer's key makes another tag each time.
    recording.unknown("a5d8837e2a881c286b90c0586f2869de", put["ETag"])
    recording.equals("head-obj-sse-c", s3.head_object(ChecksumMode="ENABLED", **cat, **ENCRYPTED))
    recording.equals("get-obj-sse-c", s3.get_object(ChecksumMode="ENABLED", **cat, **ENCRYPTED))
    attributes = s3.get_object_attributes(ObjectAttributes=["ETag", "Checksum"], **cat, **ENCRYPTED)
    recording.equals("get-obj-attrs-sse-c", attributes)


@recorded(S3, "TestS3SSECEncryption::test_object_retrieval_sse_c")
def test_an_encrypted_object_is_read_with_its_key_alone(s3, cat, recording: Recording):
    put = s3.put_object(Body=b"test_data", **cat, **ENCRYPTED)
    recording.unknown("b68bda5295f8e709f07a0ab89d752f16", put["ETag"])
    recording.equals("put-obj-sse-c", put)

    kms = sent(KEY, SSECustomerAlgorithm="KMS")
    for name, asked in {
        "no-sse-c": {},
        "sse-c-wrong-key": sent(OTHER_KEY),
        "sse-c-bad-md5": sent(KEY, SSECustomerKeyMD5=digest(OTHER_KEY)),
        "sse-c-wrong-key-size": sent(KEY[:16]),
        "sse-c-wrong-algo": kms,
    }.items():
        recording.refuses(f"get-obj-{name}", s3.get_object, **cat, **asked)
    recording.refuses("head-obj-sse-c-wrong-algo", s3.head_object, **cat, **kms)
    refused = "get-obj-attrs-sse-c-wrong-algo"
    recording.refuses(refused, s3.get_object_attributes, ObjectAttributes=["ETag"], **cat, **kms)

    client = own_client()
    for operation in "GetObject", "HeadObject":
        # Clients add the digest themselves.
        client.meta.events.unregister(f"before-parameter-build.s3.{operation}", sse_md5)
    undigested = {name: value for name, value in ENCRYPTED.items() if name != "SSECustomerKeyMD5"}
    recording.refuses("get-obj-sse-c-no-md5", client.get_object, **cat, **undigested)
    recording.refuses("head-obj-sse-c-no-md5", client.head_object, **cat, **undigested)


@recorded(S3, "TestS3SSECEncryption::test_multipart_upload_sse_c_validation")
def test_a_part_comes_with_the_key_that_the_upload_was_started_with(s3, cat, recording: Recording):
    def refuses(name: str, upload: Any, **asked: Any) -> None:
        part = {"PartNumber": 1, "Body": b"test", "UploadId": upload["UploadId"]}
        recording.refuses(name, s3.upload_part, **part, **cat, **asked)

    plain = recording.equals("create-mpu-no-sse-c", s3.create_multipart_upload(**cat))
    refuses("mpu-no-sse-c-upload-part-with-sse-c", plain, **ENCRYPTED)
    encrypted = recording.equals("create-mpu-sse-c", s3.create_multipart_upload(**cat, **ENCRYPTED))
    refuses("mpu-sse-c-upload-part-no-sse-c", encrypted)
    refuses("mpu-sse-c-upload-part-wrong-sse-c", encrypted, **sent(OTHER_KEY))
