"""What moto's own code does with S3, SQS and DynamoDB, done with awsim's.

moto's services reach into each other's state: its SNS puts messages into moto's queues, its CloudFormation makes moto's
buckets. Where awsim simulates the other service, its queues, buckets and tables are shown to moto once it looks for
them in a call, and what moto did to them is done in awsim after the call. Between calls moto has none of them.

Knows the little of moto's models that this takes. What is not carried over is in the documentation's list.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

from awsim.fallback.mirrored_objects import ObjectReader

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.connect import InternalClient
    from awsim.context import RequestContext

#: Which of moto's services look into which of those that awsim simulates.
LOOKS_INTO: dict[str, tuple[str, ...]] = {
    "athena": ("s3",),
    "cloudformation": ("dynamodb", "s3", "sqs"),
    "cloudtrail": ("s3",),
    "ec2": ("s3",),
    "events": ("sqs",),
    "firehose": ("s3",),
    "lambda": ("s3", "sqs"),
    "logs": ("s3",),
    "sagemaker": ("s3",),
    "sagemaker-runtime": ("s3",),
    "ses": ("s3",),
    "sns": ("sqs",),
}
_QUEUE_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DelaySeconds",
    "FifoQueue",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "VisibilityTimeout",
)


class Mirrored:
    """A block in which moto, which has been entered, is shown what the call's service looks for. What moto did there is
    done in awsim at its end, unless it failed.

    Only for services in :data:`LOOKS_INTO`.
    """

    __slots__ = ("_mirrors",)

    def __init__(self, cloud: Cloud, context: RequestContext[Any]) -> None:
        names = LOOKS_INTO[context.service_name]
        self._mirrors = [_MIRRORS[name](cloud, context) for name in names if _simulates(cloud, name)]

    def __enter__(self) -> None:
        for mirror in self._mirrors:
            mirror.wait()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            for mirror in self._mirrors:
                if mirror.was_looked_at and kind is None:
                    mirror.carry_over()
        finally:
            for mirror in self._mirrors:
                mirror.end()


@functools.cache
def _backends(service_name: str) -> Any:
    return getattr(importlib.import_module(f"moto.{service_name}.models"), f"{service_name}_backends")


def _simulates(cloud: Cloud, service_name: str) -> bool:
    service = cloud.services.get_service(service_name)
    return service is not None and service.skeleton is not None


class _Mirror:
    """One simulated service, as moto sees it during one call."""

    service = ""

    def __init__(self, cloud: Cloud, context: RequestContext[Any]) -> None:
        self._cloud = cloud
        self._context = context
        self._backends = _backends(self.service)
        self.was_looked_at = False

    def wait(self) -> None:
        """Show nothing before moto looks: most calls of most services never do, and there may be much to show."""
        # Every way to a backend of moto's leads through this method of the dictionary that holds them.
        self._backends._create_account_specific_backend = self._be_looked_at

    def _be_looked_at(self, account_id: str) -> None:
        del self._backends._create_account_specific_backend
        self.was_looked_at = True
        self.show()
        self._backends._create_account_specific_backend(account_id)

    def end(self) -> None:
        """Leave nothing of it in moto."""
        vars(self._backends).pop("_create_account_specific_backend", None)
        if self.was_looked_at:
            self.take_away()

    def show(self) -> None:
        """Put what awsim has into moto."""
        raise NotImplementedError

    def carry_over(self) -> None:
        """Do in awsim what moto has done."""
        raise NotImplementedError

    def take_away(self) -> None:
        """Take out of moto what was shown, and what moto made beside it."""
        dict.clear(self._backends)

    def _client(self, account_id: str = "", region: str = "") -> InternalClient:
        from awsim.connect import InternalClient

        return InternalClient(
            self._cloud,
            self.service,
            region=region or self._context.region,
            account_id=account_id or self._context.account_id,
            service_principal=f"{self._context.service_name}.amazonaws.com",
        )

    def _names(self, kind: str) -> list[tuple[str, str, str]]:
        """Region, account and name of each of awsim's resources of a kind."""
        found = []
        for resource in self._cloud.resources(self.service):
            if resource.type == kind:
                _, _, _, region, account_id, name = resource.arn.split(":", 5)
                found.append((region, account_id, name.rpartition("/")[2]))
        return found


class _Queues(_Mirror):
    service = "sqs"

    def show(self) -> None:
        self._shown: dict[tuple[str, str, str], dict[str, Any]] = {}
        for region, account_id, name in self._names("queue"):
            queue = self._new(region, account_id, name)
            self._backends[account_id][region].queues[name] = queue
            self._shown[region, account_id, name] = dict(queue.attributes)

    def carry_over(self) -> None:
        left = set(self._shown)
        for account_id, region, backend in list(self._backends.iter_backends()):
            client = self._client(account_id, region)
            for name, queue in backend.queues.items():
                place = region, account_id, name
                left.discard(place)
                self._configure(client, name, queue, self._shown.get(place))
                for message in queue._messages:
                    self._send(client, name, message)
        for region, account_id, name in left:
            client = self._client(account_id, region)
            client.delete_queue(QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"])

    def _configure(self, client: Any, name: str, queue: Any, before: dict[str, Any] | None) -> None:
        fresh = before if before is not None else dict(self._new(queue.region, queue.account_id, name).attributes)
        after = {key: _text(value) for key, value in queue.attributes.items() if key in _QUEUE_ATTRIBUTES}
        changed = {key: value for key, value in after.items() if value not in ("", _text(fresh.get(key)))}
        if before is None:
            if name.endswith(".fifo"):
                changed["FifoQueue"] = "true"
            client.create_queue(QueueName=name, Attributes=changed, tags=dict(queue.tags) or None)
        elif changed:
            url = client.get_queue_url(QueueName=name)["QueueUrl"]
            client.set_queue_attributes(QueueUrl=url, Attributes=changed)

    def _new(self, region: str, account_id: str, name: str) -> Any:
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if name.endswith(".fifo") else {}
        return importlib.import_module("moto.sqs.models").Queue(name, region, account_id, **fifo)

    def _send(self, client: Any, name: str, message: Any) -> None:
        attributes = {
            key: {
                part: value[part] for part in ("DataType", "StringValue", "BinaryValue") if value.get(part) is not None
            }
            for key, value in message.message_attributes.items()
        }
        client.send_message(
            QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"],
            MessageBody=message.body,
            MessageAttributes=attributes or None,
            MessageGroupId=message.group_id,
            MessageDeduplicationId=message.deduplication_id if name.endswith(".fifo") else None,
        )


class _Buckets(_Mirror):
    service = "s3"

    def show(self) -> None:
        self._reader = ObjectReader(self._client())
        self._reader.install()
        self._shown: set[str] = set()
        for _, _, name in self._names("bucket"):
            self._add(name)

    def _add(self, name: str) -> None:
        bucket_class = importlib.import_module("moto.s3.models").FakeBucket
        account_id = self._context.account_id
        backend = self._backends[account_id][self._context.partition]
        backend.buckets[name] = bucket_class(name, account_id, self._context.region)
        self._shown.add(name)

    def carry_over(self) -> None:
        left = set(self._shown)
        client = self._client()
        for _, _, backend in list(self._backends.iter_backends()):
            for name, bucket in backend.buckets.items():
                left.discard(name)
                if name not in self._shown:
                    constraint = {"LocationConstraint": bucket.region_name}
                    somewhere_else = bucket.region_name != "us-east-1"
                    client.create_bucket(Bucket=name, CreateBucketConfiguration=constraint if somewhere_else else None)
                self._configure(client, backend, name, bucket)
                for key, value in self._reader.written(bucket):
                    client.put_object(Bucket=name, Key=key, **value)
        for name in left:
            client.delete_bucket(Bucket=name)

    def _configure(self, client: Any, backend: Any, name: str, bucket: Any) -> None:
        """What moto's CloudFormation can set of a bucket, and its policy."""
        if bucket.policy is not None:
            policy = bucket.policy.decode() if isinstance(bucket.policy, bytes) else str(bucket.policy)
            client.put_bucket_policy(Bucket=name, Policy=policy)
        rules = (bucket.encryption or {}).get("Rule")
        if rules:
            rules = rules if isinstance(rules, list) else [rules]
            client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
        tags = backend.tagger.get_tag_dict_for_resource(bucket.arn)
        if tags:
            tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_set})

    def take_away(self) -> None:
        self._reader.uninstall()
        for _, _, backend in list(self._backends.iter_backends()):
            for bucket in backend.buckets.values():
                for key in bucket.keys.values():
                    if hasattr(key, "dispose"):
                        key.dispose()
        super().take_away()
        self._backends.bucket_accounts.clear()


class _Tables(_Mirror):
    service = "dynamodb"

    def show(self) -> None:
        table_class = importlib.import_module("moto.dynamodb.models.table").Table
        self._shown: set[tuple[str, str, str]] = set()
        for region, account_id, name in self._names("table"):
            # Only that it is there is shown: moto's CloudFormation does no more than delete it.
            schema = [{"AttributeName": "id", "KeyType": "HASH"}]
            definitions = [{"AttributeName": "id", "AttributeType": "S"}]
            table = table_class(name, account_id=account_id, region=region, schema=schema, attr=definitions)
            self._backends[account_id][region].tables[name] = table
            self._shown.add((region, account_id, name))

    def carry_over(self) -> None:
        left = set(self._shown)
        for account_id, region, backend in list(self._backends.iter_backends()):
            for name, table in backend.tables.items():
                place = region, account_id, name
                if place in left:
                    left.discard(place)
                else:
                    self._client(account_id, region).create_table(**_definition(table))
        for region, account_id, name in left:
            self._client(account_id, region).delete_table(TableName=name)


def _definition(table: Any) -> dict[str, Any]:
    """What CreateTable takes to make the same table."""
    described = table.describe()
    described = described.get("Table", described.get("TableDescription", described))
    on_demand = table.billing_mode == "PAY_PER_REQUEST"
    stream = described.get("StreamSpecification")
    return {
        "TableName": described["TableName"],
        "AttributeDefinitions": described["AttributeDefinitions"],
        "KeySchema": described["KeySchema"],
        "BillingMode": table.billing_mode,
        "ProvisionedThroughput": None if on_demand else _throughput(described.get("ProvisionedThroughput")),
        "GlobalSecondaryIndexes": [
            {
                **{key: index[key] for key in ("IndexName", "KeySchema", "Projection")},
                **({} if on_demand else {"ProvisionedThroughput": _throughput(index.get("ProvisionedThroughput"))}),
            }
            for index in described.get("GlobalSecondaryIndexes") or ()
        ]
        or None,
        "LocalSecondaryIndexes": [
            {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
            for index in described.get("LocalSecondaryIndexes") or ()
        ]
        or None,
        "StreamSpecification": stream if stream and stream.get("StreamEnabled") else None,
        "Tags": table.tags or None,
    }


def _throughput(given: dict[str, Any] | None) -> dict[str, int]:
    given = given or {}
    return {name: int(given.get(name) or 1) for name in ("ReadCapacityUnits", "WriteCapacityUnits")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        import json

        return json.dumps(value)
    return str(value)


_MIRRORS: dict[str, type[_Mirror]] = {"sqs": _Queues, "s3": _Buckets, "dynamodb": _Tables}
