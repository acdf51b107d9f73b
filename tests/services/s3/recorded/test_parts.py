"""Uploads in parts: their order, numbers and tags, and objects read by part, as recorded."""

from __future__ import annotations

from typing import Any

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
#: A part that is not the last one has this many bytes or more.
SMALLEST = 5 * 2**20
CONTENT = b"test content 123"


def upload(s3: Any, upload: dict[str, str], parts: dict[int, bytes]) -> dict[str, Any]:
    """The parts, uploaded, as completing the upload names them."""
    tags = {number: s3.upload_part(PartNumber=number, Body=body, **upload)["ETag"] for number, body in parts.items()}
    return {"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in tags.items()]}


def started(s3: Any, bucket: str, key: str, **asked: Any) -> dict[str, str]:
    created = s3.create_multipart_upload(Bucket=bucket, Key=key, **asked)
    return {name: created[name] for name in ("Bucket", "Key", "UploadId")}


@recorded(S3, "TestS3::test_complete_multipart_parts_order")
def test_parts_are_named_in_ascending_order_with_or_without_gaps(s3, bucket, recording: Recording):
    body = b"a" * (SMALLEST + 1)
    photo = started(s3, bucket, "test-order-parts")
    named = upload(s3, photo, {1: body, 2: body, 3: body})
    backwards = {"Parts": named["Parts"][::-1]}
    recording.refuses("complete-multipart-unordered", s3.complete_multipart_upload, MultipartUpload=backwards, **photo)
    completed = s3.complete_multipart_upload(MultipartUpload=named, **photo)
    recording.equals("complete-multipart-ordered", completed)

    photo = started(s3, bucket, "key-sequence-with-step-2")
    refused = "upload-part-negative-part-number"
    recording.refuses(refused, s3.upload_part, PartNumber=-1, Body=body, **photo)
    named = upload(s3, photo, {2: body, 4: body, 6: body})
    completed = s3.complete_multipart_upload(MultipartUpload=named, **photo)
    recording.equals("complete-multipart-with-step-2", completed)


@recorded(S3, "TestS3::test_multipart_complete_multipart_wrong_part")
def test_a_part_is_named_by_its_number_and_its_tag(s3, bucket, recording: Recording):
    photo = started(s3, bucket, "cat")
    named = upload(s3, photo, {1: b"data"})
    for name, wrong in {
        "complete-exc-wrong-part-number": {**named["Parts"][0], "PartNumber": 2},
        "complete-exc-wrong-etag": {"PartNumber": 1, "ETag": "d41d8cd98f00b204e9800998ecf8427e"},
    }.items():
        recording.refuses(name, s3.complete_multipart_upload, MultipartUpload={"Parts": [wrong]}, **photo)


@recorded(S3, "TestS3::test_get_object_part")
def test_an_object_is_read_by_the_number_of_a_part(s3, bucket, recording: Recording):
    photo = started(s3, bucket, "test.file")
    named = upload(s3, photo, {1: CONTENT * (SMALLEST // len(CONTENT) + 1), 2: CONTENT})
    completed = s3.complete_multipart_upload(MultipartUpload=named, **photo)
    recording.equals("multipart-upload", completed)

    file = {"Bucket": bucket, "Key": "test.file"}
    recording.equals("head-object-part", s3.head_object(PartNumber=2, **file))
    recording.equals("get-object-part", s3.get_object(PartNumber=2, **file))
    # An object has its checksum, and a part has none that was made without.
    part = s3.get_object(PartNumber=2, ChecksumMode="ENABLED", **file)
    recording.equals("get-object-part-with-checksum", part)
    recording.refuses("part-doesnt-exist", s3.get_object, PartNumber=10, **file)
    recording.refuses("part-with-range", s3.get_object, PartNumber=2, Range="bytes=0-8", **file)

    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(Body=b"test-123", **cat)
    recording.refuses("part-no-multipart", s3.get_object, PartNumber=2, **cat)
    recording.equals("get-obj-no-multipart", s3.get_object(PartNumber=1, **cat))


@recorded(
    S3,
    "TestS3::test_get_object_part_checksum[COMPOSITE]",
    "TestS3::test_get_object_part_checksum[FULL_OBJECT]",
)
def test_a_part_is_read_with_its_own_checksum(s3, bucket, recording: Recording):
    file = {"Bucket": bucket, "Key": "test-multipart-checksum"}
    kind = recording.parameter
    created = s3.create_multipart_upload(ChecksumAlgorithm="CRC32C", ChecksumType=kind, **file)
    recording.equals("create-mpu-checksum", created)
    photo = {**file, "UploadId": created["UploadId"]}
    part = s3.upload_part(PartNumber=1, Body=CONTENT, ChecksumAlgorithm="CRC32C", **photo)
    recording.equals("upload-part", part)
    named = {"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32C": part["ChecksumCRC32C"]}
    completed = s3.complete_multipart_upload(MultipartUpload={"Parts": [named]}, ChecksumType=kind, **photo)
    recording.equals("complete-multipart-checksum", completed)
    part = {**file, "PartNumber": 1, "ChecksumMode": "ENABLED"}
    recording.equals("head-object-part", s3.head_object(**part))
    recording.equals("get-object-part", s3.get_object(**part))
