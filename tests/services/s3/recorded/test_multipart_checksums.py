"""Checksums of what is uploaded in parts, as recorded."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config

from .conftest import ACCOUNT
from .recording import Recording, recorded
from .test_checksums import ALGORITHMS, sum_of

S3 = "s3/test_s3.json"
FULL_OBJECT, COMPOSITE = "FULL_OBJECT", "COMPOSITE"
#: Two parts that are large enough to have others behind them, and a small one.
PARTS = (b"a" * (5 * 1024 * 1024 + 1), b"a" * (5 * 1024 * 1024 + 1), b"a" * 10)


def of_class(test: str, *parameters: str) -> Any:
    """Replay a test of TestS3MultipartUploadChecksum, or its forms by their parameters."""
    names = [f"{test}[{parameter}]" for parameter in parameters] or [test]
    return recorded(S3, *(f"TestS3MultipartUploadChecksum::{name}" for name in names))


@pytest.fixture
def unsummed(cloud: Any) -> Any:
    """A client that puts no checksum on what it is not told to."""
    return cloud.session(aws_access_key_id=ACCOUNT, aws_secret_access_key="testing").client(
        "s3", config=Config(request_checksum_calculation="when_required")
    )


class Upload:
    """An upload of a recorded test, and its calls as they are told."""

    def __init__(self, s3: Any, recording: Recording, key: str) -> None:
        self.s3 = s3
        self.recording = recording
        self.place = {"Bucket": "photos", "Key": key}
        self.id: dict[str, str] = {}

    def begin(self, name: str, **arguments: Any) -> None:
        begun = self.recording.equals(name, self.s3.create_multipart_upload(**self.place, **arguments))
        self.id = {"UploadId": begun["UploadId"]}

    def part(self, number: int, body: bytes, **arguments: Any) -> Any:
        return self.s3.upload_part(PartNumber=number, Body=body, **self.place, **self.id, **arguments)

    def _document(self, parts: list[Any], **arguments: Any) -> dict[str, Any]:
        return {**self.place, **self.id, "MultipartUpload": {"Parts": parts}, **arguments}

    def complete(self, name: str, parts: list[Any], **arguments: Any) -> None:
        self.recording.equals(name, self.s3.complete_multipart_upload(**self._document(parts, **arguments)))

    def refuses(self, name: str, parts: list[Any], **arguments: Any) -> None:
        self.recording.refuses(name, self.s3.complete_multipart_upload, **self._document(parts, **arguments))

    def list(self) -> None:
        self.recording.equals("list-parts", self.s3.list_parts(**self.place, **self.id))

    def read(self) -> None:
        """The object is got and headed with its checksum, and its attributes are asked for."""
        got = self.s3.get_object(**self.place, ChecksumMode="ENABLED")
        if not self.recording.answers["get-object-with-checksum"]["Body"]:
            got["Body"].read()  # what was read before is not recorded
        self.recording.equals("get-object-with-checksum", got)
        self.recording.equals("head-object-with-checksum", self.s3.head_object(**self.place, ChecksumMode="ENABLED"))
        self._attributes("get-object-attrs", self.place)

    def copy(self) -> None:
        """A copy of the object is one whole, and so is its checksum."""
        copy = {"Bucket": "photos", "Key": "copy"}
        self.recording.equals("copy-obj-checksum", self.s3.copy_object(CopySource=self.place, **copy))
        self._attributes("get-copy-object-attrs", copy)

    def _attributes(self, name: str, place: dict[str, str]) -> None:
        wanted = ["ETag", "Checksum", "ObjectParts"]
        self.recording.equals(name, self.s3.get_object_attributes(**place, ObjectAttributes=wanted))


@pytest.fixture
def upload(s3: Any, bucket: str, recording: Recording) -> Upload:
    return Upload(s3, recording, "test-multipart-checksum")


def fill(upload: Upload, algorithm: str) -> list[Any]:
    """Upload the three parts with their checksums; each by its number, with its ETag and its checksum."""
    parts = []
    for index, body in enumerate(PARTS):
        value = sum_of(algorithm, body)
        part = upload.recording.equals(f"upload-part-{index}", upload.part(index + 1, body, **value))
        parts.append({"PartNumber": index + 1, "ETag": part["ETag"], **value})
    upload.list()
    return parts


def with_a_wrong_one(parts: list[Any], algorithm: str, recording: Recording) -> list[Any]:
    """The parts, of which the one that AWS refused has another checksum than was uploaded."""
    refused = int(recording.answers["complete-multipart-wrong-parts-checksum"]["Error"]["PartNumber"])
    wrong = sum_of(algorithm, b"other data")
    return [{**part, **wrong} if part["PartNumber"] == refused else part for part in parts]


@of_class("test_complete_multipart_parts_checksum_composite", "CRC32", "CRC32C", "SHA1", "SHA256")
def test_a_composite_checksum_is_of_the_checksums_of_parts(upload: Upload, recording: Recording):
    algorithm = recording.parameter
    upload.begin("create-mpu-checksum", ChecksumAlgorithm=algorithm)
    parts = fill(upload, algorithm)
    bare = [{name: part[name] for name in ("PartNumber", "ETag")} for part in parts]
    upload.refuses("complete-multipart-no-checksum", bare)
    upload.refuses("complete-multipart-wrong-parts-checksum", with_a_wrong_one(parts, algorithm, recording))
    upload.complete("complete-multipart-checksum", parts)
    upload.read()
    part = upload.s3.get_object(**upload.place, PartNumber=3, ChecksumMode="ENABLED")
    recording.equals("get-object-part-checksum", part)
    upload.copy()


@of_class("test_complete_multipart_parts_checksum_full_object", "CRC32", "CRC32C", "CRC64NVME")
def test_a_full_objects_checksum_is_of_its_bytes(upload: Upload, recording: Recording):
    algorithm = recording.parameter
    upload.begin("create-mpu-checksum", ChecksumAlgorithm=algorithm, ChecksumType=FULL_OBJECT)
    parts = fill(upload, algorithm)
    upload.refuses("complete-multipart-wrong-parts-checksum", with_a_wrong_one(parts, algorithm, recording))
    whole = sum_of(algorithm, b"".join(PARTS))
    upload.complete("complete-multipart-checksum", parts, ChecksumType=FULL_OBJECT, **whole)
    upload.read()
    part = upload.s3.get_object(**upload.place, PartNumber=3, ChecksumMode="ENABLED")
    recording.equals("get-object-part-checksum", part)
    upload.copy()


@of_class("test_complete_multipart_parts_checksum_default")
def test_an_upload_begun_without_a_checksum_takes_none_and_is_given_one(upload: Upload, recording: Recording):
    upload.begin("create-mpu-no-checksum")
    recording.equals("list-multiparts", upload.s3.list_multipart_uploads(Bucket="photos"))
    value = sum_of("CRC32C", b"aaa")
    part = upload.part(1, b"aaa", **value)
    recording.equals("upload-part-different-checksum-than-default", part)
    upload.list()
    bare = {"PartNumber": 1, "ETag": part["ETag"]}
    upload.refuses("complete-multipart-wrong-parts-checksum", [{**bare, **sum_of("CRC32C", b"other data")}])
    upload.refuses("complete-multipart-parts-checksum", [{**bare, **value}])
    upload.refuses("complete-multipart-composite-type", [bare], ChecksumType=COMPOSITE)
    upload.refuses("complete-multipart-full-object-type", [bare], ChecksumType=FULL_OBJECT)
    upload.complete("complete-multipart-checksum", [bare])
    upload.read()
    upload.copy()


@of_class(
    "test_multipart_checksum_type_compatibility",
    *(f"{type}-{algorithm}" for type in (COMPOSITE, FULL_OBJECT) for algorithm in ALGORITHMS),
)
def test_an_algorithm_goes_together_with_some_types(s3, bucket, recording: Recording):
    type, algorithm = recording.parameter.split("-")
    arguments = {"Bucket": bucket, "Key": "test-multipart-checksum-compat"}
    arguments |= {"ChecksumAlgorithm": algorithm, "ChecksumType": type}
    if "create-mpu-checksum" in recording.answers:
        recording.equals("create-mpu-checksum", s3.create_multipart_upload(**arguments))
    else:
        recording.refuses("create-mpu-checksum-exc", s3.create_multipart_upload, **arguments)


@of_class("test_multipart_checksum_type_default_for_checksum", *ALGORITHMS)
def test_an_algorithm_has_a_type_of_its_own(s3, bucket, recording: Recording):
    key = "test-multipart-checksum-default"
    begun = s3.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm=recording.parameter)
    recording.equals("create-mpu-default-checksum-type", begun)


@of_class("test_multipart_parts_checksum_exceptions_full_object")
def test_a_full_objects_checksum_wants_its_type_and_its_algorithm(s3, unsummed, bucket, recording: Recording):
    upload = Upload(unsummed, recording, "test-multipart-checksum-exc")
    crc32c, crc32, wrong = sum_of("CRC32C", b"abc"), sum_of("CRC32", b"abc"), sum_of("CRC32C", b"abd")
    begin = {"ChecksumAlgorithm": "CRC32C", "ChecksumType": FULL_OBJECT}
    typed = {**upload.place, "ChecksumType": FULL_OBJECT}
    recording.refuses("create-mpu-no-checksum-algo-with-type", s3.create_multipart_upload, **typed)
    upload.begin("create-mpu-checksum-crc32c", **begin)
    recording.equals("list-multiparts", s3.list_multipart_uploads(Bucket=bucket))
    recording.refuses("upload-part-different-checksum-exc", upload.part, number=1, body=b"abc", **crc32)
    upload.begin("create-mpu-with-checksum", **begin)
    part = recording.equals("upload-part-no-checksum-ok", upload.part(1, b"abc"))
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    upload.refuses("complete-part-bad-checksum-type", parts, ChecksumType=COMPOSITE, **crc32c)
    upload.refuses("complete-part-bad-checksum", parts, ChecksumType=FULL_OBJECT, **wrong)
    upload.refuses("complete-part-bad-checksum-algo", parts, ChecksumType=FULL_OBJECT, **crc32)
    upload.refuses("complete-part-only-checksum-algo", parts, **wrong)
    upload.refuses("complete-part-only-checksum-algo-diff", parts, **crc32)
    upload.refuses("complete-part-good-checksum-no-type", parts, **crc32c)
    upload.complete("complete-success", parts, ChecksumType=FULL_OBJECT, **crc32c)


@of_class("test_multipart_size_validation")
def test_a_size_that_is_told_is_compared(s3, bucket, recording: Recording):
    upload = Upload(s3, recording, "test-multipart-size")
    upload.begin("create-mpu")
    part = recording.equals("upload-part", upload.part(1, b"aaaa"))
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    upload.refuses("complete-multipart-wrong-size", parts, MpuObjectSize=5)
    upload.complete("complete-multipart-good-size", parts, MpuObjectSize=4)
    attributes = s3.get_object_attributes(**upload.place, ObjectAttributes=["ETag", "Checksum"])
    recording.equals("get-object-attrs", attributes)


@of_class("test_multipart_upload_part_checksum_exception", *ALGORITHMS)
def test_a_parts_checksum_is_compared(upload: Upload, recording: Recording):
    algorithm = recording.parameter
    begun = upload.s3.create_multipart_upload(**upload.place, ChecksumAlgorithm=algorithm)
    upload.id = {"UploadId": begun["UploadId"]}
    part = {"number": 1, "body": b"a part"}
    recording.refuses("put-wrong-checksum-no-b64", upload.part, **part, **{f"Checksum{algorithm}": "nonsense"})
    recording.refuses("put-wrong-checksum-value", upload.part, **part, **sum_of(algorithm, b"other data"))


@of_class("test_multipart_upload_part_copy_checksum", COMPOSITE, FULL_OBJECT)
def test_a_part_that_is_copied_has_the_uploads_checksum(upload: Upload, recording: Recording):
    s3, type = upload.s3, recording.parameter
    body, source = b"this is a part", {"Bucket": "photos", "Key": "source"}
    recording.equals("put-object", s3.put_object(Body=body, **source))
    upload.begin("create-mpu-checksum-sha256", ChecksumAlgorithm="CRC32C", ChecksumType=type)
    copied = s3.upload_part_copy(PartNumber=1, CopySource=source, **upload.place, **upload.id)
    recording.equals("upload-part-copy", copied)
    upload.list()
    part = copied["CopyPartResult"]
    parts = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32C": part["ChecksumCRC32C"]}]
    upload.complete("complete-multipart-checksum", parts)
    upload.read()
