"""boto3's own transfers, with their threads, and its resources."""

from __future__ import annotations

import io

import boto3
import pytest
from boto3.s3.transfer import TransferConfig

MIB = 1024 * 1024
#: Parts of 5 MiB, the least that S3 takes, in four threads.
CONFIG = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)


@pytest.fixture(scope="module")
def data():
    return bytes(range(256)) * 4096 * 11 + b"and a bit"


def test_a_file_goes_up_in_parts_and_comes_down_the_same(s3, bucket, data, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(data)
    s3.upload_file(str(source), bucket, "film", Config=CONFIG, ExtraArgs={"Metadata": {"a": "b"}})
    headed = s3.head_object(Bucket=bucket, Key="film")
    assert (headed["ETag"].strip('"').partition("-")[2], headed["Metadata"]) == ("3", {"a": "b"})
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    s3.download_file(bucket, "film", str(target), Config=CONFIG)
    assert target.read_bytes() == data


def test_a_copy_is_made_in_parts(s3, bucket, data):
    s3.upload_fileobj(io.BytesIO(data), bucket, "film", Config=CONFIG)
    s3.copy({"Bucket": bucket, "Key": "film"}, bucket, "copy", Config=CONFIG)
    stream = io.BytesIO()
    s3.download_fileobj(bucket, "copy", stream, Config=CONFIG)
    assert stream.getvalue() == data


def test_resources_speak_to_the_same_buckets(cloud, s3, bucket):
    photos = boto3.resource("s3", region_name="us-east-1").Bucket(bucket)
    photos.put_object(Key="cat", Body=b"meow")
    assert [one.key for one in photos.objects.all()] == ["cat"]
    assert photos.Object("cat").get()["Body"].read() == b"meow"
    photos.objects.all().delete()
    assert list(photos.objects.all()) == []
    photos.delete()
    assert s3.list_buckets().get("Buckets", []) == []


def test_waiters_see_what_is_there(s3, bucket):
    s3.get_waiter("bucket_exists").wait(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="cat")
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key="cat")
    s3.delete_object(Bucket=bucket, Key="cat")
    s3.get_waiter("object_not_exists").wait(Bucket=bucket, Key="cat")
