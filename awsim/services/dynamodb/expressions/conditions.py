"""Conditions and filters: bound trees compiled to closures over an item.

Owns what operators and functions mean. Knows nothing of tables and keys.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from awsim.services.dynamodb.attribute_values import AttributeValue, equal, sort_key, type_of
from awsim.services.dynamodb.expressions.binding import Binding
from awsim.services.dynamodb.expressions.condition_grammar import parse_condition
from awsim.services.dynamodb.expressions.condition_rules import check_condition
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.refusals import CONDITION
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
    Operand,
    Or,
)
from awsim.services.dynamodb.paths import Path, follow

AnyItem: TypeAlias = Mapping[str, AttributeValue]
Test: TypeAlias = Callable[[AnyItem], bool]
Read: TypeAlias = Callable[[AnyItem], "AttributeValue | None"]

_NO_ITEM: AnyItem = {}


class Condition:
    """A condition to test items with; ``tree`` is what it says, bound."""

    __slots__ = ("_test", "tree")

    def __init__(self, tree: ConditionTree) -> None:
        self.tree = tree
        self._test = _test(tree)

    def matches(self, item: AnyItem | None) -> bool:
        """Whether an item meets the condition; None is an item that does not exist."""
        return self._test(_NO_ITEM if item is None else item)

    @property
    def paths(self) -> list[Path]:
        """Every document path in the condition, in the order of its text."""
        found: list[Path] = []
        _collect_paths(self.tree, found)
        return found


def condition(text: str, placeholders: Placeholders, parameter: str = CONDITION) -> Condition:
    """The condition that a text says. Raises ValidationException, in the name of the parameter that holds it."""
    return Condition(condition_tree(text, placeholders, parameter))


def condition_tree(text: str, placeholders: Placeholders, parameter: str) -> ConditionTree:
    """The bound and checked tree of a condition's text. Raises ValidationException."""
    tree = Binding(placeholders, parameter).condition(parse_condition(text, parameter))
    check_condition(tree, parameter)
    return tree


def compare(operator_: str, left: AttributeValue | None, right: AttributeValue | None) -> bool:
    """Whether two values stand in a relation; values that cannot be ordered stand in none but ``<>``."""
    if operator_ == "=":
        return left is not None and right is not None and equal(left, right)
    if operator_ == "<>":
        # AWS: what is not there differs from everything.
        return left is None or right is None or not equal(left, right)
    return _in_order(_ORDERS[operator_], left, right)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _in_order(
    compare_keys: Callable[[Any, Any], bool], left: AttributeValue | None, right: AttributeValue | None
) -> bool:
    if left is None or right is None:
        return False
    type_ = type_of(left)
    return type_ in ("S", "N", "B") and type_ in right and compare_keys(sort_key(left), sort_key(right))


def contains(container: AttributeValue | None, value: AttributeValue | None) -> bool:
    """Whether a text has a part, a set a member, or a list an element."""
    if container is None or value is None:
        return False
    type_ = type_of(container)
    content = container[type_]
    if type_ in ("S", "B"):
        return type_ in value and value[type_] in content
    if type_ in ("SS", "NS", "BS"):
        return type_[0] in value and value[type_[0]] in content
    return type_ == "L" and any(equal(element, value) for element in content)


def begins_with(value: AttributeValue | None, prefix: AttributeValue | None) -> bool:
    """Whether a text or binary begins with another."""
    if value is None or prefix is None:
        return False
    type_ = type_of(value)
    return type_ in ("S", "B") and type_ in prefix and bool(value[type_].startswith(prefix[type_]))


def size(value: AttributeValue | None) -> AttributeValue | None:
    """The length of a text or binary, or how many members a set, list or map has; None for what has no size."""
    if value is None:
        return None
    type_ = type_of(value)
    if type_ in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(len(value[type_]))}


def _test(tree: ConditionTree) -> Test:
    if isinstance(tree, And):
        return _all(list(map(_test, tree.conditions)))
    if isinstance(tree, Or):
        return _any(list(map(_test, tree.conditions)))
    if isinstance(tree, Not):
        return _not(_test(tree.condition))
    if isinstance(tree, Comparison):
        return _comparison(tree)
    if isinstance(tree, Between):
        return _between(tree)
    if isinstance(tree, In):
        return _in(tree)
    return _function_test(tree)


def _all(tests: list[Test]) -> Test:
    def test(item: AnyItem) -> bool:
        for each in tests:  # noqa: SIM110 - a generator would double the depth of the stack
            if not each(item):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(item: AnyItem) -> bool:
        for each in tests:  # noqa: SIM110 - a generator would double the depth of the stack
            if each(item):
                return True
        return False

    return test


def _not(inner: Test) -> Test:
    return lambda item: not inner(item)


def _comparison(tree: Comparison) -> Test:
    left, right = _read(tree.left), _read(tree.right)
    operator_ = tree.operator
    return lambda item: compare(operator_, left(item), right(item))


def _between(tree: Between) -> Test:
    operand, lower, upper = _read(tree.operand), _read(tree.lower), _read(tree.upper)

    def test(item: AnyItem) -> bool:
        value = operand(item)
        return compare(">=", value, lower(item)) and compare("<=", value, upper(item))

    return test


def _in(tree: In) -> Test:
    operand = _read(tree.operand)
    choices = list(map(_read, tree.choices))

    def test(item: AnyItem) -> bool:
        value = operand(item)
        return any(compare("=", value, choice(item)) for choice in choices)

    return test


def _function_test(call: FunctionCall) -> Test:
    first = _read(call.operands[0])
    if call.name == "attribute_exists":
        return lambda item: first(item) is not None
    if call.name == "attribute_not_exists":
        return lambda item: first(item) is None
    second = _read(call.operands[1])
    if call.name == "attribute_type":
        return lambda item: _has_type(first(item), second(item))
    function = begins_with if call.name == "begins_with" else contains
    return lambda item: function(first(item), second(item))


def _has_type(value: AttributeValue | None, type_: AttributeValue | None) -> bool:
    return value is not None and type_ is not None and type_["S"] in value


def _read(operand: Operand) -> Read:
    if isinstance(operand, DocumentPath):
        path = operand.path
        if len(path) == 1:
            name = path[0]
            return lambda item: item.get(name)  # type: ignore[arg-type]  # a path begins with a name
        return lambda item: follow(item, path)
    if isinstance(operand, FunctionCall):
        inner = _read(operand.operands[0])
        return lambda item: size(inner(item))
    assert isinstance(operand, Literal), "bound trees have no placeholders, and conditions no arithmetic"
    value = operand.value
    return lambda _: value


def _collect_paths(tree: ConditionTree | Operand, found: list[Path]) -> None:
    if isinstance(tree, DocumentPath):
        found.append(tree.path)
        return
    parts: tuple[ConditionTree | Operand, ...] = ()
    if isinstance(tree, Comparison):
        parts = (tree.left, tree.right)
    elif isinstance(tree, And | Or):
        parts = tree.conditions
    elif isinstance(tree, Not):
        parts = (tree.condition,)
    elif isinstance(tree, Between):
        parts = (tree.operand, tree.lower, tree.upper)
    elif isinstance(tree, In):
        parts = (tree.operand, *tree.choices)
    elif isinstance(tree, FunctionCall):
        parts = tree.operands
    for part in parts:
        _collect_paths(part, found)
