"""The annotations of objects."""

from __future__ import annotations

import pytest

from .conftest import answer, no_such_key, precondition_failed, status

NONE_SUCH = {
    "Status": 404,
    "Code": "NoSuchAnnotation",
    "Message": "The specified annotation does not exist on this object.",
}


@pytest.fixture
def cat(s3, versioned):
    version = s3.put_object(Bucket=versioned, Key="cat", Body=b"meow")["VersionId"]
    return {"Bucket": versioned, "Key": "cat", "VersionId": version}


def annotate(s3, cat, name="note", payload=b"sleepy", **arguments):
    return s3.put_object_annotation(AnnotationName=name, AnnotationPayload=payload, **cat, **arguments)


def test_an_annotation_comes_back_as_it_was_put(s3, cat):
    put = answer(annotate(s3, cat, payload="schläfrig".encode()))
    told = {
        "ObjectVersionId": cat["VersionId"],
        "ETag": '"7adccf7ba286e83edb94b75fcb977e39"',
        "ServerSideEncryption": "AES256",
    }
    assert put.pop("ChecksumCRC32")
    assert put == {"Key": "cat", "AnnotationName": "note", "ChecksumType": "FULL_OBJECT", **told}
    found = answer(s3.get_object_annotation(AnnotationName="note", **cat))
    assert found.pop("AnnotationPayload").read() == "schläfrig".encode()
    assert found.pop("LastModified")
    for name in ("ChecksumCRC32", "ChecksumType"):
        found.pop(name, None)
    assert found == {"ContentLength": 10, **told}


def test_annotations_are_listed_by_name_page_by_page(s3, cat):
    for name in ("b", "a", "other"):
        annotate(s3, cat, name)
    first = s3.list_object_annotations(MaxAnnotationResults=2, **cat)
    assert [one["AnnotationName"] for one in first["Annotations"]] == ["a", "b"]
    assert (first["AnnotationCount"], first["Annotations"][0]["Size"]) == (2, 6)
    rest = s3.list_object_annotations(ContinuationToken=first["NextContinuationToken"], **cat)
    assert [one["AnnotationName"] for one in rest["Annotations"]] == ["other"]
    assert "NextContinuationToken" not in rest
    narrowed = s3.list_object_annotations(AnnotationPrefix="o", **cat)
    assert [one["AnnotationName"] for one in narrowed["Annotations"]] == ["other"]


def test_an_annotation_is_deleted_for_good(s3, cat, refusal):
    annotate(s3, cat)
    deleted = s3.delete_object_annotation(AnnotationName="note", **cat)
    assert (status(deleted), answer(deleted)) == (204, {"ObjectVersionId": cat["VersionId"]})
    assert refusal(s3.get_object_annotation, AnnotationName="note", **cat) == NONE_SUCH
    assert refusal(s3.delete_object_annotation, AnnotationName="note", **cat) == NONE_SUCH
    assert s3.list_object_annotations(**cat)["AnnotationCount"] == 0


def test_a_copy_has_them_unless_told_otherwise(s3, cat, versioned):
    annotate(s3, cat)
    for key, directive, count in (("with", {}, 1), ("without", {"AnnotationDirective": "EXCLUDE"}, 0)):
        s3.copy_object(Bucket=versioned, Key=key, CopySource=cat, **directive)
        assert s3.list_object_annotations(Bucket=versioned, Key=key)["AnnotationCount"] == count


@pytest.mark.parametrize(
    ("name", "payload", "code", "status"),
    [
        ("aws-note", b"x", "InvalidAnnotationName", 400),
        ("S3note", b"x", "InvalidAnnotationName", 400),
        ("n" * 513, b"x", "AnnotationNameTooLong", 400),
        ("note", b"\xff", "UnsupportedMediaType", 415),
        ("note", b"", "MissingRequestBodyError", 400),
        ("note", b"x" * (1024 * 1024 + 1), "InvalidRequest", 400),
    ],
)
def test_annotations_that_s3_does_not_take(s3, cat, refusal, name, payload, code, status):
    refused = refusal(annotate, s3=s3, cat=cat, name=name, payload=payload)
    assert (refused["Status"], refused["Code"]) == (status, code)


def test_a_condition_is_on_the_object(s3, cat, refusal):
    assert refusal(annotate, s3=s3, cat=cat, ObjectIfMatch='"other"') == precondition_failed("If-Match")
    annotate(s3, cat, ObjectIfMatch='"4a4be40c96ac6314e91d93f38043a634"')


def test_what_is_not_there_has_none(s3, bucket, refusal):
    assert refusal(s3.list_object_annotations, Bucket=bucket, Key="dog") == no_such_key("dog")
