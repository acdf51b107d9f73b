"""Conditions on reads, writes and deletions; of threads that write one key on condition, one wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from botocore.exceptions import ClientError

from .conftest import no_such_key, precondition_failed, status

ETAG = '"4a4be40c96ac6314e91d93f38043a634"'
NOT_MODIFIED = {"Status": 304, "Code": "304", "Message": "Not Modified"}


def not_implemented(header, additional=None):
    refused = {
        "Status": 501,
        "Code": "NotImplemented",
        "Message": "A header you provided implies functionality that is not implemented",
        "Header": header,
    }
    if additional is not None:
        refused["additionalMessage"] = additional
    return refused


@pytest.fixture
def cat(s3, bucket, advance):
    """An object, a minute old."""
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    advance(60)
    return {"Bucket": bucket, "Key": "cat"}


class TestReads:
    @pytest.mark.parametrize("condition", [ETAG, ETAG.strip('"'), "*", f'"other", {ETAG}'])
    def test_a_matching_tag_lets_through(self, s3, cat, condition):
        assert status(s3.get_object(IfMatch=condition, **cat)) == 200

    def test_another_tag_does_not(self, s3, cat, refusal):
        assert refusal(s3.get_object, IfMatch='"other"', **cat) == precondition_failed("If-Match")
        headed = {"Status": 412, "Code": "412", "Message": "Precondition Failed"}
        assert refusal(s3.head_object, IfMatch='"other"', **cat) == headed

    @pytest.mark.parametrize("condition", [ETAG, ETAG.strip('"'), "*"])
    def test_what_the_caller_has_is_not_sent_again(self, s3, cat, refusal, condition):
        for call in (s3.get_object, s3.head_object):
            assert refusal(call, IfNoneMatch=condition, **cat) == NOT_MODIFIED

    def test_an_answer_without_a_body_still_names_what_is_not_modified(self, s3, cat):
        with pytest.raises(ClientError) as caught:
            s3.get_object(IfNoneMatch=ETAG, **cat)
        assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["etag"] == ETAG

    def test_dates_are_compared_to_the_last_change(self, s3, cat, refusal):
        changed = s3.head_object(**cat)["LastModified"]
        second = timedelta(seconds=1)
        assert status(s3.get_object(IfModifiedSince=changed - second, **cat)) == 200
        assert refusal(s3.get_object, IfModifiedSince=changed, **cat) == NOT_MODIFIED
        assert status(s3.get_object(IfUnmodifiedSince=changed, **cat)) == 200
        refused = refusal(s3.get_object, IfUnmodifiedSince=changed - second, **cat)
        assert refused == precondition_failed("If-Unmodified-Since")

    def test_a_date_in_the_future_is_ignored(self, s3, cat):
        future = s3.head_object(**cat)["LastModified"] + timedelta(days=1)
        assert status(s3.get_object(IfModifiedSince=future, **cat)) == 200

    def test_tags_outrank_dates(self, s3, cat, refusal):
        changed = s3.head_object(**cat)["LastModified"]
        past = changed - timedelta(days=1)
        assert status(s3.get_object(IfMatch=ETAG, IfUnmodifiedSince=past, **cat)) == 200
        assert status(s3.get_object(IfNoneMatch='"other"', IfModifiedSince=changed, **cat)) == 200
        assert refusal(s3.get_object, IfNoneMatch=ETAG, IfModifiedSince=past, **cat) == NOT_MODIFIED


class TestWrites:
    def test_only_what_is_not_there_is_put_if_none_may_match(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="cat", IfNoneMatch="*")
        refused = refusal(s3.put_object, Bucket=bucket, Key="cat", IfNoneMatch="*")
        assert refused == precondition_failed("If-None-Match")
        s3.delete_object(Bucket=bucket, Key="cat")
        assert status(s3.put_object(Bucket=bucket, Key="cat", IfNoneMatch="*")) == 200

    def test_a_delete_marker_is_nothing(self, s3, versioned):
        s3.put_object(Bucket=versioned, Key="cat")
        s3.delete_object(Bucket=versioned, Key="cat")
        assert status(s3.put_object(Bucket=versioned, Key="cat", IfNoneMatch="*")) == 200

    def test_only_what_is_known_is_replaced_if_a_tag_must_match(self, s3, cat, refusal):
        assert refusal(s3.put_object, IfMatch='"other"', **cat) == precondition_failed("If-Match")
        assert status(s3.put_object(IfMatch=ETAG, **cat)) == 200
        missing = {**cat, "Key": "dog"}
        assert refusal(s3.put_object, IfMatch=ETAG, **missing) == no_such_key("dog")

    def test_other_conditions_are_not_implemented(self, s3, cat, refusal):
        text = "We don't accept the provided value of {} header for this API"
        refused = refusal(s3.put_object, IfNoneMatch=ETAG, **cat)
        assert refused == not_implemented("If-None-Match", text.format("If-None-Match"))
        refused = refusal(s3.put_object, IfMatch="*", **cat)
        assert refused == not_implemented("If-Match", text.format("If-Match"))
        refused = refusal(s3.put_object, IfMatch=ETAG, IfNoneMatch="*", **cat)
        assert refused == not_implemented(
            "If-Match,If-None-Match", "Multiple conditional request headers present in the request"
        )

    def test_of_eight_threads_exactly_one_creates_an_object(self, s3, bucket):
        def put(number):
            try:
                s3.put_object(Bucket=bucket, Key="cat", Body=str(number).encode(), IfNoneMatch="*")
            except ClientError as error:
                return error.response["Error"]["Code"]
            return number

        with ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(put, range(32)))
        (winner,) = [one for one in outcomes if one != "PreconditionFailed"]
        assert s3.get_object(Bucket=bucket, Key="cat")["Body"].read() == str(winner).encode()


class TestDeletions:
    def test_only_what_is_known_is_deleted(self, s3, cat, refusal):
        assert refusal(s3.delete_object, IfMatch='"other"', **cat) == precondition_failed("If-Match")
        assert status(s3.delete_object(IfMatch=ETAG, **cat)) == 204
        assert refusal(s3.delete_object, IfMatch=ETAG, **cat) == no_such_key("cat")

    def test_each_of_several_may_have_its_condition(self, s3, cat):
        bucket = cat["Bucket"]
        s3.put_object(Bucket=bucket, Key="dog")
        objects = [{"Key": "cat", "ETag": ETAG}, {"Key": "dog", "ETag": '"other"'}]
        answered = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
        assert answered["Deleted"] == [{"Key": "cat"}]
        assert answered["Errors"] == [
            {
                "Key": "dog",
                "Code": "PreconditionFailed",
                "Message": "At least one of the pre-conditions you specified did not hold",
            }
        ]

    def test_size_and_date_are_for_directory_buckets(self, s3, cat, refusal):
        changed = s3.head_object(**cat)["LastModified"]
        refused = refusal(s3.delete_object, IfMatchLastModifiedTime=changed, **cat)
        assert refused == not_implemented("x-amz-if-match-last-modified-time")
        assert refusal(s3.delete_object, IfMatchSize=4, **cat) == not_implemented("x-amz-if-match-size")


def test_what_is_not_sent_again_is_named(s3, bucket):
    expires = datetime(2030, 1, 1, tzinfo=timezone.utc)
    etag = s3.put_object(Bucket=bucket, Key="cat", Body=b"x", CacheControl="max-age=60", Expires=expires)["ETag"]
    moment = s3.head_object(Bucket=bucket, Key="cat")["LastModified"]
    for call in (s3.get_object, s3.head_object):
        with pytest.raises(ClientError) as caught:
            call(Bucket=bucket, Key="cat", IfNoneMatch=etag)
        headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert {name: headers.get(name) for name in ("etag", "last-modified", "cache-control", "expires")} == {
            "etag": etag,
            "last-modified": format_datetime(moment.astimezone(timezone.utc), usegmt=True),
            "cache-control": "max-age=60",
            "expires": "Tue, 01 Jan 2030 00:00:00 GMT",
        }
