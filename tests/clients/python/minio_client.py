"""A scenario of the MinIO client's, which many programs that store objects are written with."""

from __future__ import annotations

import io
import os
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import requests
from minio import Minio
from minio.commonconfig import ENABLED, ComposeSource, CopySource, Tags
from minio.datatypes import PostPolicy
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.versioningconfig import VersioningConfig

endpoint = os.environ["AWS_ENDPOINT_URL"]
MIB = 1024 * 1024
BUCKET = "minio"


def put(name: str, data: bytes) -> None:
    client.put_object(bucket_name=BUCKET, object_name=name, data=io.BytesIO(data), length=len(data))


def code_of_stat(name: str) -> str:
    """The code of the error that a stat is answered with; "" for none."""
    try:
        client.stat_object(bucket_name=BUCKET, object_name=name)
    except S3Error as error:
        return error.code
    return ""


def names() -> list[str]:
    return [found.object_name for found in client.list_objects(bucket_name=BUCKET, recursive=True)]


client = Minio(urlsplit(endpoint).netloc, access_key="test", secret_key="test", secure=False)
client.make_bucket(bucket_name=BUCKET)
assert client.bucket_exists(bucket_name=BUCKET)
assert not client.bucket_exists(bucket_name="minio-none")
put("a b/ü.txt", b"meow" * 100)
stream = io.BytesIO(b"y" * 11 * MIB)  # its length is not told
client.put_object(bucket_name=BUCKET, object_name="big", data=stream, length=-1, part_size=5 * MIB)
assert client.stat_object(bucket_name=BUCKET, object_name="big").size == 11 * MIB
with client.get_object(bucket_name=BUCKET, object_name="a b/ü.txt", offset=396, length=4) as answer:
    assert answer.read() == b"meow"
client.copy_object(bucket_name=BUCKET, object_name="c", source=CopySource(bucket_name=BUCKET, object_name="a b/ü.txt"))
sources = [ComposeSource(bucket_name=BUCKET, object_name=name) for name in ("big", "c")]
client.compose_object(bucket_name=BUCKET, object_name="both", sources=sources)
assert client.stat_object(bucket_name=BUCKET, object_name="both").size == 11 * MIB + 400

tags = Tags.new_object_tags()
tags["kind"] = "cat"
client.set_object_tags(bucket_name=BUCKET, object_name="c", tags=tags)
assert client.get_object_tags(bucket_name=BUCKET, object_name="c") == {"kind": "cat"}
url = client.presigned_get_object(bucket_name=BUCKET, object_name="c")
assert requests.get(url, timeout=10).content == b"meow" * 100

policy = PostPolicy(BUCKET, datetime.now(timezone.utc) + timedelta(days=1))
policy.add_starts_with_condition("key", "forms/")
policy.add_content_length_range_condition(1, 10)
fields = client.presigned_post_policy(policy)
for body, status in ((b"meow", 204), (b"meow" * 3, 400)):
    sent = requests.post(f"{endpoint}/{BUCKET}", data={**fields, "key": "forms/1"}, files={"file": body}, timeout=10)
    assert sent.status_code == status, sent.text

assert names() == ["a b/ü.txt", "big", "both", "c", "forms/1"]
unwanted = [DeleteObject(name) for name in ("big", "both", "none")]
assert list(client.remove_objects(bucket_name=BUCKET, delete_object_list=unwanted)) == []
client.set_bucket_versioning(bucket_name=BUCKET, config=VersioningConfig(ENABLED))
client.remove_object(bucket_name=BUCKET, object_name="c")
assert names() == ["a b/ü.txt", "forms/1"]
assert (code_of_stat("forms/1"), code_of_stat("c")) == ("", "NoSuchKey")
print("done")
