"""The parameters that expressions have replaced, turned into what expressions become.

Owns Expected, QueryFilter, ScanFilter, KeyConditions, AttributeUpdates and AttributesToGet: what AWS refuses about
them and what they mean, as the trees of awsim.services.dynamodb.expressions. Attribute names are whole names here,
dots and all: these parameters know no document paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.attribute_values import (
    ORDERED_TYPES,
    SET_TYPES,
    AttributeValue,
    check_value,
    sort_key,
    type_of,
)
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.expressions.conditions import Condition
from awsim.services.dynamodb.expressions.key_conditions import (
    BEGINS_WITH,
    BETWEEN,
    CONDITIONS_MAX,
    KeyCondition,
    KeyTerm,
    choose,
)
from awsim.services.dynamodb.expressions.projections import Projection
from awsim.services.dynamodb.expressions.trees import (
    And,
    Between,
    Comparison,
    ConditionTree,
    DocumentPath,
    FunctionCall,
    In,
    Literal,
    Not,
    Or,
    SetAction,
    UpdateTree,
    ValueAction,
)
from awsim.services.dynamodb.expressions.updates import Update

GivenConditions = Mapping[str, Mapping[str, Any]]

_COMPARATORS = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_FUNCTIONS = {"BEGINS_WITH": BEGINS_WITH, "CONTAINS": "contains", "NOT_CONTAINS": "contains"}
_ARGUMENT_COUNTS = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2}
_PREFIX_TYPES = frozenset({"S", "B"})
_ARGUMENT_TYPES = {
    "LT": ORDERED_TYPES,
    "LE": ORDERED_TYPES,
    "GT": ORDERED_TYPES,
    "GE": ORDERED_TYPES,
    "BETWEEN": ORDERED_TYPES,
    "IN": ORDERED_TYPES,
    "CONTAINS": ORDERED_TYPES,
    "NOT_CONTAINS": ORDERED_TYPES,
    "BEGINS_WITH": _PREFIX_TYPES,
}
_KEY_OPERATORS = {**_COMPARATORS, "BETWEEN": BETWEEN, "BEGINS_WITH": BEGINS_WITH}
_ADDABLE_TYPES = SET_TYPES | {"N", "L"}


def condition_from_expected(expected: GivenConditions, conditional_operator: str | None = None) -> Condition:
    """The condition that Expected makes. Raises ValidationException."""
    trees = [_expectation(name, given) for name, given in expected.items()]
    return Condition(_joined(trees, conditional_operator))


def condition_from_filter(conditions: GivenConditions, conditional_operator: str | None = None) -> Condition:
    """The condition that QueryFilter or ScanFilter makes. Raises ValidationException."""
    trees = [_condition(name, given["ComparisonOperator"], _arguments(given)) for name, given in conditions.items()]
    return Condition(_joined(trees, conditional_operator))


def key_condition_from_key_conditions(
    conditions: GivenConditions,
    hash_key: str,
    range_key: str | None = None,
    key_types: Mapping[str, str] | None = None,
) -> KeyCondition:
    """The key condition that KeyConditions makes; see ``key_condition``. Raises ValidationException."""
    range_keys = () if range_key is None else (range_key,)
    return choose(terms_from_key_conditions(conditions), (hash_key,), range_keys, key_types)


def terms_from_key_conditions(conditions: GivenConditions) -> list[KeyTerm]:
    """What KeyConditions asks of each attribute; see ``key_terms``. Raises ValidationException."""
    if not 1 <= len(conditions) <= CONDITIONS_MAX:
        raise ValidationException("Conditions can be of length 1 or 2 only")
    terms = []
    for name, given in conditions.items():
        operator, arguments = given["ComparisonOperator"], _arguments(given)
        _check_arguments(operator, arguments)
        if operator not in _KEY_OPERATORS or operator == "NE":
            raise ValidationException("Attempted conditional constraint is not an indexable operation")
        terms.append(KeyTerm(name, _KEY_OPERATORS[operator], tuple(arguments)))
    return terms


def update_from_attribute_updates(updates: GivenConditions) -> Update:
    """The update that AttributeUpdates makes. Raises ValidationException."""
    sets: list[SetAction] = []
    removes: list[tuple[str]] = []
    adds: list[ValueAction] = []
    deletes: list[ValueAction] = []
    for name, given in updates.items():
        action = given.get("Action") or "PUT"
        if given.get("Value") is None:
            if action != "DELETE":
                raise invalid_parameter_values("Only DELETE action is allowed when no attribute value is specified")
            removes.append((name,))
            continue
        value = check_value(given["Value"])
        if action == "PUT":
            sets.append(SetAction((name,), Literal(value)))
        elif action == "ADD":
            if type_of(value) not in _ADDABLE_TYPES:
                raise invalid_parameter_values(f"ADD action is not supported for the type {type_of(value)}")
            adds.append(ValueAction((name,), Literal(value)))
        else:
            if type_of(value) not in SET_TYPES:
                raise invalid_parameter_values(
                    f"DELETE action with value is not supported for the type {type_of(value)}"
                )
            deletes.append(ValueAction((name,), Literal(value)))
    tree = UpdateTree(tuple(sets), tuple(removes), tuple(adds), tuple(deletes))
    return Update(tree, "Type mismatch for attribute to update")


def projection_from_attributes_to_get(names: Sequence[str]) -> Projection:
    """The projection that AttributesToGet makes. Raises ValidationException."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise invalid_parameter_values(f"Duplicate value in attribute name: {name}")
        seen.add(name)
    return Projection((name,) for name in names)


def check_conditional_operator(conditional_operator: str | None, *conditions: GivenConditions | None) -> None:
    """Refuse ConditionalOperator where it joins nothing. Raises ValidationException.

    ``conditions`` are the Expected, QueryFilter or ScanFilter of the request, None where it has none.
    """
    if conditional_operator is None:
        return
    given = [each for each in conditions if each is not None]
    if not given:
        raise invalid_parameter_values("ConditionalOperator cannot be used without Filter or Expected")
    if all(len(each) < 2 for each in given):
        raise invalid_parameter_values(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        )


def _joined(trees: list[ConditionTree], conditional_operator: str | None) -> ConditionTree:
    if len(trees) == 1:
        return trees[0]
    return Or(tuple(trees)) if conditional_operator == "OR" else And(tuple(trees))


def _expectation(name: str, given: Mapping[str, Any]) -> ConditionTree:
    operator, exists = given.get("ComparisonOperator"), given.get("Exists")
    has_value, has_list = given.get("Value") is not None, given.get("AttributeValueList") is not None
    if operator is None:
        return _existence(name, exists, given.get("Value"), has_list=has_list)
    if exists is not None:
        raise _refused("Exists and ComparisonOperator cannot be used together", name)
    if has_value and has_list:
        raise _refused("Value and AttributeValueList cannot be used together", name)
    if not has_value and not has_list and _ARGUMENT_COUNTS.get(operator, 1):
        raise _refused(f"Value or AttributeValueList must be used with ComparisonOperator: {operator}", name)
    return _condition(name, operator, [check_value(given["Value"])] if has_value else _arguments(given))


def _existence(name: str, exists: bool | None, value: Mapping[str, Any] | None, *, has_list: bool) -> ConditionTree:
    if has_list:
        raise _refused("AttributeValueList can only be used with a ComparisonOperator", name)
    path = DocumentPath((name,))
    if exists is False:
        if value is not None:
            raise _refused("Value cannot be used when Exists is false", name)
        return FunctionCall("attribute_not_exists", (path,))
    if value is None:
        raise _refused(f"Value must be provided when Exists is {'null' if exists is None else 'true'}", name)
    return Comparison("=", path, Literal(check_value(value)))


def _refused(reason: str, name: str) -> ValidationException:
    return invalid_parameter_values(f"{reason} for Attribute: {name}")


def _arguments(given: Mapping[str, Any]) -> list[AttributeValue]:
    return [check_value(value) for value in given.get("AttributeValueList") or ()]


def _condition(name: str, operator: str, arguments: list[AttributeValue]) -> ConditionTree:
    _check_arguments(operator, arguments)
    path = DocumentPath((name,))
    operands = tuple(map(Literal, arguments))
    if operator in _COMPARATORS:
        return Comparison(_COMPARATORS[operator], path, operands[0])
    if operator == "BETWEEN":
        return Between(path, *operands)
    if operator == "IN":
        return In(path, operands)
    if operator == "NULL":
        return FunctionCall("attribute_not_exists", (path,))
    if operator == "NOT_NULL":
        return FunctionCall("attribute_exists", (path,))
    call = FunctionCall(_FUNCTIONS[operator], (path, operands[0]))
    return Not(call) if operator == "NOT_CONTAINS" else call


def _check_arguments(operator: str, arguments: list[AttributeValue]) -> None:
    count = len(arguments)
    if (count < 1) if operator == "IN" else (count != _ARGUMENT_COUNTS.get(operator, 1)):
        raise invalid_parameter_values(f"Invalid number of argument(s) for the {operator} ComparisonOperator")
    types = [type_of(argument) for argument in arguments]
    for type_ in types:
        if type_ not in _ARGUMENT_TYPES.get(operator, (type_,)):
            raise invalid_parameter_values(
                f"ComparisonOperator {operator} is not valid for {type_} AttributeValue type"
            )
    if len(set(types)) > 1:
        raise invalid_parameter_values("AttributeValues inside AttributeValueList must be of same type")
    if operator == "BETWEEN" and sort_key(arguments[0]) > sort_key(arguments[1]):  # type: ignore[operator]  # of one type
        raise ValidationException(
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
        )
