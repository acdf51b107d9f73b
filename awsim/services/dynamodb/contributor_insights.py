"""Contributor insights: whether they are on for a table or index. What they would report is CloudWatch's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors, find_table_by_name
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import place
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PAGE = 100
_ALL_KEYS = "ACCESSED_AND_THROTTLED_KEYS"


@aws_provider(api="dynamodb")
class ContributorInsights(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("contributor-insights",)

    def update_contributor_insights(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        contributor_insights_action: str,
        index_name: str | None = None,
        contributor_insights_mode: str | None = None,
    ) -> dict[str, Any]:
        table = _find(context, table_name, index_name)
        answer: dict[str, Any] = {"TableName": table.name, "IndexName": index_name}
        if contributor_insights_action == "ENABLE":
            mode = contributor_insights_mode or _ALL_KEYS
            table.contributor_insights[index_name or ""] = (mode, context.time())
            context.begin_transition("contributor-insights", _place(table, index_name), "ENABLING")
            return {**answer, "ContributorInsightsStatus": "ENABLING", "ContributorInsightsMode": mode}
        table.contributor_insights.pop(index_name or "", None)
        context.begin_transition("contributor-insights", _place(table, index_name), "DISABLING")
        return {**answer, "ContributorInsightsStatus": "DISABLING"}

    def describe_contributor_insights(
        self, context: RequestContext[DynamoDbStore], *, table_name: str, index_name: str | None = None
    ) -> dict[str, Any]:
        table = _find(context, table_name, index_name)
        answer: dict[str, Any] = {"TableName": table.name, "IndexName": index_name}
        state = context.transitional_state(_place(table, index_name), look=True)
        insights = table.contributor_insights.get(index_name or "")
        if insights is None:
            return {**answer, "ContributorInsightsStatus": state or "DISABLED"}
        mode, enabled_at = insights
        return {
            **answer,
            "ContributorInsightsRuleList": _rules(table, index_name, mode, enabled_at),
            "ContributorInsightsStatus": state or "ENABLED",
            "LastUpdateDateTime": enabled_at,
            "ContributorInsightsMode": mode,
        }

    def list_contributor_insights(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str | None = None,
        next_token: str | None = None,
        max_results: int = _PAGE,
    ) -> dict[str, Any]:
        tables = [find_table_by_name(context, table_name)] if table_name else list(context.store.tables.values())
        summaries = [
            {
                "TableName": table.name,
                "IndexName": index_name or None,
                "ContributorInsightsStatus": context.transitional_state(_place(table, index_name)) or "ENABLED",
                "ContributorInsightsMode": mode,
            }
            for table in tables
            for index_name, (mode, _) in table.contributor_insights.items()
        ]
        if max_results < 1:
            raise ValidationException(
                f"1 validation error detected: Value '{max_results}' at 'maxResults' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            )
        if next_token is not None and not (next_token.isascii() and next_token.isdecimal()):
            raise ValidationException("Invalid NextToken")
        start = int(next_token or 0)
        end = start + max_results
        return {
            "ContributorInsightsSummaries": summaries[start:end],
            "NextToken": str(end) if end < len(summaries) else None,
        }


def _place(table: Table, index_name: str | None) -> str:
    return place(table, "contributor-insights", index_name or "")


def _find(context: RequestContext[DynamoDbStore], table_name: str, index_name: str | None) -> Table:
    table = find_table_by_name(context, table_name)
    if index_name is not None and index_name not in table.indexes:
        raise errors.ResourceNotFoundException(
            f"Requested resource not found: Index: {index_name} for table: {table.name} not found"
        )
    return table


def _rules(table: Table, index_name: str | None, mode: str, enabled_at: float) -> list[str]:
    """The names of the CloudWatch rules: of partition and sort keys, accessed (C) and throttled (T)."""
    schema = table.schema if index_name is None else table.indexes[index_name].schema
    keys = "PK" if schema.range_name is None else "PK SK"
    kinds = "CT" if mode == _ALL_KEYS else "T"
    subject = table.name if index_name is None else f"{table.name}-{index_name}"
    stamp = int(enabled_at * 1000)
    return [f"DynamoDBContributorInsights-{key}{kind}-{subject}-{stamp}" for key in keys.split() for kind in kinds]
