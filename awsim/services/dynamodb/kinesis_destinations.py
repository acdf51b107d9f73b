"""Kinesis streaming destinations: which data streams a table's changes go to, and sending them there.

Deviation: a destination's stream need not exist; a change that cannot be put there is a failed task of the Cloud's
schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import find_table_by_name
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.kinesis_records import put_record
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import KinesisDestination, Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_INVALID_STATE = "Table is not in a valid state to enable Kinesis Streaming Destination"
_PRECISION = "ApproximateCreationDateTimePrecision"


@aws_provider(api="dynamodb")
class KinesisDestinations(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def enable_kinesis_streaming_destination(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        stream_arn: str,
        enable_kinesis_streaming_configuration: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        precision = (enable_kinesis_streaming_configuration or {}).get(_PRECISION)
        if any(destination.status == "ACTIVE" for destination in table.kinesis_destinations):
            raise ValidationException(
                f"{_INVALID_STATE}: EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform "
                "ENABLE operation."
            )
        destination = _find(table, stream_arn)
        if destination is None:
            destination = KinesisDestination(stream_arn, "ACTIVE")
            table.kinesis_destinations.append(destination)
        destination.status, destination.precision = "ACTIVE", precision
        return {
            "TableName": table.name,
            "StreamArn": stream_arn,
            "DestinationStatus": "ENABLING",
            # AWS: there even where it is empty (recorded).
            "EnableKinesisStreamingConfiguration": {_PRECISION: precision},
        }

    def disable_kinesis_streaming_destination(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        stream_arn: str,
        enable_kinesis_streaming_configuration: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        destination = _find(table, stream_arn)
        if destination is None or destination.status != "ACTIVE":
            raise ValidationException(
                "Table is not in a valid state to disable Kinesis Streaming Destination: "
                "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
            )
        destination.status = "DISABLED"
        return {
            "TableName": table.name,
            "StreamArn": stream_arn,
            "DestinationStatus": "DISABLING",
            # AWS: it is of use to EnableKinesisStreamingDestination alone, whose input this operation shares.
            "EnableKinesisStreamingConfiguration": enable_kinesis_streaming_configuration,
        }

    def update_kinesis_streaming_destination(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        stream_arn: str,
        update_kinesis_streaming_configuration: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        precision = (update_kinesis_streaming_configuration or {}).get(_PRECISION)
        if precision is None:
            raise ValidationException(
                "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration "
                "cannot be null or contain only null values"
            )
        table = find_table_by_name(context, table_name)
        destination = _find(table, stream_arn)
        if destination is None or destination.status != "ACTIVE":
            raise ValidationException(
                f"{_INVALID_STATE}: No streaming destination with streamArn: {stream_arn} found for table with "
                f"tableName: {table.name}"
            )
        if destination.precision == precision:
            raise ValidationException(
                f"Invalid Request: Precision is already set to the desired value of {precision} for tableId: "
                f"{table.table_id}, kdsArn: {stream_arn}"
            )
        destination.precision = precision
        return {
            "TableName": table.name,
            "StreamArn": stream_arn,
            "DestinationStatus": "UPDATING",
            "UpdateKinesisStreamingConfiguration": {_PRECISION: precision},
        }

    def describe_kinesis_streaming_destination(
        self, context: RequestContext[DynamoDbStore], *, table_name: str
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        return {
            "TableName": table.name,
            "KinesisDataStreamDestinations": [
                {
                    "StreamArn": destination.stream_arn,
                    "DestinationStatus": destination.status,
                    _PRECISION: destination.precision,
                }
                for destination in table.kinesis_destinations
            ],
        }

    def put_kinesis_record(self, context: RequestContext[DynamoDbStore], *, stream_arn: str, data: str) -> None:
        put_record(context, stream_arn, data)


def _find(table: Table, stream_arn: str) -> KinesisDestination | None:
    return next((one for one in table.kinesis_destinations if one.stream_arn == stream_arn), None)
