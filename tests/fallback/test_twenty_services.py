"""A suite over twenty services that awsim does not simulate, beside those that it does, in one Cloud, twice in a row.

Of each service three resources are created, read, listed, changed and deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from awsim import Cloud, mock_aws

NAMES = ("one", "two", "three")
ROLE = "arn:aws:iam::123456789012:role/worker"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
Service = Callable[[Cloud], None]


def ec2(aws: Cloud) -> None:
    client = aws.client("ec2")
    ids = [client.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n in range(3)]
    assert client.describe_vpcs(VpcIds=ids[:1])["Vpcs"][0]["CidrBlock"] == "10.0.0.0/16"
    assert len(client.describe_vpcs()["Vpcs"]) == 4
    client.create_tags(Resources=ids, Tags=[{"Key": "Name", "Value": "x"}])
    assert len(client.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["x"]}])["Vpcs"]) == 3
    for vpc_id in ids:
        client.delete_vpc(VpcId=vpc_id)
    assert len(client.describe_vpcs()["Vpcs"]) == 1


def iam(aws: Cloud) -> None:
    client = aws.client("iam")
    for name in NAMES:
        client.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    assert client.get_role(RoleName="one")["Role"]["Arn"] == "arn:aws:iam::123456789012:role/one"
    assert {role["RoleName"] for role in client.list_roles()["Roles"]} == set(NAMES)
    client.update_role(RoleName="one", Description="new")
    assert client.get_role(RoleName="one")["Role"]["Description"] == "new"
    for name in NAMES:
        client.delete_role(RoleName=name)
    assert client.list_roles()["Roles"] == []


def rds(aws: Cloud) -> None:
    client = aws.client("rds")
    for name in NAMES:
        client.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="postgres")
    found = client.describe_db_instances(DBInstanceIdentifier="one")["DBInstances"]
    assert found[0]["Engine"] == "postgres"
    assert len(client.describe_db_instances()["DBInstances"]) == 3
    client.modify_db_instance(DBInstanceIdentifier="one", DBInstanceClass="db.t3.large", ApplyImmediately=True)
    found = client.describe_db_instances(DBInstanceIdentifier="one")["DBInstances"]
    assert found[0]["DBInstanceClass"] == "db.t3.large"
    for name in NAMES:
        client.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert client.describe_db_instances()["DBInstances"] == []


def ecs(aws: Cloud) -> None:
    client = aws.client("ecs")
    for name in NAMES:
        client.create_cluster(clusterName=name)
    assert client.describe_clusters(clusters=["one"])["clusters"][0]["status"] == "ACTIVE"
    assert len(client.list_clusters()["clusterArns"]) == 3
    settings = [{"name": "containerInsights", "value": "enabled"}]
    assert client.update_cluster(cluster="one", settings=settings)["cluster"]["settings"] == settings
    for name in NAMES:
        client.delete_cluster(cluster=name)
    left = client.describe_clusters(clusters=list(NAMES))["clusters"]
    assert {cluster["status"] for cluster in left} == {"INACTIVE"}


def route53(aws: Cloud) -> None:
    client = aws.client("route53")
    ids = [client.create_hosted_zone(Name=f"{name}.test", CallerReference=name)["HostedZone"]["Id"] for name in NAMES]
    assert client.get_hosted_zone(Id=ids[0])["HostedZone"]["Name"] == "one.test."
    assert len(client.list_hosted_zones()["HostedZones"]) == 3
    record = {"Name": "a.one.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    for action in ("CREATE", "DELETE"):
        change = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        client.change_resource_record_sets(HostedZoneId=ids[0], ChangeBatch=change)
    for zone_id in ids:
        client.delete_hosted_zone(Id=zone_id)
    assert client.list_hosted_zones()["HostedZones"] == []


def elbv2(aws: Cloud) -> None:
    client, vpc_id = aws.client("elbv2"), aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    arns = [
        client.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc_id)["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for name in NAMES
    ]
    assert client.describe_target_groups(Names=["one"])["TargetGroups"][0]["Port"] == 80
    assert len(client.describe_target_groups()["TargetGroups"]) == 3
    changed = client.modify_target_group(TargetGroupArn=arns[0], HealthCheckPath="/health")
    assert changed["TargetGroups"][0]["HealthCheckPath"] == "/health"
    for arn in arns:
        client.delete_target_group(TargetGroupArn=arn)
    assert client.describe_target_groups()["TargetGroups"] == []


def autoscaling(aws: Cloud) -> None:
    client = aws.client("autoscaling")
    for name in NAMES:
        client.create_launch_configuration(
            LaunchConfigurationName=name, ImageId="ami-12345678", InstanceType="t3.micro"
        )
    client.create_auto_scaling_group(
        AutoScalingGroupName="group",
        LaunchConfigurationName="one",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
    )
    assert len(client.describe_launch_configurations()["LaunchConfigurations"]) == 3
    client.update_auto_scaling_group(AutoScalingGroupName="group", MaxSize=5)
    assert client.describe_auto_scaling_groups()["AutoScalingGroups"][0]["MaxSize"] == 5
    client.delete_auto_scaling_group(AutoScalingGroupName="group", ForceDelete=True)
    for name in NAMES:
        client.delete_launch_configuration(LaunchConfigurationName=name)
    assert client.describe_launch_configurations()["LaunchConfigurations"] == []


def cloudwatch(aws: Cloud) -> None:
    client = aws.client("cloudwatch")
    alarm: dict[str, Any] = {
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanThreshold",
    }
    for name in NAMES:
        client.put_metric_alarm(AlarmName=name, Threshold=1.0, **alarm)
    assert client.describe_alarms(AlarmNames=["one"])["MetricAlarms"][0]["Threshold"] == 1.0
    assert len(client.describe_alarms()["MetricAlarms"]) == 3
    client.put_metric_alarm(AlarmName="one", Threshold=2.0, **alarm)
    assert client.describe_alarms(AlarmNames=["one"])["MetricAlarms"][0]["Threshold"] == 2.0
    client.delete_alarms(AlarmNames=list(NAMES))
    assert client.describe_alarms()["MetricAlarms"] == []


def logs(aws: Cloud) -> None:
    client = aws.client("logs")
    for name in NAMES:
        client.create_log_group(logGroupName=name)
    client.create_log_stream(logGroupName="one", logStreamName="s")
    now = int(aws.clock.time() * 1000)
    client.put_log_events(logGroupName="one", logStreamName="s", logEvents=[{"timestamp": now, "message": "hi"}])
    events = client.get_log_events(logGroupName="one", logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["hi"]
    client.put_retention_policy(logGroupName="one", retentionInDays=7)
    assert [group.get("retentionInDays") for group in client.describe_log_groups()["logGroups"]] == [7, None, None]
    for name in NAMES:
        client.delete_log_group(logGroupName=name)
    assert client.describe_log_groups()["logGroups"] == []


def events(aws: Cloud) -> None:
    client = aws.client("events")
    for name in NAMES:
        client.put_rule(Name=name, ScheduleExpression="rate(1 hour)")
    assert client.describe_rule(Name="one")["State"] == "ENABLED"
    assert len(client.list_rules()["Rules"]) == 3
    client.disable_rule(Name="one")
    assert client.describe_rule(Name="one")["State"] == "DISABLED"
    for name in NAMES:
        client.delete_rule(Name=name)
    assert client.list_rules()["Rules"] == []


def kinesis(aws: Cloud) -> None:
    client = aws.client("kinesis")
    for name in NAMES:
        client.create_stream(StreamName=name, ShardCount=1)
    client.put_record(StreamName="one", Data=b"x", PartitionKey="1")
    assert client.describe_stream(StreamName="one")["StreamDescription"]["RetentionPeriodHours"] == 24
    assert set(client.list_streams()["StreamNames"]) == set(NAMES)
    client.increase_stream_retention_period(StreamName="one", RetentionPeriodHours=48)
    assert client.describe_stream(StreamName="one")["StreamDescription"]["RetentionPeriodHours"] == 48
    for name in NAMES:
        client.delete_stream(StreamName=name)
    assert client.list_streams()["StreamNames"] == []


def secretsmanager(aws: Cloud) -> None:
    client = aws.client("secretsmanager")
    for name in NAMES:
        client.create_secret(Name=name, SecretString="old")
    assert client.get_secret_value(SecretId="one")["SecretString"] == "old"
    assert len(client.list_secrets()["SecretList"]) == 3
    client.put_secret_value(SecretId="one", SecretString="new")
    assert client.get_secret_value(SecretId="one")["SecretString"] == "new"
    for name in NAMES:
        client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert client.list_secrets()["SecretList"] == []


def ssm(aws: Cloud) -> None:
    client = aws.client("ssm")
    for name in NAMES:
        client.put_parameter(Name=name, Value="old", Type="String")
    assert client.get_parameter(Name="one")["Parameter"]["Value"] == "old"
    assert len(client.describe_parameters()["Parameters"]) == 3
    client.put_parameter(Name="one", Value="new", Type="String", Overwrite=True)
    assert client.get_parameter(Name="one")["Parameter"]["Version"] == 2
    assert set(client.delete_parameters(Names=list(NAMES))["DeletedParameters"]) == set(NAMES)
    assert client.describe_parameters()["Parameters"] == []


def kms(aws: Cloud) -> None:
    client = aws.client("kms")
    ids = [client.create_key(Description=name)["KeyMetadata"]["KeyId"] for name in NAMES]
    secret = client.encrypt(KeyId=ids[0], Plaintext=b"x")["CiphertextBlob"]
    assert client.decrypt(CiphertextBlob=secret)["Plaintext"] == b"x"
    assert len(client.list_keys()["Keys"]) == 3
    client.update_key_description(KeyId=ids[0], Description="new")
    assert client.describe_key(KeyId=ids[0])["KeyMetadata"]["Description"] == "new"
    for key_id in ids:
        client.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
        assert client.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def sns(aws: Cloud) -> None:
    client = aws.client("sns")
    arns = [client.create_topic(Name=name)["TopicArn"] for name in NAMES]
    assert client.get_topic_attributes(TopicArn=arns[0])["Attributes"]["TopicArn"] == arns[0]
    assert len(client.list_topics()["Topics"]) == 3
    client.set_topic_attributes(TopicArn=arns[0], AttributeName="DisplayName", AttributeValue="new")
    assert client.get_topic_attributes(TopicArn=arns[0])["Attributes"]["DisplayName"] == "new"
    for arn in arns:
        client.delete_topic(TopicArn=arn)
    assert client.list_topics()["Topics"] == []


def stepfunctions(aws: Cloud) -> None:
    client = aws.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    arns = [
        client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"] for name in NAMES
    ]
    assert client.describe_state_machine(stateMachineArn=arns[0])["name"] == "one"
    assert len(client.list_state_machines()["stateMachines"]) == 3
    client.update_state_machine(stateMachineArn=arns[0], roleArn=ROLE + "2")
    assert client.describe_state_machine(stateMachineArn=arns[0])["roleArn"] == ROLE + "2"
    for arn in arns:
        client.delete_state_machine(stateMachineArn=arn)
    assert client.list_state_machines()["stateMachines"] == []


def glue(aws: Cloud) -> None:
    client = aws.client("glue")
    for name in NAMES:
        client.create_database(DatabaseInput={"Name": name})
    assert client.get_database(Name="one")["Database"]["Name"] == "one"
    assert len(client.get_databases()["DatabaseList"]) == 3
    client.update_database(Name="one", DatabaseInput={"Name": "one", "Description": "new"})
    assert client.get_database(Name="one")["Database"]["Description"] == "new"
    for name in NAMES:
        client.delete_database(Name=name)
    assert client.get_databases()["DatabaseList"] == []


def athena(aws: Cloud) -> None:
    client = aws.client("athena")
    ids = [client.create_named_query(Name=name, Database="d", QueryString="SELECT 1")["NamedQueryId"] for name in NAMES]
    assert client.get_named_query(NamedQueryId=ids[0])["NamedQuery"]["Name"] == "one"
    assert set(client.list_named_queries()["NamedQueryIds"]) == set(ids)
    client.create_work_group(Name="group")
    client.tag_resource(
        ResourceARN="arn:aws:athena:us-east-1:123456789012:workgroup/group", Tags=[{"Key": "a", "Value": "b"}]
    )
    client.delete_work_group(WorkGroup="group")
    assert [group["Name"] for group in client.list_work_groups()["WorkGroups"]] == ["primary"]


def organizations(aws: Cloud) -> None:
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    ids = [client.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"] for name in NAMES]
    unit = client.describe_organizational_unit(OrganizationalUnitId=ids[0])["OrganizationalUnit"]
    assert unit["Name"] == "one"
    assert len(client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]) == 3
    client.update_organizational_unit(OrganizationalUnitId=ids[0], Name="new")
    for unit_id in ids:
        client.delete_organizational_unit(OrganizationalUnitId=unit_id)
    assert client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"] == []
    client.delete_organization()


def cloudformation(aws: Cloud) -> None:
    client = aws.client("cloudformation")

    def template(name: str, timeout: int) -> str:
        queue = {"QueueName": f"stack-{name}", "VisibilityTimeout": timeout}
        return json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": queue}}})

    for name in NAMES:
        client.create_stack(StackName=name, TemplateBody=template(name, 30))
    assert client.describe_stacks(StackName="one")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert len(client.describe_stacks()["Stacks"]) == 3
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="stack-one")["QueueUrl"]
    client.update_stack(StackName="one", TemplateBody=template("one", 60))
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "60"}
    for name in NAMES:
        client.delete_stack(StackName=name)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="stack-")


def simulated(aws: Cloud) -> None:
    """Those that awsim simulates go on beside them."""
    s3, sqs, dynamodb = aws.client("s3"), aws.client("sqs"), aws.client("dynamodb")
    assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"
    for name in NAMES:
        s3.create_bucket(Bucket=f"bucket-{name}")
        sqs.create_queue(QueueName=name)
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    assert len(s3.list_buckets()["Buckets"]) == 3
    assert len(sqs.list_queues()["QueueUrls"]) == 3
    assert dynamodb.list_tables()["TableNames"] == sorted(NAMES)


SERVICES: list[Service] = [
    ec2,
    iam,
    rds,
    ecs,
    route53,
    elbv2,
    autoscaling,
    cloudwatch,
    logs,
    events,
    kinesis,
    secretsmanager,
    ssm,
    kms,
    sns,
    stepfunctions,
    glue,
    athena,
    organizations,
    cloudformation,
    simulated,
]


def test_they_work_together_in_one_cloud_twice_in_a_row_with_nothing_left_over() -> None:
    for _ in range(2):
        with mock_aws(fallback="moto") as aws:
            for service in SERVICES:
                service(aws)
            tiers = {call.service: call.tier for call in aws.calls}
    assert {name for name, tier in tiers.items() if tier == "simulated"} == {"dynamodb", "s3", "sqs", "sts"}
    assert len({name for name, tier in tiers.items() if tier == "moto"}) == 20


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_each_works_alone(service: Service) -> None:
    with mock_aws(fallback="moto") as aws:
        service(aws)
