"""Conditions of writes, of deletions and of what copies are made from, as recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from .recording import Recording, recorded

API = "s3/test_s3_api.json"
PRECONDITIONS = "s3/test_s3_preconditions.json"
KEY = "test-precondition"
SECOND = timedelta(seconds=1)


@pytest.fixture
def photo(bucket: str) -> dict[str, str]:
    return {"Bucket": bucket, "Key": KEY}


@pytest.fixture
def begin(s3: Any, photo: dict[str, str], recording: Recording) -> Callable[..., Callable[..., Any]]:
    """Begin an upload and upload its only part. Returns what completes it."""

    def begin(name: str | None = None) -> Callable[..., Any]:
        begun = s3.create_multipart_upload(**photo)
        if name is not None:
            recording.equals(name, begun)
        upload = {**photo, "UploadId": begun["UploadId"]}
        part = {"PartNumber": 1, "ETag": s3.upload_part(PartNumber=1, Body="test", **upload)["ETag"]}

        def complete(**conditions: str) -> Any:
            return s3.complete_multipart_upload(MultipartUpload={"Parts": [part]}, **upload, **conditions)

        return complete

    return begin


@recorded(API, "TestS3ObjectWritePrecondition::test_put_object_if_match")
def test_an_object_is_replaced_by_whoever_knows_it(s3, photo, recording: Recording):
    etag = recording.equals("put-obj", s3.put_object(Body="test", **photo))["ETag"]
    recording.refuses("put-obj-if-match-wrong-etag", s3.put_object, IfMatch="nothing", **photo)
    recording.equals("put-obj-overwrite", s3.put_object(IfMatch=etag, **photo))
    recording.equals("del-obj", s3.delete_object(**photo))
    recording.refuses("put-obj-if-match-key-not-exists", s3.put_object, IfMatch=etag, **photo)
    recording.equals("put-obj-after-del", s3.put_object(**photo))


@recorded(API, "TestS3ObjectWritePrecondition::test_put_object_if_none_match")
def test_an_object_is_put_by_whoever_finds_none(s3, photo, recording: Recording):
    recording.equals("put-obj", s3.put_object(IfNoneMatch="*", **photo))
    recording.refuses("put-obj-if-none-match", s3.put_object, IfNoneMatch="*", **photo)
    recording.equals("del-obj", s3.delete_object(**photo))
    recording.equals("put-obj-after-del", s3.put_object(IfNoneMatch="*", **photo))


@recorded(API, "TestS3ObjectWritePrecondition::test_put_object_if_none_match_validation")
def test_a_write_may_ask_for_no_object_but_not_for_another_one(s3, photo, recording: Recording):
    etag = recording.equals("put-obj", s3.put_object(**photo))["ETag"]
    recording.refuses("put-obj-if-none-match-bad-value", s3.put_object, IfNoneMatch=etag, **photo)


@recorded(API, "TestS3DeletePrecondition::test_delete_object_if_match_size_non_express")
def test_only_directory_buckets_delete_by_size(s3, photo, recording: Recording):
    s3.put_object(Body="test", **photo)
    recording.refuses("delete-obj-if-match-size", s3.delete_object, IfMatchSize=4, **photo)


@recorded(API, "TestS3DeletePrecondition::test_delete_object_if_match_modified_non_express")
def test_only_directory_buckets_delete_by_moment(s3, photo, recording: Recording):
    s3.put_object(Body="test", **photo)
    changed = s3.head_object(**photo)["LastModified"]
    recording.refuses("delete-obj-if-match-last-modified", s3.delete_object, IfMatchLastModifiedTime=changed, **photo)


@recorded(API, "TestS3ObjectWritePrecondition::test_multipart_if_match_etag")
def test_an_upload_replaces_what_its_condition_names(s3, photo, begin, recording: Recording):
    etag = recording.equals("put-obj", s3.put_object(Body="test", **photo))["ETag"]
    complete = begin("create-multipart")
    recording.equals("complete-multipart-if-match", complete(IfMatch=etag))
    complete = begin("create-multipart-overwrite")
    # The content is the same as before, but the entity tag is now that of an upload.
    recording.refuses("complete-multipart-if-match-true-etag", complete, IfMatch=etag)
    etag = s3.head_object(**photo)["ETag"]
    recording.equals("complete-multipart-if-match-overwrite-multipart", complete(IfMatch=etag))


@recorded(API, "TestS3ObjectWritePrecondition::test_multipart_if_match_with_put")
def test_an_upload_on_condition_that_was_overtaken_begins_again(s3, photo, begin, recording: Recording):
    etag = recording.equals("put-obj", s3.put_object(Body="test", **photo))["ETag"]
    complete = begin("create-multipart")
    new = recording.equals("put-obj-during", s3.put_object(Body="test2", **photo))["ETag"]
    recording.refuses("complete-multipart-if-match-put-before", complete, IfMatch=etag)
    recording.refuses("complete-multipart-if-match-put-during", complete, IfMatch=new)
    complete = begin("create-multipart-again")
    recording.equals("complete-multipart-if-match-put-before-restart", complete(IfMatch=new))


@recorded(API, "TestS3ObjectWritePrecondition::test_multipart_if_match_with_put_identical")
def test_an_upload_is_overtaken_by_the_same_content_too(s3, photo, begin, recording: Recording):
    etag = recording.equals("put-obj", s3.put_object(Body="test", **photo))["ETag"]
    complete = begin("create-multipart")
    recording.equals("put-obj-during", s3.put_object(Body="test", **photo))
    recording.refuses("complete-multipart-if-match-put-during", complete, IfMatch=etag)
    complete = begin("create-multipart-again")
    recording.equals("complete-multipart-if-match-put-before-restart", complete(IfMatch=etag))


@recorded(API, "TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_delete")
def test_an_upload_is_overtaken_by_a_deletion_too(s3, photo, begin, recording: Recording):
    recording.equals("put-obj", s3.put_object(**photo))
    complete = begin("create-multipart")
    recording.refuses("complete-multipart-if-none-match", complete, IfNoneMatch="*")
    recording.equals("del-obj", s3.delete_object(**photo))
    recording.refuses("complete-multipart-after-del", complete, IfNoneMatch="*")
    recording.equals("complete-multipart-after-del-restart", begin()(IfNoneMatch="*"))


def copies(s3: Any, bucket: str, body: str = "source content") -> Callable[..., Any]:
    """Put a source into a bucket. Returns what copies it there."""
    source = {"Bucket": bucket, "Key": "source-object"}
    s3.put_object(Body=body, **source)

    def copy(key: str = "dest-object", **conditions: Any) -> Any:
        return s3.copy_object(Bucket=bucket, Key=key, CopySource=source, **conditions)

    return copy


class TestCopies:
    """Conditions of copies: on what is there already, and on what is copied."""

    TARGET = "dest-object"

    @recorded(API, "TestS3ObjectWritePrecondition::test_copy_object_if_match")
    def test_a_copy_replaces_what_its_condition_names(self, s3, bucket, recording: Recording):
        copy = copies(s3, bucket)
        etag = s3.put_object(Bucket=bucket, Key=self.TARGET, Body="initial content")["ETag"]
        recording.refuses("copy-obj-if-match-fail-wrong-etag", copy, IfMatch="nothing")
        recording.refuses("copy-obj-if-match-fail-no-object", copy, key="non-existent-key", IfMatch=etag)
        recording.equals("copy-obj-if-match", copy(IfMatch=etag))

    @recorded(API, "TestS3ObjectWritePrecondition::test_copy_object_precondition_write_validation")
    def test_a_copy_takes_only_the_conditions_that_writes_take(self, s3, bucket, recording: Recording):
        copy = copies(s3, bucket)
        etag = s3.put_object(Bucket=bucket, Key=self.TARGET)["ETag"]
        recording.refuses("copy-obj-both", copy, IfMatch=etag, IfNoneMatch="*")
        recording.refuses("copy-obj-if-match-star", copy, IfMatch="*")
        recording.refuses("copy-obj-none-match-etag", copy, IfNoneMatch=etag)

    @recorded(API, "TestS3ObjectWritePrecondition::test_copy_object_if_match_versioned_bucket")
    def test_behind_a_delete_marker_a_copy_finds_nothing_to_match(self, s3, versioned, recording: Recording):
        copy = copies(s3, versioned)
        photo = {"Bucket": versioned, "Key": self.TARGET}
        etag = recording.equals("put-obj", s3.put_object(Body="initial content", **photo))["ETag"]
        recording.refuses("copy-obj-if-match-wrong-etag", copy, IfMatch="nothing")
        recording.equals("del-obj", s3.delete_object(**photo))
        recording.refuses("copy-obj-after-del-exc", copy, IfMatch=etag)
        put = recording.equals("put-obj-after-del", s3.put_object(Body="new content after delete", **photo))
        recording.equals("copy-obj-if-match", copy(IfMatch=put["ETag"]))
        recording.equals("list-object-versions", s3.list_object_versions(Bucket=versioned))

    @recorded(API, "TestS3ObjectWritePrecondition::test_copy_object_if_none_match_versioned_bucket")
    def test_behind_a_delete_marker_a_copy_may_be_the_first(self, s3, versioned, recording: Recording):
        copy = copies(s3, versioned)
        recording.equals("copy-obj", copy(IfNoneMatch="*"))
        recording.refuses("copy-obj-if-none-match-fail", copy, IfNoneMatch="*")
        recording.equals("del-obj", s3.delete_object(Bucket=versioned, Key=self.TARGET))
        recording.equals("copy-obj-after-del", copy(IfNoneMatch="*"))
        recording.equals("list-object-versions", s3.list_object_versions(Bucket=versioned))

    @recorded(
        PRECONDITIONS,
        "TestS3CopySourcePreconditions::test_s3_copy_object_if_source_modified_since_versioned",
    )
    def test_a_source_is_copied_if_it_changed_since(self, s3, versioned, advance, recording: Recording):
        copy, changed = self.dated_source(s3, versioned, advance, recording)
        recording.equals("copy-if-modified-since", copy(CopySourceIfModifiedSince=changed - SECOND))
        recording.refuses("copy-if-modified-since-last-modified", copy, CopySourceIfModifiedSince=changed)

    @recorded(
        PRECONDITIONS,
        "TestS3CopySourcePreconditions::test_s3_copy_object_if_source_unmodified_since_versioned",
    )
    def test_a_source_is_copied_if_it_did_not_change_since(self, s3, versioned, advance, recording: Recording):
        copy, changed = self.dated_source(s3, versioned, advance, recording)
        recording.equals("copy-if-unmodified-since", copy(CopySourceIfUnmodifiedSince=changed))
        recording.refuses("copy-past-if-unmodified-since", copy, CopySourceIfUnmodifiedSince=changed - SECOND)

    @staticmethod
    def dated_source(s3: Any, bucket: str, advance: Any, recording: Recording) -> tuple[Callable[..., Any], Any]:
        """What copies a source, and when that changed, a minute ago."""
        copy = copies(s3, bucket, "data")
        advance(60)
        head = recording.equals("head-object", s3.head_object(Bucket=bucket, Key="source-object"))
        return copy, head["LastModified"]


class TestCopiedParts:
    """Conditions on what a part is copied from."""

    SUITE = "TestS3Multipart::test_upload_part_copy"

    @pytest.fixture
    def copied(self, s3, bucket, advance) -> tuple[Callable[..., Any], Callable[[], Any], Any]:
        """What copies a part, what lists the upload's parts, and when the source changed, a minute ago."""
        source = {"Bucket": bucket, "Key": "source"}
        s3.put_object(Body="0123456789", **source)
        advance(60)
        changed = s3.head_object(**source)["LastModified"]
        upload = {"Bucket": bucket, "Key": "destination_file.txt"}
        upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]

        def copy(**conditions: Any) -> Any:
            return s3.upload_part_copy(PartNumber=1, CopySource=source, **upload, **conditions)

        return copy, lambda: s3.list_parts(**upload), changed

    @recorded(API, f"{SUITE}_with_copy_source_if_match_none_success")
    def test_a_source_other_than_the_one_named_is_copied(self, copied, recording: Recording):
        copy, parts, _ = copied
        recording.equals("upload-part-copy-if-none-match", copy(CopySourceIfNoneMatch="nothing"))
        recording.equals("list-parts", parts())

    @recorded(API, f"{SUITE}_with_copy_source_if_modified_since_in_future_success")
    def test_a_change_is_not_asked_for_since_a_moment_to_come(self, copied, recording: Recording):
        copy, parts, changed = copied
        since = changed + timedelta(days=1)
        recording.equals("upload-part-copy-if-modified-since-in-future", copy(CopySourceIfModifiedSince=since))
        recording.equals("list-parts", parts())

    @recorded(API, f"{SUITE}_with_copy_source_if_unmodified_since_success")
    def test_a_part_is_copied_of_what_did_not_change_since(self, copied, recording: Recording):
        copy, parts, changed = copied
        recording.equals("upload-part-copy-if-unmodified-since", copy(CopySourceIfUnmodifiedSince=changed))
        recording.equals("list-parts", parts())

    @recorded(API, f"{SUITE}_with_if_modified_since_failed")
    def test_no_part_is_copied_of_what_did_not_change(self, copied, recording: Recording):
        copy, _, changed = copied
        since = changed + SECOND
        recording.refuses("upload-part-copy-source-modified-since-match", copy, CopySourceIfModifiedSince=since)

    @recorded(API, f"{SUITE}_with_copy_source_if_none_match_and_if_unmodified_since_match_failed")
    def test_of_two_conditions_both_must_hold(self, copied, recording: Recording):
        copy, _, changed = copied
        recording.refuses(
            "upload-part-copy-source-unmodified-since-and-if-none-match",
            copy,
            CopySourceIfNoneMatch="nothing",
            CopySourceIfUnmodifiedSince=changed - SECOND,
        )
