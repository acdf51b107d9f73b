"""Deleting objects, one or many at a time, in buckets without versions."""

from __future__ import annotations

from .conftest import answer, no_such_bucket, status


def test_a_deletion_answers_nothing_whether_or_not_there_was_an_object(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat")
    for _ in range(2):
        response = s3.delete_object(Bucket=bucket, Key="cat")
        assert (status(response), answer(response)) == (204, {})
    assert refusal(s3.head_object, Bucket=bucket, Key="cat")["Status"] == 404


def test_many_are_deleted_at_once_whether_or_not_they_exist(s3, bucket):
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key)
    objects = [{"Key": "b"}, {"Key": "nothing"}, {"Key": "a"}]
    answered = answer(s3.delete_objects(Bucket=bucket, Delete={"Objects": objects}))
    assert answered == {"Deleted": [{"Key": "b"}, {"Key": "nothing"}, {"Key": "a"}]}
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_quiet_deletion_tells_only_errors(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a")
    objects = [{"Key": "a"}, {"Key": "b", "VersionId": "short"}]
    answered = answer(s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}))
    assert answered == {
        "Errors": [
            {
                "Key": "b",
                "VersionId": "short",
                "Code": "InvalidArgument",
                "Message": "Invalid version id specified",
            }
        ]
    }


def test_at_most_a_thousand_are_deleted_at_once(s3, bucket, refusal):
    malformed = {
        "Status": 400,
        "Code": "MalformedXML",
        "Message": "The XML you provided was not well-formed or did not validate against our published schema",
    }
    objects = [{"Key": str(number)} for number in range(1001)]
    assert refusal(s3.delete_objects, Bucket=bucket, Delete={"Objects": objects}) == malformed
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": objects[:1000]})["Deleted"]) == 1000
    assert refusal(s3.delete_objects, Bucket=bucket, Delete={"Objects": []}) == malformed


def test_a_bucket_that_does_not_exist_has_nothing_to_delete(s3, refusal):
    assert refusal(s3.delete_object, Bucket="nothing", Key="a") == no_such_bucket("nothing")
    refused = refusal(s3.delete_objects, Bucket="nothing", Delete={"Objects": [{"Key": "a"}]})
    assert refused == no_such_bucket("nothing")
