"""Objects read whole and by ranges of bytes, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded

S3 = "s3/test_s3.json"


@recorded(S3, "TestS3::test_etag_on_get_object_call")
def test_a_range_has_the_tag_of_the_whole(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(Body="Lorem ipsum dolor sit amet, ... " * 30, **cat)
    recording.equals("get_object", s3.get_object(**cat))
    recording.equals("get_object_range", s3.get_object(Range="bytes=0-16", **cat))


@recorded(S3, "TestS3::test_range_header_body_length")
def test_a_range_has_the_length_that_was_asked(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "cat"}
    content = bytes(range(256)) * 8
    s3.put_object(Body=content, **cat)
    for name, first in {"get-object": 0, "get-object-2": 1024}.items():
        found = s3.get_object(Range=f"bytes={first}-{first + 1023}", **cat)
        assert found["Body"].read() == content[first : first + 1024]
        recording.equals(name, found)


@recorded(S3, "TestS3::test_invalid_range_error")
def test_a_range_that_begins_past_the_end_is_refused(s3, bucket, recording: Recording):
    s3.put_object(Bucket=bucket, Key="my-key", Body=b"abcdefgh")
    recording.refuses("exc", s3.get_object, Bucket=bucket, Key="my-key", Range="bytes=1024-4096")


@recorded(S3, "TestS3::test_range_key_not_exists")
def test_a_range_of_nothing_is_refused_for_the_key(s3, bucket, recording: Recording):
    recording.refuses("exc", s3.get_object, Bucket=bucket, Key="my-key", Range="bytes=1024-4096")


@recorded(S3, "TestS3::test_put_and_get_object_with_utf8_key")
def test_a_key_has_letters_of_any_alphabet(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "Ā0Ä"}
    recording.equals("put-object", s3.put_object(Body=b"abc123", **cat))
    found = s3.get_object(**cat)
    assert found["Body"].read() == b"abc123"
    recording.equals("get-object", found)


@recorded(S3, "TestS3::test_putobject_with_multiple_keys")
def test_a_key_may_have_slashes(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "aws/key1/key2/key3"}
    s3.put_object(Body=b"test", **cat)
    recording.equals("get_object", s3.get_object(**cat))
