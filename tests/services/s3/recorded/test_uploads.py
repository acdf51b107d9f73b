"""Multipart uploads, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded

API = "s3/test_s3_api.json"


@recorded(API, "TestS3Multipart::test_upload_part_copy_no_copy_source_range")
def test_a_part_is_a_whole_object_where_no_range_of_it_is_named(s3, bucket, recording: Recording):
    source = {"Bucket": bucket, "Key": "source"}
    recording.equals("put-src-object", s3.put_object(Body="0123456789", **source))
    about = {"Bucket": bucket, "Key": "test-upload-part-copy"}
    begun = recording.equals("create-multipart", s3.create_multipart_upload(**about))
    upload = {**about, "UploadId": begun["UploadId"]}
    recording.equals("upload-part-copy", s3.upload_part_copy(PartNumber=1, CopySource=source, **upload))
    recording.equals("list-parts", s3.list_parts(**upload))
