"""More keys than one answer has, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded


@recorded("s3/test_s3.json", "TestS3::test_s3_put_more_than_1000_items")
def test_a_listing_has_1000_keys_and_names_the_last_of_them(s3, bucket, recording: Recording):
    for number in range(1010):
        s3.put_object(Bucket=bucket, Key=f"test-key-{number}", Body=f"test-{number}")
    for number in (0, 1009):
        recording.equals(f"get_object-{number}", s3.get_object(Bucket=bucket, Key=f"test-key-{number}"))
    first = s3.list_objects(Bucket=bucket, Delimiter="/")
    assert [one["Key"] for one in first["Contents"]] == sorted(f"test-key-{number}" for number in range(1010))[:1000]
    # The recording keeps nothing of the 1,000.
    recording.equals("list-objects", {**first, "Contents": "1,000 objects"})
    recording.equals("list-objects-next_marker", s3.list_objects(Bucket=bucket, Marker=first["NextMarker"]))
