"""Pages of listings in whole: each marker that AWS echoes, leaves empty or leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.handlers import set_list_objects_encoding_type_url

from .conftest import ODD_KEYS

OFTEN = {"ResponseMetadata", "Bucket", "Name", "Prefix", "Owner", "Initiator", "StorageClass"}
OF_AN_ENTRY = {"LastModified", "Initiated", "ETag", "Size", "ChecksumAlgorithm", "ChecksumType"}
SHOWN_BY_PARTS = {"AbortDate", "AbortRuleId"}


def page(answer: Any) -> Any:
    """What a page says of paging; its entries by their names."""
    if isinstance(answer, dict):
        return {name: page(one) for name, one in answer.items() if name not in OFTEN | OF_AN_ENTRY | SHOWN_BY_PARTS}
    return [page(one) for one in answer] if isinstance(answer, list) else answer


class TestVersions:
    @pytest.fixture
    def ids(self, s3, versioned) -> list[str]:
        """Ids in the order of their making; the first is of no version."""
        keys = ("test_0", "test_1", "test_2")
        made = [s3.put_object(Bucket=versioned, Key=key)["VersionId"] for key in (*keys, "test_2")]
        made += [s3.delete_object(Bucket=versioned, Key=key)["VersionId"] for key in keys]
        made += [s3.put_object(Bucket=versioned, Key=key)["VersionId"] for key in keys[:2]]
        return ["", *made]

    @pytest.fixture
    def listed(self, s3, versioned):
        return lambda **asked: page(s3.list_object_versions(Bucket=versioned, **asked))

    def entry(self, ids, key, number, latest=False):
        return {"Key": key, "VersionId": ids[number], "IsLatest": latest}

    def test_a_page_of_all_has_no_next_markers(self, ids, listed):
        assert listed() == {
            "EncodingType": "url",
            "IsTruncated": False,
            "KeyMarker": "",
            "VersionIdMarker": "",
            "MaxKeys": 1000,
            "Versions": [
                self.entry(ids, "test_0", 8, True),
                self.entry(ids, "test_0", 1),
                self.entry(ids, "test_1", 9, True),
                self.entry(ids, "test_1", 2),
                self.entry(ids, "test_2", 4),
                self.entry(ids, "test_2", 3),
            ],
            "DeleteMarkers": [
                self.entry(ids, "test_0", 5),
                self.entry(ids, "test_1", 6),
                self.entry(ids, "test_2", 7, True),
            ],
        }

    def test_a_page_ends_at_a_delete_marker_as_at_a_version(self, ids, listed):
        assert listed(MaxKeys=5) == {
            "EncodingType": "url",
            "IsTruncated": True,
            "KeyMarker": "",
            "VersionIdMarker": "",
            "NextKeyMarker": "test_1",
            "NextVersionIdMarker": ids[6],
            "MaxKeys": 5,
            "Versions": [
                self.entry(ids, "test_0", 8, True),
                self.entry(ids, "test_0", 1),
                self.entry(ids, "test_1", 9, True),
            ],
            "DeleteMarkers": [self.entry(ids, "test_0", 5), self.entry(ids, "test_1", 6)],
        }

    @pytest.mark.parametrize(
        ("key", "behind", "kind", "found", "more"),
        [
            ("test_1", 6, "Versions", ("test_1", 2, False), True),
            ("test_2", 4, "Versions", ("test_2", 3, False), False),
            ("", 0, "Versions", ("test_0", 8, True), True),
            ("test_1", 0, "DeleteMarkers", ("test_2", 7, True), True),
            ("test_2", 0, None, None, False),
        ],
    )
    def test_a_page_goes_on_behind_its_markers(self, ids, listed, key, behind, kind, found, more):
        expected = {
            "EncodingType": "url",
            "IsTruncated": more,
            "KeyMarker": key,
            "VersionIdMarker": ids[behind],
            "MaxKeys": 1,
        }
        if kind:
            expected[kind] = [self.entry(ids, *found)]
        if more:
            expected |= {"NextKeyMarker": found[0], "NextVersionIdMarker": ids[found[1]]}
        asked = {"VersionIdMarker": ids[behind]} if behind else {}
        assert listed(KeyMarker=key, MaxKeys=1, **asked) == expected


class TestUploads:
    @pytest.fixture
    def ids(self, s3, bucket) -> list[str]:
        """Ids in the order of their making; the first is of no upload."""
        keys = ("c", "b", "a", "a", "a")
        return ["", *(s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in keys)]

    def test_no_uploads_leave_the_markers_empty(self, s3, bucket):
        assert page(s3.list_multipart_uploads(Bucket=bucket)) == {
            "IsTruncated": False,
            "KeyMarker": "",
            "UploadIdMarker": "",
            "NextKeyMarker": "",
            "NextUploadIdMarker": "",
            "MaxUploads": 1000,
        }

    @pytest.mark.parametrize(
        ("asked", "told", "found", "more"),
        [
            ({}, ("", 0), [("a", 3)], True),
            ({"KeyMarker": ""}, ("", 0), [("a", 3)], True),
            ({"UploadIdMarker": 3}, ("", 0), [("a", 3)], True),
            ({"KeyMarker": "a"}, ("a", 0), [("b", 2)], True),
            ({"KeyMarker": "a", "UploadIdMarker": 3}, ("a", 3), [("a", 4)], True),
            ({"KeyMarker": "a", "UploadIdMarker": 5}, ("a", 5), [("b", 2)], True),
            ({"KeyMarker": "b", "UploadIdMarker": 2}, ("b", 2), [("c", 1)], False),
            ({"KeyMarker": "c"}, ("c", 0), [], False),
            (
                {"MaxUploads": 1000},
                ("", 0),
                [("a", 3), ("a", 4), ("a", 5), ("b", 2), ("c", 1)],
                False,
            ),
        ],
    )
    def test_next_markers_tell_the_last_upload_even_of_the_last_page(self, s3, bucket, ids, asked, told, found, more):
        asked = {"MaxUploads": 1, **asked}
        if "UploadIdMarker" in asked:
            asked["UploadIdMarker"] = ids[asked["UploadIdMarker"]]
        last, number = found[-1] if found else ("", 0)
        expected: dict[str, Any] = {
            "IsTruncated": more,
            "KeyMarker": told[0],
            "UploadIdMarker": ids[told[1]],
            "NextKeyMarker": last,
            "NextUploadIdMarker": ids[number],
            "MaxUploads": asked["MaxUploads"],
        }
        if found:
            expected["Uploads"] = [{"Key": key, "UploadId": ids[one]} for key, one in found]
        assert page(s3.list_multipart_uploads(Bucket=bucket, **asked)) == expected

    def test_a_page_that_ends_at_a_common_prefix_tells_no_next_upload(self, s3, bucket):
        keys = ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")
        ids = [s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in keys]
        asked = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxUploads": 1}
        same = {"Delimiter": "/", "IsTruncated": True, "MaxUploads": 1, "UploadIdMarker": ""}
        # AWS: its own answer cannot be gone on from, for the next markers of a common prefix are empty.
        assert s3.list_multipart_uploads(**asked)["CommonPrefixes"] == [{"Prefix": "folder/aSubfolder/"}]
        for marker in ("folder/aSubfolder/", "folder/aSubfolder/subFile1"):
            assert page(s3.list_multipart_uploads(**asked, KeyMarker=marker)) == {
                **same,
                "KeyMarker": marker,
                "NextKeyMarker": "folder/file1",
                "NextUploadIdMarker": ids[2],
                "Uploads": [{"Key": "folder/file1", "UploadId": ids[2]}],
            }


@pytest.mark.parametrize(
    ("marker", "most", "found", "more"),
    [
        (None, 1000, [1, 2], False),
        (None, 1, [1], True),
        (1, 1, [2], False),
        (10, 1, [], False),
    ],
)
def test_a_page_of_parts_tells_the_last_one_or_zero(s3, bucket, marker, most, found, more):
    upload = {"Bucket": bucket, "Key": "a"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    for number in (1, 2):
        s3.upload_part(**upload, PartNumber=number, Body=b"meow")
    asked = {} if marker is None else {"PartNumberMarker": marker}
    expected: dict[str, Any] = {
        "Key": "a",
        "UploadId": upload["UploadId"],
        "IsTruncated": more,
        "MaxParts": most,
        "PartNumberMarker": marker or 0,
        "NextPartNumberMarker": found[-1] if found else 0,
    }
    if found:
        expected["Parts"] = [{"PartNumber": number} for number in found]
    told = page(s3.list_parts(**upload, MaxParts=most, **asked))
    assert {
        name: [{"PartNumber": e["PartNumber"]} for e in one] if name == "Parts" else one for name, one in told.items()
    } == expected


class TestNamesInPages:
    @pytest.fixture
    def listed(self, s3, bucket):
        for key in ODD_KEYS:
            s3.put_object(Bucket=bucket, Key=key)
        return lambda **asked: page(s3.list_objects_v2(Bucket=bucket, **asked))

    def test_a_token_goes_on_behind_names_with_signs(self, listed):
        first = listed(MaxKeys=5)
        token = first.pop("NextContinuationToken")
        assert first == {
            "EncodingType": "url",
            "IsTruncated": True,
            "KeyCount": 5,
            "MaxKeys": 5,
            "Contents": [{"Key": key} for key in ODD_KEYS[:5]],
        }
        assert listed(ContinuationToken=token) == {
            "ContinuationToken": token,
            "EncodingType": "url",
            "IsTruncated": False,
            "KeyCount": 7,
            "MaxKeys": 1000,
            "Contents": [{"Key": key} for key in ODD_KEYS[5:]],
        }

    @pytest.mark.parametrize(
        ("start", "shown", "encoding", "found"),
        [
            ("date=2026-02-01/", "date%3D2026-02-01/", "url", ["date%3D2026-03-01/", "date%3D2026-05-01/"]),
            ("date%3D2026-02-01/", "date%3D2026-02-01/", None, ["date=2026-01-01/", "date=2026-02-01/"]),
        ],
    )
    def test_a_start_is_taken_as_it_is_and_shown_encoded(self, listed, start, shown, encoding, found):
        told = listed(MaxKeys=2, StartAfter=start, **({"EncodingType": encoding} if encoding else {}))
        assert told.pop("NextContinuationToken")
        assert told == {
            "EncodingType": "url",
            "IsTruncated": True,
            "KeyCount": 2,
            "MaxKeys": 2,
            "StartAfter": shown,
            "Contents": [{"Key": key} for key in found],
        }

    def test_names_are_plain_where_no_encoding_is_asked_for(self, listed, cloud, bucket):
        client = cloud.client("s3")
        client.meta.events.unregister("before-parameter-build.s3.ListObjectsV2", set_list_objects_encoding_type_url)
        told = page(client.list_objects_v2(Bucket=bucket, MaxKeys=2, StartAfter="date=2026-02-01/"))
        assert told.pop("NextContinuationToken")
        assert told == {
            "IsTruncated": True,
            "KeyCount": 2,
            "MaxKeys": 2,
            "StartAfter": "date=2026-02-01/",
            "Contents": [{"Key": key} for key in ODD_KEYS[3:5]],
        }
