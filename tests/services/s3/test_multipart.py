"""Multipart uploads: begun, filled, listed, completed, aborted."""

from __future__ import annotations

import base64
import hashlib
import zlib

import pytest

from awsim import Settings

from .conftest import OWNER, answer, no_such_key, precondition_failed, status

ONE, TWO, LAST = b"a" * 20, b"b" * 20, b"c"


@pytest.fixture(autouse=True)
def small_parts(cloud):
    """Parts of 20 bytes will do."""
    cloud.settings.s3_min_part_size = 20


@pytest.fixture
def begin(s3, bucket):
    def begin(key="film", **arguments):
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **arguments)
        return {"Bucket": bucket, "Key": key, "UploadId": upload["UploadId"]}

    return begin


@pytest.fixture
def upload(begin):
    return begin()


@pytest.fixture
def fill(s3):
    """Upload parts by their numbers, and what CompleteMultipartUpload needs to know of them."""

    def fill(upload, bodies, **arguments):
        parts = []
        for number, body in bodies.items():
            part = s3.upload_part(PartNumber=number, Body=body, **upload, **arguments)
            parts.append({"PartNumber": number, "ETag": part["ETag"]})
        return sorted(parts, key=lambda part: part["PartNumber"])

    return fill


def complete(s3, upload, parts, **arguments):
    return s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload, **arguments)


def etag_of(*bodies):
    digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    return f'"{digest}-{len(bodies)}"'


def crc32(*bodies):
    return base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4, "big")).decode()


def invalid_part(upload, part, number=1):
    return {
        "Status": 400,
        "Code": "InvalidPart",
        "Message": "One or more of the specified parts could not be found.  The part may not have been uploaded, or "
        "the specified entity tag may not match the part's entity tag.",
        "ETag": part["ETag"].strip('"'),
        "PartNumber": str(number),
        "UploadId": upload["UploadId"],
    }


def no_such_upload(upload_id):
    return {
        "Status": 404,
        "Code": "NoSuchUpload",
        "Message": "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
        "aborted or completed.",
        "UploadId": upload_id,
    }


def invalid_request(message):
    return {"Status": 400, "Code": "InvalidRequest", "Message": message}


class TestUploading:
    def test_an_upload_is_begun_with_an_id(self, s3, bucket):
        begun = answer(s3.create_multipart_upload(Bucket=bucket, Key="film"))
        assert begun.pop("UploadId")
        assert begun == {"Bucket": bucket, "Key": "film", "ServerSideEncryption": "AES256"}

    def test_a_part_is_told_with_its_tag_and_checksum(self, s3, upload):
        assert answer(s3.upload_part(PartNumber=1, Body=b"meow", **upload)) == {
            "ETag": '"4a4be40c96ac6314e91d93f38043a634"',
            "ChecksumCRC32": "ihBq/g==",
            "ServerSideEncryption": "AES256",
        }

    @pytest.mark.parametrize("number", [-1, 0, 10_001])
    def test_parts_are_numbered_from_1_to_10000(self, s3, upload, refusal, number):
        assert refusal(s3.upload_part, PartNumber=number, Body=b"", **upload) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "Part number must be an integer between 1 and 10000, inclusive",
            "ArgumentName": "partNumber",
            "ArgumentValue": str(number),
        }

    def test_the_object_appears_when_the_upload_is_completed(self, s3, bucket, begin, fill, refusal):
        upload = begin(Metadata={"a": "b"}, ContentType="video/mp4", Tagging="t=1", StorageClass="STANDARD_IA")
        parts = fill(upload, {1: ONE, 2: TWO, 3: LAST})
        assert refusal(s3.get_object, Bucket=bucket, Key="film") == no_such_key("film")
        completed = answer(complete(s3, upload, parts))
        assert completed.pop("ChecksumCRC64NVME")
        assert completed == {
            "Bucket": bucket,
            "Key": "film",
            "ETag": etag_of(ONE, TWO, LAST),
            "Location": "https://photos.s3.us-east-1.amazonaws.com/film",
            "ChecksumType": "FULL_OBJECT",
            "ServerSideEncryption": "AES256",
        }
        found = s3.get_object(Bucket=bucket, Key="film")
        assert found["Body"].read() == ONE + TWO + LAST
        assert (found["Metadata"], found["ContentType"], found["TagCount"], found["StorageClass"]) == (
            {"a": "b"},
            "video/mp4",
            1,
            "STANDARD_IA",
        )

    def test_parts_come_in_any_order_and_with_gaps(self, s3, bucket, upload, fill):
        parts = fill(upload, {7: LAST, 3: TWO, 1: ONE})
        complete(s3, upload, parts)
        assert s3.get_object(Bucket=bucket, Key="film")["Body"].read() == ONE + TWO + LAST

    def test_a_part_that_is_uploaded_again_is_replaced(self, s3, bucket, upload, fill, refusal):
        (old,) = fill(upload, {1: b"old"})
        (new,) = fill(upload, {1: b"new"})
        assert refusal(complete, s3=s3, upload=upload, parts=[old]) == invalid_part(upload, old)
        complete(s3, upload, [new])
        assert s3.get_object(Bucket=bucket, Key="film")["Body"].read() == b"new"

    def test_parts_that_are_not_named_are_left_out(self, s3, bucket, upload, fill):
        parts = fill(upload, {1: ONE, 2: TWO, 3: LAST})
        complete(s3, upload, [parts[0], parts[2]])
        assert s3.get_object(Bucket=bucket, Key="film")["Body"].read() == ONE + LAST

    def test_ranges_reach_across_parts(self, s3, bucket, upload, fill):
        complete(s3, upload, fill(upload, {1: ONE, 2: TWO, 3: LAST}))
        found = s3.get_object(Bucket=bucket, Key="film", Range="bytes=18-40")
        assert (found["Body"].read(), found["ContentRange"]) == (b"aa" + TWO + b"c", "bytes 18-40/41")

    def test_a_part_can_be_read_by_its_number(self, s3, bucket, upload, fill, refusal):
        complete(s3, upload, fill(upload, {1: ONE, 2: LAST}))
        for call in (s3.get_object, s3.head_object):
            found = call(Bucket=bucket, Key="film", PartNumber=2)
            assert status(found) == 206
            assert (found["ContentRange"], found["PartsCount"]) == ("bytes 20-20/21", 2)
            assert "ChecksumCRC64NVME" not in found
        assert refusal(s3.get_object, Bucket=bucket, Key="film", PartNumber=10) == {
            "Status": 416,
            "Code": "InvalidPartNumber",
            "Message": "The requested partnumber is not satisfiable",
            "ActualPartCount": "2",
            "PartNumberRequested": "10",
        }


class TestCompleting:
    def test_parts_must_be_in_order(self, s3, upload, fill, refusal):
        parts = fill(upload, {1: ONE, 2: TWO})
        assert refusal(complete, s3=s3, upload=upload, parts=parts[::-1]) == {
            "Status": 400,
            "Code": "InvalidPartOrder",
            "Message": "The list of parts was not in ascending order. Parts must be ordered by part number.",
            "UploadId": upload["UploadId"],
        }

    def test_parts_must_exist_with_their_tags(self, s3, upload, fill, refusal):
        (part,) = fill(upload, {1: ONE})
        missing = {**part, "PartNumber": 2}
        assert refusal(complete, s3=s3, upload=upload, parts=[missing]) == invalid_part(upload, part, 2)
        wrong = {**part, "ETag": '"d41d8cd98f00b204e9800998ecf8427e"'}
        assert refusal(complete, s3=s3, upload=upload, parts=[wrong]) == invalid_part(upload, wrong)

    def test_parts_but_the_last_have_a_least_size(self, s3, upload, fill, refusal):
        parts = fill(upload, {1: b"short", 2: TWO})
        assert refusal(complete, s3=s3, upload=upload, parts=parts) == {
            "Status": 400,
            "Code": "EntityTooSmall",
            "Message": "Your proposed upload is smaller than the minimum allowed size",
            "ProposedSize": "5",
            "MinSizeAllowed": "20",
            "PartNumber": "1",
            "ETag": parts[0]["ETag"].strip('"'),
        }

    def test_the_least_size_is_5_mib_unless_told_otherwise(self, s3, cloud, upload, fill, refusal, monkeypatch):
        cloud.settings.s3_min_part_size = Settings.from_environment().s3_min_part_size
        monkeypatch.setenv("AWSIM_S3_MIN_PART_SIZE", "1")
        assert Settings.from_environment().s3_min_part_size == 1
        refused = refusal(complete, s3=s3, upload=upload, parts=fill(upload, {1: ONE, 2: TWO}))
        assert (refused["Code"], refused["MinSizeAllowed"]) == ("EntityTooSmall", "5242880")

    def test_there_must_be_parts(self, s3, upload, refusal):
        assert refusal(s3.complete_multipart_upload, **upload) == invalid_request("You must specify at least one part")
        assert refusal(complete, s3=s3, upload=upload, parts=[]) == {
            "Status": 400,
            "Code": "MalformedXML",
            "Message": "The XML you provided was not well-formed or did not validate against our published schema",
        }

    def test_completing_twice_is_as_good_as_once(self, s3, upload, fill):
        parts = fill(upload, {1: ONE})
        first = answer(complete(s3, upload, parts))
        assert answer(complete(s3, upload, parts)) == first

    def test_the_size_must_be_what_the_caller_expects(self, s3, upload, fill, refusal):
        parts = fill(upload, {1: b"four"})
        refused = refusal(complete, s3=s3, upload=upload, parts=parts, MpuObjectSize=5)
        assert refused == invalid_request(
            "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 4"
        )
        assert complete(s3, upload, parts, MpuObjectSize=4)

    def test_an_upload_that_is_unknown_aborted_or_of_another_key_is_none(self, s3, upload, begin, fill, refusal):
        other = begin("other")
        parts = fill(upload, {1: ONE})
        swapped = {**upload, "UploadId": other["UploadId"]}
        assert refusal(complete, s3=s3, upload=swapped, parts=parts) == no_such_upload(other["UploadId"])
        assert status(s3.abort_multipart_upload(**upload)) == 204
        gone = no_such_upload(upload["UploadId"])
        assert refusal(complete, s3=s3, upload=upload, parts=parts) == gone
        assert refusal(s3.abort_multipart_upload, **upload) == gone
        assert refusal(s3.list_parts, **upload) == gone
        assert refusal(s3.upload_part, PartNumber=1, Body=b"", **upload) == gone

    def test_its_location_is_encoded_whole(self, s3, bucket, begin, fill):
        upload = begin("films/a cat.mp4")
        told = complete(s3, upload, fill(upload, {1: b"a"}))
        assert told["Location"] == f"https://{bucket}.s3.us-east-1.amazonaws.com/films%2Fa+cat.mp4"

    def test_a_versioned_bucket_gets_a_version(self, s3, versioned, fill):
        begun = s3.create_multipart_upload(Bucket=versioned, Key="film")
        upload = {"Bucket": versioned, "Key": "film", "UploadId": begun["UploadId"]}
        completed = complete(s3, upload, fill(upload, {1: ONE}))
        assert s3.head_object(Bucket=versioned, Key="film")["VersionId"] == completed["VersionId"]


def conflict(condition):
    return {
        "Status": 409,
        "Code": "ConditionalRequestConflict",
        "Message": "The conditional request cannot succeed due to a conflicting operation against this resource.",
        "Key": "film",
        "Condition": condition,
    }


class TestConditions:
    def test_completion_can_depend_on_what_is_there(self, s3, bucket, begin, fill, refusal):
        etag = s3.put_object(Bucket=bucket, Key="film", Body=b"old")["ETag"]
        upload = begin()
        parts = fill(upload, {1: ONE})
        refused = refusal(complete, s3=s3, upload=upload, parts=parts, IfNoneMatch="*")
        assert refused == precondition_failed("If-None-Match")
        refused = refusal(complete, s3=s3, upload=upload, parts=parts, IfMatch='"other"')
        assert refused == precondition_failed("If-Match")
        assert complete(s3, upload, parts, IfMatch=etag)

    def test_a_write_meanwhile_is_a_conflict_even_of_the_same(self, s3, bucket, begin, fill, refusal):
        s3.put_object(Bucket=bucket, Key="film", Body=b"same")
        upload = begin()
        parts = fill(upload, {1: ONE})
        etag = s3.put_object(Bucket=bucket, Key="film", Body=b"same")["ETag"]
        refused = refusal(complete, s3=s3, upload=upload, parts=parts, IfMatch=etag)
        assert refused == conflict("If-Match")

    def test_a_deletion_meanwhile_is_a_conflict(self, s3, bucket, begin, fill, refusal):
        s3.put_object(Bucket=bucket, Key="film")
        upload = begin()
        parts = fill(upload, {1: ONE})
        s3.delete_object(Bucket=bucket, Key="film")
        refused = refusal(complete, s3=s3, upload=upload, parts=parts, IfNoneMatch="*")
        assert refused == conflict("If-None-Match")


class TestListingParts:
    def test_parts_are_listed_by_number(self, s3, bucket, upload, fill):
        fill(upload, {2: TWO, 1: ONE})
        listed = answer(s3.list_parts(**upload))
        assert all(one.pop("LastModified") for one in listed["Parts"])
        assert listed == {
            **upload,
            "PartNumberMarker": 0,
            "NextPartNumberMarker": 2,
            "MaxParts": 1000,
            "IsTruncated": False,
            "Parts": [
                {"PartNumber": 1, "ETag": f'"{hashlib.md5(ONE).hexdigest()}"', "Size": 20},
                {"PartNumber": 2, "ETag": f'"{hashlib.md5(TWO).hexdigest()}"', "Size": 20},
            ],
            "Initiator": {"ID": OWNER["ID"], "DisplayName": "123456789012"},
            "Owner": OWNER,
            "StorageClass": "STANDARD",
        }

    def test_a_page_ends_where_it_is_told(self, s3, upload, fill):
        fill(upload, {1: ONE, 2: TWO})
        first = s3.list_parts(MaxParts=1, **upload)
        assert ([one["PartNumber"] for one in first["Parts"]], first["IsTruncated"]) == ([1], True)
        assert first["NextPartNumberMarker"] == 1
        rest = s3.list_parts(MaxParts=1, PartNumberMarker=1, **upload)
        assert ([one["PartNumber"] for one in rest["Parts"]], rest["IsTruncated"]) == ([2], False)
        behind = s3.list_parts(PartNumberMarker=10, **upload)
        assert ("Parts" in behind, behind["NextPartNumberMarker"], behind["PartNumberMarker"]) == (False, 0, 10)


class TestListingUploads:
    @pytest.fixture
    def five(self, begin):
        """Three uploads of one key, one each of two others; ids by key in the order of their creation."""
        ids = {}
        for key in ("c", "b", "a", "a", "a"):
            ids.setdefault(key, []).append(begin(key)["UploadId"])
        return ids

    @staticmethod
    def shown(page):
        return [(one["Key"], one["UploadId"]) for one in page.get("Uploads", [])]

    def test_uploads_are_listed_by_key_the_oldest_first(self, s3, bucket, five):
        listed = answer(s3.list_multipart_uploads(Bucket=bucket))
        everything = [("a", one) for one in five["a"]] + [("b", five["b"][0]), ("c", five["c"][0])]
        assert self.shown(listed) == everything
        upload = listed.pop("Uploads")[0]
        assert upload.pop("Initiated")
        assert upload == {
            "Key": "a",
            "UploadId": five["a"][0],
            "StorageClass": "STANDARD",
            "Owner": OWNER,
            "Initiator": {"ID": OWNER["ID"], "DisplayName": "123456789012"},
        }
        assert listed == {
            "Bucket": bucket,
            "KeyMarker": "",
            "UploadIdMarker": "",
            "NextKeyMarker": "c",
            "NextUploadIdMarker": five["c"][0],
            "MaxUploads": 1000,
            "IsTruncated": False,
        }

    def test_both_markers_go_on_within_a_key_one_behind_it(self, s3, bucket, five):
        first, second, third = five["a"]
        page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, KeyMarker="a", UploadIdMarker=first)
        assert (self.shown(page), page["IsTruncated"]) == ([("a", second)], True)
        page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, KeyMarker="a", UploadIdMarker=third)
        assert self.shown(page) == [("b", five["b"][0])]
        page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, KeyMarker="a")
        assert (self.shown(page), page["UploadIdMarker"]) == ([("b", five["b"][0])], "")
        page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, UploadIdMarker=second)
        assert (self.shown(page), page["UploadIdMarker"]) == ([("a", first)], "")
        page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, KeyMarker="c")
        assert (self.shown(page), page["NextKeyMarker"], page["NextUploadIdMarker"]) == ([], "", "")

    def test_an_upload_of_another_key_is_no_marker(self, s3, bucket, five, refusal):
        other = five["b"][0]
        assert refusal(s3.list_multipart_uploads, Bucket=bucket, KeyMarker="a", UploadIdMarker=other) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "Invalid uploadId marker",
            "ArgumentName": "upload-id-marker",
            "ArgumentValue": other,
        }

    def test_common_prefixes_stand_for_their_keys(self, s3, bucket, begin):
        for key in ("folder/aSub/1", "folder/aSub/2", "folder/file"):
            begin(key)
        page = answer(s3.list_multipart_uploads(Bucket=bucket, Prefix="folder/", Delimiter="/", MaxUploads=1))
        assert page == {
            "Bucket": bucket,
            "Prefix": "folder/",
            "Delimiter": "/",
            "KeyMarker": "",
            "UploadIdMarker": "",
            "NextKeyMarker": "",
            "NextUploadIdMarker": "",
            "MaxUploads": 1,
            "IsTruncated": True,
            "CommonPrefixes": [{"Prefix": "folder/aSub/"}],
        }
        for marker in ("folder/aSub/", "folder/aSub/1"):
            page = s3.list_multipart_uploads(Bucket=bucket, Prefix="folder/", Delimiter="/", KeyMarker=marker)
            assert [key for key, _ in self.shown(page)] == ["folder/file"]
            assert "CommonPrefixes" not in page


class TestChecksums:
    def parts_of(self, s3, upload, bodies):
        parts = []
        for number, body in bodies.items():
            part = s3.upload_part(PartNumber=number, Body=body, ChecksumAlgorithm="CRC32", **upload)
            parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
        return parts

    @pytest.mark.parametrize(
        ("algorithm", "kind"),
        [
            ("CRC32", "COMPOSITE"),
            ("CRC32C", "COMPOSITE"),
            ("SHA1", "COMPOSITE"),
            ("SHA256", "COMPOSITE"),
            ("CRC64NVME", "FULL_OBJECT"),
        ],
    )
    def test_an_algorithm_implies_a_type(self, s3, bucket, algorithm, kind):
        begun = s3.create_multipart_upload(Bucket=bucket, Key="film", ChecksumAlgorithm=algorithm)
        assert (begun["ChecksumAlgorithm"], begun["ChecksumType"]) == (algorithm, kind)

    @pytest.mark.parametrize(
        ("kind", "algorithm"), [("COMPOSITE", "CRC64NVME"), ("FULL_OBJECT", "SHA1"), ("FULL_OBJECT", "SHA256")]
    )
    def test_not_every_algorithm_goes_with_every_type(self, s3, bucket, refusal, kind, algorithm):
        refused = refusal(
            s3.create_multipart_upload, Bucket=bucket, Key="film", ChecksumAlgorithm=algorithm, ChecksumType=kind
        )
        assert refused == invalid_request(
            f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
        )

    def test_a_type_needs_an_algorithm(self, s3, bucket, refusal):
        refused = refusal(s3.create_multipart_upload, Bucket=bucket, Key="film", ChecksumType="COMPOSITE")
        assert refused == invalid_request(
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
        )

    def test_a_composite_checksum_is_that_of_the_parts(self, s3, bucket, begin):
        upload = begin(ChecksumAlgorithm="CRC32")
        bodies = {1: ONE, 2: TWO, 3: LAST}
        parts = self.parts_of(s3, upload, bodies)
        digests = b"".join(zlib.crc32(body).to_bytes(4, "big") for body in bodies.values())
        completed = complete(s3, upload, parts)
        assert (completed["ChecksumCRC32"], completed["ChecksumType"]) == (f"{crc32(digests)}-3", "COMPOSITE")
        attributes = s3.get_object_attributes(
            Bucket=bucket, Key="film", ObjectAttributes=["Checksum", "ObjectParts"], MaxParts=2
        )
        assert attributes["Checksum"] == {"ChecksumCRC32": crc32(digests), "ChecksumType": "COMPOSITE"}
        assert attributes["ObjectParts"] == {
            "TotalPartsCount": 3,
            "PartNumberMarker": 0,
            "NextPartNumberMarker": 2,
            "MaxParts": 2,
            "IsTruncated": True,
            "Parts": [
                {"PartNumber": 1, "Size": 20, "ChecksumCRC32": crc32(ONE)},
                {"PartNumber": 2, "Size": 20, "ChecksumCRC32": crc32(TWO)},
            ],
        }
        all_of_them = s3.get_object_attributes(Bucket=bucket, Key="film", ObjectAttributes=["ObjectParts"], MaxParts=-1)
        assert len(all_of_them["ObjectParts"]["Parts"]) == 3
        part = s3.get_object(Bucket=bucket, Key="film", PartNumber=3, ChecksumMode="ENABLED")
        assert (part["ChecksumCRC32"], part["ChecksumType"], part["Body"].read()) == (crc32(LAST), "COMPOSITE", LAST)

    def test_a_copy_of_it_has_a_checksum_and_a_tag_of_its_own(self, s3, bucket, begin):
        upload = begin(ChecksumAlgorithm="CRC32")
        complete(s3, upload, self.parts_of(s3, upload, {1: ONE, 2: LAST}))
        copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "film"})
        result = copied["CopyObjectResult"]
        assert (result["ChecksumCRC32"], result["ChecksumType"]) == (crc32(ONE, LAST), "FULL_OBJECT")
        assert result["ETag"] == f'"{hashlib.md5(ONE + LAST).hexdigest()}"'

    def test_a_composite_upload_is_completed_with_the_checksum_of_each_part(self, s3, begin, refusal):
        upload = begin(ChecksumAlgorithm="CRC32")
        (part,) = self.parts_of(s3, upload, {1: ONE})
        bare = {name: part[name] for name in ("PartNumber", "ETag")}
        assert refusal(complete, s3=s3, upload=upload, parts=[bare]) == invalid_request(
            "The upload was created using a crc32 checksum. The complete request must include the checksum for each "
            "part. It was missing for part 1 in the request."
        )
        wrong = {**part, "ChecksumCRC32": "AAAAAA=="}
        assert refusal(complete, s3=s3, upload=upload, parts=[wrong]) == invalid_part(upload, part)

    @pytest.mark.parametrize("numbers", [(2, 3), (1, 3)])
    def test_parts_with_checksums_of_their_own_are_numbered_one_by_one(self, s3, begin, refusal, numbers):
        upload = begin(ChecksumAlgorithm="SHA256")
        parts = []
        for number in numbers:
            told = s3.upload_part(PartNumber=number, Body=b"a", ChecksumAlgorithm="SHA256", **upload)
            parts.append({"PartNumber": number, "ETag": told["ETag"], "ChecksumSHA256": told["ChecksumSHA256"]})
        assert refusal(s3.complete_multipart_upload, MultipartUpload={"Parts": parts}, **upload) == {
            "Status": 400,
            "Code": "InvalidPartOrder",
            "Message": "The list of parts was not in ascending order. Parts must be ordered by part number.",
            "UploadId": upload["UploadId"],
        }

    def test_a_full_objects_checksum_is_that_of_the_body(self, s3, bucket, begin, refusal):
        upload = begin(ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        parts = self.parts_of(s3, upload, {1: ONE, 2: LAST})
        bare = [{name: part[name] for name in ("PartNumber", "ETag")} for part in parts]
        wrong = {
            "Status": 400,
            "Code": "BadDigest",
            "Message": "The crc32 you specified did not match the calculated checksum.",
        }
        right = crc32(ONE, LAST)
        refused = refusal(
            complete, s3=s3, upload=upload, parts=bare, ChecksumCRC32="AAAAAA==", ChecksumType="FULL_OBJECT"
        )
        assert refused == wrong
        assert refusal(complete, s3=s3, upload=upload, parts=bare, ChecksumCRC32=right) == wrong
        refused = refusal(complete, s3=s3, upload=upload, parts=bare, ChecksumCRC32=right, ChecksumType="COMPOSITE")
        assert refused == invalid_request(
            "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same "
            "checksum mode."
        )
        completed = complete(s3, upload, bare, ChecksumCRC32=right, ChecksumType="FULL_OBJECT")
        assert completed["ChecksumCRC32"] == right
        attributes = s3.get_object_attributes(Bucket=bucket, Key="film", ObjectAttributes=["ObjectParts"])
        assert attributes["ObjectParts"] == {"TotalPartsCount": 2}

    def test_a_part_has_the_uploads_algorithm(self, s3, begin, refusal):
        upload = begin(ChecksumAlgorithm="SHA256")
        refused = refusal(s3.upload_part, PartNumber=1, Body=ONE, ChecksumAlgorithm="CRC32", **upload)
        assert refused == invalid_request(
            "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32"
        )

    def test_an_upload_without_an_algorithm_takes_any_of_a_part_and_keeps_none(self, s3, upload, refusal):
        part = s3.upload_part(PartNumber=1, Body=ONE, ChecksumAlgorithm="SHA256", **upload)
        assert part["ChecksumSHA256"]
        (listed,) = s3.list_parts(**upload)["Parts"]
        assert "ChecksumSHA256" not in listed
        named = {"PartNumber": 1, "ETag": part["ETag"]}
        with_checksum = {**named, "ChecksumSHA256": part["ChecksumSHA256"]}
        assert refusal(complete, s3=s3, upload=upload, parts=[with_checksum]) == invalid_part(upload, part)
        refused = refusal(complete, s3=s3, upload=upload, parts=[named], ChecksumType="FULL_OBJECT")
        assert refused == invalid_request(
            "The upload was created using the null checksum mode. The complete request must use the same checksum mode."
        )
        assert complete(s3, upload, [named])["ChecksumType"] == "FULL_OBJECT"


class TestCopiedParts:
    @pytest.fixture
    def source(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")
        return {"Bucket": bucket, "Key": "source"}

    def test_a_part_can_be_a_copy(self, s3, bucket, upload, source):
        copied = answer(s3.upload_part_copy(PartNumber=1, CopySource=source, **upload))
        assert copied["CopyPartResult"].pop("LastModified")
        etag = '"781e5e245d69b566979b86e28d23f2c7"'
        assert copied == {"CopyPartResult": {"ETag": etag}, "ServerSideEncryption": "AES256"}
        complete(s3, upload, [{"PartNumber": 1, "ETag": etag}])
        assert s3.get_object(Bucket=bucket, Key="film")["Body"].read() == b"0123456789"

    def test_a_part_can_be_part_of_an_object(self, s3, bucket, upload, source, refusal):
        part = s3.upload_part_copy(PartNumber=1, CopySource=source, CopySourceRange="bytes=2-4", **upload)
        complete(s3, upload, [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}])
        assert s3.get_object(Bucket=bucket, Key="film")["Body"].read() == b"234"

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("bytes=5-10", "Range specified is not valid for source object of size: 10"),
            (
                "bytes=5-",
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                "zero-based offsets of the first and last bytes to copy",
            ),
        ],
    )
    def test_the_range_must_be_complete_and_exist(self, s3, upload, source, refusal, header, message):
        assert refusal(s3.upload_part_copy, PartNumber=1, CopySource=source, CopySourceRange=header, **upload) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": message,
            "ArgumentName": "x-amz-copy-source-range",
            "ArgumentValue": header,
        }

    @pytest.mark.parametrize(("kind", "value"), [("COMPOSITE", "F9bAnw==-1"), ("FULL_OBJECT", "iqJrOQ==")])
    def test_a_copied_part_gets_the_uploads_checksum(self, s3, bucket, begin, kind, value):
        s3.put_object(Bucket=bucket, Key="source", Body=b"this is a part")
        upload = begin(ChecksumAlgorithm="CRC32C", ChecksumType=kind)
        source = {"Bucket": bucket, "Key": "source"}
        part = s3.upload_part_copy(PartNumber=1, CopySource=source, **upload)["CopyPartResult"]
        assert part["ChecksumCRC32C"] == "iqJrOQ=="
        named = {"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32C": part["ChecksumCRC32C"]}
        completed = complete(s3, upload, [named])
        assert (completed["ChecksumCRC32C"], completed["ETag"]) == (value, '"395d97c07920de036bfa21e7568a2e9f-1"')

    def test_a_source_may_be_on_condition(self, s3, upload, source, refusal):
        refused = refusal(s3.upload_part_copy, PartNumber=1, CopySource=source, CopySourceIfNoneMatch="*", **upload)
        assert refused == precondition_failed("x-amz-copy-source-If-None-Match")
