"""Listings of multipart uploads and of their parts, as recorded."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from awsim.services.s3.owners import canonical_user_id

from .conftest import ACCOUNT, NAMESPACE
from .recording import Recording, recorded, xml

FILE = "s3/test_s3_list_operations.json"


@pytest.fixture
def begin(s3: Any, bucket: str, advance: Any) -> Any:
    """Begin an upload, each later than the last. Returns its id."""

    def begin(key: str) -> str:
        advance(1)
        return s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]

    return begin


@pytest.fixture(autouse=True)
def owner(recording: Recording) -> None:
    """The recordings' word for who owns the uploads."""
    recording.unknown("owner-id", canonical_user_id(ACCOUNT))


@recorded(FILE, "TestS3ListMultipartUploads::test_list_multipart_uploads_marker_common_prefixes")
def test_a_page_that_ends_in_a_common_prefix_names_no_marker(s3, bucket, begin, recording: Recording):
    for key in ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"):
        begin(key)
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxUploads": 1}
    recording.equals("list-multiparts-start", s3.list_multipart_uploads(**page))
    for name, marker in {
        "manual-prefix": "folder/aSubfolder/",
        "manual-first-file": "folder/aSubfolder/subFile1",
    }.items():
        recording.equals(f"list-multiparts-{name}", s3.list_multipart_uploads(KeyMarker=marker, **page))


@recorded(FILE, "TestS3ListMultipartUploads::test_list_multiparts_next_marker")
def test_uploads_are_listed_on_from_a_key_and_from_one_of_its_uploads(s3, bucket, begin, recording: Recording):
    recording.equals("list-multiparts-empty", s3.list_multipart_uploads(Bucket=bucket))
    first, second, third = "test-a", "test-b", "test-c"
    ids = [begin(key) for key in (third, second, first, first, first)]
    recording.equals("upload-ids-order", {"UploadIds": [{"UploadId": one} for one in ids]})
    recording.equals("list-multiparts-all", s3.list_multipart_uploads(Bucket=bucket))

    pages = {
        "max-1": {},
        "next-key-only": {"KeyMarker": first},
        "next-key-last": {"KeyMarker": third},
        "next-key-empty": {"KeyMarker": ""},
        "next-upload-only": {"UploadIdMarker": ids[2]},
        "both-markers": {"KeyMarker": first, "UploadIdMarker": ids[2]},
        "both-markers-2": {"KeyMarker": first, "UploadIdMarker": ids[4]},
        "get-last-upload-no-truncate": {"KeyMarker": second, "UploadIdMarker": ids[1]},
    }
    for name, markers in pages.items():
        listed = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1, **markers)
        recording.equals(f"list-multiparts-{name}", listed)
    recording.refuses(
        "list-multiparts-wrong-id-for-key",
        s3.list_multipart_uploads,
        Bucket=bucket,
        MaxUploads=1,
        KeyMarker=first,
        UploadIdMarker=ids[1],
    )


@recorded(FILE, "TestS3ListMultipartUploads::test_list_multiparts_with_prefix_and_delimiter")
def test_uploads_are_told_as_common_prefixes_up_to_the_next_delimiter(s3, bucket, begin, recording: Recording):
    for key in ("test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"):
        begin(key)
    for name, prefix in {"1": "test/", "2": "test/foo/", "3": "test/foo/bar"}.items():
        listed = s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix, Delimiter="/", EncodingType="url")
        recording.equals(f"list-multiparts-{name}", listed)
    url = s3.generate_presigned_url("list_multipart_uploads", Params={"Bucket": bucket, "Prefix": "test/foo"})
    recording.equals("list-multiparts-no-encoding", xml(requests.get(url).text.replace(NAMESPACE, "")))


@recorded(FILE, "TestS3ListParts::test_list_parts_pagination")
def test_a_page_of_parts_names_its_last_one_or_none(s3, bucket, begin, recording: Recording):
    key = "test-list-part-pagination"
    upload = {"Bucket": bucket, "Key": key, "UploadId": begin(key)}
    recording.equals("list-parts-empty", s3.list_parts(**upload))
    for number in (1, 2):
        s3.upload_part(PartNumber=number, Body="data", **upload)
    recording.equals("list-parts-all", s3.list_parts(**upload))
    first = recording.equals("list-parts-1", s3.list_parts(MaxParts=1, **upload))
    for name, marker in {"next": first["NextPartNumberMarker"], "wrong-part": 10}.items():
        recording.equals(f"list-parts-{name}", s3.list_parts(MaxParts=1, PartNumberMarker=marker, **upload))
