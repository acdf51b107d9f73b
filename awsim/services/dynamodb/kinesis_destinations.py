"""Kinesis streaming destinations: which data streams a table's changes go to, and sending them there."""

# Deviation: a destination's stream need not exist; a change that cannot be put there is a failed task of the Cloud's
# schedule.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import find_table_by_name
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.kinesis_records import destination_place, put_record
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
    transitions = ("kinesis-destination",)

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
        if any(_status(context, table, one) != "DISABLED" for one in table.kinesis_destinations):
            raise ValidationException(
                f"{_INVALID_STATE}: EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform "
                "ENABLE operation."
            )
        destination = _find(table, stream_arn)
        if destination is None:
            destination = KinesisDestination(stream_arn, "ACTIVE")
            table.kinesis_destinations.append(destination)
        destination.status, destination.precision = "ACTIVE", precision
        _begin(context, table, stream_arn, "ENABLING")
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
        if destination is None or _status(context, table, destination) != "ACTIVE":
            raise ValidationException(
                "Table is not in a valid state to disable Kinesis Streaming Destination: "
                "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
            )
        destination.status = "DISABLED"
        _begin(context, table, stream_arn, "DISABLING")
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
        if destination is None or _status(context, table, destination) != "ACTIVE":
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
        _begin(context, table, stream_arn, "UPDATING")
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
                    "DestinationStatus": _status(context, table, destination, look=True),
                    _PRECISION: destination.precision,
                }
                for destination in table.kinesis_destinations
            ],
        }

    def put_kinesis_record(self, context: RequestContext[DynamoDbStore], *, stream_arn: str, data: str) -> None:
        put_record(context, stream_arn, data)


def _begin(context: RequestContext[DynamoDbStore], table: Table, stream_arn: str, state: str) -> None:
    context.begin_transition("kinesis-destination", destination_place(table, stream_arn), state)


def _status(
    context: RequestContext[DynamoDbStore], table: Table, destination: KinesisDestination, *, look: bool = False
) -> str:
    place = destination_place(table, destination.stream_arn)
    return context.transitional_state(place, look=look) or destination.status


def _find(table: Table, stream_arn: str) -> KinesisDestination | None:
    return next((one for one in table.kinesis_destinations if one.stream_arn == stream_arn), None)
