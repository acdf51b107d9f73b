"""Sequences of calls with each answer in whole, as AWS was recorded to give them."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests

from .conftest import client_of


def whole(answer: dict[str, Any], *without: str) -> dict[str, Any]:
    """An answer with its status, without its headers, its moments and what else is named."""
    left_out = {"ResponseMetadata", "LastModified", *without}
    told = {name: value for name, value in answer.items() if name not in left_out}
    return {"Status": answer["ResponseMetadata"]["HTTPStatusCode"], **told}


def test_an_upload_with_one_checksum_of_all_is_refused_until_it_is_right(s3, bucket, refusal):
    upload: dict[str, Any] = {"Bucket": bucket, "Key": "cat"}
    begun = s3.create_multipart_upload(**upload, ChecksumAlgorithm="CRC32C", ChecksumType="FULL_OBJECT")
    upload["UploadId"] = begun["UploadId"]
    assert whole(begun, "UploadId") == {
        "Status": 200,
        "Bucket": bucket,
        "Key": "cat",
        "ChecksumAlgorithm": "CRC32C",
        "ChecksumType": "FULL_OBJECT",
        "ServerSideEncryption": "AES256",
    }
    part = {"ETag": '"900150983cd24fb0d6963f7d28e17f72"', "ChecksumCRC32C": "Nks/tw=="}
    assert refusal(s3.upload_part, **upload, PartNumber=1, Body=b"abc", ChecksumAlgorithm="CRC32") == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "Checksum Type mismatch occurred, expected checksum Type: crc32c, actual checksum Type: crc32",
    }
    put = s3.upload_part(**upload, PartNumber=1, Body=b"abc", ChecksumCRC32C="Nks/tw==")
    assert whole(put) == {"Status": 200, "ServerSideEncryption": "AES256", **part}
    upload["MultipartUpload"] = {"Parts": [{"PartNumber": 1, **part}]}
    assert refusal(s3.complete_multipart_upload, **upload, ChecksumType="COMPOSITE") == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "The upload was created using the FULL_OBJECT checksum mode. "
        "The complete request must use the same checksum mode.",
    }
    for more in ({}, {"ChecksumType": "FULL_OBJECT"}):
        assert refusal(s3.complete_multipart_upload, **upload, ChecksumCRC32C="AAAAAA==", **more) == {
            "Status": 400,
            "Code": "BadDigest",
            "Message": "The crc32c you specified did not match the calculated checksum.",
        }
    done = s3.complete_multipart_upload(**upload, ChecksumCRC32C="Nks/tw==", ChecksumType="FULL_OBJECT")
    assert whole(done, "Location") == {
        "Status": 200,
        "Bucket": bucket,
        "Key": "cat",
        "ETag": '"af5da9f45af7a300e3aded972f8ff687-1"',
        "ChecksumCRC32C": "Nks/tw==",
        "ChecksumType": "FULL_OBJECT",
        "ServerSideEncryption": "AES256",
    }


def test_an_object_in_one_piece_is_its_own_first_part(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"test-123")
    got = s3.get_object(Bucket=bucket, Key="cat", PartNumber=1, ChecksumMode="ENABLED")
    assert whole(got, "Body") == {
        "Status": 206,
        "AcceptRanges": "bytes",
        "ContentLength": 8,
        "ContentRange": "bytes 0-7/8",
        "ContentType": "binary/octet-stream",
        "ChecksumCRC32": "MAPXAg==",
        "ChecksumType": "FULL_OBJECT",
        "ETag": '"ca6d00e33edff0e9cb3782d31182de33"',
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    }
    assert refusal(s3.get_object, Bucket=bucket, Key="cat", PartNumber=2) == {
        "Status": 416,
        "Code": "InvalidPartNumber",
        "Message": "The requested partnumber is not satisfiable",
        "PartNumberRequested": "2",
        "ActualPartCount": "1",
    }


def test_a_suspended_bucket_has_one_null_marker_however_often_it_deletes(s3, versioned):
    first = s3.put_object(Bucket=versioned, Key="cat", Body=b"1")["VersionId"]
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    gone = {"Status": 204, "DeleteMarker": True, "VersionId": "null"}

    def listed():
        found = s3.list_object_versions(Bucket=versioned)
        return [
            [(one["VersionId"], one["IsLatest"]) for one in found.get(kind, ())]
            for kind in ("Versions", "DeleteMarkers")
        ]

    assert whole(s3.delete_object(Bucket=versioned, Key="cat")) == gone
    assert listed() == [[(first, False)], [("null", True)]]
    put = s3.put_object(Bucket=versioned, Key="cat", Body=b"2")
    assert "VersionId" not in put
    assert listed() == [[("null", True), (first, False)], []]
    assert whole(s3.delete_object(Bucket=versioned, Key="cat")) == gone
    assert listed() == [[(first, False)], [("null", True)]]


@pytest.mark.parametrize("comma", [",", ", "])
def test_attributes_are_named_with_spaces_or_without(s3, bucket, comma):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"something", ChecksumAlgorithm="SHA256")
    names = ("Checksum", "ETag", "ObjectSize", "StorageClass")

    url = client_of().generate_presigned_url(
        "get_object_attributes", {"Bucket": bucket, "Key": "cat", "ObjectAttributes": ["ETag"]}
    )
    response = requests.get(url, headers={"x-amz-object-attributes": comma.join(names)}, timeout=5)
    assert response.status_code == 200
    root = ET.fromstring(response.text)
    assert root.tag == "{http://s3.amazonaws.com/doc/2006-03-01/}GetObjectAttributesResponse"
    assert {element.tag.partition("}")[2] for element in root} == set(names)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256"])
def test_a_checksum_of_parts_is_not_completed_without_theirs(s3, bucket, refusal, algorithm):
    upload: dict[str, Any] = {"Bucket": bucket, "Key": "cat"}
    upload["UploadId"] = s3.create_multipart_upload(**upload, ChecksumAlgorithm=algorithm)["UploadId"]
    # botocore computes CRC32C only where awscrt is installed; it sends this value of "abc" as it is.
    sent = {"ChecksumCRC32C": "Nks/tw=="} if algorithm == "CRC32C" else {"ChecksumAlgorithm": algorithm}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"abc", **sent)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    assert refusal(s3.complete_multipart_upload, **upload, MultipartUpload=parts) == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": f"The upload was created using a {algorithm.lower()} checksum. The complete request must include "
        "the checksum for each part. It was missing for part 1 in the request.",
    }
