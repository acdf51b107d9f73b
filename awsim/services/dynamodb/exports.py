"""ExportTableToPointInTime, DescribeExport, ListExports.

Deviation: an export has one data file, and is done as soon as the call returns unless the test asks for more with
``aws.transitions``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.services.dynamodb.addressing import errors, table_name
from awsim.services.dynamodb.compression import compress
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions import Placeholders, condition, key_condition, projection
from awsim.services.dynamodb.item_files import write_records
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.models import DynamoDbStore, Transfer
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.s3_objects import Destination, TransferError
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_copies import copy_table, rewind
from awsim.services.dynamodb.transfers import begin, describe, find_repeated, list_transfers, new_arn
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_FULL, _INCREMENTAL = "FULL_EXPORT", "INCREMENTAL_EXPORT"
_BOTH_IMAGES = "NEW_AND_OLD_IMAGES"
_PERIOD_SECONDS_MIN = 15 * 60.0
_PERIOD_SECONDS_MAX = 24 * 3600.0
_VERSIONS = {_FULL: "2020-06-30", _INCREMENTAL: "2023-08-01"}
_ENDINGS = {"DYNAMODB_JSON": "json", "ION": "ion"}

Record = dict[str, Item]


@aws_provider(api="dynamodb")
class Exports(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("export",)

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
        export_type: str = _FULL,
        incremental_export_specification: Mapping[str, Any] | None = None,
        filter_specification: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        repeated = find_repeated(context, context.store.exports, client_token, errors.ExportConflictException)
        if repeated is not None:
            return {"ExportDescription": _show(describe(context, repeated))}
        table = _find(context, table_arn)
        now = context.time()
        if table.earliest_restorable(now) is None:
            raise errors.PointInTimeRecoveryUnavailableException(
                f"Point in time recovery is not enabled for table '{table.name}'"
            )
        chosen: dict[str, Any] = {}
        if export_type == _FULL:
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
            _filter(table, filter_specification)  # refused before anything is begun
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
            "FilterSpecification": _keep_filter(filter_specification),
        }
        export = Transfer(arn, description)
        answer = {name: value for name, value in _show(description).items() if name != "ExportManifest"}
        begin(context, context.store.exports, export, "export", "run_export", client_token)
        return {"ExportDescription": answer}

    def describe_export(self, context: RequestContext[DynamoDbStore], *, export_arn: str) -> dict[str, Any]:
        export = context.store.exports.by_arn.get(export_arn)
        if export is None:
            raise errors.ExportNotFoundException(f"Export not found: {export_arn}")
        return {"ExportDescription": _show(describe(context, export, look=True))}

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
            _write(context, table, description)
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
    view = given.get("ExportViewType") or _BOTH_IMAGES
    return {"ExportFromTime": begins, "ExportToTime": ends, "ExportViewType": view}


# What is written


def _write(context: RequestContext[Any], table: Table, description: dict[str, Any]) -> None:
    prefix = description["S3Prefix"]
    root = f"{prefix.strip('/')}/AWSDynamoDB" if prefix else "AWSDynamoDB"
    export_id = description["ExportArn"].rpartition("/")[2]
    folder = f"{root}/{export_id}"
    destination = Destination(
        description["S3Bucket"],
        description["S3BucketOwner"],
        description["S3SseAlgorithm"],
        description["S3SseKmsKeyId"],
    )
    destination.put(context, f"{folder}/_started", b"")
    is_full = description["ExportType"] == _FULL
    records, size = _full(table, description) if is_full else _incremental(table, description)
    data = compress(write_records(records, description["ExportFormat"]))
    name = context.random.getrandbits(128).to_bytes(16, "big")
    # AWS: incremental exports share one folder of data, so that a reader of all of them reads one place.
    key = f"{folder if is_full else root}/data/{base64.b32encode(name).decode().lower().rstrip('=')}"
    key += f".{_ENDINGS[description['ExportFormat']]}.gz"
    etag = destination.put(context, key, data)
    file = {"itemCount": len(records), "md5Checksum": _md5(data), "etag": etag, "dataFileS3Key": key}
    files = (json.dumps(file, separators=(",", ":")) + "\n").encode()
    description.update(EndTime=context.time(), ItemCount=len(records), BilledSizeBytes=size)
    summary = json.dumps(_summary(description, f"{folder}/manifest-files.json"), separators=(",", ":")).encode()
    for manifest, body in (("manifest-files", files), ("manifest-summary", summary)):
        # AWS: named .md5, which its documentation calls .checksum.
        destination.put(context, f"{folder}/{manifest}.md5", _md5(body).encode())
        destination.put(context, f"{folder}/{manifest}.json", body)


def _full(table: Table, description: Mapping[str, Any]) -> tuple[list[Record], int]:
    state = _state_at(table, description["ExportTime"])
    take = _filter(table, _show(description)["FilterSpecification"])
    items = (take(read_item(stored.text)) for _, stored in state.items.ascending())
    return [{"Item": item} for item in items if item is not None], state.size_bytes


def _incremental(table: Table, description: Mapping[str, Any]) -> tuple[list[Record], int]:
    period = description["IncrementalExportSpecification"]
    begins, ends = period["ExportFromTime"], period["ExportToTime"]
    before, after = (_state_at(table, math.nextafter(moment, -math.inf)) for moment in (begins, ends))
    take = _filter(table, _show(description)["FilterSpecification"])
    changed_at: dict[Key, float] = {}
    for change in table.history:
        if begins <= change.changed_at < ends:
            changed_at[change.key] = change.changed_at
    records, size = [], 0
    for key, moment in sorted(changed_at.items()):
        old, new = before.find(key), after.find(key)
        if old is None and new is None:
            continue  # came and went within the period
        present = new if new is not None else old
        assert present is not None
        if take(present) is None:
            continue
        record: Record = {
            "Metadata": {"WriteTimestampMicros": {"N": str(int(moment * 1_000_000))}},
            "Keys": table.schema.extract(present),
        }
        if old is not None and period["ExportViewType"] == _BOTH_IMAGES:
            record["OldImage"] = take(old) or {}
        if new is not None:
            record["NewImage"] = take(new) or {}
        records.append(record)
        size += sum(item_bytes(item) for item in (old, new) if item is not None)
    return records, size


def _state_at(table: Table, moment: float) -> Table:
    state = copy_table(table)
    rewind(state, table, moment)
    return state


def _filter(table: Table, specification: Mapping[str, Any] | None) -> Callable[[Item], Item | None]:
    """What is exported of an item; None for nothing. Raises ValidationException."""
    if specification is None:
        return lambda item: item
    placeholders = Placeholders(
        specification.get("ExpressionAttributeNames"), specification.get("ExpressionAttributeValues")
    )
    schema = table.schema
    tests: list[Callable[[Item], bool]] = []
    text = specification.get("KeyConditionExpression")
    if text is not None:
        keys = key_condition(text, placeholders, schema.hash_name, schema.range_name, dict(schema.attributes))
        hash_value, range_name = keys.hash_values[0], schema.range_name
        tests.append(lambda item: bool(item[schema.hash_name] == hash_value))
        if range_name is not None:
            tests.append(lambda item: keys.range_matches(item[range_name]))
    text = specification.get("FilterExpression")
    if text is not None:
        tests.append(condition(text, placeholders, "FilterExpression").matches)
    text = specification.get("ProjectionExpression")
    shown = projection(text, placeholders) if text is not None else None
    placeholders.check_unused()

    def take(item: Item) -> Item | None:
        if not all(test(item) for test in tests):
            return None
        return item if shown is None else shown.apply(item)

    return take


def _keep_filter(specification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A filter as it is kept: its values as a text, since binaries survive no file."""
    if specification is None:
        return None
    values = specification.get("ExpressionAttributeValues")
    return {**specification, "ExpressionAttributeValues": write_item(values) if values is not None else None}


def _show(description: Mapping[str, Any]) -> dict[str, Any]:
    """A description with its filter as it was given."""
    kept = description["FilterSpecification"]
    if kept is None or kept["ExpressionAttributeValues"] is None:
        return dict(description)
    values = read_item(kept["ExpressionAttributeValues"])
    return {**description, "FilterSpecification": {**kept, "ExpressionAttributeValues": values}}


def _summary(description: Mapping[str, Any], files_key: str) -> dict[str, Any]:
    is_full = description["ExportType"] == _FULL
    period = description.get("IncrementalExportSpecification") or {}
    summary: dict[str, Any] = {
        "version": _VERSIONS[description["ExportType"]],
        "exportArn": description["ExportArn"],
        "startTime": _iso(description["StartTime"]),
        "endTime": _iso(description["EndTime"]),
        "tableArn": description["TableArn"],
        "tableId": description["TableId"],
    }
    if is_full:
        summary["exportTime"] = _iso(description["ExportTime"])
    else:
        summary["exportFromTime"] = _iso(period["ExportFromTime"])
        summary["exportToTime"] = _iso(period["ExportToTime"])
    summary |= {
        "s3Bucket": description["S3Bucket"],
        "s3Prefix": description["S3Prefix"],
        "s3SseAlgorithm": description["S3SseAlgorithm"],
        "s3SseKmsKeyId": description["S3SseKmsKeyId"],
        "manifestFilesS3Key": files_key,
        "billedSizeBytes": description["BilledSizeBytes"],
        "itemCount": description["ItemCount"],
        "outputFormat": description["ExportFormat"],
    }
    if not is_full:
        summary["outputView"] = period["ExportViewType"]
    summary["exportType"] = description["ExportType"]
    return summary


def _iso(moment: float) -> str:
    text = datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
