"""Resource policies of tables and streams, held against callers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.services.dynamodb.definitions import index

OWNER, OTHER = "123456789012", "111122223333"
ARN = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/music"
ROOT = f"arn:aws:iam::{OWNER}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
ID = {"id": {"S": "a"}}

Make = Callable[..., dict[str, Any]]


def session(account_id: str) -> boto3.Session:
    return boto3.Session(account_id, "testing", region_name="us-east-1")


@pytest.fixture(scope="module")
def other_client() -> Any:
    """A client of another account."""
    return session(OTHER).client("dynamodb")


@pytest.fixture
def other(cloud: Any, other_client: Any) -> Any:
    return other_client


def policy(*actions: str, effect: str = "Allow", resource: str = ARN, account: str = OTHER, **more: Any) -> str:
    statement = {
        "Effect": effect,
        "Principal": {"AWS": account},
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": resource,
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def denied(action: str, arn: str = ARN, user: str = OTHER_ROOT, why: str = "") -> tuple[str, str]:
    why = why or f"because no resource-based policy allows the dynamodb:{action} action"
    return (
        "AccessDeniedException",
        f"User: {user} is not authorized to perform: dynamodb:{action} on resource: {arn} {why}",
    )


EXPLICITLY = "with an explicit deny in a resource-based policy"


def test_another_account_needs_a_policy_that_allows_it(
    dynamodb: Any, other: Any, make_table: Make, refusal: Any
) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item=ID)
    assert refusal(other.get_item, TableName=ARN, Key=ID) == denied("GetItem")
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy("GetItem"))
    assert other.get_item(TableName=ARN, Key=ID)["Item"] == ID
    assert refusal(other.put_item, TableName=ARN, Item=ID) == denied("PutItem")
    assert refusal(other.describe_table, TableName=ARN) == denied("DescribeTable")
    assert refusal(other.list_tags_of_resource, ResourceArn=ARN) == denied("ListTagsOfResource")
    assert refusal(other.get_resource_policy, ResourceArn=ARN) == denied("GetResourcePolicy")
    assert dynamodb.put_item(TableName="music", Item=ID)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_another_account_is_not_told_that_a_table_is_missing(other: Any, refusal: Any) -> None:
    assert refusal(other.get_item, TableName=ARN, Key=ID) == denied("GetItem")
    assert refusal(other.describe_table, TableName=ARN) == denied("DescribeTable")


def test_an_explicit_deny_holds_for_the_owner_too(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table(ResourcePolicy=policy("DeleteItem", "DeleteTable", effect="Deny", account=OWNER))
    dynamodb.put_item(TableName="music", Item=ID)
    assert refusal(dynamodb.delete_item, TableName="music", Key=ID) == denied("DeleteItem", user=ROOT, why=EXPLICITLY)
    assert refusal(dynamodb.delete_table, TableName="music") == denied("DeleteTable", user=ROOT, why=EXPLICITLY)
    dynamodb.delete_resource_policy(ResourceArn=ARN)
    dynamodb.delete_item(TableName="music", Key=ID)
    assert "Item" not in dynamodb.get_item(TableName="music", Key=ID)


def test_an_index_is_a_resource_of_its_own(dynamodb: Any, other: Any, make_table: Make, refusal: Any) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("global", "g")])
    query = {
        "TableName": ARN,
        "IndexName": "global",
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": {"S": "x"}},
    }
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy("Query"))
    assert refusal(other.query, **query) == denied("Query", arn=f"{ARN}/index/global")
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy("Query", resource=f"{ARN}/index/*"))
    assert other.query(**query)["Items"] == []


def test_each_part_of_a_transaction_needs_its_own_permission(
    dynamodb: Any, other: Any, make_table: Make, refusal: Any
) -> None:
    make_table()
    put = {"Put": {"TableName": ARN, "Item": ID}}
    check = {
        "ConditionCheck": {"TableName": ARN, "Key": {"id": {"S": "b"}}, "ConditionExpression": "attribute_exists(id)"}
    }
    get = {"Get": {"TableName": ARN, "Key": ID}}
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy("PutItem", "BatchWriteItem"))
    assert refusal(other.transact_write_items, TransactItems=[put, check]) == denied("ConditionCheckItem")
    assert refusal(other.transact_get_items, TransactItems=[get]) == denied("GetItem")
    other.transact_write_items(TransactItems=[put])
    other.batch_write_item(RequestItems={ARN: [{"PutRequest": {"Item": ID}}]})
    assert refusal(other.batch_get_item, RequestItems={ARN: {"Keys": [ID]}}) == denied("BatchGetItem")
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == ID


def test_partiql_has_actions_of_its_own(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table(ResourcePolicy=policy("PartiQLSelect", "PartiQLDelete", effect="Deny", account=OWNER))
    dynamodb.execute_statement(Statement="INSERT INTO music VALUE {'id': 'a'}")
    select = "SELECT * FROM music WHERE id = 'a'"
    expected = denied("PartiQLSelect", user=ROOT, why=EXPLICITLY)
    assert refusal(dynamodb.execute_statement, Statement=select) == expected
    [answer] = dynamodb.batch_execute_statement(Statements=[{"Statement": select}])["Responses"]
    assert answer == {"TableName": "music", "Error": {"Code": "AccessDenied", "Message": expected[1]}}
    delete = "DELETE FROM music WHERE id = 'a'"
    assert refusal(dynamodb.execute_statement, Statement=delete) == denied("PartiQLDelete", user=ROOT, why=EXPLICITLY)


def test_conditions_see_the_keys_and_attributes_of_a_call(
    dynamodb: Any, other: Any, make_table: Make, refusal: Any
) -> None:
    make_table()
    condition = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"], "dynamodb:Attributes": ["id", "name"]},
        "Bool": {"dynamodb:FullTableScan": "false"},
    }
    allowed = policy("GetItem", "Query", "Scan", "PutItem", "BatchGetItem", Condition=condition)
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=allowed)
    other.put_item(TableName=ARN, Item={**ID, "name": {"S": "x"}})
    assert other.batch_get_item(RequestItems={ARN: {"Keys": [ID]}})["Responses"][ARN] == [{**ID, "name": {"S": "x"}}]
    query = {"TableName": ARN, "KeyConditionExpression": "id = :id"}
    assert other.query(**query, ExpressionAttributeValues={":id": {"S": "a"}})["Count"] == 1
    assert refusal(other.query, **query, ExpressionAttributeValues={":id": {"S": "b"}}) == denied("Query")
    assert refusal(other.get_item, TableName=ARN, Key={"id": {"S": "b"}}) == denied("GetItem")
    assert refusal(other.get_item, TableName=ARN, Key=ID, ProjectionExpression="secret") == denied("GetItem")
    assert refusal(other.put_item, TableName=ARN, Item={**ID, "secret": {"S": "x"}}) == denied("PutItem")
    assert refusal(other.scan, TableName=ARN) == denied("Scan")


def test_conditions_see_the_keys_and_attributes_of_a_statement(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**ID, "name": {"S": "x"}})

    def deny(**condition: Any) -> None:
        text = policy("PartiQLSelect", "PartiQLUpdate", effect="Deny", account=OWNER, Condition=condition)
        dynamodb.put_resource_policy(ResourceArn=ARN, Policy=text)

    def run(where: str, statement: str = "SELECT * FROM music") -> Any:
        return dynamodb.execute_statement(Statement=f"{statement} WHERE {where}")["Items"]

    select = denied("PartiQLSelect", user=ROOT, why=EXPLICITLY)
    deny(Bool={"dynamodb:FullTableScan": "true"})
    for where in ("id = 'a'", "id IN ['a', 'b']", "(id = 'a' OR id = 'b') AND name = 'x'"):
        assert len(run(where)) == 1
    for where in ("name = 'x'", "id > 'a'", "id = 'a' OR name = 'x'"):
        assert refusal(run, where=where) == select
    deny(**{"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": "b"}})
    assert len(run("id = 'a'")) == 1
    assert refusal(run, where="id IN ['a', 'b']") == select
    deny(**{"ForAnyValue:StringEquals": {"dynamodb:Attributes": "secret"}})
    run("id = 'a'", "UPDATE music SET name = 'y'")
    update = denied("PartiQLUpdate", user=ROOT, why=EXPLICITLY)
    assert refusal(run, where="id = 'a'", statement="UPDATE music SET secret = 'y'") == update
    assert refusal(run, where="id = 'a'", statement="SELECT secret FROM music") == select


def test_a_batch_with_an_empty_item_is_refused_where_there_is_a_policy(
    dynamodb: Any, make_table: Make, invalid: Any
) -> None:
    make_table(ResourcePolicy=policy("GetItem"))
    requests = {"music": [{"PutRequest": {"Item": {}}}]}
    message = invalid(dynamodb.batch_write_item, RequestItems=requests)
    assert message == "The provided key element does not match the schema"


def test_a_stream_has_a_policy_of_its_own(dynamodb: Any, cloud: Any, make_table: Make, refusal: Any) -> None:
    described = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    arn = described["LatestStreamArn"]
    streams = session(OTHER).client("dynamodbstreams")
    dynamodb.put_resource_policy(ResourceArn=ARN, Policy=policy("DescribeStream", resource="*"))
    assert refusal(streams.describe_stream, StreamArn=arn) == denied("DescribeStream", arn=arn)
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy("DescribeStream", "GetRecords", resource=arn))
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    assert refusal(streams.get_shard_iterator, **iterator) == denied("GetShardIterator", arn=arn)
    own = session(OWNER).client("dynamodbstreams")
    token = own.get_shard_iterator(**iterator)["ShardIterator"]
    assert streams.get_records(ShardIterator=token)["Records"] == []
    dynamodb.delete_resource_policy(ResourceArn=arn)
    assert refusal(streams.get_records, ShardIterator=token) == denied("GetRecords", arn=arn)


def test_policies_that_cannot_be_are_refused(dynamodb: Any, make_table: Make, refusal: Any, invalid: Any) -> None:
    make_table()
    put = dynamodb.put_resource_policy
    document = "Invalid policy document: "
    assert invalid(put, ResourceArn=ARN, Policy="{") == document + "This policy contains invalid Json"
    assert invalid(put, ResourceArn=ARN, Policy='{"Statement": [{}]}') == document + "This policy contains invalid Json"
    public = policy("GetItem", account="*")
    assert invalid(put, ResourceArn=ARN, Policy=public) == (
        document + "The policy grants public access, which is blocked"
    )
    large = policy("GetItem") + " " * 20_480
    assert invalid(put, ResourceArn=ARN, Policy=large) == (
        document + "The policy is larger than the maximum size of 20480 bytes"
    )
    own = policy("*", effect="Deny", account=OWNER)
    assert invalid(put, ResourceArn=ARN, Policy=own) == (
        document
        + "The policy removes your permission to change it. Set ConfirmRemoveSelfResourceAccess to confirm that."
    )
    put(ResourceArn=ARN, Policy=own, ConfirmRemoveSelfResourceAccess=True)
    assert refusal(put, ResourceArn=ARN, Policy=own) == denied("PutResourcePolicy", user=ROOT, why=EXPLICITLY)
