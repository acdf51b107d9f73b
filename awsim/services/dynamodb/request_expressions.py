"""The expressions of one request, or the legacy parameters in their place.

Owns which parameters go together: expressions not with legacy parameters, placeholders not without expressions, and
none of them unused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from awsim.services.dynamodb import legacy
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.conditions import Condition, condition
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.projections import Projection, projection
from awsim.services.dynamodb.expressions.updates import Update, update

#: Attribute values (or what holds them) by name, as a caller gave them: not yet checked.
Given = Mapping[str, Mapping[str, Any]]
Names = Mapping[str, str]

T = TypeVar("T")


def check_read_parameters(
    projection_expression: str | None, names: Names | None, attributes_to_get: Sequence[str] | None
) -> None:
    """Refuse parameters of GetItem, or of one table of BatchGetItem, that do not go together."""
    if names is None and attributes_to_get is None:
        return  # most requests
    check_not_mixed({"AttributesToGet": attributes_to_get}, {"ProjectionExpression": projection_expression})
    if projection_expression is None:
        check_placeholders(names, None, ())


def item_read_expressions(
    projection_expression: str | None, names: Names | None, attributes_to_get: Sequence[str] | None
) -> Projection | None:
    """What GetItem, or one table of BatchGetItem, asks to see."""
    if projection_expression is None:
        return legacy.projection_from_attributes_to_get(attributes_to_get) if attributes_to_get is not None else None
    placeholders = Placeholders(names, None)
    found = projection(projection_expression, placeholders)
    placeholders.check_unused()
    return found


def check_condition_parameters(
    condition_expression: str | None,
    names: Names | None,
    values: Given | None,
    expected: Given | None = None,
    conditional_operator: str | None = None,
) -> None:
    """Refuse parameters of a put, a deletion or a check that do not go together."""
    if condition_expression is None:
        if names is not None or values is not None:
            check_placeholders(names, values, ("ConditionExpression",))
    elif expected is not None or conditional_operator is not None:
        check_not_mixed(
            {"Expected": expected, "ConditionalOperator": conditional_operator},
            {"ConditionExpression": condition_expression},
        )


def condition_expressions(
    condition_expression: str | None,
    names: Names | None,
    values: Given | None,
    expected: Given | None = None,
    conditional_operator: str | None = None,
) -> Condition | None:
    """The condition of a put, a deletion or a check."""
    if condition_expression is None:
        return legacy_condition(expected, conditional_operator)
    placeholders = Placeholders(names, values)
    found = condition(condition_expression, placeholders)
    placeholders.check_unused()
    return found


def check_update_parameters(
    update_expression: str | None,
    condition_expression: str | None,
    names: Names | None,
    values: Given | None,
    attribute_updates: Given | None = None,
    expected: Given | None = None,
    conditional_operator: str | None = None,
) -> None:
    """Refuse parameters of UpdateItem that do not go together."""
    expressions = {"UpdateExpression": update_expression, "ConditionExpression": condition_expression}
    check_not_mixed(
        {"AttributeUpdates": attribute_updates, "Expected": expected, "ConditionalOperator": conditional_operator},
        expressions,
    )
    if update_expression is None and condition_expression is None:
        check_placeholders(names, values, tuple(expressions))


def update_expressions(
    update_expression: str | None,
    condition_expression: str | None,
    names: Names | None,
    values: Given | None,
    attribute_updates: Given | None = None,
    expected: Given | None = None,
    conditional_operator: str | None = None,
) -> tuple[Update | None, Condition | None]:
    """The update and the condition of UpdateItem."""
    if update_expression is None and condition_expression is None:
        changes = legacy.update_from_attribute_updates(attribute_updates) if attribute_updates is not None else None
        return changes, legacy_condition(expected, conditional_operator)
    placeholders = Placeholders(names, values)
    updating = update(update_expression, placeholders) if update_expression is not None else None
    checking = condition(condition_expression, placeholders) if condition_expression is not None else None
    placeholders.check_unused()
    return updating, checking


def legacy_condition(expected: Given | None, conditional_operator: str | None) -> Condition | None:
    """The condition that Expected says."""
    if expected is None and conditional_operator is None:
        return None
    legacy.check_conditional_operator(conditional_operator, expected)
    return legacy.condition_from_expected(expected, conditional_operator) if expected else None


def check_not_mixed(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse legacy parameters beside expressions."""
    given_old = [name for name, value in old.items() if value is not None]
    given_new = [name for name, value in new.items() if value is not None]
    if given_old and given_new:
        raise ValidationException(
            "Can not use both expression and non-expression parameters in the same request: Non-expression "
            f"parameters: {{{', '.join(given_old)}}} Expression parameters: {{{', '.join(given_new)}}}"
        )


def check_placeholders(names: Names | None, values: Given | None, absent: Sequence[str]) -> None:
    """Refuse placeholders in a request that has none of the expressions which could use them."""
    if names is not None:
        raise ValidationException("ExpressionAttributeNames can only be specified when using expressions")
    if values is not None:
        verb = "is" if len(absent) == 1 else "are"
        raise ValidationException(
            "ExpressionAttributeValues can only be specified when using expressions: "
            f"{' and '.join(absent)} {verb} null"
        )
