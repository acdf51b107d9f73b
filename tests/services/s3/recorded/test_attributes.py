"""What GetObjectAttributes tells of an object and its versions, as recorded."""

from __future__ import annotations

from typing import Any

import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .conftest import ACCOUNT
from .recording import Recording, recorded, xml

S3 = "s3/test_s3.json"


@recorded(S3, "TestS3::test_get_object_attributes_versioned")
def test_a_version_tells_its_own_attributes_and_a_marker_none(s3, versioned, recording: Recording):
    cat = {"Bucket": versioned, "Key": "key-attrs-versioned"}
    asked = ["StorageClass", "ETag", "ObjectSize"]
    first = recording.equals("put-obj-v1", s3.put_object(Body=b"69\n420\n", **cat))
    recording.equals("put-obj-v2", s3.put_object(Body=b"version 2", **cat))
    latest = s3.get_object_attributes(ObjectAttributes=[*asked, "ObjectParts", "Checksum"], **cat)
    recording.equals("object-attrs", latest)
    attributes = s3.get_object_attributes(VersionId=first["VersionId"], ObjectAttributes=asked, **cat)
    recording.equals("get-object-attrs-v1", attributes)
    recording.equals("delete-key", s3.delete_object(**cat))
    recording.refuses("deleted-object-attrs", s3.get_object_attributes, ObjectAttributes=asked, **cat)


@recorded(S3, "TestS3::test_get_object_attributes_with_space")
def test_attributes_are_asked_with_and_without_spaces_between_them(s3, bucket, recording: Recording):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"test-body", ChecksumAlgorithm="SHA256")

    def attributes(asked: str) -> Any:
        headers = {"x-amz-object-attributes": asked}
        request = AWSRequest("GET", f"https://{bucket}.s3.amazonaws.com/cat?attributes", headers=headers)
        S3SigV4Auth(Credentials(ACCOUNT, "testing"), "s3", "us-east-1").add_auth(request)
        return xml(requests.get(request.url, headers=dict(request.headers), timeout=10).text)

    asked = ["Checksum", "ETag", "ObjectParts", "StorageClass", "ObjectSize"]
    recording.equals("get-attrs-with-whitespace", attributes(", ".join(asked)))
    recording.equals("get-attrs-without-whitespace", attributes(",".join(asked)))
