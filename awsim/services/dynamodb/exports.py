"""ExportTableToPointInTime, DescribeExport, ListExports.

As on AWS two exports of the same items differ in their summary, which names the export and its times.
"""

# Deviation: an export has one data file, and is done as soon as the call returns unless the test asks for more with
# ``aws.transitions``. The exceptions are the API reference's, the words of what is refused are ours.

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors, table_name
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.export_files import (
    BOTH_IMAGES,
    FULL,
    filter_of,
    keep_filter,
    show_description,
    write_export,
)
from awsim.services.dynamodb.models import DynamoDbStore, Transfer
from awsim.services.dynamodb.s3_objects import TransferError
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.transfers import begin, describe, find_repeated, list_transfers, new_arn
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PERIOD_SECONDS_MIN = 15 * 60.0
_PERIOD_SECONDS_MAX = 24 * 3600.0


@aws_provider(api="dynamodb")
class Exports(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("export",)
    identifiers = ("export",)

    def export_table_to_point_in_time(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_arn: str,
        s3_bucket: str,
        export_time: datetime | None = None,
        client_token: str | None = None,
        s3_bucket_owner: str | None = None,
        s3_prefix: str | None = None,
        s3_sse_algorithm: str | None = None,
        s3_sse_kms_key_id: str | None = None,
        export_format: str = "DYNAMODB_JSON",
        export_type: str = FULL,
        incremental_export_specification: Mapping[str, Any] | None = None,
        filter_specification: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        repeated = find_repeated(context, context.store.exports, client_token, errors.ExportConflictException)
        if repeated is not None:
            return {"ExportDescription": show_description(describe(context, repeated))}
        table = _find(context, table_arn)
        now = context.time()
        if table.earliest_restorable(now) is None:
            raise errors.PointInTimeRecoveryUnavailableException(
                f"Point in time recovery is not enabled for table '{table.name}'"
            )
        chosen: dict[str, Any] = {}
        if export_type == FULL:
            if incremental_export_specification is not None:
                raise ValidationException(
                    "IncrementalExportSpecification can be specified only when ExportType is INCREMENTAL_EXPORT"
                )
            moment = now if export_time is None else export_time.timestamp()
            _check_moment(table, moment, now)
            chosen["ExportTime"] = moment
        else:
            chosen["IncrementalExportSpecification"] = _period(table, incremental_export_specification, now)
        if filter_specification is not None:
            filter_of(table, filter_specification)  # refused before anything is begun
        arn = new_arn(context, table.arn, "export")
        export_id = arn.rpartition("/")[2]
        folder = f"{s3_prefix.strip('/')}/" if s3_prefix else ""
        description = {
            "ExportArn": arn,
            "ExportStatus": "IN_PROGRESS",
            "StartTime": now,
            "TableArn": table.arn,
            "TableId": table.table_id,
            **chosen,
            "ClientToken": client_token,
            "S3Bucket": s3_bucket,
            "S3BucketOwner": s3_bucket_owner,
            "S3Prefix": s3_prefix,
            "S3SseAlgorithm": s3_sse_algorithm or "AES256",
            "S3SseKmsKeyId": s3_sse_kms_key_id,
            "ExportFormat": export_format,
            "ExportType": export_type,
            "ExportManifest": f"{folder}AWSDynamoDB/{export_id}/manifest-summary.json",
            "FilterSpecification": keep_filter(filter_specification),
        }
        export = Transfer(arn, description)
        answer = {name: value for name, value in show_description(description).items() if name != "ExportManifest"}
        begin(context, context.store.exports, export, "export", "run_export", client_token)
        return {"ExportDescription": answer}

    def describe_export(self, context: RequestContext[DynamoDbStore], *, export_arn: str) -> dict[str, Any]:
        export = context.store.exports.by_arn.get(export_arn)
        if export is None:
            raise errors.ExportNotFoundException(f"Export not found: {export_arn}")
        return {"ExportDescription": show_description(describe(context, export, look=True))}

    def list_exports(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_arn: str | None = None,
        max_results: int = 25,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        shown = ("ExportArn", "ExportStatus", "ExportType")
        page, token = list_transfers(context, context.store.exports, table_arn, max_results, next_token, shown)
        return {"ExportSummaries": page, "NextToken": token}

    def run_export(self, context: RequestContext[DynamoDbStore], *, transfer_arn: str) -> None:
        export = context.store.exports.by_arn[transfer_arn]
        description = export.description
        try:
            table = context.store.tables.get(table_name(description["TableArn"]))
            if table is None or table.table_id != description["TableId"]:
                raise TransferError("TableNotFound", "The table was deleted before it was exported")
            write_export(context, table, description)
        except TransferError as error:
            description.update(ExportStatus="FAILED", FailureCode=error.code, FailureMessage=error.message)
        else:
            description["ExportStatus"] = "COMPLETED"
        description["EndTime"] = context.time()


def _find(context: RequestContext[DynamoDbStore], arn: str) -> Table:
    name = table_name(arn)
    table = context.store.tables.get(name)
    if table is None:
        raise errors.TableNotFoundException(f"Table not found: {name}")
    return table


def _check_moment(table: Table, moment: float, now: float) -> None:
    earliest = table.earliest_restorable(now)
    assert earliest is not None, "recovery is on"
    if not int(earliest) <= moment <= now:
        raise errors.InvalidExportTimeException(
            "The specified ExportTime is outside of the point in time recovery window"
        )


def _period(table: Table, specification: Mapping[str, Any] | None, now: float) -> dict[str, Any]:
    given = specification or {}
    if given.get("ExportFromTime") is None:
        raise ValidationException("ExportFromTime must be specified when ExportType is INCREMENTAL_EXPORT")
    begins = given["ExportFromTime"].timestamp()
    ends = given["ExportToTime"].timestamp() if given.get("ExportToTime") is not None else now
    for moment in (begins, ends):
        _check_moment(table, moment, now)
    # AWS: from 15 minutes to 24 hours (Developer Guide, "Requesting a table export").
    if not _PERIOD_SECONDS_MIN <= ends - begins <= _PERIOD_SECONDS_MAX:
        raise ValidationException(
            "The difference between ExportFromTime and ExportToTime must be at least 15 minutes and at most 24 hours"
        )
    view = given.get("ExportViewType") or BOTH_IMAGES
    return {"ExportFromTime": begins, "ExportToTime": ends, "ExportViewType": view}
