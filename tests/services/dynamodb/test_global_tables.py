"""Tables that several regions hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.fixture
def europe(cloud: Any) -> Any:
    return cloud.client("dynamodb", region_name="eu-west-1")


def item(name: str) -> dict[str, Any]:
    return {"id": {"S": name}}


def replicate(client: Any, kind: str = "Create", region: str = "eu-west-1") -> Any:
    return client.update_table(TableName="music", ReplicaUpdates=[{kind: {"RegionName": region}}])


def names(client: Any) -> list[str]:
    return sorted(one["id"]["S"] for one in client.scan(TableName="music")["Items"])


def test_a_replica_has_what_the_table_has(dynamodb: Any, europe: Any, make_table: Make) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    dynamodb.put_item(TableName="music", Item={**item("a"), "g": {"S": "g"}})
    replicate(dynamodb)
    there = europe.describe_table(TableName="music")["Table"]
    assert there["TableArn"] == "arn:aws:dynamodb:eu-west-1:123456789012:table/music"
    assert there["GlobalTableVersion"] == "2019.11.21"
    assert there["Replicas"] == [{"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"}]
    here = dynamodb.describe_table(TableName="music")["Table"]
    assert here["Replicas"] == [{"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}]
    assert here["StreamSpecification"] == there["StreamSpecification"] == STREAM
    assert europe.scan(TableName="music", IndexName="byg")["Count"] == 1


def test_writes_reach_every_region(dynamodb: Any, europe: Any, make_table: Make) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    replicate(dynamodb)
    dynamodb.put_item(TableName="music", Item={**item("a"), "g": {"S": "g"}})
    europe.put_item(TableName="music", Item=item("b"))
    assert names(dynamodb) == names(europe) == ["a", "b"]
    assert europe.scan(TableName="music", IndexName="byg")["Count"] == 1
    europe.delete_item(TableName="music", Key=item("a"))
    assert names(dynamodb) == names(europe) == ["b"]
    assert dynamodb.scan(TableName="music", IndexName="byg")["Count"] == 0


def test_each_region_has_a_stream_of_its_own(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table(StreamSpecification=STREAM)
    replicate(dynamodb)
    dynamodb.put_item(TableName="music", Item=item("a"))
    for region in ("us-east-1", "eu-west-1"):
        streams = cloud.client("dynamodbstreams", region_name=region)
        stream = streams.list_streams(TableName="music")["Streams"]
        assert [one["TableName"] for one in stream] == ["music"]
        arn = stream[0]["StreamArn"]
        assert arn.startswith(f"arn:aws:dynamodb:{region}:123456789012:table/music/stream/")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
        assert [(one["eventName"], one["awsRegion"]) for one in records] == [("INSERT", region)]


def test_a_replica_can_be_removed(dynamodb: Any, europe: Any, make_table: Make, refusal: Any, invalid: Any) -> None:
    make_table()
    replicate(dynamodb)
    assert invalid(replicate, client=dynamodb).endswith("already existed as tables.")
    replicate(dynamodb, "Delete")
    assert refusal(europe.describe_table, TableName="music")[0] == "ResourceNotFoundException"
    assert "Replicas" not in dynamodb.describe_table(TableName="music")["Table"]
    dynamodb.put_item(TableName="music", Item=item("a"))


def test_a_replica_has_the_key_class_and_reads_that_it_is_created_with(
    cloud: Any, dynamodb: Any, europe: Any, make_table: Make
) -> None:
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    make_table(
        also="g:S",
        ProvisionedThroughput=five,
        GlobalSecondaryIndexes=[{**index("byg", "g"), "ProvisionedThroughput": five}],
    )
    create = {
        "RegionName": "eu-west-1",
        "KMSMasterKeyId": "alias/mine",
        "TableClassOverride": "STANDARD_INFREQUENT_ACCESS",
        "ProvisionedThroughputOverride": {"ReadCapacityUnits": 7},
        "GlobalSecondaryIndexes": [{"IndexName": "byg", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 8}}],
    }
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Create": create}])
    key = "arn:aws:kms:eu-west-1:123456789012:alias/mine"
    [shown] = dynamodb.describe_table(TableName="music")["Table"]["Replicas"]
    assert shown["ReplicaTableClassSummary"].pop("LastUpdateDateTime").timestamp() <= cloud.clock.time()
    assert shown == {
        "RegionName": "eu-west-1",
        "ReplicaStatus": "ACTIVE",
        "KMSMasterKeyId": key,
        "ReplicaTableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        "ProvisionedThroughputOverride": {"ReadCapacityUnits": 7},
        "GlobalSecondaryIndexes": [{"IndexName": "byg", "ProvisionedThroughputOverride": {"ReadCapacityUnits": 8}}],
    }
    there = europe.describe_table(TableName="music")["Table"]
    assert there["SSEDescription"]["KMSMasterKeyArn"] == key
    assert there["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert there["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 7,
        "WriteCapacityUnits": 5,
    }
    assert there["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 8
    here = dynamodb.describe_table(TableName="music")["Table"]
    assert here["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert here["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


def test_a_replica_gets_other_settings_by_an_update(
    dynamodb: Any, europe: Any, make_table: Make, refusal: Any, invalid: Any
) -> None:
    make_table()
    replicate(dynamodb)

    def update(**settings: Any) -> Any:
        change = {"RegionName": "eu-west-1", **settings}
        return dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Update": change}])

    update(OnDemandThroughputOverride={"MaxReadRequestUnits": 9})
    [shown] = dynamodb.describe_table(TableName="music")["Table"]["Replicas"]
    assert shown["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 9}
    assert europe.describe_table(TableName="music")["Table"]["OnDemandThroughput"] == {"MaxReadRequestUnits": 9}
    assert refusal(update, GlobalSecondaryIndexes=[{"IndexName": "none"}]) == (
        "ResourceNotFoundException",
        "Requested resource not found: Index: none for table: music not found",
    )
    assert invalid(update, ProvisionedThroughputOverride={"ReadCapacityUnits": 1}) == (
        "One or more parameter values were invalid: ProvisionedThroughputOverride cannot be specified when BillingMode "
        "is PAY_PER_REQUEST"
    )
    replicate(dynamodb, "Delete")
    replicate(dynamodb)
    [shown] = dynamodb.describe_table(TableName="music")["Table"]["Replicas"]
    assert shown == {"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}


def test_the_stream_of_a_replica_stays(dynamodb: Any, europe: Any, make_table: Make, invalid: Any) -> None:
    make_table()
    replicate(dynamodb)
    off = {"TableName": "music", "StreamSpecification": {"StreamEnabled": False}}
    for client in (dynamodb, europe):
        assert invalid(client.update_table, **off) == (
            "One or more parameter values were invalid: Streams cannot be disabled for a replica of a global table"
        )
    replicate(dynamodb, "Delete")
    dynamodb.update_table(**off)
    assert "StreamSpecification" not in dynamodb.describe_table(TableName="music")["Table"]


def test_a_replica_is_protected_against_deletion_for_itself(
    dynamodb: Any, europe: Any, make_table: Make, invalid: Any
) -> None:
    make_table()
    replicate(dynamodb)
    europe.update_table(TableName="music", DeletionProtectionEnabled=True)
    assert dynamodb.describe_table(TableName="music")["Table"]["DeletionProtectionEnabled"] is False
    assert invalid(replicate, client=dynamodb, kind="Delete") == (
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    assert europe.describe_table(TableName="music")["Table"]["TableStatus"] == "ACTIVE"


def test_regions_share_billing_class_and_limits(dynamodb: Any, europe: Any, make_table: Make) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    replicate(dynamodb)

    def there() -> dict[str, Any]:
        found: dict[str, Any] = europe.describe_table(TableName="music")["Table"]
        return found

    dynamodb.update_table(
        TableName="music",
        TableClass="STANDARD_INFREQUENT_ACCESS",
        OnDemandThroughput={"MaxReadRequestUnits": 3, "MaxWriteRequestUnits": 4},
        WarmThroughput={"ReadUnitsPerSecond": 20_000},
    )
    assert there()["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert there()["OnDemandThroughput"] == {"MaxReadRequestUnits": 3, "MaxWriteRequestUnits": 4}
    assert there()["WarmThroughput"]["ReadUnitsPerSecond"] == 20_000
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    dynamodb.update_table(
        TableName="music",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=five,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "byg", "ProvisionedThroughput": five}}],
    )
    assert there()["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    units = [
        one["ProvisionedThroughput"]["WriteCapacityUnits"] for one in (there(), *there()["GlobalSecondaryIndexes"])
    ]
    assert units == [5, 5]
    europe.update_table(TableName="music", BillingMode="PAY_PER_REQUEST")
    here = dynamodb.describe_table(TableName="music")["Table"]
    assert here["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert here["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 0


def test_a_replica_keeps_the_class_and_reads_of_its_own(dynamodb: Any, europe: Any, make_table: Make) -> None:
    make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    own = {
        "RegionName": "eu-west-1",
        "TableClassOverride": "STANDARD_INFREQUENT_ACCESS",
        "ProvisionedThroughputOverride": {"ReadCapacityUnits": 7},
    }
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Create": own}])
    ten = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
    dynamodb.update_table(TableName="music", TableClass="STANDARD", ProvisionedThroughput=ten)
    there = europe.describe_table(TableName="music")["Table"]
    assert there["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    units = there["ProvisionedThroughput"]
    assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (7, 10)


def test_a_replica_is_disassociated_and_stays_as_a_table_of_its_own(
    dynamodb: Any, europe: Any, make_table: Make, invalid: Any
) -> None:
    make_table()
    replicate(dynamodb)
    dynamodb.put_item(TableName="music", Item=item("a"))
    prefix = "One or more parameter values were invalid: "
    mode = {"DisassociationMode": "WAIT_FOR_REPLICATION"}
    part = {"TableName": "music", "ReplicaUpdates": [{"Disassociate": {"RegionName": "eu-west-1", **mode}}]}
    assert invalid(europe.update_table, **part) == (
        prefix + "Replica cannot be disassociated as it is currently protected against disassociation"
    )
    protection = {"TableName": "music", "DisassociationProtectionEnabled": False}
    assert invalid(europe.update_table, **protection, DeletionProtectionEnabled=False) == (
        prefix + "DisassociationProtectionEnabled must be the only change"
    )
    europe.update_table(**protection)
    assert invalid(dynamodb.update_table, **part) == (
        prefix + "RegionName of Disassociate must be the Region of the request"
    )
    both = [*part["ReplicaUpdates"], {"Delete": {"RegionName": "us-east-1"}}]
    assert invalid(europe.update_table, TableName="music", ReplicaUpdates=both) == (
        prefix + "Disassociate must be the only one of ReplicaUpdates"
    )
    europe.update_table(**part)
    for client in (dynamodb, europe):
        table = client.describe_table(TableName="music")["Table"]
        assert "Replicas" not in table
        assert "GlobalTableVersion" not in table
        assert table["StreamSpecification"] == STREAM
    europe.put_item(TableName="music", Item=item("b"))
    assert (names(dynamodb), names(europe)) == (["a"], ["a", "b"])
    assert invalid(europe.update_table, **part) == (
        prefix + "Table is not a replica of a global table of version 2019.11.21"
    )


def test_an_update_of_replicas_has_one_action(dynamodb: Any, make_table: Make, invalid: Any) -> None:
    make_table()
    region = {"RegionName": "eu-west-1"}
    for update in ({}, {"Create": region, "Delete": region}):
        assert invalid(dynamodb.update_table, TableName="music", ReplicaUpdates=[update]) == (
            "One or more parameter values were invalid: Each of ReplicaUpdates must have exactly one action"
        )


def test_the_legacy_kind_joins_tables_that_are_there(
    dynamodb: Any, europe: Any, make_table: Make, refusal: Any
) -> None:
    make_table(StreamSpecification=STREAM)
    europe.create_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification=STREAM,
    )
    group = [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1"}]
    create = {"GlobalTableName": "music", "ReplicationGroup": group}
    described = dynamodb.create_global_table(**create)["GlobalTableDescription"]
    assert described["GlobalTableStatus"] == "CREATING"
    assert described["GlobalTableArn"] == "arn:aws:dynamodb::123456789012:global-table/music"
    assert refusal(dynamodb.create_global_table, **create)[0] == "GlobalTableAlreadyExistsException"
    dynamodb.put_item(TableName="music", Item=item("a"))
    assert names(europe) == ["a"]
    listed = [{"GlobalTableName": "music", "ReplicationGroup": group}]
    assert europe.list_global_tables()["GlobalTables"] == listed
    europe.update_global_table(GlobalTableName="music", ReplicaUpdates=[{"Delete": {"RegionName": "us-east-1"}}])
    europe.put_item(TableName="music", Item=item("b"))
    assert names(dynamodb) == ["a"]
    assert refusal(dynamodb.describe_global_table, GlobalTableName="music") == (
        "GlobalTableNotFoundException",
        "Global table not found: Global table with name: 'music' not found",
    )
    left = europe.describe_global_table(GlobalTableName="music")["GlobalTableDescription"]["ReplicationGroup"]
    assert left == [{"RegionName": "eu-west-1", "ReplicaStatus": "ACTIVE"}]


def test_a_replica_of_no_region_is_refused(dynamodb: Any, make_table: Make, invalid: Any) -> None:
    make_table(StreamSpecification=STREAM)
    for group in ([{}], [{"RegionName": "us-east-1"}, {}]):
        assert invalid(dynamodb.create_global_table, GlobalTableName="music", ReplicationGroup=group) == (
            "One or more parameter values were invalid: RegionName must be specified"
        )
    assert dynamodb.list_global_tables()["GlobalTables"] == []


def test_indexes_and_time_to_live_are_the_same_everywhere(
    cloud: Any, dynamodb: Any, europe: Any, make_table: Make
) -> None:
    make_table()
    replicate(dynamodb)
    dynamodb.update_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("id", "g")],
        GlobalSecondaryIndexUpdates=[{"Create": index("byg", "g")}],
    )
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    expires = str(int(cloud.clock.time()) + 100)
    europe.put_item(TableName="music", Item={**item("a"), "g": {"S": "g"}, "expires": {"N": expires}})
    assert dynamodb.scan(TableName="music", IndexName="byg")["Count"] == 1
    cloud.clock.advance(seconds=200)
    assert names(dynamodb) == names(europe) == []
    assert cloud.schedule.failures == []


def test_the_stream_of_the_region_that_wrote_shows_the_deletion_as_the_services(
    cloud: Any, dynamodb: Any, europe: Any, make_table: Make
) -> None:
    make_table(StreamSpecification=STREAM)
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    replicate(dynamodb)
    expires = {"expires": {"N": str(int(cloud.clock.time()) + 100)}}
    dynamodb.put_item(TableName="music", Item={**item("a"), **expires})
    europe.put_item(TableName="music", Item={**item("b"), **expires})
    cloud.clock.advance(seconds=200)
    assert names(dynamodb) == names(europe) == []

    def deleted_by_service(region: str) -> dict[str, bool]:
        streams = cloud.client("dynamodbstreams", region_name=region)
        arn = streams.list_streams(TableName="music")["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
        removed = [one for one in records if one["eventName"] == "REMOVE"]
        return {one["dynamodb"]["Keys"]["id"]["S"]: "userIdentity" in one for one in removed}

    assert deleted_by_service("us-east-1") == {"a": True, "b": False}
    assert deleted_by_service("eu-west-1") == {"a": False, "b": True}


def test_a_replica_deletes_what_a_region_wrote_that_is_gone(
    cloud: Any, dynamodb: Any, europe: Any, make_table: Make
) -> None:
    make_table()
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    expires = {"expires": {"N": str(int(cloud.clock.time()) + 100)}}
    dynamodb.put_item(TableName="music", Item={**item("a"), **expires})
    replicate(dynamodb)
    described = europe.describe_time_to_live(TableName="music")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    dynamodb.delete_table(TableName="music")
    assert names(europe) == ["a"]
    cloud.clock.advance(seconds=200)
    assert names(europe) == []


STRONG = {
    "MultiRegionConsistency": "STRONG",
    "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}],
    "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}],
}


def test_a_strongly_consistent_table_has_a_witness(dynamodb: Any, europe: Any, make_table: Make, invalid: Any) -> None:
    make_table()
    dynamodb.update_table(TableName="music", **STRONG)
    for client in (dynamodb, europe):
        table = client.describe_table(TableName="music")["Table"]
        assert table["MultiRegionConsistency"] == "STRONG"
        assert table["GlobalTableWitnesses"] == [{"RegionName": "us-west-2", "WitnessStatus": "ACTIVE"}]
    delete = [{"Delete": {"RegionName": "ap-south-1"}}]
    assert "no witness was found" in invalid(dynamodb.update_table, TableName="music", GlobalTableWitnessUpdates=delete)
    dynamodb.update_table(TableName="music", GlobalTableWitnessUpdates=[{"Delete": {"RegionName": "us-west-2"}}])
    assert "GlobalTableWitnesses" not in dynamodb.describe_table(TableName="music")["Table"]


def test_strong_consistency_takes_three_regions_and_an_empty_table(
    dynamodb: Any, make_table: Make, invalid: Any
) -> None:
    make_table()
    prefix = "One or more parameter values were invalid: "
    without = {name: value for name, value in STRONG.items() if name != "GlobalTableWitnessUpdates"}
    assert invalid(dynamodb.update_table, TableName="music", **without) == (
        prefix + "A global table whose MultiRegionConsistency is STRONG must be in exactly 3 Regions"
    )
    assert invalid(dynamodb.update_table, TableName="music", MultiRegionConsistency="EVENTUAL") == (
        prefix + "MultiRegionConsistency can be specified only when a global table is created by ReplicaUpdates"
    )
    dynamodb.put_item(TableName="music", Item=item("a"))
    assert invalid(dynamodb.update_table, TableName="music", **STRONG) == (
        prefix + "Table must be empty when MultiRegionConsistency is STRONG"
    )
    assert "Replicas" not in dynamodb.describe_table(TableName="music")["Table"]
