"""The metadata tables of buckets: their configuration, and the tables' names and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import MetadataConfigurationAlreadyExists, MetadataConfigurationNotFound
from awsim.services.s3.configuration.model import Members
from awsim.services.s3.configuration.schema import check_enumerations, plain
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

_RECORD_DAYS_MIN = 7
# Deviation: a table is ACTIVE at once, unless a test asks for more with aws.transitions; it is never BACKFILLING.
_CREATING, _ACTIVE = "CREATING", "ACTIVE"


# Deviation: the tables are said to be there, but S3 Tables has none of them, and nothing is written to them.
@aws_provider(api="s3")
class Metadata(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    transitions = ("metadata-table",)

    def create_bucket_metadata_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        metadata_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        if found.configuration.metadata is not None:
            raise MetadataConfigurationAlreadyExists
        arn = context.arn("bucket/aws-s3", service="s3tables", region=found.region)
        namespace = f"b_{found.name}"
        result: Members = {
            "DestinationResult": {
                "TableBucketType": "aws",
                "TableBucketArn": arn,
                "TableNamespace": namespace,
            },
            "JournalTableConfigurationResult": {
                **_active_table(context, arn, "journal"),
                "RecordExpiration": _record_expiration(metadata_configuration["JournalTableConfiguration"]),
            },
        }
        for kind in ("Inventory", "Annotation"):
            given = metadata_configuration.get(f"{kind}TableConfiguration")
            if given is not None:
                result[f"{kind}TableConfigurationResult"] = _optional_table(context, arn, kind, given)
        found.configuration.metadata = result
        context.begin_transition("metadata-table", _transition_arn(found), _CREATING)

    def get_bucket_metadata_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        told = _configured(found)
        state = context.transitional_state(_transition_arn(found), look=True)
        if state is not None:
            told = {name: {**one, "TableStatus": state} if "TableStatus" in one else one for name, one in told.items()}
        return {"GetBucketMetadataConfigurationResult": {"MetadataConfigurationResult": told}}

    def update_bucket_metadata_journal_table_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        journal_table_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        metadata = _configured(find_bucket(context, bucket, expected_bucket_owner))
        check_enumerations(context)
        journal = metadata["JournalTableConfigurationResult"]
        journal["RecordExpiration"] = _record_expiration(journal_table_configuration)

    def update_bucket_metadata_inventory_table_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        inventory_table_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        _update(
            context, find_bucket(context, bucket, expected_bucket_owner), "Inventory", inventory_table_configuration
        )

    def update_bucket_metadata_annotation_table_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        annotation_table_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _update(context, found, "Annotation", annotation_table_configuration)

    def delete_bucket_metadata_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _configured(found)
        found.configuration.metadata = None

    def create_bucket_metadata_table_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        metadata_table_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.metadata_table is not None:
            raise MetadataConfigurationAlreadyExists
        destination = plain(metadata_table_configuration["S3TablesDestination"])
        found.configuration.metadata_table = {
            **destination,
            "TableArn": f"{destination['TableBucketArn']}/table/{context.new_uuid()}",
            "TableNamespace": "aws_s3_metadata",
        }
        context.begin_transition("metadata-table", _transition_arn(found), _CREATING)

    def get_bucket_metadata_table_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.metadata_table is None:
            raise MetadataConfigurationNotFound(found.name)
        destination = {"S3TablesDestinationResult": found.configuration.metadata_table}
        return {
            "GetBucketMetadataTableConfigurationResult": {
                "MetadataTableConfigurationResult": destination,
                "Status": context.transitional_state(_transition_arn(found), look=True) or _ACTIVE,
            }
        }

    def delete_bucket_metadata_table_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.metadata_table = None


def _transition_arn(bucket: Bucket) -> str:
    return f"metadata-table:{bucket.name}"


def _configured(bucket: Bucket) -> Members:
    if bucket.configuration.metadata is None:
        raise MetadataConfigurationNotFound(bucket.name)
    return bucket.configuration.metadata


def _update(context: RequestContext[S3Store], bucket: Bucket, kind: str, given: Mapping[str, Any]) -> None:
    metadata = _configured(bucket)
    check_enumerations(context)
    arn = metadata["DestinationResult"]["TableBucketArn"]
    metadata[f"{kind}TableConfigurationResult"] = _optional_table(context, arn, kind, given)


def _optional_table(context: RequestContext[S3Store], bucket_arn: str, kind: str, given: Mapping[str, Any]) -> Members:
    state: Members = {"ConfigurationState": given["ConfigurationState"]}
    if given["ConfigurationState"] == "ENABLED":
        state.update(_active_table(context, bucket_arn, kind.lower()))
    if "Role" in given:
        state["Role"] = given["Role"]
    return state


def _active_table(context: RequestContext[S3Store], bucket_arn: str, name: str) -> Members:
    return {
        "TableStatus": _ACTIVE,
        "TableName": name,
        "TableArn": f"{bucket_arn}/table/{context.new_uuid()}",
    }


def _record_expiration(journal: Mapping[str, Any]) -> Members:
    """Raises InvalidArgument for an expiration without a sensible number of days."""
    expiration: Members = plain(journal["RecordExpiration"])
    if expiration["Expiration"] == "ENABLED" and expiration.get("Days", 0) < _RECORD_DAYS_MIN:
        # Deviation: that there is a least is documented, how less is refused is not.
        raise InvalidArgument(f"The record expiration must be at least {_RECORD_DAYS_MIN} days.", "Days")
    return expiration
