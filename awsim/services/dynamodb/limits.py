"""DescribeLimits and DescribeEndpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.aws.regions import dns_suffix
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class Limits(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def describe_limits(self, context: RequestContext[DynamoDbStore]) -> dict[str, Any]:
        # AWS: the quotas that every account begins with (Developer Guide, "Quotas").
        return {
            "AccountMaxReadCapacityUnits": 80_000,
            "AccountMaxWriteCapacityUnits": 80_000,
            "TableMaxReadCapacityUnits": 40_000,
            "TableMaxWriteCapacityUnits": 40_000,
        }

    def describe_endpoints(self, context: RequestContext[DynamoDbStore]) -> dict[str, Any]:
        address = f"dynamodb.{context.region}.{dns_suffix(context.partition)}"
        return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}]}
