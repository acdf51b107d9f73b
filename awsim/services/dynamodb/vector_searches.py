"""SearchVectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import read_item
from awsim.services.dynamodb.addressing import errors, find_table
from awsim.services.dynamodb.attribute_values import AttributeValue, check_value, equal
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.expressions import KeyTerm, Placeholders, projection
from awsim.services.dynamodb.expressions.key_conditions import conjunct_terms
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.request_expressions import Given, Names
from awsim.services.dynamodb.throttling import maybe_throttle_read
from awsim.services.dynamodb.vector_index import VectorIndex, vector
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_CONDITION = "SearchConditionExpression"


@aws_provider(api="dynamodb")
class VectorSearches(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def search_vectors(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        index_name: str,
        search_vector: Sequence[Mapping[str, Any]],
        top_k: int,
        return_consumed_capacity: str = "NONE",
        expression_attribute_names: Names | None = None,
        expression_attribute_values: Given | None = None,
        projection_expression: str | None = None,
        search_condition_expression: str | None = None,
    ) -> dict[str, Any]:
        maybe_throttle_read(context)
        asked = [check_value(element) for element in search_vector]
        placeholders = Placeholders(expression_attribute_names, expression_attribute_values)
        terms: list[KeyTerm] = []
        if search_condition_expression is not None:
            terms = conjunct_terms(search_condition_expression, placeholders, _CONDITION)
        shown = projection(projection_expression, placeholders) if projection_expression is not None else None
        placeholders.check_unused()
        table = find_table(context, table_name)
        index = table.vector_indexes.get(index_name)
        if index is None:
            raise errors.ResourceNotFoundException(
                f"Requested resource not found: Index: {index_name} for table: {table.name} not found"
            )
        wanted = vector(asked, index.dimensions)
        if wanted is None:
            raise invalid_parameter_values(
                f"SearchVector must be a list of {index.dimensions} numbers for index: {index.name}"
            )
        equals = _equals(index, terms)
        found: list[tuple[float, int, dict[str, Any]]] = []
        searched_bytes = 0
        for _, stored in table.items.ascending():
            item = read_item(stored.text)
            other = index.vector_of(item)
            if other is None or not all(name in item and equal(item[name], value) for name, value in equals.items()):
                continue
            projected = index.project(item)
            searched_bytes += item_bytes(projected)
            score = index.score(wanted, other)
            found.append((-score if index.is_best_highest else score, len(found), projected))
        found.sort(key=lambda one: one[:2])
        results = [
            {
                "Item": projected if shown is None else shown.apply(projected),
                "Score": -rank if index.is_best_highest else rank,
            }
            for rank, _, projected in found[:top_k]
        ]
        answer: dict[str, Any] = {"SearchResults": results}
        if return_consumed_capacity != "NONE":
            answer["ConsumedCapacity"] = {"VectorSearchRequestBytes": float(searched_bytes)}
        return answer


def _equals(index: VectorIndex, terms: Sequence[KeyTerm]) -> dict[str, AttributeValue]:
    """What attributes of the search schema must be. Raises ValidationException."""
    equals: dict[str, AttributeValue] = {}
    for term in terms:
        if term.operator != "=":
            raise ValidationException(
                f"Invalid {_CONDITION}: Only the operator = is supported; attribute name: {term.attribute}"
            )
        if term.attribute not in index.search_schema:
            raise ValidationException(
                f"Invalid {_CONDITION}: The attribute is not part of the search schema; attribute name: "
                f"{term.attribute}"
            )
        equals[term.attribute] = term.operands[0]
    for name, role in index.search_schema.items():
        if role == "HASH" and name not in equals:
            raise ValidationException(f"Query condition missed key schema element: {name}")
    return equals
