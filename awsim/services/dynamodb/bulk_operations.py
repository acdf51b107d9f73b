"""StartBulkPutItems, DescribeBulkOperation, ListBulkOperations, CancelBulkOperation."""

# Deviation: an operation is done as soon as the call returns, unless the test asks for more with ``aws.transitions``; a
# rate and a tier are shown and change nothing; the names and fields of the reports are ours.

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item, write_item
from awsim.services.dynamodb.addressing import errors, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.compression import DamagedError, decompress
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.item_files import ConditionalPut, read_puts
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.models import DynamoDbStore, Transfer
from awsim.services.dynamodb.request_expressions import check_condition_parameters, condition_expressions
from awsim.services.dynamodb.s3_objects import Destination, TransferError, read_objects
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.transfers import begin, describe, find_repeated, list_transfers, new_arn
from awsim.services.dynamodb.writing import Change, apply_change, check_put, check_size
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_IN_PROGRESS = "IN_PROGRESS"
_ERROR, _CONDITION_CHECK_FAILURE = "ERROR", "CONDITION_CHECK_FAILURE"


@aws_provider(api="dynamodb")
class BulkOperations(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("bulk-operation",)
    identifiers = ("bulk-operation",)

    def start_bulk_put_items(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        input_s3_configuration: Mapping[str, Any],
        output_s3_configuration: Mapping[str, Any],
        client_token: str | None = None,
        max_write_request_units: int | None = None,
        performance_tier: str = "STANDARD",
    ) -> dict[str, Any]:
        operations = context.store.bulk_operations
        repeated = find_repeated(context, operations, client_token, errors.IdempotentParameterMismatchException)
        if repeated is not None:
            return {"BulkOperationDescription": describe(context, repeated)}
        table = find_table(context, table_name)
        arn = new_arn(context, table.arn, "bulk-operation")
        description = {
            "BulkOperationArn": arn,
            "BulkOperationStatus": _IN_PROGRESS,
            "TableDetails": [{"TableName": table.name, "TableId": table.table_id}],
            "ClientToken": client_token,
            "InputS3Configuration": dict(input_s3_configuration),
            "OutputS3Configuration": dict(output_s3_configuration),
            "StartTime": context.time(),
            "MaxWriteRequestUnits": max_write_request_units,
            "PerformanceTier": performance_tier,
        }
        answer = dict(description)
        begin(context, operations, Transfer(arn, description), "bulk-operation", "run_bulk_operation", client_token)
        return {"BulkOperationDescription": answer}

    def describe_bulk_operation(
        self, context: RequestContext[DynamoDbStore], *, bulk_operation_arn: str
    ) -> dict[str, Any]:
        found = _find(context, bulk_operation_arn)
        return {"BulkOperationDescription": describe(context, found, look=True)}

    def list_bulk_operations(
        self, context: RequestContext[DynamoDbStore], *, max_results: int = 10, next_token: str | None = None
    ) -> dict[str, Any]:
        shown = ("BulkOperationArn", "BulkOperationStatus", "StartTime", "EndTime")
        page, token = list_transfers(context, context.store.bulk_operations, None, max_results, next_token, shown)
        return {"BulkOperationsSummaryList": page, "NextToken": token}

    def cancel_bulk_operation(
        self, context: RequestContext[DynamoDbStore], *, bulk_operation_arn: str
    ) -> dict[str, Any]:
        found = _find(context, bulk_operation_arn)
        status = found.description["BulkOperationStatus"]
        if status == _IN_PROGRESS:
            # What has not begun is never begun; the task finds it cancelled.
            found.description.update(
                BulkOperationStatus="CANCELLED",
                EndTime=context.time(),
                FailureCode="OperationCancelled",
                FailureMessage="The operation was cancelled",
            )
            status = "CANCELLING"
        return {"BulkOperationArn": bulk_operation_arn, "BulkOperationStatus": status}

    def run_bulk_operation(self, context: RequestContext[DynamoDbStore], *, transfer_arn: str) -> None:
        description = context.store.bulk_operations.by_arn[transfer_arn].description
        if description["BulkOperationStatus"] != _IN_PROGRESS:
            return
        table = context.store.tables.get(description["TableDetails"][0]["TableName"])
        try:
            if table is None or table.table_id != description["TableDetails"][0]["TableId"]:
                raise TransferError("TableNotFound", "The table was deleted before the operation had ended")
            run = _BulkPut(context, table, description)
            run.run()
            failed = run.failed_count
            description["BulkOperationStatus"] = "COMPLETED_WITH_ERRORS" if failed else "COMPLETED"
        except TransferError as error:
            description.update(BulkOperationStatus="FAILED", FailureCode=error.code, FailureMessage=error.message)
        description["EndTime"] = context.time()


class _BulkPut:
    """One operation at work: puts items, counts them, and keeps what is to be reported."""

    def __init__(self, context: RequestContext[Any], table: Table, description: dict[str, Any]) -> None:
        self.context = context
        self.table = table
        self.description = description
        self.processed_count = self.failed_count = self.input_bytes = self.put_bytes = 0
        self.index_bytes: dict[str, int] = {}
        self.reports: dict[str, list[str]] = {_ERROR: [], _CONDITION_CHECK_FAILURE: []}

    def run(self) -> None:
        """Put everything. Raises TransferError."""
        source = self.description["InputS3Configuration"]
        for key, body in read_objects(self.context, source):
            self.input_bytes += len(body)
            try:
                data = decompress(body, source.get("InputCompressionType") or "NONE")
            except DamagedError as error:
                self._report(_ERROR, key, str(error))
                self.failed_count += 1
                continue
            for put in read_puts(data, source["InputFormat"]):
                self.processed_count += 1
                self._put(key, put)
        self._write_reports()
        self.description.update(
            ProcessedItemCount=self.processed_count,
            ProcessedInputBytes=self.input_bytes,
            TotalInputBytes=self.input_bytes,
            FailedItemCount=self.failed_count,
            BulkOperationUsage=[self._usage()],
        )

    def _put(self, key: str, put: ConditionalPut | ValueError) -> None:
        table = self.table
        try:
            if isinstance(put, ValueError):
                raise ValidationException(str(put))
            item = check_item(put.item)
            size = check_size(item)
            check_condition_parameters(put.condition, put.names, put.values)
            condition = condition_expressions(put.condition, put.names, put.values)
            check_put(table, item)
        except ValidationException as error:
            self.failed_count += 1
            self._report(_ERROR, key, error.message, None if isinstance(put, ValueError) else put.item)
            return
        table_key = table.schema.key_of(item)
        old = table.find(table_key)
        if condition is not None and not condition.matches(old):
            self._report(_CONDITION_CHECK_FAILURE, key, "The conditional request failed", item, old)
            return
        apply_change(self.context, Change(table, table_key, old, item, size))
        self.put_bytes += size
        for index in table.indexes.values():
            if index.schema.takes(item):
                projected = item_bytes(index.project(item))
                self.index_bytes[index.name] = self.index_bytes.get(index.name, 0) + projected

    def _report(self, kind: str, key: str, message: str, item: Item | None = None, old: Item | None = None) -> None:
        report = [f'"S3Key":{json.dumps(key)}', f'"Message":{json.dumps(message)}']
        report += [f'"{name}":{write_item(one)}' for name, one in (("Item", item), ("ExistingItem", old)) if one]
        self.reports[kind].append("{" + ",".join(report) + "}\n")

    def _write_reports(self) -> None:
        given = self.description["OutputS3Configuration"]
        source = self.description["InputS3Configuration"]
        destination = Destination(
            given.get("S3Bucket") or source["S3Bucket"],
            given.get("S3BucketOwner"),
            given.get("S3SseAlgorithm"),
            given.get("S3SseKmsKeyId"),
        )
        prefix = (given.get("S3KeyPrefix") or "").strip("/")
        folder = (
            (f"{prefix}/" if prefix else "") + "AWSDynamoDB/" + self.description["BulkOperationArn"].rpartition("/")[2]
        )
        for kind in given["OutputType"]:
            if self.reports[kind]:
                name = kind.lower().replace("_", "-")
                destination.put(self.context, f"{folder}/{name}.json", "".join(self.reports[kind]).encode())

    def _usage(self) -> dict[str, Any]:
        usage: dict[str, Any] = {
            "TableName": self.table.name,
            "BulkPutBytes": self.put_bytes + sum(self.index_bytes.values()),
            "Table": {"BulkPutBytes": self.put_bytes},
        }
        for member, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
            usage[member] = {
                name: {"BulkPutBytes": size}
                for name, size in self.index_bytes.items()
                if self.table.indexes[name].is_global is is_global
            } or None
        return usage


def _find(context: RequestContext[DynamoDbStore], arn: str) -> Transfer:
    found = context.store.bulk_operations.by_arn.get(arn)
    if found is None:
        raise errors.ResourceNotFoundException(f"Requested resource not found: BulkOperation: {arn} not found")
    return found
