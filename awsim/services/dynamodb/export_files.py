"""The objects that an export writes into S3: items or changes, and the manifests about them.

Owns their names and contents (Developer Guide, "DynamoDB table export output format"), and which items are in them.
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
from awsim.services.dynamodb.compression import compress
from awsim.services.dynamodb.expressions import Placeholders, condition, key_condition, projection
from awsim.services.dynamodb.item_files import write_records
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.s3_objects import Destination
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_copies import copy_table, rewind

if TYPE_CHECKING:
    from awsim.context import RequestContext

FULL, INCREMENTAL = "FULL_EXPORT", "INCREMENTAL_EXPORT"
BOTH_IMAGES = "NEW_AND_OLD_IMAGES"
_VERSIONS = {FULL: "2020-06-30", INCREMENTAL: "2023-08-01"}
_ENDINGS = {"DYNAMODB_JSON": "json", "ION": "ion"}

Record = dict[str, Item]


def write_export(context: RequestContext[Any], table: Table, description: dict[str, Any]) -> None:
    """Write the objects of an export, and what it took into its description. Raises TransferError."""
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
    is_full = description["ExportType"] == FULL
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
    take = filter_of(table, show_description(description)["FilterSpecification"])
    items = (take(read_item(stored.text)) for _, stored in state.items.ascending())
    return [{"Item": item} for item in items if item is not None], state.size_bytes


def _incremental(table: Table, description: Mapping[str, Any]) -> tuple[list[Record], int]:
    period = description["IncrementalExportSpecification"]
    begins, ends = period["ExportFromTime"], period["ExportToTime"]
    before, after = (_state_at(table, math.nextafter(moment, -math.inf)) for moment in (begins, ends))
    take = filter_of(table, show_description(description)["FilterSpecification"])
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
        if old is not None and period["ExportViewType"] == BOTH_IMAGES:
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


def filter_of(table: Table, specification: Mapping[str, Any] | None) -> Callable[[Item], Item | None]:
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


def keep_filter(specification: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A filter as it is kept: its values as a text, since binaries survive no file."""
    if specification is None:
        return None
    values = specification.get("ExpressionAttributeValues")
    return {**specification, "ExpressionAttributeValues": write_item(values) if values is not None else None}


def show_description(description: Mapping[str, Any]) -> dict[str, Any]:
    """A description with its filter as it was given."""
    kept = description["FilterSpecification"]
    if kept is None or kept["ExpressionAttributeValues"] is None:
        return dict(description)
    values = read_item(kept["ExpressionAttributeValues"])
    return {**description, "FilterSpecification": {**kept, "ExpressionAttributeValues": values}}


def _summary(description: Mapping[str, Any], files_key: str) -> dict[str, Any]:
    is_full = description["ExportType"] == FULL
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
