"""S3's state can be copied, written out and read back in the middle of everything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awsim import Settings
from awsim.cloud import Cloud

from .conftest import client_of


@pytest.fixture
def busy(cloud, s3):
    """A Cloud with something of everything, and the upload that is under way in it."""
    s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    s3.create_bucket(Bucket="photos")
    until = cloud.clock.now().replace(microsecond=0) + timedelta(days=1)
    s3.put_object(Bucket="safe", Key="deed", Body=b"1", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)
    s3.put_object(Bucket="safe", Key="deed", Body=b"2", ServerSideEncryption="aws:kms", Tagging="a=b")
    s3.delete_object(Bucket="safe", Key="deed")
    s3.put_object(Bucket="photos", Key="cat", Body=b"\x00\xff", Metadata={"mood": "sleepy"}, ContentType="image/png")
    s3.put_object_annotation(Bucket="photos", Key="cat", AnnotationName="note", AnnotationPayload=b"soft")
    s3.put_object(Bucket="photos", Key="mammoth", Body=b"old", StorageClass="GLACIER")
    s3.restore_object(Bucket="photos", Key="mammoth", RestoreRequest={"Days": 1})
    upload = s3.create_multipart_upload(Bucket="photos", Key="film", ChecksumAlgorithm="SHA256")
    named = {"Bucket": "photos", "Key": "film", "UploadId": upload["UploadId"]}
    part = s3.upload_part(PartNumber=1, Body=b"part", ChecksumAlgorithm="SHA256", **named)
    return named, {"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}


def go_on(cloud, named, part):
    """Use the buckets of ``busy`` further, as if nothing had happened."""
    s3 = client_of()
    versions = s3.list_object_versions(Bucket="safe")
    assert [one["Size"] for one in versions["Versions"]] == [1, 1]
    assert len(versions["DeleteMarkers"]) == 1
    oldest = versions["Versions"][-1]["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="object lock"):
        s3.delete_object(Bucket="safe", Key="deed", VersionId=oldest)
    cat = s3.get_object(Bucket="photos", Key="cat")
    assert (cat["Body"].read(), cat["Metadata"], cat["ContentType"]) == (b"\x00\xff", {"mood": "sleepy"}, "image/png")
    note = s3.get_object_annotation(Bucket="photos", Key="cat", AnnotationName="note")
    assert note["AnnotationPayload"].read() == b"soft"
    s3.complete_multipart_upload(MultipartUpload={"Parts": [part]}, **named)
    assert s3.get_object(Bucket="photos", Key="film")["Body"].read() == b"part"
    cloud.clock.advance(hours=4)
    assert s3.get_object(Bucket="photos", Key="mammoth")["Body"].read() == b"old"
    assert cloud.schedule.failures == []


def test_a_snapshot_brings_everything_back(cloud, busy):
    before = cloud.snapshot()
    go_on(cloud, *busy)
    cloud.restore(before)
    go_on(cloud, *busy)


def test_a_saved_cloud_goes_on_elsewhere(cloud, busy, tmp_path):
    path = tmp_path / "state.json"
    cloud.save(path)
    loaded = Cloud(Settings(strict=True))
    loaded.load(path)
    cloud.reset()
    cloud.restore(loaded.snapshot())
    go_on(cloud, *busy)
