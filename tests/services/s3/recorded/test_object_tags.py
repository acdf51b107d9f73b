"""Tags of an object changed and taken away, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded


@recorded("s3/test_s3.json", "TestS3::test_put_object_tagging_empty_list")
def test_an_object_loses_its_tags_for_an_empty_list(s3, bucket, recording: Recording):
    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(Body=b"meow", **cat)
    recording.equals("created-object-tags", s3.get_object_tagging(**cat))
    tags = [{"Key": "tag1", "Value": "tag1"}, {"Key": "tag2", "Value": ""}]
    for name, tagged in {"updated-object-tags": tags, "deleted-object-tags": []}.items():
        s3.put_object_tagging(Tagging={"TagSet": tagged}, **cat)
        recording.equals(name, s3.get_object_tagging(**cat))
