"""The checksums of copies, as recorded."""

from __future__ import annotations

from typing import Any

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
JSON = '{"key": "value"}'
ALGORITHMS = ("CRC32C", "CRC32", "CRC64NVME", "SHA1", "SHA256")


def checksum(s3: Any, photo: dict[str, str]) -> Any:
    return s3.get_object_attributes(ObjectAttributes=["Checksum"], **photo)


@recorded(S3, *(f"TestS3::test_s3_copy_object_with_checksum[{algorithm}]" for algorithm in ALGORITHMS))
def test_a_copy_has_the_checksum_that_its_request_names(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "cat"}
    recording.equals("put-object-no-checksum", s3.put_object(Body=JSON, **cat))
    recording.equals("object-attrs", checksum(s3, cat))
    copied = s3.copy_object(CopySource=cat, MetadataDirective="REPLACE", ChecksumAlgorithm=recording.parameter, **cat)
    recording.equals("copy-object-in-place-with-checksum", copied)
    recording.equals("object-attrs-after-copy", checksum(s3, cat))
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=cat)
    recording.equals("copy-object-to-dest-keep-checksum", copied)


@recorded(S3, *(f"TestS3::test_s3_copy_object_with_default_checksum[{algorithm}]" for algorithm in ALGORITHMS))
def test_a_copy_keeps_the_checksum_of_its_source(s3, bucket, recording: Recording):
    cat, copy = {"Bucket": bucket, "Key": "cat"}, {"Bucket": bucket, "Key": "copy"}
    recording.equals("put-object-no-checksum", s3.put_object(Body=JSON, ChecksumAlgorithm=recording.parameter, **cat))
    recording.equals("object-attrs", checksum(s3, cat))
    copied = s3.copy_object(CopySource=cat, MetadataDirective="REPLACE", **cat)
    recording.equals("copy-object-in-place-with-no-checksum", copied)
    recording.equals("object-attrs-after-copy", checksum(s3, cat))
    recording.equals("copy-object-to-dest-keep-checksum", s3.copy_object(CopySource=cat, **copy))
    recording.equals("dest-object-attrs-after-copy", checksum(s3, copy))
