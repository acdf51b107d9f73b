"""What is put on a bucket, told again and taken away, as recorded."""

from __future__ import annotations

from typing import Any

from .recording import Recording, recorded

S3 = "s3/test_s3.json"


def tiering(id: str, prefix: str, days: int = 90) -> dict[str, Any]:
    return {
        "Id": id,
        "Filter": {"Prefix": prefix},
        "Status": "Enabled",
        "Tierings": [{"Days": days, "AccessTier": "ARCHIVE_ACCESS"}],
    }


@recorded(S3, "TestS3::test_s3_intelligent_tier_config")
def test_configurations_of_tiers_are_kept_by_their_ids(s3, bucket, recording: Recording):
    def put(configuration: dict[str, Any], id: str | None = None) -> Any:
        return s3.put_bucket_intelligent_tiering_configuration(
            Bucket=bucket, Id=id or configuration["Id"], IntelligentTieringConfiguration=configuration
        )

    first = tiering("test1", "test1")
    recording.refuses("put_bucket_intelligent_tiering_configuration_err_1`", put, configuration=first, id="test2")
    recording.equals("put_bucket_intelligent_tiering_configuration_1", put(first))
    got = s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="test1")
    recording.equals("get_bucket_intelligent_tiering_configuration_1", got)
    put(tiering("test2", "test2"))
    listed = "list_bucket_intelligent_tiering_configurations"
    recording.equals(f"{listed}_1", s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket))
    put(tiering("test1", "testupdate"))
    recording.equals(f"{listed}_2", s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket))

    deleted, delete = (
        "delete_bucket_intelligent_tiering_configuration",
        s3.delete_bucket_intelligent_tiering_configuration,
    )
    recording.refuses(f"{deleted}_err_1", delete, Bucket="nothing", Id="test1")
    recording.refuses(f"{deleted}_err_2", delete, Bucket=bucket, Id="nothing")
    delete(Bucket=bucket, Id="test1")
    recording.equals(f"{listed}_3", s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket))


@recorded(S3, "TestS3::test_s3_request_payer")
def test_a_bucket_tells_who_pays(s3, bucket, recording: Recording):
    put = s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    recording.equals("put-bucket-request-payment", put)
    recording.equals("get-bucket-request-payment", s3.get_bucket_request_payment(Bucket=bucket))


@recorded(S3, "TestS3::test_s3_request_payer_exceptions")
def test_either_the_owner_pays_or_the_requester(s3, bucket, recording: Recording):
    for name, asked, payer in (
        ("wrong-payer-type", bucket, "Random"),
        ("wrong-bucket-name", "nothing", "Requester"),
    ):
        configuration = {"Payer": payer}
        recording.refuses(name, s3.put_bucket_request_payment, Bucket=asked, RequestPaymentConfiguration=configuration)
