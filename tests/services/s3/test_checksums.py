"""Checksums: kept, told, computed where none was sent, refused where wrong."""

from __future__ import annotations

import pytest

from .conftest import answer

BODY = b"test data.."
#: What AWS answered for this body.
VALUES = {
    "CRC32": "cZWHwQ==",
    "CRC32C": "Pf4upw==",
    "CRC64NVME": "qUVrWYOrIAM=",
    "SHA1": "B++3uSfJMSHWToQMQ1g6lIJY5Eo=",
    "SHA256": "2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=",
}
#: botocore computes these without awscrt.
COMPUTED_BY_BOTOCORE = ["CRC32", "SHA1", "SHA256"]

ALGORITHMS = pytest.mark.parametrize("algorithm", list(VALUES))


@ALGORITHMS
def test_a_checksum_that_is_sent_is_kept(s3, bucket, algorithm):
    member, value = f"Checksum{algorithm}", VALUES[algorithm]
    put = s3.put_object(Bucket=bucket, Key="data", Body=BODY, **{member: value})
    assert (put[member], put["ChecksumType"]) == (value, "FULL_OBJECT")
    headed = s3.head_object(Bucket=bucket, Key="data", ChecksumMode="ENABLED")
    assert (headed[member], headed["ChecksumType"]) == (value, "FULL_OBJECT")
    attributes = answer(s3.get_object_attributes(Bucket=bucket, Key="data", ObjectAttributes=["Checksum", "ETag"]))
    del attributes["LastModified"]
    assert attributes == {
        "ETag": "e6d9226c2a86b7232933663c13467527",
        "Checksum": {member: value, "ChecksumType": "FULL_OBJECT"},
    }
    assert s3.get_object(Bucket=bucket, Key="data")["Body"].read() == BODY
    (listed,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ([algorithm], "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", COMPUTED_BY_BOTOCORE)
def test_an_algorithm_that_is_named_is_used(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="data", Body=BODY, ChecksumAlgorithm=algorithm)
    assert put[f"Checksum{algorithm}"] == VALUES[algorithm]


@ALGORITHMS
def test_a_wrong_checksum_is_refused_and_nothing_is_kept(s3, bucket, refusal, algorithm):
    import base64

    member = f"Checksum{algorithm}"
    wrong = base64.b64encode(bytes(len(base64.b64decode(VALUES[algorithm])))).decode()
    assert refusal(s3.put_object, Bucket=bucket, Key="data", Body=BODY, **{member: wrong}) == {
        "Status": 400,
        "Code": "BadDigest",
        "Message": f"The {algorithm} you specified did not match the calculated checksum.",
    }
    assert refusal(s3.put_object, Bucket=bucket, Key="data", Body=BODY, **{member: "nonsense"}) == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.",
    }
    assert refusal(s3.head_object, Bucket=bucket, Key="data")["Status"] == 404


def test_an_object_without_a_checksum_is_given_one(cloud, bucket):
    from botocore.config import Config

    client = cloud.client("s3", config=Config(request_checksum_calculation="when_required"))
    put = answer(client.put_object(Bucket=bucket, Key="data", Body=BODY))
    assert (put["ChecksumCRC64NVME"], put["ChecksumType"]) == (VALUES["CRC64NVME"], "FULL_OBJECT")
    headed = client.head_object(Bucket=bucket, Key="data", ChecksumMode="ENABLED")
    assert headed["ChecksumCRC64NVME"] == VALUES["CRC64NVME"]


def test_a_wrong_md5_is_refused(s3, bucket, refusal):
    md5 = "5tkibCqGtyMpM2Y8E0Z1Jw=="
    s3.put_object(Bucket=bucket, Key="data", Body=BODY, ContentMD5=md5)
    assert refusal(s3.put_object, Bucket=bucket, Key="data", Body=b"other", ContentMD5=md5) == {
        "Status": 400,
        "Code": "BadDigest",
        "Message": "The Content-MD5 you specified did not match what we received.",
        "ExpectedDigest": md5,
        "CalculatedDigest": "eV8yArF8trw9S3cdjGyerw==",
    }


def test_an_encoding_of_the_content_is_left_alone(s3, bucket):
    import gzip

    data = gzip.compress(b"hello")
    s3.put_object(Bucket=bucket, Key="data", Body=data, ContentEncoding="gzip", ChecksumAlgorithm="SHA256")
    found = s3.get_object(Bucket=bucket, Key="data")
    assert (found["ContentEncoding"], found["Body"].read()) == ("gzip", data)


class TestAttributes:
    def test_all_that_is_asked_for_is_told(self, s3, versioned):
        put = s3.put_object(Bucket=versioned, Key="data", Body=BODY)
        wanted = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
        attributes = answer(s3.get_object_attributes(Bucket=versioned, Key="data", ObjectAttributes=wanted))
        del attributes["LastModified"]
        assert attributes == {
            "VersionId": put["VersionId"],
            "ETag": "e6d9226c2a86b7232933663c13467527",
            "Checksum": {"ChecksumCRC32": VALUES["CRC32"], "ChecksumType": "FULL_OBJECT"},
            "StorageClass": "STANDARD",
            "ObjectSize": 11,
        }

    def test_an_attribute_that_is_none_is_refused(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="data")
        assert refusal(s3.get_object_attributes, Bucket=bucket, Key="data", ObjectAttributes=["Colour"]) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "Invalid attribute name specified.",
            "ArgumentName": "x-amz-object-attributes",
            "ArgumentValue": "Colour",
        }


def test_a_checksum_is_of_the_algorithm_that_is_named(s3, bucket, refusal):
    invalid = {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "Value for x-amz-sdk-checksum-algorithm header is invalid.",
    }
    given = {
        "Bucket": bucket,
        "Key": "cat",
        "ChecksumAlgorithm": "CRC32",
        "ChecksumSHA1": "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    }
    assert refusal(s3.put_object, **given) == invalid
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="cat")["UploadId"]
    assert refusal(s3.upload_part, **given, UploadId=upload_id, PartNumber=1) == invalid
