"""Presigned URLs: good until they expire, by AWS's clock, and complete in themselves."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import urllib3
from botocore.config import Config

from .conftest import client_of


@pytest.fixture
def http(s3):
    """Any HTTP client will do."""
    return urllib3.PoolManager()


@pytest.fixture(params=["s3v4", "s3"])
def signer(request, cloud):
    return cloud.client("s3", config=Config(signature_version=request.param, s3={"addressing_style": "virtual"}))


def url_of(client, operation, seconds=60, **members):
    return client.generate_presigned_url(operation, Params=members, ExpiresIn=seconds)


def error_of(response):
    return {element.tag: element.text for element in ET.fromstring(response.data)}


def test_an_object_is_put_got_headed_and_deleted_by_url(http, s3, bucket, signer):
    cat = {"Bucket": bucket, "Key": "a folder/cat"}
    assert http.request("PUT", url_of(signer, "put_object", **cat), body=b"meow").status == 200
    got = http.request("GET", url_of(signer, "get_object", **cat))
    assert (got.status, got.data, got.headers["ETag"]) == (200, b"meow", '"4a4be40c96ac6314e91d93f38043a634"')
    headed = http.request("HEAD", url_of(signer, "head_object", **cat))
    assert (headed.status, headed.headers["Content-Length"], headed.data) == (200, "4", b"")
    part = http.request("GET", url_of(signer, "get_object", **cat), headers={"Range": "bytes=1-2"})
    assert (part.status, part.data) == (206, b"eo")
    assert http.request("DELETE", url_of(signer, "delete_object", **cat)).status == 204
    assert http.request("GET", url_of(signer, "get_object", **cat)).status == 404


def test_a_url_can_ask_for_other_headers(http, s3, bucket, signer):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    url = url_of(signer, "get_object", Bucket=bucket, Key="cat", ResponseContentType="text/plain")
    assert http.request("GET", url).headers["Content-Type"] == "text/plain"


def test_what_is_put_without_a_checksum_is_given_one(http, s3, bucket):
    s3_url = url_of(client_of(), "put_object", Bucket=bucket, Key="data")
    assert http.request("PUT", s3_url, body=b"123456").status == 200
    headed = s3.head_object(Bucket=bucket, Key="data", ChecksumMode="ENABLED")
    assert headed["ChecksumCRC64NVME"] == "CVmbZh4IWzA="


def test_headers_may_have_moved_into_the_query_string(http, s3, bucket, cloud):
    client = cloud.client("s3", config=Config(signature_version="s3v4"))
    url = url_of(client, "put_object", Bucket=bucket, Key="cat")
    url += "&x-amz-meta-mood=sleepy&x-amz-storage-class=STANDARD_IA"
    assert http.request("PUT", url, body=b"meow").status == 200
    headed = s3.head_object(Bucket=bucket, Key="cat")
    assert (headed["Metadata"], headed["StorageClass"]) == ({"mood": "sleepy"}, "STANDARD_IA")


def test_an_expired_url_is_refused(http, s3, bucket, signer, advance):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    url = url_of(signer, "get_object", seconds=60, Bucket=bucket, Key="cat")
    advance(55)
    assert http.request("GET", url).status == 200
    advance(10)
    refused = http.request("GET", url)
    told = error_of(refused)
    version_4 = {"X-Amz-Expires": "60"} if "X-Amz-Expires" in url else {}
    for name in ("Expires", "ServerTime", "RequestId", "HostId"):
        assert told.pop(name)
    assert (refused.status, told) == (403, {"Code": "AccessDenied", "Message": "Request has expired", **version_4})


def test_text_beyond_ascii_comes_back_as_an_encoded_word(http, s3, bucket):
    url = url_of(client_of(), "put_object", Bucket=bucket, Key="cat")
    headers = {"x-amz-meta-shop": "ÄMÄZÕÑ S3".encode().decode("latin-1"), "x-amz-meta-plain": "=?UTF-8?B?YWJj?="}
    assert http.request("PUT", url, body=b"meow", headers=headers).status == 200
    assert s3.head_object(Bucket=bucket, Key="cat")["Metadata"] == {
        "shop": "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=",
        "plain": "abc",
    }


def test_a_checksum_in_the_query_string_is_ignored(http, s3, bucket):
    """The SDK for JavaScript signs the checksum of an empty body, for it does not know yet what will be put."""
    url = url_of(client_of(), "put_object", Bucket=bucket, Key="later", ChecksumCRC32="AAAAAA==")
    assert "x-amz-checksum-crc32=AAAAAA" in url
    query = url.partition("?")[2].replace("%3Bx-amz-checksum-crc32", "")
    assert http.request("PUT", f"{url.partition('?')[0]}?{query}", body=b"for you").status == 200
    assert s3.get_object(Bucket=bucket, Key="later")["Body"].read() == b"for you"
