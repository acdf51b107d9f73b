"""CreateTable, DescribeTable, ListTables, DeleteTable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

INVALID = "One or more parameter values were invalid: "
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


def test_a_new_table_is_described_whole(dynamodb: Any, make_table: Make) -> None:
    described = make_table(keys="id:S", ProvisionedThroughput=THROUGHPUT)
    created, table_id = described.pop("CreationDateTime"), described.pop("TableId")
    assert len(table_id) == 36
    expected = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "TableName": "music",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "TableStatus": "CREATING",
        "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, **THROUGHPUT},
        "TableSizeBytes": 0,
        "ItemCount": 0,
        "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/music",
        "DeletionProtectionEnabled": False,
    }
    assert described == expected
    table = dynamodb.describe_table(TableName="music")["Table"]
    assert table == {
        **expected,
        "TableStatus": "ACTIVE",
        "CreationDateTime": created,
        "TableId": table_id,
        "WarmThroughput": {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"},
    }
    assert dynamodb.describe_table(TableName=table["TableArn"])["Table"] == table


def test_a_table_on_demand_says_so(dynamodb: Any, make_table: Make) -> None:
    assert make_table()["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    table = dynamodb.describe_table(TableName="music")["Table"]
    warm = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
    assert table["WarmThroughput"] == warm
    assert table["BillingModeSummary"] == {
        "BillingMode": "PAY_PER_REQUEST",
        "LastUpdateToPayPerRequestDateTime": table["CreationDateTime"],
    }
    assert table["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 0,
        "WriteCapacityUnits": 0,
    }


def test_indexes_are_described(dynamodb: Any, make_table: Make) -> None:
    make_table(
        keys="id:S nr:N",
        also="g:S l:B",
        LocalSecondaryIndexes=[index("local", "id l", "INCLUDE", ["x"])],
        GlobalSecondaryIndexes=[index("global", "g", "KEYS_ONLY")],
    )
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/music"
    table = dynamodb.describe_table(TableName="music")["Table"]
    assert table["LocalSecondaryIndexes"] == [
        {
            "IndexName": "local",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": f"{arn}/index/local",
        }
    ]
    assert table["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "global",
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": f"{arn}/index/global",
            "WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"},
        }
    ]


def test_what_is_set_at_creation_is_shown(dynamodb: Any, make_table: Make) -> None:
    make_table(
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "abc"},
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        WarmThroughput={"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000},
    )
    table = dynamodb.describe_table(TableName="music")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert table["LatestStreamArn"] == f"{table['TableArn']}/stream/{table['LatestStreamLabel']}"
    assert table["SSEDescription"] == {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:us-east-1:123456789012:key/abc",
    }
    assert table["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert table["DeletionProtectionEnabled"] is True
    assert table["WarmThroughput"] == {
        "ReadUnitsPerSecond": 13000,
        "WriteUnitsPerSecond": 5000,
        "Status": "ACTIVE",
    }


def test_a_name_is_taken_once(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    assert refusal(make_table) == ("ResourceInUseException", "Table already exists: music")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"name": "ab"}, "TableName must be at least 3 characters long and at most 255 characters long"),
        (
            {"name": "a b c"},
            "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            {"ProvisionedThroughput": THROUGHPUT, "BillingMode": "PAY_PER_REQUEST"},
            INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
            "PAY_PER_REQUEST",
        ),
        (
            {"BillingMode": "PROVISIONED"},
            INVALID + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ),
        (
            {"also": "x:S"},
            INVALID + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions",
        ),
        (
            {"also": "x:S y:S", "GlobalSecondaryIndexes": [index("one", "x")]},
            INVALID + "Some AttributeDefinitions are not used. AttributeDefinitions: [id, x, y], keys used: [id, x]",
        ),
        (
            {"GlobalSecondaryIndexes": [index("one", "x")]},
            INVALID + "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], "
            "AttributeDefinitions: [id]",
        ),
        (
            {"GlobalSecondaryIndexes": [index("one", "id x")]},
            "Invalid KeySchema: Some index key attribute have no definition",
        ),
        ({"keys": "id:S id:S"}, "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
        (
            {"also": "x:S", "GlobalSecondaryIndexes": [index("one", "x"), index("one", "x")]},
            INVALID + "Duplicate index name: one",
        ),
        ({"GlobalSecondaryIndexes": []}, INVALID + "List of GlobalSecondaryIndexes is empty"),
        (
            {"also": "x:S", "GlobalSecondaryIndexes": [index("one", "x", "INCLUDE")]},
            INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            {"also": "x:S", "GlobalSecondaryIndexes": [index("one", "x", "ALL", ["y"])]},
            INVALID + "ProjectionType is ALL, but NonKeyAttributes is specified",
        ),
        (
            {"also": "x:S", "GlobalSecondaryIndexes": [index(f"g{i:02}", "x") for i in range(21)]},
            INVALID + "GlobalSecondaryIndex count exceeds the per-table limit of 20",
        ),
        (
            {"also": "x:S", "LocalSecondaryIndexes": [index("one", "id x")]},
            INVALID + "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex",
        ),
        (
            {"keys": "id:S nr:N", "also": "x:S", "LocalSecondaryIndexes": [index("one", "x nr")]},
            INVALID + "Index KeySchema does not have the same leading hash key as table KeySchema for index: one. "
            "index hash key: x, table hash key: id",
        ),
        (
            {"keys": "id:S nr:N", "LocalSecondaryIndexes": [index("one", "id")]},
            INVALID + "Index KeySchema does not have a range key for index: one",
        ),
        (
            {"StreamSpecification": {"StreamEnabled": True}},
            INVALID + "StreamViewType must be specified when StreamEnabled is true",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(
    make_table: Make, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(make_table, **members) == message


def test_the_second_key_must_be_a_range_key(dynamodb: Any, invalid: Invalid) -> None:
    elements = [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "HASH"}]
    members = {
        "TableName": "music",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in "ab"],
    }
    assert (
        invalid(dynamodb.create_table, KeySchema=elements, **members)
        == "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
    )
    elements = [{"AttributeName": "a", "KeyType": "RANGE"}, {"AttributeName": "b", "KeyType": "HASH"}]
    assert (
        invalid(dynamodb.create_table, KeySchema=elements, **members)
        == "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
    )


def test_tables_are_listed_by_name_in_pages(dynamodb: Any, make_table: Make) -> None:
    for name in ("ccc", "aaa", "bbb"):
        make_table(name)
    assert dynamodb.list_tables()["TableNames"] == ["aaa", "bbb", "ccc"]
    page = dynamodb.list_tables(Limit=2)
    assert (page["TableNames"], page["LastEvaluatedTableName"]) == (["aaa", "bbb"], "bbb")
    page = dynamodb.list_tables(ExclusiveStartTableName="bbb", Limit=2)
    assert page["TableNames"] == ["ccc"]
    assert "LastEvaluatedTableName" not in page
    pages = dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
    assert [name for page in pages for name in page["TableNames"]] == ["aaa", "bbb", "ccc"]


def test_a_deleted_table_is_gone(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    dynamodb.get_waiter("table_exists").wait(TableName="music")
    described = dynamodb.delete_table(TableName="music")["TableDescription"]
    assert (described["TableName"], described["TableStatus"]) == ("music", "DELETING")
    dynamodb.get_waiter("table_not_exists").wait(TableName="music")
    missing = ("ResourceNotFoundException", "Requested resource not found: Table: music not found")
    assert refusal(dynamodb.describe_table, TableName="music") == missing
    assert refusal(dynamodb.delete_table, TableName="music") == missing
    make_table()
    assert dynamodb.scan(TableName="music")["Count"] == 0


def test_deletion_protection_protects(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(DeletionProtectionEnabled=True)
    assert invalid(dynamodb.delete_table, TableName="music") == (
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    dynamodb.update_table(TableName="music", DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName="music")


def test_tags_are_kept(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    arn = make_table(Tags=[{"Key": "team", "Value": "a"}])["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": ""}])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "b"},
        {"Key": "x", "Value": ""},
    ]
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["team", "nothing"])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "x", "Value": ""}]
    missing = f"{arn}s"
    assert refusal(dynamodb.list_tags_of_resource, ResourceArn=missing) == (
        "ResourceNotFoundException",
        f"Requested resource not found: ResourcArn: {missing} not found",
    )


def test_limits_and_endpoints_are_the_regions(dynamodb: Any) -> None:
    limits = dynamodb.describe_limits()
    del limits["ResponseMetadata"]
    assert limits == {
        "AccountMaxReadCapacityUnits": 80000,
        "AccountMaxWriteCapacityUnits": 80000,
        "TableMaxReadCapacityUnits": 40000,
        "TableMaxWriteCapacityUnits": 40000,
    }
    assert dynamodb.describe_endpoints()["Endpoints"] == [
        {"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}
    ]


def test_tags_that_make_no_sense_are_refused(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    arn = make_table()["TableArn"]
    assert invalid(dynamodb.tag_resource, ResourceArn=arn, Tags=[]) == INVALID + "Tags must not be empty"
    assert invalid(dynamodb.untag_resource, ResourceArn=arn, TagKeys=[]) == INVALID + "TagKeys must not be empty"
    for key in ("a?", "aws:x"):
        invalid(dynamodb.tag_resource, ResourceArn=arn, Tags=[{"Key": key, "Value": ""}])
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == []


def test_a_table_has_fifty_tags_at_most(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    expected = ("LimitExceededException", "Exceeded maximum tags limit: The number of tags exceeds the limit of 50")
    assert refusal(make_table, Tags=tags) == expected
    arn = make_table(Tags=tags[:50])["TableArn"]
    assert refusal(dynamodb.tag_resource, ResourceArn=arn, Tags=tags[50:]) == expected


def test_a_new_table_may_be_named_by_the_arn_that_it_will_have(
    dynamodb: Any, make_table: Make, refusal: Any, invalid: Invalid
) -> None:
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/music"
    described = make_table(name=arn)
    assert (described["TableName"], described["TableArn"]) == ("music", arn)
    assert refusal(make_table, name=arn) == ("ResourceInUseException", "Table already exists: music")
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    assert invalid(make_table, name=elsewhere) == (
        f"1 validation error detected: Value '{elsewhere}' at 'tableName' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    )


def test_an_index_of_a_provisioned_table_has_throughput_of_its_own(make_table: Make, invalid: Invalid) -> None:
    members = {"also": "g:S", "ProvisionedThroughput": THROUGHPUT, "GlobalSecondaryIndexes": [index("byg", "g")]}
    assert invalid(make_table, **members) == f"{INVALID}ProvisionedThroughput is not specified for index: byg"


def test_the_refusal_of_a_tag_is_text_that_can_be_written(dynamodb: Any, make_table: Make, invalid: Any) -> None:
    arn = make_table()["TableArn"]
    message = invalid(dynamodb.tag_resource, ResourceArn=arn, Tags=[{"Key": "a\ud800", "Value": ""}])
    assert message == (
        "One or more parameter values were invalid: The tag key or value 'a?' has characters that tags do not take"
    )
