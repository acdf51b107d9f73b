"""Kinesis destinations, resource policies and contributor insights."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
DESTINATION = {"TableName": "music", "StreamArn": STREAM}
MICROSECOND = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_kinesis_destination_is_enabled_changed_and_disabled(dynamodb: Any, make_table: Make) -> None:
    make_table()
    answer = dynamodb.enable_kinesis_streaming_destination(**DESTINATION)
    assert without_metadata(answer) == {
        **DESTINATION,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    described = without_metadata(dynamodb.describe_kinesis_streaming_destination(TableName="music"))
    assert described == {
        "TableName": "music",
        "KinesisDataStreamDestinations": [{"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}],
    }
    answer = dynamodb.update_kinesis_streaming_destination(
        **DESTINATION, UpdateKinesisStreamingConfiguration=MICROSECOND
    )
    assert without_metadata(answer) == {
        **DESTINATION,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": MICROSECOND,
    }
    answer = dynamodb.disable_kinesis_streaming_destination(**DESTINATION)
    assert without_metadata(answer) == {**DESTINATION, "DestinationStatus": "DISABLING"}
    dynamodb.enable_kinesis_streaming_destination(**DESTINATION)
    answer = dynamodb.disable_kinesis_streaming_destination(
        **DESTINATION, EnableKinesisStreamingConfiguration=MICROSECOND
    )
    assert without_metadata(answer) == {
        **DESTINATION,
        "DestinationStatus": "DISABLING",
        "EnableKinesisStreamingConfiguration": MICROSECOND,
    }
    described = dynamodb.describe_kinesis_streaming_destination(TableName="music")
    assert described["KinesisDataStreamDestinations"][0]["DestinationStatus"] == "DISABLED"


def test_a_kinesis_destination_that_makes_no_sense_is_refused(
    dynamodb: Any, make_table: Make, refusal: Any, invalid: Invalid
) -> None:
    """All recorded."""
    table_id = make_table()["TableId"]
    dynamodb.enable_kinesis_streaming_destination(**DESTINATION)
    missing = (
        "ResourceNotFoundException",
        "Requested resource not found: Table: bad-table not found",
    )
    bad_table = {**DESTINATION, "TableName": "bad-table"}
    assert refusal(dynamodb.enable_kinesis_streaming_destination, **bad_table) == missing
    assert refusal(dynamodb.disable_kinesis_streaming_destination, **bad_table) == missing
    update = dynamodb.update_kinesis_streaming_destination
    assert invalid(update, **DESTINATION) == (
        "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be "
        "null or contain only null values"
    )
    bad_precision = {"ApproximateCreationDateTimePrecision": "SECOND"}
    assert invalid(update, **DESTINATION, UpdateKinesisStreamingConfiguration=bad_precision) == (
        "1 validation error detected: Value 'SECOND' at "
        "'updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision' failed to satisfy constraint: "
        "Member must satisfy enum value set: [MILLISECOND, MICROSECOND]"
    )
    bad_stream = {"TableName": "music", "StreamArn": STREAM.replace("changes", "bad-stream")}
    assert invalid(update, **bad_stream, UpdateKinesisStreamingConfiguration=MICROSECOND) == (
        "Table is not in a valid state to enable Kinesis Streaming Destination: No streaming destination with "
        f"streamArn: {bad_stream['StreamArn']} found for table with tableName: music"
    )
    update(**DESTINATION, UpdateKinesisStreamingConfiguration=MICROSECOND)
    assert invalid(update, **DESTINATION, UpdateKinesisStreamingConfiguration=MICROSECOND) == (
        "Invalid Request: Precision is already set to the desired value of MICROSECOND for tableId: "
        f"{table_id}, kdsArn: {STREAM}"
    )


def test_changes_are_put_into_the_kinesis_stream(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.enable_kinesis_streaming_destination(**DESTINATION)
    put: list[dict[str, Any]] = []

    class Kinesis:
        def put_record(self, **members: Any) -> None:
            put.append(members)

    from awsim.context import RequestContext

    original = RequestContext.client
    RequestContext.client = lambda self, name, **members: Kinesis()  # type: ignore[method-assign,assignment,return-value]
    try:
        dynamodb.put_item(TableName="music", Item={"id": {"S": "test"}})
        dynamodb.put_item(TableName="music", Item={"id": {"S": "test"}})
    finally:
        RequestContext.client = original  # type: ignore[method-assign]
    assert cloud.schedule.failures == []
    assert [one["StreamARN"] for one in put] == [STREAM]
    record = json.loads(put[0]["Data"])
    assert isinstance(record["dynamodb"].pop("ApproximateCreationDateTime"), int)
    assert len(record.pop("eventID")) == 36
    assert record == {
        "awsRegion": "us-east-1",
        "dynamodb": {"Keys": {"id": {"S": "test"}}, "NewImage": {"id": {"S": "test"}}, "SizeBytes": 12},
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "recordFormat": "application/json",
        "tableName": "music",
        "userIdentity": None,
    }


def test_a_resource_policy_has_revisions(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    arn = make_table()["TableArn"]
    missing = (
        "PolicyNotFoundException",
        f"Resource-based policy not found for the provided ResourceArn: {arn}",
    )
    assert refusal(dynamodb.get_resource_policy, ResourceArn=arn) == missing
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    first = dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy, ExpectedRevisionId="NO_POLICY")["RevisionId"]
    assert without_metadata(dynamodb.get_resource_policy(ResourceArn=arn)) == {"Policy": policy, "RevisionId": first}
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)["RevisionId"] == first
    other = policy.replace("[]", "[ ]")
    second = dynamodb.put_resource_policy(ResourceArn=arn, Policy=other)["RevisionId"]
    assert second != first
    stale = {"ResourceArn": arn, "ExpectedRevisionId": first}
    assert refusal(dynamodb.put_resource_policy, Policy=policy, **stale) == missing
    assert refusal(dynamodb.delete_resource_policy, **stale) == missing
    assert dynamodb.delete_resource_policy(ResourceArn=arn)["RevisionId"] == second
    assert without_metadata(dynamodb.delete_resource_policy(ResourceArn=arn)) == {}


def test_contributor_insights_are_on_or_off(dynamodb: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:N", also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    describe = dynamodb.describe_contributor_insights
    off = {"TableName": "music", "ContributorInsightsStatus": "DISABLED"}
    assert without_metadata(describe(TableName="music")) == off
    update = {"TableName": "music", "ContributorInsightsAction": "ENABLE"}
    dynamodb.update_contributor_insights(**update)
    dynamodb.update_contributor_insights(**update, IndexName="byg", ContributorInsightsMode="THROTTLED_KEYS")
    on = describe(TableName="music")
    assert on["ContributorInsightsStatus"] == "ENABLED"
    kinds = [rule.rsplit("-", 2)[0] for rule in on["ContributorInsightsRuleList"]]
    assert kinds == [f"DynamoDBContributorInsights-{kind}" for kind in ("PKC", "PKT", "SKC", "SKT")]
    assert dynamodb.list_contributor_insights()["ContributorInsightsSummaries"] == [
        {
            "TableName": "music",
            "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsMode": "ACCESSED_AND_THROTTLED_KEYS",
        },
        {
            "TableName": "music",
            "IndexName": "byg",
            "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsMode": "THROTTLED_KEYS",
        },
    ]
    dynamodb.update_contributor_insights(**{**update, "ContributorInsightsAction": "DISABLE"})
    assert without_metadata(describe(TableName="music")) == off


def test_lists_refuse_tokens_that_they_did_not_give(dynamodb: Any, make_table: Make, invalid: Any) -> None:
    arn = make_table()["TableArn"]
    assert invalid(dynamodb.list_tags_of_resource, ResourceArn=arn, NextToken="?") == "Invalid NextToken"
    for name in ("one", "two", "three"):
        make_table(name)
        dynamodb.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE")
    listed = dynamodb.list_contributor_insights
    first = listed(MaxResults=2)
    second = listed(MaxResults=2, NextToken=first["NextToken"])
    pages = [[one["TableName"] for one in page["ContributorInsightsSummaries"]] for page in (first, second)]
    assert pages == [["one", "two"], ["three"]]
    assert "NextToken" not in second
    assert invalid(listed, NextToken="?") == "Invalid NextToken"
    assert invalid(listed, MaxResults=-1) == (
        "1 validation error detected: Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value "
        "greater than or equal to 1"
    )
